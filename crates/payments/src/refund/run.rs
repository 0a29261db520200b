//! The provider is asked to give back; whoever dies in between asks again, and nothing goes back twice.

use contracts::{Command, Message};
use kernel::{Failure, Result, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;

use super::{Outcome, Progress, Refund, RefundId};
use crate::Cashier;
use crate::stripe::{Form, GivenBack, Trouble, metadata};
use crate::wire::to_stripe;

/// Gives back what a refund says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunRefund {
    pub refund_id: RefundId,
}

impl Message for RunRefund {
    const TYPE: &'static str = "payments.run_refund";

    fn subject(&self) -> String {
        self.refund_id.to_string()
    }
}

impl Command for RunRefund {
    const QUEUE: &'static str = "run-refunds";
}

impl From<&GivenBack> for Outcome {
    fn from(given: &GivenBack) -> Self {
        match given.status.as_deref() {
            Some("succeeded") => Self::Succeeded,
            Some("failed" | "canceled") => {
                Self::Failed { code: given.failure_reason.clone().unwrap_or_else(|| "refund_failed".into()) }
            }
            _ => Self::Processing,
        }
    }
}

impl Cashier {
    pub async fn run_refund(&self, told: &RunRefund) -> Result<()> {
        let Some(refund) = self.payments.refund(told.refund_id).await? else { return Ok(()) };
        match refund.status {
            Progress::Pending => self.send(&refund).await,
            Progress::Processing => self.ask_after(&refund).await,
            Progress::Succeeded | Progress::Failed => Ok(()),
        }
    }

    /// The provider forgets its idempotency keys after a day, and a dead letter may come back later: so a refund that may have
    /// been sent is looked for there first.
    async fn send(&self, refund: &Refund) -> Result<()> {
        let payment = self.payments.payment(refund.payment_id).await?;
        let intent = payment.and_then(|payment| payment.provider_ref);
        let intent = intent.ok_or_else(|| Failure::internal("a payment that the provider does not know"))?;
        if refund.sent {
            let all = self.stripe.refunds_of(&intent).await?;
            let ours = |given: &&GivenBack| {
                metadata(given.metadata.as_ref(), "refund_id") == Some(refund.id.to_string())
            };
            if let Some(given) = all.iter().find(ours) {
                return self.settled(refund, given).await;
            }
        } else {
            let claimed =
                Refund { sent: true, poll_at: Some(time::now() + crate::payment::POLLED), ..refund.clone() };
            Transaction::new().replace(&self.payments.table, &claimed)?.commit(&self.payments.table).await?;
        }
        let field = |name: &str, value: String| (name.to_owned(), value);
        let form: Form = vec![
            field("payment_intent", intent),
            field("amount", to_stripe(refund.amount, refund.currency)?.to_string()),
            field("metadata[refund_id]", refund.id.to_string()),
        ];
        match self.stripe.refund(&form, &refund.idempotency_key()).await {
            Ok(given) => self.settled(refund, &given).await,
            Err(Trouble::Refused(refusal)) => {
                let code = refusal.code.unwrap_or_else(|| "refused".into());
                self.payments.settle(refund.id, &Outcome::Failed { code }, None, None).await
            }
            Err(Trouble::Failed(failure)) => Err(failure),
        }
    }

    async fn ask_after(&self, refund: &Refund) -> Result<()> {
        let Some(reference) = &refund.provider_ref else { return self.send(refund).await };
        let given = self.stripe.refund_by_id(reference).await?;
        self.settled(refund, &given).await
    }

    async fn settled(&self, refund: &Refund, given: &GivenBack) -> Result<()> {
        let outcome = Outcome::from(given);
        self.payments.settle(refund.id, &outcome, Some(&given.id), None).await
    }
}
