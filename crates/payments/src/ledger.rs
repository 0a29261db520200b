//! The ledger: each movement of money debits one account and credits another by the same amount.
//!
//! Entries are written in the transaction of what they account for, and never changed. What customers have of us is on the
//! accounts' credit side, what we have at the provider or in the till on the debit side.

use std::fmt;

use contracts::Message;
use contracts::payments::Subject;
use kernel::money::{Currency, Money};
use kernel::{Failure, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Table, Transaction};

use crate::payment::{Payment, PaymentId, Provider};
use crate::refund::Refund;
use crate::user_key;

kernel::typed_id!(MovementId, "A movement of money.");

/// Where money can be, each in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Account {
    /// What the provider holds for us.
    Stripe,
    /// What an operator took outside the platform.
    Offline,
    /// What was paid for a kind of subject.
    Revenue(String),
    /// What of that went back.
    Refunds(String),
    /// What came twice and is on its way back.
    Unapplied,
    /// What a person has with us.
    Wallet(String),
    /// What is kept for a contract until it is done.
    Escrow(String),
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stripe => f.write_str("provider:stripe"),
            Self::Offline => f.write_str("offline"),
            Self::Revenue(kind) => write!(f, "revenue:{kind}"),
            Self::Refunds(kind) => write!(f, "refunds:{kind}"),
            Self::Unapplied => f.write_str("unapplied"),
            Self::Wallet(user) => write!(f, "wallet:{user}"),
            Self::Escrow(id) => write!(f, "escrow:{id}"),
        }
    }
}

impl Account {
    /// `provider:stripe:EUR`
    pub fn in_currency(&self, currency: Currency) -> String {
        format!("{self}:{currency}")
    }

    /// Where the money of a payment is.
    fn holding(provider: Provider) -> Self {
        match provider {
            Provider::Stripe => Self::Stripe,
            Provider::Offline => Self::Offline,
        }
    }

    /// Whose the money of a payment is.
    fn earned(payment: &Payment) -> Self {
        match payment.about.kind.as_str() {
            _ if payment.extra => Self::Unapplied,
            "wallet_deposit" => Self::Wallet(payment.user_id.to_string()),
            "escrow" => Self::Escrow(payment.about.id.clone()),
            kind => Self::Revenue(kind.to_owned()),
        }
    }

