//! PY-1: a customer begins to pay what is due; the amount is the owner's word and never the client's.

use std::time::Duration;

use contracts::payments::{PaymentCreated, Subject};
use deserr::Deserr;
use kernel::money::Currency;
use kernel::text::Text;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::Serialize;
use store::Transaction;
use store::again;
use web::{Caller, Eventual};

use crate::due::{Due, Standing};
use crate::payment::{Means, POLLED, Payment, PaymentId, PaymentView, Provider, Seen, Status};
use crate::poll::CancelPayment;
use crate::stripe::{Form, Intent};
use crate::wire::to_stripe;
use crate::{Cashier, Payments};

pub const NOTHING_DUE: Problem = Problem::new("nothing-due", 409, "Nothing is due for this any more");
pub const ALREADY_PAID: Problem = Problem::new("already-paid", 409, "This is paid already");

/// How long the owner's word is waited for.
const PATIENCE: Duration = time::seconds(4);
const STEP: Duration = Duration::from_millis(200);

/// Who takes the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[deserr(rename_all = lowercase)]
pub enum Taker {
    Stripe,
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewSession {
    #[schemars(example = &"booking")]
    pub subject_kind: Text<1, 32>,
    pub subject_id: Text<1, 64>,
    /// From 1.
    #[serde(default = "first")]
    #[deserr(default = first())]
    #[schemars(range(min = 1))]
    pub instalment: u32,
    #[serde(default)]
    #[deserr(default)]
    pub provider: Option<Taker>,
}

fn first() -> u32 {
    1
}

/// What a client needs to let the customer pay.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PaymentSession {
    pub payment_id: PaymentId,
    pub provider: Provider,
    /// For the provider's form; good for this payment only.
    pub client_secret: String,
    pub publishable_key: String,
    pub amount: i64,
    pub currency: Currency,
    pub status: Status,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Claim {
    pub payment_id: PaymentId,
}

impl Cashier {
    /// Repeating it is harmless: as long as the payment is open, it is the same one.
    pub async fn begin(&self, caller: &Caller, new: &NewSession) -> Result<Eventual<PaymentSession>> {
        let keys = self.stripe.keys()?;
        let about = Subject {
            kind: new.subject_kind.to_string(),
            id: new.subject_id.to_string(),
            instalment: new.instalment,
        };
        let Some(due) = self.payments.awaited(&about, PATIENCE).await? else {
            return Ok(Eventual::Pending { location: "/api/v1/payments/sessions".into() });
        };
        let terms = due.terms.clone().filter(|terms| terms.user_id == caller.user_id);
        let terms = terms.ok_or_else(|| Failure::not_found("thing to pay"))?;
        let payment = self.payments.begin_payment(&about, caller.user_id).await?;
        let intent = self.intent_of(&payment).await?;
        let payment = match Seen::from(&intent) {
            Seen::Pending => payment,
            seen => {
                self.payments.advance(payment.id, &seen, time::now(), None).await?;
                self.payments.payment(payment.id).await?.unwrap_or(payment)
            }
        };
        if payment.captured > 0 {
            return Err(ALREADY_PAID.because("Its money has arrived."));
        }
        if !payment.status.is_open() {
            // The provider gave this one up; the next call begins another.
            return Err(Failure::unavailable("the provider cancelled the payment"));
        }
        let secret = intent.client_secret.ok_or_else(|| Failure::internal("an intent without a secret"))?;
        Ok(Eventual::Ready(Box::new(PaymentSession {
            payment_id: payment.id,
            provider: payment.provider,
            client_secret: secret,
            publishable_key: keys.publishable_key.clone(),
            amount: payment.amount,
            currency: payment.currency,
            status: payment.status,
            expires_at: terms.expires_at,
        })))
    }

    /// The provider's payment: made, or the one that was made before.
    async fn intent_of(&self, payment: &Payment) -> Result<Intent> {
        if let Some(id) = &payment.provider_ref {
            return Ok(self.stripe.intent(id).await?);
        }
        let field = |name: &str, value: String| (name.to_owned(), value);
        let form: Form = vec![
            field("amount", to_stripe(payment.amount, payment.currency)?.to_string()),
            field("currency", payment.currency.code().to_lowercase()),
            field("metadata[payment_id]", payment.id.to_string()),
            field("metadata[subject]", format!("{}#{}", payment.about.kind, payment.about.id)),
        ];
        let intent = self.stripe.create_intent(&form, &payment.idempotency_key()).await?;
        self.payments.learn_intent(payment.id, &intent.id).await?;
        Ok(intent)
    }

