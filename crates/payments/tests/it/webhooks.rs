//! Our check of signatures against a published one's.

use kernel::{Timestamp, time};
use payments::signature::verify;
use proptest::prelude::*;
use stripe_webhook::{Webhook, WebhookError};

const SECRET: &str = "whsec_caravan_local";

/// Whether they take the signature; what stands in the body is not the question.
fn theirs(header: &str, body: &str, now: Timestamp) -> bool {
    let answer = Webhook::construct_event_with_timestamp(body, header, SECRET, now.as_second());
    matches!(answer, Ok(_) | Err(WebhookError::BadParse(_)))
}

fn ours(header: &str, body: &str, now: Timestamp) -> bool {
    verify(header, body.as_bytes(), &[SECRET.to_owned()], now).is_ok()
}

/// What they would sign.
fn sign(body: &[u8], secret: &str, at: Timestamp) -> String {
    let body = std::str::from_utf8(body).unwrap();
    Webhook::generate_test_header(body, secret, Some(at.as_second()))
}

#[test]
fn what_they_sign_both_take() {
    let (body, now) = (r#"{"id":"evt_1"}"#, time::now());
    let by_them = sign(body.as_bytes(), SECRET, now);
    assert!(ours(&by_them, body, now) && theirs(&by_them, body, now));
}

proptest! {
    /// Of whatever age, by whichever secret, with anything changed or added: both say the same.
    #[test]
    fn both_say_the_same(
        body in "[a-z{}\": ]{0,40}",
        age in -400..400i64,
        secret in prop_oneof![3 => Just(SECRET), 1 => Just("whsec_other")],
        change in 0..8usize,
    ) {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let signed_at = Timestamp::from_second(now.as_second() - age).unwrap();
        let good = sign(body.as_bytes(), secret, signed_at);
        let (stamp, code) = good.split_once(",v1=").unwrap();
        let zeros = "0".repeat(64);
        let header = match change {
            0 => format!("{stamp},v1={zeros},v1={code}"),
            1 => format!("{stamp},v0={code}"),
            2 => format!("{stamp},v1={}", &code[..62]),
            3 => format!("{stamp},v1={zeros}"),
            4 => format!("{stamp},v1={},v0={zeros}", code.to_uppercase()),
            _ => good.clone(),
        };
        let received = if change == 5 { format!("{body} ") } else { body };
        prop_assert_eq!(ours(&header, &received, now), theirs(&header, &received, now), "{}", header);
    }
}
