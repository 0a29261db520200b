//! Mails: sent, logged, not sent to who does not want them, sent again when somebody asks.

use std::collections::BTreeMap;

use contracts::notifications::{Recipient, Send};
use kernel::Problem;
use kernel::page::Cursor;
use messaging::{Feedback, MailFeedback};
use notifications::mail::log::{EmailLog, MailStatus};
use notifications::mail::post::Postman;
use notifications::mail::suppression::{Reason, Suppression};
use notifications::mail::unsubscribe::Unsubscriber;
use notifications::rules::Channel;
use notifications::template::admin::{NewWording, Preview};
use notifications::work::SendMail;
use platform::mail::Mailer;
use serde_json::json;
use testkit::{Fault, read, received, taken};
use web::Once;

use crate::common::{self, House, caller, told};

const KEY: &str = "the-cursor-key-of-the-tests-the-cursor-key-of-the-tests";
const CONFIRMED: (&str, &str) = ("bookings.booking.confirmed", "booking_confirmed");

async fn postman(house: &House) -> Postman {
    let identity = house.cloud.aside().ses().create_email_identity().email_identity("caravan.example");
    identity.send().await.unwrap();
    let table = house.notifications.table.clone();
    Postman {
        mailer: Mailer::new(house.cloud.aws().ses(), "Caravan <no-reply@caravan.example>".into()),
        files: house.cloud.bucket().await,
        unsubscriber: Unsubscriber::new(table.clone(), KEY.into()),
        public_url: "https://caravan.test".into(),
        table,
    }
}

/// SES's calls have no names but their address.
fn sending(house: &House) -> String {
    format!("{}/v2/email/outbound-emails", house.cloud.endpoint())
}

async fn only_mail(house: &House) -> EmailLog {
    let mut mails = house.mails().await;
    assert_eq!(mails.len(), 1);
    mails.remove(0)
}

fn asked(template: &str, variables: &[(&str, &str)], to: Recipient) -> Send {
    let variables: BTreeMap<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Send {
        key: "key".into(),
        template: template.into(),
        recipient: to,
        variables,
        attachment: None,
        but_not_to: None,
    }
}

#[tokio::test]
async fn a_mail_is_sent_once_and_the_log_says_so() {
    let house = House::open().await;
    let postman = postman(&house).await;
    house.notifications.notify(&told(CONFIRMED.0, CONFIRMED.1, house.ada)).await.unwrap();
    let order = house.order::<SendMail>().await;
    house.cloud.faults().forget();
    postman.send(&order).await.unwrap();
    postman.send(&order).await.unwrap();
    assert_eq!(house.cloud.faults().count(&sending(&house)), 1);
    let mail = only_mail(&house).await;
    assert_eq!((mail.status, mail.attempts), (MailStatus::Sent, 1));
    assert!(mail.provider_id.is_some_and(|id| !id.is_empty()));
    assert_eq!(house.messages("notifications.email.sent").await.len(), 1);
    // Nothing personal is in what others are told.
    for kind in ["notifications.email.requested", "notifications.email.sent"] {
        assert!(!format!("{:?}", house.messages(kind).await).contains("@example.com"));
    }
}

#[tokio::test]
async fn a_mail_service_that_is_away_is_tried_again_and_the_log_tells() {
    let house = House::open().await;
    let postman = postman(&house).await;
    house.notifications.notify(&told(CONFIRMED.0, CONFIRMED.1, house.ada)).await.unwrap();
    house.cloud.faults().next(&sending(&house), Fault::Refused);
    assert!(postman.send(&house.order::<SendMail>().await).await.is_err());
    let mail = only_mail(&house).await;
    assert_eq!((mail.status, mail.attempts), (MailStatus::Queued, 1));
    assert!(mail.error.is_some());
}

