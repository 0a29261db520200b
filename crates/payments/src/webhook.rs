//! What the provider tells us (PY-4, PY-25): kept first, answered at once, and processed from a queue.
//!
//! The order in which words arrive says nothing, and each may come again: what they change is decided by what is known
//! already. Of what a word says only what is needed is kept: the rest are the customer's name, address and card.

use contracts::payments::WebhookReceived;
use contracts::{Command, Message};
use kernel::{Failure, Problem, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::expression::{number, text};
use store::sdk::types::Update;
use store::{Key, Record, Transaction};

use crate::Payments;
use crate::keys::Keys;
use crate::payment::{PaymentId, Seen};
use crate::refund::{Outcome, RefundId};
use crate::signature::{self, SIGNATURE_INVALID};
use crate::stripe::{CheckoutSession, GivenBack, Intent, Ref, metadata};

/// As long as the provider can be asked to send it again, and a while more.
const KEPT: std::time::Duration = time::days(90);

const KNOWN: Problem = Problem::new("known-event", 409, "Known already");

/// Something that the provider told us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookEvent {
    /// The provider's.
    pub id: String,
    pub event_type: String,
    /// What we do something about; none for all else.
    #[serde(default)]
    pub told: Option<Told>,
    /// The provider's clock.
    pub created_at: Timestamp,
    pub received_at: Timestamp,
    #[serde(default)]
    pub processed_at: Option<Timestamp>,
    #[serde(default)]
    pub error: Option<String>,
    pub attempts: u32,
}

/// What of it concerns us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    Payment {
        #[serde(default)]
        payment_id: Option<PaymentId>,
        /// The payment, or the page, at the provider.
        reference: String,
        /// The payment at the provider, as far as it is known.
        #[serde(default)]
        intent: Option<String>,
        seen: Seen,
    },
    Refund {
        #[serde(default)]
        refund_id: Option<RefundId>,
        reference: String,
        outcome: Outcome,
    },
}

impl WebhookEvent {
    pub fn key_of(id: &str) -> Key {
        Key::new(format!("EVENT#{id}"), "EVENT")
    }

    /// Reads what was signed.
    fn read(body: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Envelope {
            id: String,
            #[serde(rename = "type")]
            kind: String,
            created: i64,
            data: Data,
        }
        #[derive(Deserialize)]
        struct Data {
            object: Value,
        }
        let wrong = |why: serde_json::Error| Failure::field("", format!("is no event: {why}"));
        let read: Envelope = serde_json::from_slice(body).map_err(wrong)?;
        let created_at = Timestamp::from_second(read.created);
        Ok(Self {
            told: Told::read(&read.kind, read.data.object),
            id: read.id,
            event_type: read.kind,
            created_at: created_at.map_err(|_| Failure::field("/created", "is no time"))?,
            received_at: time::now(),
            processed_at: None,
            error: None,
            attempts: 0,
        })
    }
}

impl Record for WebhookEvent {
    const KIND: &'static str = "webhook_event";

    fn key(&self) -> Key {
        Self::key_of(&self.id)
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let waiting = self.processed_at.is_none();
        let waits = waiting.then(|| (1, Key::new("EVENTS", format!("{:.3}#{}", self.received_at, self.id))));
        waits.into_iter().collect()
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.received_at + KEPT)
    }
}

