//! A payment: one attempt of a customer to pay what is due, and what became of it.

use contracts::payments::Subject;
use jiff::SignedDuration;
use kernel::money::Currency;
use kernel::text::digest;
use kernel::{Failure, Result, Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record};
use web::Caller;

use crate::stripe::{CheckoutSession, Intent};
use crate::wire::from_stripe;
use crate::{Payments, subject_key, user_key};

kernel::typed_id!(PaymentId, "A payment.");

/// How often the provider is asked after a payment that nothing is heard of.
pub const POLLED: SignedDuration = SignedDuration::from_mins(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Stripe,
    Offline,
}

impl Provider {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Offline => "offline",
        }
    }
}

/// Where the customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Means {
    /// In a form of ours.
    Form,
    /// On a page of the provider's.
    Checkout,
    Offline,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PaymentStatus")]
pub enum Status {
    /// Written down; the provider may not know of it yet.
    Created,
    /// The customer is at it.
    Pending,
    /// The provider is at it.
    Processing,
    Succeeded,
    /// Refused; the customer may try again.
    Failed,
    Cancelled,
    PartiallyRefunded,
    Refunded,
    Disputed,
}

impl Status {
    /// Whether the customer may still pay with it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Pending | Self::Processing | Self::Failed)
    }
}

/// Why the provider refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Declined {
    pub code: String,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Payment {
    pub id: PaymentId,
    pub about: Subject,
    /// Of what is due.
    pub revision: u64,
    /// Which try of that revision.
    pub attempt: u32,
    pub user_id: UserId,
    pub amount: i64,
    pub currency: Currency,
    pub provider: Provider,
    pub means: Means,
    pub status: Status,
    /// The provider's payment.
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// The provider's page, where there is one.
    #[serde(default)]
    pub page_ref: Option<String>,
    #[serde(default)]
    pub page_expires_at: Option<Timestamp>,
    pub captured: i64,
    /// Gone back or on its way: never more than captured.
    pub refunding: i64,
    /// Gone back.
    pub refunded: i64,
    /// The same instalment had been paid before, so all of it goes back.
    #[serde(default)]
    pub extra: bool,
    #[serde(default)]
    pub failure: Option<Declined>,
    /// When the provider said what we believe.
    pub told_at: Timestamp,
    /// When to ask after it.
    #[serde(default)]
    pub poll_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: u64,
}

/// What the provider says of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    Pending,
    Processing,
    Succeeded {
        amount: i64,
        currency: String,
    },
    Failed(Declined),
    Cancelled,
    Disputed,
    /// The dispute ended and the money stays.
    DisputeWon,
}

impl From<&Intent> for Seen {
    fn from(intent: &Intent) -> Self {
        match (intent.status.as_str(), &intent.last_payment_error) {
            ("succeeded", _) => Self::Succeeded {
                amount: from_stripe(intent.amount_received.unwrap_or(intent.amount), &intent.currency),
                currency: intent.currency.to_uppercase(),
            },
            ("processing", _) => Self::Processing,
            ("canceled", _) => Self::Cancelled,
            ("requires_payment_method", Some(error)) => Self::Failed(Declined {
                code: error.code.clone().unwrap_or_else(|| "declined".into()),
                message: error.message.clone().unwrap_or_default(),
            }),
            _ => Self::Pending,
        }
    }
}

impl From<&CheckoutSession> for Seen {
    fn from(page: &CheckoutSession) -> Self {
        let paid = page.payment_status.as_deref() == Some("paid");
        match (page.status.as_deref(), page.amount_total, &page.currency) {
            (_, Some(amount), Some(currency)) if paid => {
                Self::Succeeded { amount: from_stripe(amount, currency), currency: currency.to_uppercase() }
            }
            (Some("expired"), ..) => Self::Cancelled,
            // Sent, and on its way for days: a bank's transfer.
            (Some("complete"), ..) => Self::Processing,
            _ => Self::Pending,
        }
    }
}

impl Payment {
    pub fn key_of(id: PaymentId) -> Key {
        Key::new(format!("PAYMENT#{id}"), "PAYMENT")
    }