    /// What is debited when it goes back: what was earned stays visible beside it.
    fn returned(payment: &Payment) -> Self {
        match Self::earned(payment) {
            Self::Revenue(kind) => Self::Refunds(kind),
            other => other,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Movements {
    Capture,
    Refund,
    /// The provider could not give back after all.
    RefundReversal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// `provider:stripe:EUR`
    pub account: String,
    pub debit: i64,
    pub credit: i64,
}

/// One movement: what a customer sees as a transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Movement {
    pub id: MovementId,
    pub movement: Movements,
    pub user_id: UserId,
    pub payment_id: PaymentId,
    /// The refund, when it is one.
    #[serde(default)]
    pub refund_id: Option<String>,
    /// What the provider calls the payment or the refund.
    #[serde(default)]
    pub reference: Option<String>,
    pub subject_kind: String,
    pub subject_id: String,
    pub instalment: u32,
    pub amount: i64,
    pub currency: Currency,
    pub entries: Vec<Entry>,
    pub at: Timestamp,
}

impl Movement {
    /// The money of a payment has arrived.
    pub fn capture(payment: &Payment) -> Result<Self> {
        let (from, to) = (Account::holding(payment.provider), Account::earned(payment));
        Self::between(from, to, Movements::Capture, payment, payment.captured, None)
    }

    /// Part of it went back.
    pub fn refund(payment: &Payment, refund: &Refund) -> Result<Self> {
        let (from, to) = (Account::returned(payment), Account::holding(payment.provider));
        Self::between(from, to, Movements::Refund, payment, refund.amount, Some(refund))
    }

    /// It came to us again.
    pub fn reversal(payment: &Payment, refund: &Refund) -> Result<Self> {
        let (from, to) = (Account::holding(payment.provider), Account::returned(payment));
        Self::between(from, to, Movements::RefundReversal, payment, refund.amount, Some(refund))
    }

    fn between(
        debited: Account,
        credited: Account,
        movement: Movements,
        payment: &Payment,
        amount: i64,
        refund: Option<&Refund>,
    ) -> Result<Self> {
        if amount <= 0 {
            return Err(Failure::internal("a movement of no money"));
        }
        let currency = payment.currency;
        let entries = vec![
            Entry { account: debited.in_currency(currency), debit: amount, credit: 0 },
            Entry { account: credited.in_currency(currency), debit: 0, credit: amount },
        ];
        let Subject { kind, id, instalment } = payment.about.clone();
        Ok(Self {
            id: MovementId::new(),
            movement,
            user_id: payment.user_id,
            payment_id: payment.id,
            refund_id: refund.map(|refund| refund.id.to_string()),
            reference: match refund {
                Some(refund) => refund.provider_ref.clone(),
                None => payment.provider_ref.clone(),
            },
            subject_kind: kind,
            subject_id: id,
            instalment,
            amount,
            currency,
            entries,
            at: time::now(),
        })
    }

    /// Debits and credits, which are the same.
    pub fn totals(&self) -> (i64, i64) {
        let sum = |side: fn(&Entry) -> i64| self.entries.iter().map(side).sum();
        (sum(|entry| entry.debit), sum(|entry| entry.credit))
    }

    pub fn key_of(id: MovementId) -> Key {
        Key::new(format!("MOVEMENT#{id}"), "MOVEMENT")
    }

    /// Writes it and its entries with what it accounts for, and has it counted.
    pub fn book(&self, effect: Transaction, table: &Table) -> Result<Transaction> {
        let (debits, credits) = self.totals();
        if debits != credits || debits != self.amount {
            return Err(Failure::internal(format!("movement {} does not balance", self.id)));
        }
        let taken = || Failure::internal("a movement's id used twice");
        let mut effect = effect.create(table, self, taken())?;
        for (number, entry) in self.entries.iter().enumerate() {
            effect = effect.create(table, &LedgerEntry::of(self, number, entry), taken())?;
        }
        effect.command(&CountPayment {
            what: match self.movement {
                Movements::Capture => Countable::Captured,
                Movements::Refund => Countable::Refunded,
                Movements::RefundReversal => Countable::Reversed,
            },
            money: Money::new(self.amount, self.currency),
            at: self.at,
        })
    }
}

impl Record for Movement {
    const KIND: &'static str = "movement";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        vec![
            (2, Key::new(user_key(self.user_id), format!("MOVEMENT#{}", self.id))),
            (3, Key::new("MOVEMENTS", self.id.to_string())),
        ]
    }
}

/// One side of a movement, where its account is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerEntry {
    pub account: String,
    pub movement_id: MovementId,
    pub number: usize,
    pub debit: i64,
    pub credit: i64,
    pub payment_id: PaymentId,
    #[serde(default)]
    pub refund_id: Option<String>,
    pub at: Timestamp,
}

impl LedgerEntry {
    fn of(movement: &Movement, number: usize, entry: &Entry) -> Self {
        Self {
            account: entry.account.clone(),
            movement_id: movement.id,
            number,
            debit: entry.debit,
            credit: entry.credit,
            payment_id: movement.payment_id,
            refund_id: movement.refund_id.clone(),
            at: movement.at,
        }
    }

    pub fn partition(account: &str) -> String {
        format!("LEDGER#{account}")
    }
}

impl Record for LedgerEntry {
    const KIND: &'static str = "entry";

    fn key(&self) -> Key {
        Key::new(Self::partition(&self.account), format!("{}#{}", self.movement_id, self.number))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Countable {
    Captured,
    Refunded,
    Reversed,
    Failed,
}

/// For the numbers that administrators look at; counted once, beside the transaction and not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CountPayment {
    pub what: Countable,
    pub money: Money,
    pub at: Timestamp,
}

impl Message for CountPayment {
    const TYPE: &'static str = "payments.count";