impl Told {
    fn read(kind: &str, object: Value) -> Option<Self> {
        if kind.starts_with("payment_intent.") {
            let intent: Intent = serde_json::from_value(object).ok()?;
            let seen = match kind {
                "payment_intent.payment_failed" => match Seen::from(&intent) {
                    failed @ Seen::Failed(_) => failed,
                    // What it says now is newer than what it tells of.
                    other => other,
                },
                _ => Seen::from(&intent),
            };
            let payment_id = metadata(intent.metadata.as_ref(), "payment_id").and_then(|id| id.parse().ok());
            let reference = intent.id.clone();
            return Some(Self::Payment { payment_id, reference, intent: Some(intent.id), seen });
        }
        if kind.starts_with("checkout.session.") {
            let page: CheckoutSession = serde_json::from_value(object).ok()?;
            let seen = match kind {
                "checkout.session.async_payment_failed" => Seen::Failed(crate::payment::Declined {
                    code: "async_payment_failed".into(),
                    message: String::new(),
                }),
                _ => Seen::from(&page),
            };
            let payment_id = metadata(page.metadata.as_ref(), "payment_id").and_then(|id| id.parse().ok());
            let intent = page.payment_intent.as_ref().map(|intent| intent.id().to_owned());
            return Some(Self::Payment { payment_id, reference: page.id, intent, seen });
        }
        if kind.starts_with("refund.") || kind == "charge.refund.updated" {
            let given: GivenBack = serde_json::from_value(object).ok()?;
            let refund_id = metadata(given.metadata.as_ref(), "refund_id").and_then(|id| id.parse().ok());
            return Some(Self::Refund { refund_id, outcome: Outcome::from(&given), reference: given.id });
        }
        let seen = match (kind, object["status"].as_str()) {
            ("charge.dispute.created", _) => Seen::Disputed,
            ("charge.dispute.closed", Some("won" | "warning_closed")) => Seen::DisputeWon,
            _ => return None,
        };
        let intent: Ref = serde_json::from_value(object["payment_intent"].clone()).ok()?;
        let reference = intent.id().to_owned();
        Some(Self::Payment { payment_id: None, intent: Some(reference.clone()), reference, seen })
    }
}

/// Has a kept event processed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessWebhook {
    pub event_id: String,
}

impl Message for ProcessWebhook {
    const TYPE: &'static str = "payments.process_webhook";

    fn subject(&self) -> String {
        self.event_id.clone()
    }
}

impl Command for ProcessWebhook {
    const QUEUE: &'static str = "process-webhook";
}

/// That it arrived; all that the provider wants to know.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Taken {
    pub received: bool,
}

impl Payments {
    /// Keeps what the provider signed. A second time changes nothing.
    pub async fn receive(&self, keys: &Keys, body: &[u8], header: Option<&str>) -> Result<Taken> {
        let header = header.ok_or_else(|| SIGNATURE_INVALID.because("Send `Stripe-Signature`."))?;
        signature::verify(header, body, &keys.webhook_secrets, time::now())?;
        let event = WebhookEvent::read(body)?;
        let told = WebhookReceived { event_id: event.id.clone(), event_type: event.event_type.clone() };
        let effect = Transaction::new()
            .create(&self.table, &event, KNOWN.because("Nothing has to be done."))?
            .command(&ProcessWebhook { event_id: event.id.clone() })?
            .publish(&told)?;
        match effect.commit(&self.table).await {
            Err(failure) if failure.problem != KNOWN => Err(failure),
            _ => Ok(Taken { received: true }),
        }
    }

    /// Does what the event says, and notes in the same transaction that it is done.
    pub async fn process_webhook(&self, told: &ProcessWebhook) -> Result<()> {
        let event: Option<WebhookEvent> = self.table.get(&WebhookEvent::key_of(&told.event_id)).await?;
        let Some(event) = event.filter(|event| event.processed_at.is_none()) else { return Ok(()) };
        match self.process(&event).await {
            Err(failure) if failure.problem == KNOWN => Ok(()),
            Err(failure) => {
                self.note_failure(&event, &failure).await?;
                Err(failure)
            }
            done => done,
        }
    }

    async fn process(&self, event: &WebhookEvent) -> Result<()> {
        let done = |error: Option<&str>| {
            Ok::<_, Failure>(Transaction::new().update(self.processed(event, error)?, KNOWN.because("Done.")))
        };
        match &event.told {
            None => done(None)?.commit(&self.table).await,
            Some(Told::Payment { payment_id, reference, intent, seen }) => {
                let known = match payment_id {
                    Some(id) => self.payment(*id).await?,
                    None => match self.payment_of(reference).await? {
                        Some(id) => self.payment(id).await?,
                        None => None,
                    },
                };
                let Some(payment) = known else {
                    return done(Some("a payment that is not ours"))?.commit(&self.table).await;
                };
                let mut id_there = payment.provider_ref.clone();
                if let (None, Some(intent)) = (&id_there, intent) {
                    self.learn_intent(payment.id, intent).await?;
                    id_there = Some(intent.clone());
                }
                if intent.is_some() && *intent != id_there {
                    return done(Some("another payment under the id of ours"))?.commit(&self.table).await;
                }
                self.advance(payment.id, seen, event.created_at, Some(done(None)?)).await
            }
            Some(Told::Refund { refund_id, reference, outcome }) => {
                let known = match refund_id {
                    Some(id) => self.refund(*id).await?,
                    None => None,
                };
                let ours =
                    known.filter(|refund| refund.provider_ref.as_ref().is_none_or(|own| own == reference));
                match ours {
                    Some(refund) => self.settle(refund.id, outcome, Some(reference), Some(done(None)?)).await,
                    // Made by hand at the provider: the nightly check tells of it.
                    None => done(Some("a refund that is not ours"))?.commit(&self.table).await,
                }
            }
        }
    }

