//! What the mail service tells later: SES tells EventBridge, which tells a queue.

use contracts::{Envelope, Message};
use kernel::{Failure, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::consumer::{Consumer, Handler, on_event};
use crate::upload::ulid;

/// A mail came back, or somebody does not want it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailFeedback {
    pub what: Feedback,
    pub addresses: Vec<String>,
    /// The tag `mail` that the mail was sent with, if it was.
    pub mail: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Feedback {
    /// The address does not exist, or takes nothing.
    Bounced,
    /// Not this time: a full mailbox, a server that is away.
    BouncedForNow,
    /// Its owner calls it spam.
    Complained,
}

impl Message for MailFeedback {
    const TYPE: &'static str = "ses.mail.feedback";

    // No address in an envelope.
    fn subject(&self) -> String {
        self.mail.clone().unwrap_or_else(|| "unknown".into())
    }
}

/// A consumer of bounces and complaints: a rule in the context's data stack leads them to its queue.
pub fn on_mail_feedback<S, H>(queue: &'static str, handler: H) -> Consumer<S, MailFeedback, H>
where
    H: Handler<S, MailFeedback>,
{
    let mut consumer = on_event(queue, handler).documented();
    consumer.mail_feedback = true;
    consumer
}

/// The form in which EventBridge sends it
/// (docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html, as the event's `detail`).
#[derive(Deserialize)]
struct Event {
    id: String,
    source: String,
    time: Timestamp,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    #[serde(default)]
    bounce: Bounce,
    #[serde(default)]
    complaint: Complaint,
    mail: Mail,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Address>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Address>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    email_address: String,
}

#[derive(Deserialize)]
struct Mail {
    #[serde(default)]
    tags: std::collections::BTreeMap<String, Vec<String>>,
}

/// An event of SES as every other message. The same event always has the same id.
pub(crate) fn envelope(body: &str) -> Result<Envelope> {
    let event: Event = serde_json::from_str(body)
        .map_err(|error| Failure::internal(format!("no event of the mail service: {error}")))?;
    let Detail { event_type, bounce, complaint, mail } = event.detail;
    let (what, addresses) = match (event_type.as_str(), bounce.bounce_type.as_str()) {
        ("Bounce", "Permanent") => (Feedback::Bounced, bounce.bounced_recipients),
        ("Bounce", _) => (Feedback::BouncedForNow, bounce.bounced_recipients),
        ("Complaint", _) => (Feedback::Complained, complaint.complained_recipients),
        _ => return Err(Failure::internal(format!("unexpected {event_type} of {}", event.source))),
    };
    let feedback = MailFeedback {
        what,
        addresses: addresses.into_iter().map(|address| address.email_address).collect(),
        mail: mail.tags.get("mail").and_then(|values| values.first().cloned()),
    };
    Ok(Envelope {
        id: ulid(&event.id)?,
        kind: MailFeedback::TYPE.into(),
        version: MailFeedback::VERSION,
        occurred_at: event.time,
        producer: "ses".into(),
        subject_id: feedback.subject(),
        actor_id: None,
        correlation_id: event.id,
        causation_id: None,
        data: serde_json::to_value(&feedback).map_err(Failure::internal)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounce_reads_as_feedback_about_its_mail() {
        let body = r#"{
            "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Email Bounced",
            "source": "aws.ses", "account": "111122223333", "time": "2026-01-31T12:00:00Z", "region": "eu-central-1",
            "resources": [],
            "detail": {"eventType": "Bounce",
                "bounce": {"bounceType": "Permanent", "bounceSubType": "General",
                    "bouncedRecipients": [{"emailAddress": "ada@example.com", "status": "5.1.1"}]},
                "mail": {"messageId": "x", "tags": {"mail": ["01JD2QK8N4M5V6W7X8Y9ZABCDE"]}}}
        }"#;
        let envelope = envelope(body).unwrap();
        let feedback: MailFeedback = serde_json::from_value(envelope.data).unwrap();
        assert_eq!(feedback.what, Feedback::Bounced);
        assert_eq!(feedback.addresses, ["ada@example.com"]);
        assert_eq!(feedback.mail.as_deref(), Some("01JD2QK8N4M5V6W7X8Y9ZABCDE"));
        assert!(super::envelope("{}").is_err());
        assert!(super::envelope(&body.replace("\"Bounce\"", "\"Open\"")).is_err());
    }
}
