//! What the provider says of a refund goes into the books, and the owner of the subject hears of it.

use contracts::payments::RefundFailed;
use kernel::{Failure, Result, time};
use store::Transaction;
use store::again;

use super::{Outcome, Progress, Refund, RefundId, RefundOrder};
use crate::Payments;
use crate::ledger::Movement;
use crate::payment::{Declined, POLLED, Payment, Status};

impl Payments {
    /// Takes the provider's word on a refund into the books, and does `also` in the same transaction, news or not.
    pub async fn settle(
        &self,
        id: RefundId,
        outcome: &Outcome,
        provider_ref: Option<&str>,
        also: Option<Transaction>,
    ) -> Result<()> {
        again(|| self.try_settle(id, outcome, provider_ref, also.clone())).await
    }

    async fn try_settle(
        &self,
        id: RefundId,
        outcome: &Outcome,
        provider_ref: Option<&str>,
        also: Option<Transaction>,
    ) -> Result<()> {
        let news = self.refund(id).await?.filter(|refund| refund.accepts(outcome));
        let Some(mut refund) = news else {
            return match also {
                Some(effect) => effect.commit(&self.table).await,
                None => Ok(()),
            };
        };
        let missing = |what: &str| Failure::internal(format!("refund {id} has no {what}"));
        let mut effect = also.unwrap_or_default();
        if let (None, Some(reference)) = (&refund.provider_ref, provider_ref) {
            let twice = Failure::internal("one refund of the provider's for two of ours");
            effect = effect.guard(&self.table, &Payment::reference(reference), &id.to_string(), twice)?;
            refund.provider_ref = Some(reference.to_owned());
        }
        let before = refund.status;
        refund.updated_at = time::now();
        refund.poll_at = None;
        if *outcome == Outcome::Processing {
            refund.status = Progress::Processing;
            refund.poll_at = Some(time::now() + POLLED);
            return effect.replace(&self.table, &refund)?.commit(&self.table).await;
        }
        let mut payment = self.payment(refund.payment_id).await?.ok_or_else(|| missing("payment"))?;
        let order: Option<RefundOrder> =
            self.table.get(&RefundOrder::key_of(&refund.about, &refund.key)).await?;
        let mut order = order.ok_or_else(|| missing("order"))?;
        match outcome {
            Outcome::Failed { code } => {
                refund.status = Progress::Failed;
                refund.failure = Some(Declined { code: code.clone(), message: String::new() });
                payment.refunding -= refund.amount;
                if before == Progress::Succeeded {
                    payment.refunded -= refund.amount;
                    order.done -= refund.amount;
                    effect = Movement::reversal(&payment, &refund)?.book(effect, &self.table)?;
                }
                effect = effect.publish(&refund.failed(code))?;
            }
            _ => {
                refund.status = Progress::Succeeded;
                payment.refunded += refund.amount;
                order.done += refund.amount;
                effect = Movement::refund(&payment, &refund)?.book(effect, &self.table)?;
                effect = effect.publish(&order.told(id.to_string()))?;
            }
        }
        if payment.status != Status::Disputed {
            payment.status = payment.settled();
        }
        payment.updated_at = time::now();
        effect
            .replace(&self.table, &refund)?
            .replace(&self.table, &payment)?
            .replace(&self.table, &order)?
            .commit(&self.table)
            .await
    }
}

impl Refund {
    /// Whether this is news. What went back can still come to us again: a card may be closed.
    pub fn accepts(&self, outcome: &Outcome) -> bool {
        match self.status {
            Progress::Failed => false,
            Progress::Succeeded => matches!(outcome, Outcome::Failed { .. }),
            Progress::Processing => *outcome != Outcome::Processing,
            Progress::Pending => true,
        }
    }

    fn failed(&self, code: &str) -> RefundFailed {
        RefundFailed {
            about: self.about.clone(),
            refund_id: self.id.to_string(),
            key: self.key.clone(),
            user_id: self.user_id,
            amount: self.amount,
            currency: self.currency.to_string(),
            code: code.to_owned(),
            part: self.part.clone(),
        }
    }
}
