//! Refunds: money on its way back, never more than came, never twice for one key.
//!
//! A refund of a subject is spread over its payments, the newest first: the younger a card's payment, the likelier the card
//! still takes money back.

pub mod admin;
pub mod run;
mod settle;

use contracts::payments::{RefundOwed, RefundSucceeded, Subject};
use kernel::money::Currency;
use kernel::text::digest;
use kernel::{Failure, Result, Timestamp, UserId, time};
use messaging::Received;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::again;
use store::{Key, Record, Transaction};

use crate::ledger::Movement;
use crate::payment::{Declined, Paid, Payment, PaymentId, Provider};
use crate::wire::sayable;
use crate::{Payments, subject_key, user_key};

kernel::typed_id!(RefundId, "A refund.");

/// Payments that one subject can have.
const MOST: i32 = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    Pending,
    Processing,
    Succeeded,
    Failed,
}

/// By which rule so much of it goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Auto,
    Full,
    Custom,
}

impl Mode {
    fn named(name: &str) -> Self {
        match name {
            "full" => Self::Full,
            "custom" => Self::Custom,
            _ => Self::Auto,
        }
    }
}

/// What was asked for by one key, once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RefundOrder {
    pub about: Subject,
    pub key: String,
    pub user_id: UserId,
    /// What goes back: what was asked for, or what there is.
    pub amount: i64,
    /// What went back.
    pub done: i64,
    pub currency: Currency,
    pub reason: String,
    pub mode: Mode,
    #[serde(default)]
    pub part: Option<String>,
    pub refunds: Vec<RefundId>,
    pub version: u64,
}

impl RefundOrder {
    pub(crate) fn new(payment: &Payment, key: String, amount: i64) -> Self {
        Self {
            about: payment.about.clone(),
            key,
            user_id: payment.user_id,
            amount,
            done: 0,
            currency: payment.currency,
            reason: String::new(),
            mode: Mode::Auto,
            part: None,
            refunds: Vec::new(),
            version: 1,
        }
    }

    fn key_of(about: &Subject, key: &str) -> Key {
        Key::new(subject_key(about), format!("ORDER#{key}"))
    }

    fn told(&self, refund_id: String) -> RefundSucceeded {
        RefundSucceeded {
            about: self.about.clone(),
            refund_id,
            key: self.key.clone(),
            user_id: self.user_id,
            amount: self.done,
            currency: self.currency.to_string(),
            complete: self.done == self.amount,
            part: self.part.clone(),
        }
    }
}

impl Record for RefundOrder {
    const KIND: &'static str = "refund_order";

    fn key(&self) -> Key {
        Self::key_of(&self.about, &self.key)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let sort = format!("ORDER#{}#{}#{}", self.about.kind, self.about.id, self.key);
        vec![(2, Key::new(user_key(self.user_id), sort))]
    }
}

/// What goes back of one payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Refund {
    pub id: RefundId,
    pub payment_id: PaymentId,
    pub about: Subject,
    /// Of its order.
    pub key: String,
    pub user_id: UserId,
    pub amount: i64,
    pub currency: Currency,
    pub provider: Provider,
    pub status: Progress,
    #[serde(default)]
    pub provider_ref: Option<String>,
    pub reason: String,
    pub mode: Mode,
    #[serde(default)]
    pub part: Option<String>,
    #[serde(default)]
    pub failure: Option<Declined>,
    /// The provider was asked, or was about to be: from then on it has to be looked for there first.
    pub sent: bool,
    #[serde(default)]
    pub poll_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: u64,
}

impl Refund {
    pub fn key_of(id: RefundId) -> Key {
        Key::new(format!("REFUND#{id}"), "REFUND")
    }

    fn new(order: &RefundOrder, payment: &Payment, amount: i64) -> Self {
        let now = time::now();
        Self {
            id: RefundId::new(),
            payment_id: payment.id,
            about: order.about.clone(),
            key: order.key.clone(),
            user_id: payment.user_id,
            amount,
            currency: payment.currency,
            provider: payment.provider,
            status: Progress::Pending,
            provider_ref: None,
            reason: order.reason.clone(),
            mode: order.mode,
            part: order.part.clone(),
            failure: None,
            sent: false,
            poll_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// What makes the provider know a second try of ours.
    pub fn idempotency_key(&self) -> String {
        let Subject { kind, id, .. } = &self.about;
        format!("refund-{}-{}", digest(&format!("{kind}#{id}#{}", self.key)), self.payment_id)
    }
}

impl Record for Refund {
    const KIND: &'static str = "refund";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let poll = self.poll_at.map(|at| (1, Key::new("POLL", format!("{at:.3}#REFUND#{}", self.id))));
        let of = (2, Key::new(user_key(self.user_id), format!("REFUND#{}", self.id)));
        poll.into_iter().chain([of]).collect()
    }
}

/// What the provider says of a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Processing,
    Succeeded,
    Failed { code: String },
}

/// The newest first, each as far as there is something left of it.
pub fn spread(amount: i64, left: &[i64]) -> Vec<i64> {
    let mut open = amount.max(0);
    let mut take = |left: &i64| {
        let part = open.min((*left).max(0));
        open -= part;
        part
    };
    left.iter().map(&mut take).collect()
}