    fn subject(&self) -> String {
        self.money.currency.to_string()
    }
}

impl contracts::Command for CountPayment {
    const QUEUE: &'static str = "count-payments";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::tests::payment;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone)]
    enum Step {
        Capture { amount: i64, offline: bool, extra: bool, kind: &'static str },
        Refund { payment: usize, share: i64 },
        Reversal { payment: usize },
    }

    fn step() -> impl Strategy<Value = Step> {
        let kinds = prop_oneof![Just("booking"), Just("order"), Just("wallet_deposit"), Just("escrow")];
        prop_oneof![
            (1..1_000_000i64, any::<bool>(), any::<bool>(), kinds)
                .prop_map(|(amount, offline, extra, kind)| Step::Capture { amount, offline, extra, kind }),
            (0..20usize, 1..=100i64).prop_map(|(payment, share)| Step::Refund { payment, share }),
            (0..20usize).prop_map(|payment| Step::Reversal { payment }),
        ]
    }

    /// A payment, what of it went back, and the refunds of it.
    type Paid = (Payment, Vec<i64>);

    fn refund_of(payment: &Payment, amount: i64) -> Refund {
        Refund::for_tests(payment, amount)
    }

    proptest! {
        #[test]
        fn any_movements_balance_and_add_up_to_what_is_where(
            currency in prop_oneof![Just("JPY"), Just("EUR"), Just("KWD")],
            steps in prop::collection::vec(step(), 1..60),
        ) {
            let currency: Currency = currency.parse().unwrap();
            let mut payments: Vec<Paid> = Vec::new();
            let mut accounts = BTreeMap::<String, i64>::new();
            let mut held = BTreeMap::<String, i64>::new();
            for step in steps {
                let movement = match step {
                    Step::Capture { amount, offline, extra, kind } => {
                        let mut new = payment(amount, currency);
                        new.captured = amount;
                        new.extra = extra && !offline;
                        new.about.kind = kind.into();
                        new.provider = if offline { Provider::Offline } else { Provider::Stripe };
                        let movement = Movement::capture(&new).unwrap();
                        *held.entry(Account::holding(new.provider).in_currency(currency)).or_default() += amount;
                        payments.push((new, Vec::new()));
                        movement
                    }
                    Step::Refund { payment, share } => {
                        let count = payments.len().max(1);
                        let Some((paid, back)) = payments.get_mut(payment % count) else { continue };
                        let amount = paid.left() * share / 100;
                        if amount == 0 {
                            prop_assert!(Movement::refund(paid, &refund_of(paid, 0)).is_err());
                            continue;
                        }
                        paid.refunding += amount;
                        back.push(amount);
                        *held.entry(Account::holding(paid.provider).in_currency(currency)).or_default() -= amount;
                        Movement::refund(paid, &refund_of(paid, amount)).unwrap()
                    }
                    Step::Reversal { payment } => {
                        let count = payments.len().max(1);
                        let Some((paid, back)) = payments.get_mut(payment % count) else { continue };
                        let Some(amount) = back.pop() else { continue };
                        paid.refunding -= amount;
                        *held.entry(Account::holding(paid.provider).in_currency(currency)).or_default() += amount;
                        Movement::reversal(paid, &refund_of(paid, amount)).unwrap()
                    }
                };
                let (debits, credits) = movement.totals();
                prop_assert_eq!(debits, credits);
                for entry in movement.entries {
                    prop_assert!((entry.debit == 0) != (entry.credit == 0));
                    *accounts.entry(entry.account).or_default() += entry.debit - entry.credit;
                }
            }
            prop_assert_eq!(accounts.values().sum::<i64>(), 0);
            for (account, amount) in held {
                prop_assert_eq!(accounts[&account], amount, "{}", account);
            }
        }
    }
}