#[tokio::test]
async fn an_address_that_bounced_gets_no_more_mail_and_the_log_says_why() {
    let house = House::open().await;
    let postman = postman(&house).await;
    house.notifications.notify(&told(CONFIRMED.0, CONFIRMED.1, house.ada)).await.unwrap();
    postman.send(&house.order::<SendMail>().await).await.unwrap();
    let mail = only_mail(&house).await;
    let bounce = |what| MailFeedback {
        what,
        addresses: vec![mail.to.to_uppercase()],
        mail: Some(mail.id.to_string()),
    };
    house.notifications.hear_back(&received(bounce(Feedback::BouncedForNow))).await.unwrap();
    assert!(house.all::<Suppression>().await.is_empty());
    house.notifications.hear_back(&received(bounce(Feedback::Bounced))).await.unwrap();
    assert_eq!(only_mail(&house).await.status, MailStatus::Bounced);
    let suppressed: Vec<Suppression> = house.all().await;
    assert_eq!(suppressed[0].reason, Reason::Bounced);
    assert!(!format!("{suppressed:?}").contains("example.com"));

    let again = house.notifications.resend(Once::default(), mail.id).await.unwrap().0;
    assert_eq!(again.status, MailStatus::Queued);
    assert!(house.notifications.resend(Once::default(), mail.id).await.is_err());
    let order = house.messages("notifications.send_mail").await.pop().unwrap();
    postman.send(&taken(order)).await.unwrap();
    assert_eq!(only_mail(&house).await.status, MailStatus::Suppressed);
}

