//! `Stripe-Signature`: whether a webhook is the provider's (docs.stripe.com/webhooks, "Verify manually").
//!
//! `t=<seconds>,v1=<hex>,v1=<hex>,…`: HMAC-SHA256 over `<t>.<the body's own bytes>`. There are several `v1` while the
//! provider's side of a secret is changed, and several secrets while ours is.

use hmac::{Hmac, KeyInit, Mac};
use kernel::{Failure, Problem, Timestamp};
use sha2::Sha256;

/// How far the signature's clock may be from ours, either way.
const TOLERANCE: i64 = 5 * 60;

pub const SIGNATURE_INVALID: Problem = Problem::new("signature-invalid", 400, "The signature does not hold");

/// Whether one of `secrets` signed `body` within five minutes of `now`. Compares in constant time.
pub fn verify(header: &str, body: &[u8], secrets: &[String], now: Timestamp) -> Result<(), Failure> {
    let refused = |why: &str| SIGNATURE_INVALID.because("Sign the raw body.").with_cause(why);
    let mut stamp = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.split_once('=') {
            Some(("t", seconds)) => stamp = Some(seconds),
            Some(("v1", signature)) => signatures.extend(hex(signature)),
            _ => {}
        }
    }
    let stamp = stamp.ok_or_else(|| refused("no time"))?;
    let signed_at: i64 = stamp.parse().map_err(|_| refused("the time is no number"))?;
    let signed_by = |secret: &String| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
        mac.update(stamp.as_bytes());
        mac.update(b".");
        mac.update(body);
        // Every signature is compared, so that the time tells nothing about which one was nearest.
        signatures.iter().filter(|signature| mac.clone().verify_slice(*signature).is_ok()).count() > 0
    };
    if secrets.iter().filter(|secret| signed_by(secret)).count() == 0 {
        return Err(refused("nobody we know signed it"));
    }
    let age = now.as_second().saturating_sub(signed_at);
    if age.saturating_abs() > TOLERANCE {
        return Err(refused("too old, or from the future"));
    }
    Ok(())
}

fn hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits: Vec<_> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = (pair[0] * 16 + pair[1]) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::time;
    use proptest::prelude::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    /// What the provider would send.
    fn sign(body: &[u8], secret: &str, at: Timestamp) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{}.", at.as_second()).as_bytes());
        mac.update(body);
        let code: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("t={},v1={code}", at.as_second())
    }

    fn secrets(all: &[&str]) -> Vec<String> {
        all.iter().map(|secret| (*secret).to_owned()).collect()
    }

    #[test]
    fn what_one_of_our_secrets_signed_holds() {
        let now = time::now();
        let header = sign(BODY, "whsec_old", now);
        verify(&header, BODY, &secrets(&["whsec_new", "whsec_old"]), now).unwrap();
        let both = format!("{},v1={}", header, "0".repeat(64));
        verify(&both, BODY, &secrets(&["whsec_old"]), now).unwrap();
        let first = header.replace(",v1=", &format!(",v1={},v0=abc,v1=", "0".repeat(64)));
        verify(&first, BODY, &secrets(&["whsec_old"]), now).unwrap();
    }

    #[test]
    fn anything_else_does_not() {
        let now = time::now();
        let known = secrets(&["whsec_1"]);
        let header = sign(BODY, "whsec_1", now);
        let refused = |header: &str, body: &[u8]| verify(header, body, &known, now).is_err();
        assert!(refused(&header, br#"{"id":"evt_2"}"#));
        assert!(refused(&sign(BODY, "whsec_2", now), BODY));
        assert!(refused("", BODY));
        assert!(refused("t=1", BODY));
        assert!(refused(&header.replace("v1=", "v0="), BODY));
        assert!(refused(&header.replace("v1=", "v1=00"), BODY));
        assert!(verify(&header, BODY, &[], now).is_err());
        for seconds in [301, -301] {
            let then = now + jiff::SignedDuration::from_secs(seconds);
            assert!(refused(&sign(BODY, "whsec_1", then), BODY), "{seconds}");
            let nearer = now + jiff::SignedDuration::from_secs(seconds - seconds.signum() * 2);
            assert!(!refused(&sign(BODY, "whsec_1", nearer), BODY), "{seconds}");
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(header in ".{0,120}", body in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(verify(&header, &body, &secrets(&["whsec_1"]), time::now()).is_err());
        }
    }
}
