//! A page of the provider's to pay on, opened as soon as the owner of a subject asks for one (BK-3).

use contracts::payments::{CheckoutOpened, CheckoutPage, PaymentCreated, PaymentDue, Subject};
use jiff::SignedDuration;
use kernel::{Failure, Result, Timestamp, time};
use messaging::Received;
use store::Transaction;
use store::again;

use crate::due::{Due, Standing, Terms};
use crate::payment::{Means, Payment, Status};
use crate::poll::CancelPayment;
use crate::stripe::{CheckoutSession, Form};
use crate::wire::to_stripe;
use crate::{Cashier, Payments};

/// The provider takes no less than 30 minutes and no more than a day; some seconds are for the way.
const SHORTEST: SignedDuration = SignedDuration::from_secs(31 * 60);
const LONGEST: SignedDuration = SignedDuration::from_hours(23);

impl Cashier {
    /// What is due, and the page for it where one is wanted. Told again, it goes on where it died.
    pub async fn open_due(&self, told: &Received<PaymentDue>) -> Result<()> {
        let due = self.payments.open_due(told).await?;
        let wanted = due.terms.as_ref().is_some_and(|terms| terms.checkout.is_some());
        if !wanted || due.revision != told.revision || due.page_told || !due.is_payable(time::now()) {
            return Ok(());
        }
        let payment = self.payments.begin_page(&told.about).await?;
        let Some((payment, terms)) = payment else { return Ok(()) };
        let Some(page) = &terms.checkout else { return Ok(()) };
        let form = form(&payment, &terms, page)?;
        let opened = self.stripe.create_checkout(&form, &payment.idempotency_key()).await?;
        self.payments.page_opened(&payment, &opened).await
    }
}

impl Payments {
    /// Claims the page before anybody is asked for it: with its deadline, so that a second try asks for the very same one.
    async fn begin_page(&self, about: &Subject) -> Result<Option<(Payment, Terms)>> {
        again(|| async {
            let Some(due) = self.due(about).await? else { return Ok(None) };
            let Some(terms) = due.terms.clone().filter(|_| due.is_payable(time::now())) else {
                return Ok(None);
            };
            if let Some(id) = due.current {
                let current = self.payment(id).await?;
                // A customer who pays in our own form meanwhile needs no page.
                let page = current
                    .filter(|it| it.means == Means::Checkout && it.status.is_open() && it.page_ref.is_none());
                return Ok(page.map(|payment| (payment, terms)));
            }
            let deadline = page_deadline(terms.expires_at, time::now());
            let (payment, effect) = self.new_payment(due, Means::Checkout, Some(deadline))?;
            effect.commit(&self.table).await?;
            Ok(Some((payment, terms)))
        })
        .await
    }

    async fn page_opened(&self, payment: &Payment, page: &CheckoutSession) -> Result<()> {
        let url = page.url.clone().ok_or_else(|| Failure::internal("a page without an address"))?;
        again(|| async {
            let payment = self.payment(payment.id).await?.ok_or_else(|| Failure::not_found("payment"))?;
            let due = self.due(&payment.about).await?.ok_or_else(|| Failure::not_found("thing to pay"))?;
            if payment.page_ref.is_some() {
                return Ok(());
            }
            let twice = Failure::internal("one page for two payments");
            let known = Payment {
                page_ref: Some(page.id.clone()),
                status: if payment.status == Status::Created { Status::Pending } else { payment.status },
                ..payment.clone()
            };
            let mut effect = Transaction::new()
                .replace(&self.table, &known)?
                .guard(&self.table, &Payment::reference(&page.id), &payment.id.to_string(), twice)?
                .publish(&PaymentCreated {
                    about: payment.about.clone(),
                    payment_id: payment.id.to_string(),
                    user_id: payment.user_id,
                    amount: payment.amount,
                    currency: payment.currency.to_string(),
                })?;
            if due.revision == payment.revision && due.standing == Standing::Open {
                let expires_at = payment.page_expires_at.unwrap_or(payment.created_at);
                effect = effect.publish(&CheckoutOpened {
                    about: payment.about.clone(),
                    revision: payment.revision,
                    url: url.clone(),
                    expires_at,
                })?;
                effect = Due { page_told: true, ..due }.write(effect, self)?;
            } else {
                // Replaced or lapsed while the provider was at it.
                effect = effect.command(&CancelPayment { payment_id: payment.id })?;
            }
            effect.commit(&self.table).await
        })
        .await
    }
}

fn page_deadline(due: Timestamp, now: Timestamp) -> Timestamp {
    due.clamp(now + SHORTEST, now + LONGEST)
}

fn form(payment: &Payment, terms: &Terms, page: &CheckoutPage) -> Result<Form> {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let price = "line_items[0][price_data]";
    let until = payment.page_expires_at.unwrap_or(payment.created_at).as_second();
    let mut form = vec![
        field("mode", "payment"),
        field("payment_method_types[0]", "card"),
        field("customer_email", &page.customer_email),
        field("client_reference_id", &payment.about.id),
        field("success_url", &page.success_url),
        field("cancel_url", &page.cancel_url),
        field("expires_at", &until.to_string()),
        field("metadata[payment_id]", &payment.id.to_string()),
        field("payment_intent_data[metadata][payment_id]", &payment.id.to_string()),
        field("payment_intent_data[description]", &terms.description),
        field("line_items[0][quantity]", "1"),
        field(&format!("{price}[currency]"), &payment.currency.code().to_lowercase()),
        field(&format!("{price}[unit_amount]"), &to_stripe(payment.amount, payment.currency)?.to_string()),
        field(&format!("{price}[product_data][name]"), &page.name),
    ];
    if !page.summary.is_empty() {
        form.push(field(&format!("{price}[product_data][description]"), &page.summary));
    }
    if let Some(image) = &page.image {
        form.push(field(&format!("{price}[product_data][images][0]"), image));
    }
    Ok(form)
}