    /// Where the payment of a provider's id is known.
    pub(crate) fn reference(id: &str) -> String {
        format!("PROVIDER#stripe#{id}")
    }

    /// What makes the provider know a second try of ours.
    pub fn idempotency_key(&self) -> String {
        let Subject { kind, id, instalment } = &self.about;
        let due = digest(&format!("{kind}#{id}#{instalment}"));
        format!("pay-{due}-{}-{}", self.revision, self.attempt)
    }

    /// Whether this is news. A payment never goes back: what succeeded stays so, and words that arrive late are not believed.
    pub fn accepts(&self, seen: &Seen, at: Timestamp) -> bool {
        // The provider's clock counts seconds.
        let late = at.as_second() < self.told_at.as_second();
        let done = matches!(self.status, Status::Succeeded | Status::PartiallyRefunded | Status::Refunded);
        match seen {
            Seen::Disputed => done,
            Seen::DisputeWon => self.status == Status::Disputed,
            _ if done || self.status == Status::Disputed => false,
            Seen::Succeeded { .. } => true,
            _ if self.status == Status::Cancelled => false,
            Seen::Cancelled => true,
            Seen::Failed(why) => {
                let known = self.status == Status::Failed && self.failure.as_ref() == Some(why);
                !late && !known
            }
            Seen::Processing => !late && self.status != Status::Processing,
            Seen::Pending => !late && self.status == Status::Created,
        }
    }

    /// As it is after what [`Payment::accepts`] takes.
    pub fn after(&self, seen: &Seen, at: Timestamp) -> Result<Self> {
        let mut next = self.clone();
        (next.told_at, next.updated_at) = (self.told_at.max(at), kernel::time::now());
        match seen {
            Seen::Pending => next.status = Status::Pending,
            Seen::Processing => next.status = Status::Processing,
            Seen::Failed(why) => (next.status, next.failure) = (Status::Failed, Some(why.clone())),
            Seen::Cancelled => next.status = Status::Cancelled,
            Seen::Disputed => next.status = Status::Disputed,
            Seen::DisputeWon => next.status = next.settled(),
            Seen::Succeeded { amount, currency } => {
                if *currency != self.currency.code() || *amount <= 0 {
                    return Err(Failure::internal(format!(
                        "payment {} is of {} and {amount} {currency} came",
                        self.id, self.currency
                    )));
                }
                (next.status, next.captured, next.failure) = (Status::Succeeded, *amount, None);
            }
        }
        if !next.status.is_open() {
            next.poll_at = None;
        }
        Ok(next)
    }

    /// What it is called after so much of it went back.
    pub fn settled(&self) -> Status {
        match self.refunded {
            0 => Status::Succeeded,
            part if part < self.captured => Status::PartiallyRefunded,
            _ => Status::Refunded,
        }
    }

    /// What can still be given back.
    pub fn left(&self) -> i64 {
        (self.captured - self.refunding).max(0)
    }
}

impl Record for Payment {
    const KIND: &'static str = "payment";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let poll = self.poll_at.map(|at| (1, Key::new("POLL", format!("{at:.3}#PAYMENT#{}", self.id))));
        let lists = [
            (2, Key::new(user_key(self.user_id), format!("PAYMENT#{}", self.id))),
            (3, Key::new("PAYMENTS", self.id.to_string())),
        ];
        poll.into_iter().chain(lists).collect()
    }
}

/// That a payment brought money for a subject; strongly consistent, as no index is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Paid {
    pub about: Subject,
    pub payment_id: PaymentId,
}

impl Record for Paid {
    const KIND: &'static str = "paid";

    fn key(&self) -> Key {
        Key::new(subject_key(&self.about), format!("PAID#{}", self.payment_id))
    }
}

/// A payment as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentView {
    pub id: PaymentId,
    pub subject_kind: String,
    pub subject_id: String,
    pub instalment: u32,
    pub user_id: UserId,
    pub amount: i64,
    pub currency: Currency,
    pub provider: Provider,
    pub means: Means,
    pub status: Status,
    pub captured: i64,
    pub refunded: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Declined>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        let Subject { kind, id, instalment } = payment.about;
        Self {
            id: payment.id,
            subject_kind: kind,
            subject_id: id,
            instalment,
            user_id: payment.user_id,
            amount: payment.amount,
            currency: payment.currency,
            provider: payment.provider,
            means: payment.means,
            status: payment.status,
            captured: payment.captured,
            refunded: payment.refunded,
            failure: payment.failure,
            created_at: payment.created_at,
            updated_at: payment.updated_at,
        }
    }
}