#[tokio::test]
async fn one_click_ends_mails_of_a_kind_and_looking_does_not() {
    let house = House::open().await;
    let postman = postman(&house).await;
    house.notifications.notify(&told(CONFIRMED.0, CONFIRMED.1, house.ada)).await.unwrap();
    let link = postman.unsubscriber.link("https://caravan.test", &only_mail(&house).await).unwrap();
    let token = link.rsplit('/').next().unwrap();
    let unsubscriber = &postman.unsubscriber;
    let wants = async || {
        let known = house.notifications.known(house.ada).await.unwrap();
        known.wants(notifications::rules::kind_of("booking_confirmed").unwrap(), Channel::Email)
    };
    unsubscriber.ask(token).unwrap();
    assert!(wants().await);
    unsubscriber.unsubscribe(token).await.unwrap();
    unsubscriber.unsubscribe(token).await.unwrap();
    assert!(!wants().await);
    for forged in ["x", &token[1..], &Cursor::from(format!("{token}A")).to_string()] {
        assert_eq!(unsubscriber.unsubscribe(forged).await.unwrap_err().problem, Problem::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_another_context_asks_for_is_sent_once_by_its_key_to_somebody_without_an_account() {
    let house = House::open().await;
    let variables =
        [("owner_name", "Annapurna"), ("start_date", "2027-04-10T00:00:00Z"), ("reference", "CT-1")];
    let to = Recipient::Email("guest@example.com".into());
    let send = asked("participant_confirmation", &variables, to.clone());
    house.notifications.send(&received(send.clone())).await.unwrap();
    house.notifications.send(&received(send)).await.unwrap();
    let mail = only_mail(&house).await;
    assert_eq!((mail.to.as_str(), mail.user_id), ("guest@example.com", None));
    // A mistake of the sender is an error, not a mail with holes.
    let broken = Send { key: "other".into(), ..asked("participant_confirmation", &[], to.clone()) };
    assert!(house.notifications.send(&received(broken)).await.is_err());
    let stolen =
        Send { key: "third".into(), attachment: Some("exports/x".into()), ..asked("invoice", &[], to) };
    assert!(house.notifications.send(&received(stolen)).await.is_err());
    assert_eq!(house.mails().await.len(), 1);

    let postman = postman(&house).await;
    let link = postman.unsubscriber.link("https://caravan.test", &mail).unwrap();
    postman.unsubscriber.unsubscribe(link.rsplit('/').next().unwrap()).await.unwrap();
    postman.send(&house.order::<SendMail>().await).await.unwrap();
    assert_eq!(only_mail(&house).await.status, MailStatus::Suppressed);
}

#[tokio::test]
async fn a_letter_for_many_leaves_out_whoever_is_told_otherwise() {
    let house = House::open().await;
    let variables = [("owner_name", "Annapurna"), ("start_date", "2027-04-10T00:00:00Z")];
    let own = common::account(house.ada, 1).email;
    for (key, email) in [("own", own.to_uppercase()), ("guest", "guest@example.com".into())] {
        let send = asked("participant_confirmation", &variables, Recipient::Email(email));
        let send = Send { key: key.into(), but_not_to: Some(house.ada), ..send };
        house.notifications.send(&received(send)).await.unwrap();
    }
    assert_eq!(only_mail(&house).await.to, "guest@example.com");
}

#[tokio::test]
async fn an_invoice_goes_along_as_soon_as_it_is_there() {
    let house = House::open().await;
    let postman = postman(&house).await;
    let send = asked("invoice", &[("reference", "CT-1")], Recipient::User(house.ada));
    let send = Send { attachment: Some("invoices/CT-1.pdf".into()), ..send };
    house.notifications.send(&received(send)).await.unwrap();
    let order = house.order::<SendMail>().await;
    assert!(postman.send(&order).await.is_err());
    postman.files.write("invoices/CT-1.pdf", "application/pdf", b"%PDF".to_vec()).await.unwrap();
    // The claim of the first try has run out, as it has when a queue brings a message again.
    let claims = house.cloud.items_of(&house.notifications.table, "done").await;
    for claim in claims.iter().filter(|claim| claim.contains_key("claim")) {
        let text = |name: &str| claim[name].as_s().unwrap().clone();
        let key = store::Key::new(text("pk"), text("sk"));
        house.cloud.set_number(&house.notifications.table, &key, "claimed_until_ms", 0).await;
    }
    postman.send(&order).await.unwrap();
    let mail = only_mail(&house).await;
    assert_eq!((mail.status, mail.attempts), (MailStatus::Sent, 2));
}

#[tokio::test]
async fn an_administrators_words_count_from_now_on_and_broken_ones_are_refused() {
    let house = House::open().await;
    let key = "welcome".parse().unwrap();
    let words = |text: &str| NewWording {
        locale: "en".parse().unwrap(),
        subject: "Hi {{ given_name }}".into(),
        short: "Short.".into(),
        text: text.into(),
        html: "<p>{{ given_name }}</p>".into(),
    };
    for broken in ["{{ nothing }}", "{% if %}", "", "{{ given_name | day }}"] {
        let refused = house.notifications.set_template(&caller(house.ada), key, &words(broken)).await;
        assert_eq!(refused.unwrap_err().problem, Problem::INVALID_REQUEST, "{broken}");
    }
    let first = house.notifications.set_template(&caller(house.ada), key, &words("One")).await.unwrap();
    let second = house.notifications.set_template(&caller(house.ada), key, &words("Two")).await.unwrap();
    assert_eq!((first.version, second.version), (1, 2));
    assert_eq!(house.cloud.items_of(&house.notifications.table, "template-version").await.len(), 2);
    let preview: Preview = read(json!({"locale": "en"}));
    let said = house.notifications.preview(key, &preview).await.unwrap();
    assert_eq!(said.subject, "Hi Ada");
    assert!(said.text.starts_with("Two") && said.html.contains("<p>Ada</p>"));
    let list = house.notifications.templates().await.unwrap();
    assert_eq!(list.data.iter().filter(|item| item.version > 0).count(), 1);

    let mut event = told("identity.user.verified", "welcome", house.ada);
    event.message.data.insert("given_name".into(), json!("Ada"));
    house.notifications.notify(&event).await.unwrap();
    assert_eq!(house.notices().await[0].title, "Hi Ada");
}
