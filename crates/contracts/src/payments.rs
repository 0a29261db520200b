//! What payments is asked for, and what it tells.
//!
//! The owner of a subject (a booking, later an order or a contract) says what is due; payments takes it,
//! and tells what came. An amount never comes from a client.

use jiff::Timestamp;
use kernel::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Contract, Event, Message, Nature};

/// What is paid for: one instalment of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// `booking`; later `order`, `escrow`, `quick_job`, `wallet_deposit`.
    pub kind: String,
    pub id: String,
    /// From 1.
    pub instalment: u32,
}

/// The provider's own page to pay on, instead of a form of ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckoutPage {
    pub customer_email: String,
    pub name: String,
    pub summary: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Where the customer comes back to.
    pub success_url: String,
    pub cancel_url: String,
}

/// A code that made the amount smaller; its use is reserved while the amount is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromoUse {
    pub code: String,
    /// Minor units that it took off.
    pub discount: i64,
}

/// Declares a command about one subject, for one queue.
macro_rules! ask {
    ($name:ident, $queue:literal, $kind:literal, $doc:literal, { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            pub about: Subject,
            $($(#[$meta])* pub $field: $type),*
        }

        impl Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.about.id.clone()
            }
        }

        impl Command for $name {
            const QUEUE: &'static str = $queue;
        }
    };
}

ask!(PaymentDue, "open-due", "payments.due", "An amount is due. A higher revision replaces a lower one.", {
    /// Grows when the amount or the deadline changes.
    revision: u64,
    user_id: UserId,
    /// Minor units.
    amount: i64,
    currency: String,
    /// What the customer reads at the provider.
    description: String,
    /// After that it is not to be asked for any more.
    expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promo: Option<PromoUse>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checkout: Option<CheckoutPage>,
});

ask!(DueLapsed, "close-due", "payments.due_lapsed", "An amount is not due any more: nothing more is to be asked for.", {
    /// Lapses this revision and older ones.
    revision: u64,
});

ask!(OfflinePaid, "record-offline-payment", "payments.offline_paid", "An operator took the money outside the platform.", {
    /// The same command is done once by this.
    key: String,
    user_id: UserId,
    /// Minor units.
    amount: i64,
    currency: String,
    recorded_by: UserId,
});

ask!(RefundOwed, "open-refund", "payments.refund", "Money is to be given back, over all instalments that were paid for the subject.", {
    /// Derived from what happened (booking, participant, step): the same refund is made once by this.
    key: String,
    /// Minor units; never more than what was captured is given back.
    amount: i64,
    currency: String,
    reason: String,
    /// `auto`, `full` or `custom`.
    kind: String,
    /// Which part of the subject it is for, such as a participant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<String>,
});

/// Declares a fact about one subject.
macro_rules! told {
    ($name:ident, $kind:literal, $doc:literal, { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            pub about: Subject,
            $($(#[$meta])* pub $field: $type),*
        }

        impl Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.about.id.clone()
            }
        }

        impl Event for $name {
            const NATURE: Nature = Nature::Fact;
        }
    };
}

told!(DueRejected, "payments.due.rejected", "An amount cannot be asked for as it was said.", {
    revision: u64,
    /// `promo_exhausted` or `promo_invalid`.
    code: String,
});
told!(CheckoutOpened, "payments.checkout.opened", "The provider's page stands.", {
    revision: u64,
    url: String,
    expires_at: Timestamp,
});
told!(PaymentCreated, "payments.payment.created", "The customer began to pay.", {
    payment_id: String,
    user_id: UserId,
    amount: i64,
    currency: String,
});
told!(PaymentSucceeded, "payments.payment.succeeded", "The money has arrived; also when it is too late for what it was for.", {
    payment_id: String,
    user_id: UserId,
    /// Minor units.
    amount: i64,
    currency: String,
    /// `stripe` or `offline`.
    provider: String,
});
told!(PaymentFailed, "payments.payment.failed", "The provider refused; the customer may try again until the deadline.", {
    payment_id: String,
    user_id: UserId,
    code: String,
    message: String,
});
told!(RefundRequested, "payments.refund.requested", "Money is on its way back.", {
    refund_id: String,
    key: String,
    amount: i64,
    currency: String,
});
told!(RefundSucceeded, "payments.refund.succeeded", "Money went back. One key may need several refunds; `complete` says that all are through.", {
    refund_id: String,
    key: String,
    user_id: UserId,
    /// Minor units: all that went back by this key.
    amount: i64,
    currency: String,
    complete: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<String>,
});
told!(RefundFailed, "payments.refund.failed", "The provider refused to give back; an operator has to look.", {
    refund_id: String,
    key: String,
    user_id: UserId,
    amount: i64,
    currency: String,
    code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<String>,
});

/// A code that makes things cheaper; sent with every change of it, and by a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromoChanged {
    /// In upper case.
    pub code: String,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    pub percentage: bool,
    /// Hundredths of a percent, or minor units.
    pub value: i64,
    /// Of `value` when it is an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    pub valid_from: Timestamp,
    pub valid_until: Timestamp,
    /// Minor units an order must have at least.
    pub min_order: i64,
    /// Ids of tours, treks or products it is for; empty: all.
    pub applicable: Vec<String>,
    pub active: bool,
    pub deleted: bool,
}

impl Message for PromoChanged {
    const TYPE: &'static str = "payments.promo.changed";

    fn subject(&self) -> String {
        self.code.clone()
    }
}

impl Event for PromoChanged {
    const NATURE: Nature = Nature::Snapshot;
}

/// Declares a fact that is about no subject of another context.
macro_rules! noted {
    ($name:ident, $kind:literal, $subject:ident, $doc:literal, { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            $($(#[$meta])* pub $field: $type),*
        }

        impl Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.$subject.to_string()
            }
        }

        impl Event for $name {
            const NATURE: Nature = Nature::Fact;
        }
    };
}

noted!(WebhookReceived, "payments.webhook.received", event_id, "The provider told something, and its signature holds.", {
    /// The provider's.
    event_id: String,
    event_type: String,
});
noted!(Reconciled, "payments.reconciled", events, "Words of the provider that were kept and not processed were taken up again.", {
    events: u64,
});
noted!(DriftDetected, "payments.drift.detected", date, "The ledger and the provider's own differ; an operator has to look.", {
    /// The day of the check.
    date: String,
    from: Timestamp,
    until: Timestamp,
    /// What the provider calls them; 20 at most of each.
    missing_here: Vec<String>,
    missing_there: Vec<String>,
    differing: Vec<String>,
    /// How many there are.
    lines: u64,
});

pub fn events() -> Vec<Contract> {
    vec![
        Contract::of::<DueRejected>(),
        Contract::of::<CheckoutOpened>(),
        Contract::of::<PaymentCreated>(),
        Contract::of::<PaymentSucceeded>(),
        Contract::of::<PaymentFailed>(),
        Contract::of::<RefundRequested>(),
        Contract::of::<RefundSucceeded>(),
        Contract::of::<RefundFailed>(),
        Contract::of::<PromoChanged>(),
        Contract::of::<WebhookReceived>(),
        Contract::of::<Reconciled>(),
        Contract::of::<DriftDetected>(),
    ]
}