impl Payments {
    pub async fn payment(&self, id: PaymentId) -> Result<Option<Payment>> {
        self.table.get(&Payment::key_of(id)).await
    }

    /// The payment, for its owner and administrators.
    pub async fn own_payment(&self, caller: &Caller, id: PaymentId) -> Result<Payment> {
        let found = self.payment(id).await?.filter(|payment| caller.owns(payment.user_id));
        found.ok_or_else(|| Failure::not_found("payment"))
    }

    /// Which payment a provider's id is of.
    pub(crate) async fn payment_of(&self, reference: &str) -> Result<Option<PaymentId>> {
        let guard = self.table.item(&Key::new(Payment::reference(reference), "GUARD"), true).await?;
        let owner = guard.and_then(|item| item.get("owner")?.as_s().ok()?.parse().ok());
        Ok(owner)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use kernel::time;
    use proptest::prelude::*;

    pub(crate) fn payment(amount: i64, currency: Currency) -> Payment {
        let now = time::now();
        Payment {
            id: PaymentId::new(),
            about: Subject { kind: "booking".into(), id: "B1".into(), instalment: 1 },
            revision: 1,
            attempt: 1,
            user_id: UserId::new(),
            amount,
            currency,
            provider: Provider::Stripe,
            means: Means::Form,
            status: Status::Created,
            provider_ref: None,
            page_ref: None,
            page_expires_at: None,
            captured: 0,
            refunding: 0,
            refunded: 0,
            extra: false,
            failure: None,
            told_at: Timestamp::UNIX_EPOCH,
            poll_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    pub(crate) fn seen() -> impl Strategy<Value = Seen> {
        let failed = |code: &str| Seen::Failed(Declined { code: code.into(), message: "Refused.".into() });
        prop_oneof![
            Just(Seen::Pending),
            Just(Seen::Processing),
            Just(Seen::Succeeded { amount: 500, currency: "EUR".into() }),
            Just(failed("card_declined")),
            Just(failed("expired_card")),
            Just(Seen::Cancelled),
            Just(Seen::Disputed),
            Just(Seen::DisputeWon),
        ]
    }

    proptest! {
        #[test]
        fn a_payment_never_goes_back_and_succeeds_once(words in prop::collection::vec((seen(), 0..60i64), 1..40)) {
            let mut now = payment(500, Currency::EUR);
            let mut captures = 0;
            for (seen, second) in words {
                let at = Timestamp::from_second(1_800_000_000 + second).unwrap();
                if !now.accepts(&seen, at) {
                    continue;
                }
                let next = now.after(&seen, at).unwrap();
                captures += u32::from(now.captured == 0 && next.captured > 0);
                prop_assert!(now.captured == 0 || next.captured == now.captured);
                prop_assert!(now.captured == 0 || !next.status.is_open());
                prop_assert!(now.captured == 0 || next.status != Status::Cancelled);
                // The same word twice is no news.
                prop_assert!(!next.accepts(&seen, at));
                now = next;
            }
            prop_assert!(captures <= 1);
        }

        #[test]
        fn money_counts_even_from_what_was_cancelled_or_failed(words in prop::collection::vec(seen(), 0..8)) {
            let mut now = payment(500, Currency::EUR);
            let at = Timestamp::from_second(1_800_000_000).unwrap();
            let paid = Seen::Succeeded { amount: 500, currency: "EUR".into() };
            for seen in words.iter().chain([&paid]) {
                if now.accepts(seen, at) {
                    now = now.after(seen, at).unwrap();
                }
            }
            prop_assert_eq!(now.captured, 500);
        }
    }

    #[test]
    fn money_of_another_currency_is_not_taken_for_ours() {
        let at = time::now();
        let other = Seen::Succeeded { amount: 500, currency: "USD".into() };
        assert!(payment(500, Currency::EUR).after(&other, at).is_err());
    }
}