    /// PY-3: the client says that it has paid; the provider knows.
    pub async fn verify(&self, caller: &Caller, id: PaymentId) -> Result<PaymentView> {
        let payment = self.payments.own_payment(caller, id).await?;
        if payment.status.is_open() && payment.provider == Provider::Stripe {
            self.look_after(&payment).await?;
        }
        self.payments.own_payment(caller, id).await.map(PaymentView::from)
    }
}

impl Payments {
    /// What is due, as soon as its owner has said so.
    pub async fn awaited(&self, about: &Subject, patience: Duration) -> Result<Option<Due>> {
        let until = tokio::time::Instant::now() + patience;
        loop {
            let due = self.due(about).await?;
            if due.is_some() || tokio::time::Instant::now() >= until {
                return Ok(due);
            }
            tokio::time::sleep(STEP).await;
        }
    }

    /// The payment that the customer is at, or a new one.
    pub async fn begin_payment(&self, about: &Subject, user: UserId) -> Result<Payment> {
        again(|| async {
            let due = self.due(about).await?;
            let due = due.ok_or_else(|| Failure::not_found("thing to pay"))?;
            if due.paid_by.is_some() || due.standing == Standing::Paid {
                return Err(ALREADY_PAID.because("Its money has arrived."));
            }
            if !due.is_payable(time::now()) {
                return Err(
                    NOTHING_DUE.because("Look at what you wanted to pay for: it has changed or lapsed.")
                );
            }
            let current = match due.current {
                Some(id) => self.payment(id).await?,
                None => None,
            };
            if let Some(open) = current.filter(|it| it.status.is_open() && it.means == Means::Form) {
                return Ok(open);
            }
            let (payment, effect) = self.new_payment(due, Means::Form, None)?;
            let effect = effect.publish(&PaymentCreated {
                about: about.clone(),
                payment_id: payment.id.to_string(),
                user_id: user,
                amount: payment.amount,
                currency: payment.currency.to_string(),
            })?;
            effect.commit(&self.table).await?;
            Ok(payment)
        })
        .await
    }

    /// The next attempt to pay what is due; the one before must not be paid any more.
    pub(crate) fn new_payment(
        &self,
        mut due: Due,
        means: Means,
        page_expires_at: Option<Timestamp>,
    ) -> Result<(Payment, Transaction)> {
        let terms = due.terms.clone().ok_or_else(|| Failure::internal("a payment of nothing due"))?;
        let now = time::now();
        due.attempts += 1;
        let payment = Payment {
            id: PaymentId::new(),
            about: due.about.clone(),
            revision: due.revision,
            attempt: due.attempts,
            user_id: terms.user_id,
            amount: terms.amount,
            currency: terms.currency,
            provider: Provider::Stripe,
            means,
            status: Status::Created,
            provider_ref: None,
            page_ref: None,
            page_expires_at,
            captured: 0,
            refunding: 0,
            refunded: 0,
            extra: false,
            failure: None,
            told_at: Timestamp::UNIX_EPOCH,
            poll_at: Some(now + POLLED),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let mut effect = Transaction::new();
        if let Some(payment_id) = due.current.replace(payment.id) {
            effect = effect.command(&CancelPayment { payment_id })?;
        }
        let taken = Failure::internal("a payment's id used twice");
        let effect = due.write(effect.create(&self.table, &payment, taken)?, self)?;
        Ok((payment, effect))
    }

    /// By what the provider calls the payment, so that its webhooks find it.
    pub(crate) async fn learn_intent(&self, id: PaymentId, intent: &str) -> Result<()> {
        again(|| async {
            let payment = self.payment(id).await?.ok_or_else(|| Failure::not_found("payment"))?;
            if payment.provider_ref.is_some() {
                return Ok(());
            }
            let twice = Failure::internal("one payment of the provider's for two of ours");
            let status = match payment.status {
                Status::Created => Status::Pending,
                other => other,
            };
            let known = Payment { provider_ref: Some(intent.to_owned()), status, ..payment };
            let mut effect = Transaction::new();
            if known.status == Status::Cancelled {
                // While the provider was at it, the amount lapsed.
                effect = effect.command(&CancelPayment { payment_id: id })?;
            }
            effect
                .replace(&self.table, &known)?
                .guard(&self.table, &Payment::reference(intent), &id.to_string(), twice)?
                .commit(&self.table)
                .await
        })
        .await
    }
}
