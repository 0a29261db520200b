//! The provider's word becomes ours: a payment moves on, the ledger with it, and the others hear of it once.

use contracts::payments::{PaymentFailed, PaymentSucceeded, RefundRequested};
use kernel::money::Money;
use kernel::{Failure, Result, Timestamp, time};
use store::Transaction;
use store::again;

use crate::due::Standing;
use crate::ledger::{CountPayment, Countable, Movement};
use crate::payment::{Paid, Payment, PaymentId, Seen};
use crate::poll::CancelPayment;
use crate::refund::{Mode, RefundOrder};
use crate::stripe::Trouble;
use crate::{Cashier, Payments};

impl Payments {
    /// Takes what the provider said at `at` into the books, and does `also` in the same transaction, news or not.
    pub async fn advance(
        &self,
        id: PaymentId,
        seen: &Seen,
        at: Timestamp,
        also: Option<Transaction>,
    ) -> Result<()> {
        again(|| self.try_advance(id, seen, at, also.clone())).await
    }

    async fn try_advance(
        &self,
        id: PaymentId,
        seen: &Seen,
        at: Timestamp,
        also: Option<Transaction>,
    ) -> Result<()> {
        let news = self.payment(id).await?.filter(|payment| payment.accepts(seen, at));
        let Some(payment) = news else {
            return match also {
                Some(effect) => effect.commit(&self.table).await,
                None => Ok(()),
            };
        };
        let next = payment.after(seen, at)?;
        let effect = also.unwrap_or_default();
        let effect = match seen {
            Seen::Succeeded { .. } => self.capture(effect, next).await?,
            Seen::Failed(why) => effect
                .replace(&self.table, &next)?
                .publish(&PaymentFailed {
                    about: next.about.clone(),
                    payment_id: id.to_string(),
                    user_id: next.user_id,
                    code: why.code.clone(),
                    message: why.message.clone(),
                })?
                .command(&CountPayment {
                    what: Countable::Failed,
                    money: Money::new(next.amount, next.currency),
                    at: time::now(),
                })?,
            _ => effect.replace(&self.table, &next)?,
        };
        effect.commit(&self.table).await
    }

    /// The money is here. The first of a due pays it, however late; a second one goes back by itself, and the owner of the
    /// subject does not hear of it.
    async fn capture(&self, effect: Transaction, mut payment: Payment) -> Result<Transaction> {
        let mut due = self.due(&payment.about).await?;
        payment.extra = due.as_ref().and_then(|due| due.paid_by).is_some_and(|first| first != payment.id);
        let effect = self.book_capture(effect, &payment)?;
        if payment.extra {
            let mut order = RefundOrder::new(&payment, format!("extra:{}", payment.id), payment.captured);
            order.reason = "Paid twice".into();
            order.mode = Mode::Full;
            let amount = payment.captured;
            let effect =
                self.begin_refund(effect, &mut order, std::slice::from_mut(&mut payment), &[amount])?;
            return effect.replace(&self.table, &payment);
        }
        let mut effect = effect.replace(&self.table, &payment)?.publish(&payment.succeeded())?;
        if let Some(due) = &mut due {
            (due.paid_by, due.standing) = (Some(payment.id), Standing::Paid);
            if let Some(payment_id) = due.current.filter(|current| *current != payment.id) {
                effect = effect.command(&CancelPayment { payment_id })?;
            }
            effect = due.write(effect, self)?;
        }
        Ok(effect)
    }

    pub(crate) fn book_capture(&self, effect: Transaction, payment: &Payment) -> Result<Transaction> {
        let paid = Paid { about: payment.about.clone(), payment_id: payment.id };
        let effect = Movement::capture(payment)?.book(effect, &self.table)?;
        effect.create(&self.table, &paid, Failure::internal("a payment captured twice"))
    }
}

impl Payment {
    pub(crate) fn succeeded(&self) -> PaymentSucceeded {
        PaymentSucceeded {
            about: self.about.clone(),
            payment_id: self.id.to_string(),
            user_id: self.user_id,
            amount: self.captured,
            currency: self.currency.to_string(),
            provider: self.provider.name().to_owned(),
        }
    }

    pub(crate) fn returning(&self, refund_id: String, key: String, amount: i64) -> RefundRequested {
        RefundRequested {
            about: self.about.clone(),
            refund_id,
            key,
            amount,
            currency: self.currency.to_string(),
        }
    }
}

impl Cashier {
    /// Asks the provider how the payment stands, and believes it.
    pub async fn look_after(&self, payment: &Payment) -> Result<Seen> {
        let seen = match (&payment.provider_ref, &payment.page_ref) {
            (Some(intent), _) => Seen::from(&self.stripe.intent(intent).await?),
            (None, Some(page)) => {
                let page = self.stripe.checkout(page).await?;
                if let Some(intent) = &page.payment_intent {
                    self.payments.learn_intent(payment.id, intent.id()).await?;
                }
                Seen::from(&page)
            }
            // The provider was never asked, or its answer was lost: whoever begins again gets the same one.
            (None, None) => Seen::Pending,
        };
        self.payments.advance(payment.id, &seen, time::now(), None).await?;
        Ok(seen)
    }

    /// The customer is not to pay this any more; what the provider has taken meanwhile counts.
    pub async fn cancel(&self, payment: &Payment) -> Result<()> {
        if payment.captured > 0 {
            return Ok(());
        }
        let refused = match (&payment.provider_ref, &payment.page_ref) {
            (Some(intent), _) => refusal(self.stripe.cancel_intent(intent).await)?,
            (None, Some(page)) => refusal(self.stripe.expire_checkout(page).await)?,
            (None, None) => None,
        };
        if refused.is_some() {
            // Because it is paid, or being paid, or cancelled before: it says so itself.
            return self.look_after(payment).await.map(drop);
        }
        self.payments.advance(payment.id, &Seen::Cancelled, time::now(), None).await
    }
}

fn refusal<T>(answer: Result<T, Trouble>) -> Result<Option<crate::stripe::Refusal>> {
    match answer {
        Ok(_) => Ok(None),
        Err(Trouble::Refused(refusal)) => Ok(Some(refusal)),
        Err(Trouble::Failed(failure)) => Err(failure),
    }
}
