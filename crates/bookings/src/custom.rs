//! BK-2: a trek that was made for somebody, booked by its link and arranged with the operator.

use deserr::Deserr;
use kernel::text::Prose;
use kernel::text::{Text, digest};
use kernel::{Failure, Problem, Result, time};
use schemars::JsonSchema;
use web::{Caller, Created, Once};

use crate::batch::list::owned;
use crate::booking::{Contact, OwnerKind, PaymentMode};
use crate::hold::{Wanted, draft, on_sale};
use crate::saga::Step;
use crate::terms::{Link, Terms};
use crate::view::BookingView;
use crate::{AGAIN, Bookings, again};

pub const LINK_EXPIRED: Problem = Problem::new("link-expired", 410, "The link does not lead there any more");

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewCustomBooking {
    /// Of the link.
    pub token: Text<1, 200>,
    #[schemars(range(min = 1, max = 50))]
    pub participants: u32,
    pub contact: Contact,
    #[deserr(default)]
    pub additional_requests: Option<Prose<1, 1000>>,
}

impl Bookings {
    pub async fn book_custom(
        &self,
        caller: &Caller,
        once: Once,
        new: &NewCustomBooking,
    ) -> Result<Created<BookingView>> {
        let unknown = || Failure::not_found("trek");
        let link =
            self.table.get::<Link>(&Link::key_of(&digest(new.token.as_str()))).await?.ok_or_else(unknown)?;
        if link.expires_at <= time::now() {
            return Err(LINK_EXPIRED.because("Ask the operator for a new one."));
        }
        again(|| async {
            let now = time::now();
            let terms = self.table.get::<Terms>(&Terms::key_of(OwnerKind::Trek, link.trek_id)).await?;
            // Taken off sale, it is nowhere: as for whoever looks at it by the same link.
            let there = |it: &Terms| it.enabled && !it.deleted && it.custom.is_some();
            let terms = terms.filter(there).ok_or_else(unknown)?;
            let batch = owned(&self.table, OwnerKind::Trek, link.trek_id).await?.into_iter().next();
            let batch = batch.ok_or_else(|| Failure::unavailable("its departure was not made yet"))?;
            on_sale(&batch, &terms, now)?;
            let wanted = Wanted {
                user_id: caller.user_id,
                participants: new.participants,
                contact: new.contact.clone(),
                add_ons: &[],
                promo: None,
                payment_mode: PaymentMode::Full,
                additional_requests: new.additional_requests.as_ref().map(ToString::to_string),
                now,
            };
            let mut step = Step::held(draft(&batch, &terms, wanted)?);
            step.arrange();
            let reply = Created {
                location: format!("/api/v1/bookings/{}", step.booking.id),
                body: BookingView::for_owner(&step.booking),
            };
            let effect = self.created(&step, crate::batch::Offer { price: Some(batch.price) })?;
            match once.clone().commit(&self.table, effect, reply).await {
                Err(failure) if failure.problem == crate::batch::SOLD_OUT => {
                    let now = self.batch(batch.id).await?;
                    if now.free >= i64::from(new.participants) && now.price != batch.price {
                        return Err(AGAIN.because("Try again."));
                    }
                    Err(crate::batch::sold_out(now.seats_left()))
                }
                answered => answered,
            }
        })
        .await
    }
}
