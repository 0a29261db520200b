//! Money that an operator took outside the platform.

use contracts::payments::OfflinePaid;
use kernel::text::digest;
use kernel::{Failure, Problem, Result, Timestamp, time};
use messaging::Received;
use store::Transaction;
use store::again;

use crate::Payments;
use crate::due::Standing;
use crate::payment::{Means, Payment, PaymentId, Provider, Status};
use crate::poll::CancelPayment;

const RECORDED: Problem = Problem::new("recorded-before", 409, "Recorded before");

impl Payments {
    /// Takes the operator's word into the books, once for each key.
    pub async fn record_offline(&self, told: &Received<OfflinePaid>) -> Result<()> {
        match again(|| self.try_record(told)).await {
            Err(failure) if failure.problem == RECORDED => Ok(()),
            other => other,
        }
    }

    async fn try_record(&self, told: &OfflinePaid) -> Result<()> {
        let now = time::now();
        let payment = Payment {
            id: PaymentId::new(),
            about: told.about.clone(),
            revision: 0,
            attempt: 0,
            user_id: told.user_id,
            amount: told.amount,
            currency: told.currency.parse().map_err(|why| Failure::internal(format!("currency {why}")))?,
            provider: Provider::Offline,
            means: Means::Offline,
            status: Status::Succeeded,
            provider_ref: None,
            page_ref: None,
            page_expires_at: None,
            captured: told.amount,
            refunding: 0,
            refunded: 0,
            extra: false,
            failure: None,
            told_at: Timestamp::UNIX_EPOCH,
            poll_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let about = &told.about;
        let key = digest(&format!("{}#{}#{}#{}", about.kind, about.id, about.instalment, told.key));
        let effect = Transaction::new()
            .guard(
                &self.table,
                &format!("OFFLINE#{key}"),
                &payment.id.to_string(),
                RECORDED.because("Nothing has to be done."),
            )?
            .create(&self.table, &payment, Failure::internal("a payment's id used twice"))?;
        let mut effect = self.book_capture(effect, &payment)?.publish(&payment.succeeded())?;
        if let Some(mut due) = self.due(about).await? {
            // Nothing more is to come for it online.
            if let Some(payment_id) = due.current.filter(|_| due.paid_by.is_none()) {
                effect = effect.command(&CancelPayment { payment_id })?;
            }
            due.standing = Standing::Paid;
            due.paid_by = due.paid_by.or(Some(payment.id));
            effect = due.write(effect, self)?;
        }
        effect.commit(&self.table).await
    }
}
