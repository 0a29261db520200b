//! Payments and refunds of which nothing is heard are asked after (PY-27); what is not due any more is cancelled.

use contracts::payments::Reconciled;
use contracts::{Command, Message};
use jiff::SignedDuration;
use kernel::{Failure, Problem, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::text;
use store::{Item, Record, Transaction};

use crate::payment::{POLLED, Payment, PaymentId, Seen};
use crate::refund::Refund;
use crate::refund::run::RunRefund;
use crate::webhook::{ProcessWebhook, WebhookEvent};
use crate::{Cashier, Payments};

/// Asked after by one run of the schedule, or replayed by one request.
const ROUND: i32 = 50;
/// A payment that the provider never heard of is given up after that.
const UNHEARD: SignedDuration = SignedDuration::from_hours(1);
/// What lies in a queue now is no backlog.
const SETTLING: SignedDuration = SignedDuration::from_mins(1);

/// A payment that must not be paid any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CancelPayment {
    pub payment_id: PaymentId,
}

impl Message for CancelPayment {
    const TYPE: &'static str = "payments.cancel";

    fn subject(&self) -> String {
        self.payment_id.to_string()
    }
}

impl Command for CancelPayment {
    const QUEUE: &'static str = "cancel-payments";
}

/// How many events were taken up again.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Replayed {
    pub events: usize,
}

impl Cashier {
    pub async fn cancel_payment(&self, told: &CancelPayment) -> Result<()> {
        match self.payments.payment(told.payment_id).await? {
            Some(payment) => self.cancel(&payment).await,
            None => Ok(()),
        }
    }

    /// Asks after whatever is due to be asked after; one that fails does not stop the others.
    pub async fn poll(&self) -> Result<usize> {
        let due = self.payments.waiting("POLL", time::now()).await?;
        let (mut done, mut failed) = (0, None);
        for item in due {
            match self.ask(item).await {
                Ok(()) => done += 1,
                Err(failure) => failed = Some(failure),
            }
        }
        match failed {
            Some(failure) if done == 0 => Err(failure),
            _ => Ok(done),
        }
    }

    async fn ask(&self, item: Item) -> Result<()> {
        let is_payment =
            item.get("kind").and_then(|kind| kind.as_s().ok()).is_some_and(|it| it == Payment::KIND);
        if is_payment {
            return self.ask_payment(Payment::from_item(item)?).await;
        }
        let refund = Refund::from_item(item)?;
        self.run_refund(&RunRefund { refund_id: refund.id }).await?;
        let Some(now) = self.payments.refund(refund.id).await?.filter(|now| now.poll_at.is_some()) else {
            return Ok(());
        };
        let later = Refund { poll_at: Some(next(now.created_at)), ..now };
        self.payments.put_off(Transaction::new().replace(&self.payments.table, &later)?).await
    }

    async fn ask_payment(&self, payment: Payment) -> Result<()> {
        let unheard = payment.provider_ref.is_none() && payment.page_ref.is_none();
        if unheard && payment.created_at + UNHEARD < time::now() {
            return self.payments.advance(payment.id, &Seen::Cancelled, time::now(), None).await;
        }
        self.look_after(&payment).await?;
        let Some(now) = self.payments.payment(payment.id).await?.filter(|now| now.poll_at.is_some()) else {
            return Ok(());
        };
        let later = Payment { poll_at: Some(next(now.created_at)), ..now };
        self.payments.put_off(Transaction::new().replace(&self.payments.table, &later)?).await
    }
}

/// The older it is, the seldomer.
fn next(created_at: Timestamp) -> Timestamp {
    let now = time::now();
    let age = now.duration_since(created_at);
    now + (age / 4).max(POLLED)
}

impl Payments {
    /// Somebody else changed it meanwhile: then it has its own time.
    async fn put_off(&self, effect: Transaction) -> Result<()> {
        match effect.commit(&self.table).await {
            Err(failure) if failure.problem != Problem::CONFLICT => Err(failure),
            _ => Ok(()),
        }
    }

    /// What stands in the due index until `until`, the oldest first.
    async fn waiting(&self, pk: &str, until: Timestamp) -> Result<Vec<Item>> {
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :pk AND gsi1sk < :until")
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":until", text(format!("{until:.3}")))
            .limit(ROUND)
            .send()
            .await
            .map_err(store::failure)?;
        Ok(answer.items.unwrap_or_default())
    }

    /// PY-18: events that were kept and never processed go to their queue again.
    pub async fn replay_webhooks(&self) -> Result<Replayed> {
        let waiting = self.waiting("EVENTS", time::now() - SETTLING).await?;
        let events: Vec<_> = waiting.into_iter().map(WebhookEvent::from_item).collect::<Result<_>>()?;
        if events.is_empty() {
            return Ok(Replayed { events: 0 });
        }
        let again = |effect: Transaction, event: &WebhookEvent| {
            effect.command(&ProcessWebhook { event_id: event.id.clone() })
        };
        let effect = events.iter().try_fold(Transaction::new(), again)?;
        let count = u64::try_from(events.len()).map_err(Failure::internal)?;
        effect.publish(&Reconciled { events: count })?.commit(&self.table).await?;
        Ok(Replayed { events: events.len() })
    }
}