    fn processed(&self, event: &WebhookEvent, error: Option<&str>) -> Result<Update> {
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(event.key().to_item()))
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(processed_at)")
            .expression_attribute_values(":now", text(time::now()))
            .expression_attribute_values(":one", number(1));
        let set = "processed_at = :now";
        let update = match error {
            Some(error) => update
                .update_expression(format!(
                    "SET {set}, #error = :error REMOVE gsi1pk, gsi1sk ADD attempts :one"
                ))
                .expression_attribute_names("#error", "error")
                .expression_attribute_values(":error", text(error)),
            None => update
                .update_expression(format!("SET {set} REMOVE gsi1pk, gsi1sk, #error ADD attempts :one"))
                .expression_attribute_names("#error", "error"),
        };
        update.build().map_err(Failure::internal)
    }

    async fn note_failure(&self, event: &WebhookEvent, failure: &Failure) -> Result<()> {
        let update = self.table.client.update_item().table_name(&self.table.name);
        update
            .set_key(Some(event.key().to_item()))
            .update_expression("SET #error = :error ADD attempts :one")
            .expression_attribute_names("#error", "error")
            .expression_attribute_values(":error", text(failure.problem.code))
            .expression_attribute_values(":one", number(1))
            .send()
            .await
            .map_err(store::failure)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(kind: &str, object: Value) -> WebhookEvent {
        let body = json!({"id": "evt_1", "type": kind, "created": 1_800_000_000, "data": {"object": object}});
        WebhookEvent::read(body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn only_what_concerns_us_is_kept() {
        let intent = json!({
            "id": "pi_1", "status": "succeeded", "amount": 500, "amount_received": 500, "currency": "eur",
            "receipt_email": "ada@example.com", "metadata": {"payment_id": "01JD2QK8N4M5V6W7X8Y9ZABCDE"},
        });
        let event = read("payment_intent.succeeded", intent);
        let Some(Told::Payment { payment_id, seen, .. }) = &event.told else { panic!("{event:?}") };
        assert_eq!(payment_id.unwrap().to_string(), "01JD2QK8N4M5V6W7X8Y9ZABCDE");
        assert_eq!(*seen, Seen::Succeeded { amount: 500, currency: "EUR".into() });
        assert!(!serde_json::to_string(&event).unwrap().contains("ada@"));
        assert!(read("customer.created", json!({"id": "cus_1", "email": "ada@example.com"})).told.is_none());
    }

    #[test]
    fn pages_refunds_and_disputes_are_understood() {
        let page = json!({
            "id": "cs_1", "status": "complete", "payment_status": "paid", "payment_intent": "pi_1",
            "amount_total": 500, "currency": "eur", "metadata": {},
        });
        let told = read("checkout.session.completed", page).told;
        assert!(matches!(told, Some(Told::Payment { intent: Some(_), seen: Seen::Succeeded { .. }, .. })));
        let refund = json!({"id": "re_1", "status": "failed", "amount": 1, "currency": "eur"});
        let told = read("refund.failed", refund).told;
        assert!(matches!(told, Some(Told::Refund { outcome: Outcome::Failed { .. }, .. })));
        let dispute = json!({"id": "dp_1", "payment_intent": "pi_1", "status": "needs_response"});
        let told = read("charge.dispute.created", dispute).told;
        assert!(matches!(told, Some(Told::Payment { seen: Seen::Disputed, .. })));
    }
}