impl Payments {
    pub async fn refund(&self, id: RefundId) -> Result<Option<Refund>> {
        self.table.get(&Refund::key_of(id)).await
    }

    /// What was paid for a subject, the newest first.
    pub(crate) async fn paid_for(&self, about: &Subject) -> Result<Vec<Payment>> {
        let paid: Vec<Paid> = self.table.list(&subject_key(about), "PAID#", MOST).await?;
        let mut payments = Vec::new();
        for one in paid.iter().rev() {
            payments.extend(self.payment(one.payment_id).await?);
        }
        Ok(payments)
    }

    /// The owner of a subject owes money back. The same key does it once, whoever repeats it.
    pub async fn open_refund(&self, owed: &Received<RefundOwed>) -> Result<()> {
        again(|| self.try_open_refund(owed)).await
    }

    async fn try_open_refund(&self, owed: &RefundOwed) -> Result<()> {
        if self.table.get::<RefundOrder>(&RefundOrder::key_of(&owed.about, &owed.key)).await?.is_some() {
            return Ok(());
        }
        let mut payments = self.paid_for(&owed.about).await?;
        payments.retain(|payment| payment.currency.code() == owed.currency && payment.left() > 0);
        let left: Vec<_> = payments.iter().map(Payment::left).collect();
        // A part of what was paid may be no amount that the provider knows; it would refuse it for ever.
        let amount = match payments.first() {
            Some(payment) if payment.provider == Provider::Stripe => sayable(owed.amount, payment.currency),
            _ => owed.amount,
        };
        let mut amounts = spread(amount, &left);
        let needed = amounts.iter().take_while(|amount| **amount > 0).count();
        payments.truncate(needed);
        amounts.truncate(needed);
        let Some(mut order) = self.order(owed, &payments, amounts.iter().sum()).await? else {
            // Nobody was ever asked for money, so there is nobody to tell.
            return Ok(());
        };
        let mut effect = self.begin_refund(Transaction::new(), &mut order, &mut payments, &amounts)?;
        for payment in &payments {
            effect = effect.replace(&self.table, payment)?;
        }
        effect.commit(&self.table).await
    }

    async fn order(
        &self,
        owed: &RefundOwed,
        payments: &[Payment],
        amount: i64,
    ) -> Result<Option<RefundOrder>> {
        let asked = match payments.first() {
            Some(payment) => Some(payment.user_id),
            None => self.due(&owed.about).await?.and_then(|due| due.terms).map(|terms| terms.user_id),
        };
        let Some(user_id) = asked else { return Ok(None) };
        let currency = owed.currency.parse().map_err(|why| Failure::internal(format!("currency {why}")))?;
        Ok(Some(RefundOrder {
            about: owed.about.clone(),
            key: owed.key.clone(),
            user_id,
            amount,
            done: 0,
            currency,
            reason: owed.reason.clone(),
            mode: Mode::named(&owed.kind),
            part: owed.part.clone(),
            refunds: Vec::new(),
            version: 1,
        }))
    }

    /// Writes the order and its refunds, and takes their amounts out of what is left of the payments, which the caller writes.
    /// What came outside the platform goes back outside of it: the ledger says so at once.
    pub(crate) fn begin_refund(
        &self,
        mut effect: Transaction,
        order: &mut RefundOrder,
        payments: &mut [Payment],
        amounts: &[i64],
    ) -> Result<Transaction> {
        let taken = || kernel::Problem::CONFLICT.because("The refund was asked for a moment ago.");
        let once = || Failure::internal("a refund's id used twice");
        for (payment, amount) in payments.iter_mut().zip(amounts) {
            if *amount <= 0 || *amount > payment.left() {
                return Err(Failure::internal("more is to go back than is left"));
            }
            payment.refunding += amount;
            payment.updated_at = time::now();
            let mut refund = Refund::new(order, payment, *amount);
            order.refunds.push(refund.id);
            let requested = payment.returning(refund.id.to_string(), order.key.clone(), *amount);
            effect = effect.publish(&requested)?;
            if payment.provider == Provider::Offline {
                refund.status = Progress::Succeeded;
                order.done += amount;
                payment.refunded += amount;
                payment.status = payment.settled();
                effect = Movement::refund(payment, &refund)?.book(effect, &self.table)?;
                effect = effect.publish(&order.told(refund.id.to_string()))?;
            } else {
                effect = effect.command(&run::RunRefund { refund_id: refund.id })?;
            }
            effect = effect.create(&self.table, &refund, once())?;
        }
        if order.amount == 0 {
            // Nothing is left to go back; whoever waits for it hears so.
            effect = effect.publish(&order.told(String::new()))?;
        }
        effect.create(&self.table, order, taken())
    }
}

#[cfg(test)]
impl Refund {
    pub(crate) fn for_tests(payment: &Payment, amount: i64) -> Self {
        Self::new(&RefundOrder::new(payment, "K".into(), amount), payment, amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_spread_is_what_was_asked_for_or_all_there_is(
            amount in 0..100_000i64, left in prop::collection::vec(0..50_000i64, 0..8)
        ) {
            let parts = spread(amount, &left);
            prop_assert_eq!(parts.iter().sum::<i64>(), amount.min(left.iter().sum()));
            prop_assert!(parts.iter().zip(&left).all(|(part, left)| (0..=*left).contains(part)));
        }
    }
}
