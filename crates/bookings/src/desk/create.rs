//! BK-7, and the half of BK-8 that needs no other context: bookings that an operator makes.

use deserr::Deserr;
use kernel::text::Prose;
use kernel::text::{Phone, Text};
use kernel::{Failure, Result, UserId, time};
use schemars::JsonSchema;
use serde::Serialize;
use store::Record;
use store::expression::text;
use web::{Caller, Created, Once};

use crate::batch::list::next_open;
use crate::batch::{Batch, Offer, SOLD_OUT};
use crate::booking::{BatchId, Contact, OwnerId, OwnerKind, PaymentMode};
use crate::change::ALREADY_HELD;
use crate::hold::{Wanted, draft, part_payable};
use crate::price::price;
use crate::saga::{Instalments, RESTORED_HOLD, Step, Told};
use crate::terms::{Person, Terms};
use crate::view::BookingView;
use crate::{Bookings, again};

kernel::words! { PaymentState { Unpaid "unpaid", Partial "partial", Completed "completed" } }

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewManualBooking {
    pub user_id: UserId,
    pub owner_kind: OwnerKind,
    pub owner_id: OwnerId,
    /// Absent: the next departure with room.
    #[deserr(default)]
    pub batch_id: Option<BatchId>,
    #[deserr(default = 1)]
    #[schemars(range(min = 1, max = 50))]
    pub participants: u32,
    /// Absent: the account's own name and address.
    #[deserr(default)]
    pub contact: Option<Contact>,
    #[deserr(default)]
    pub add_ons: Vec<Text<1, 100>>,
    /// Minor units for one participant, where it was agreed on; absent: the departure's.
    #[deserr(default)]
    #[schemars(range(min = 0))]
    pub price: Option<i64>,
    /// What was taken outside the platform already.
    #[deserr(default)]
    pub payment_status: Option<PaymentState>,
    /// The same as `completed` or `unpaid`, as older clients say it.
    #[deserr(default)]
    pub paid: Option<bool>,
    #[deserr(default)]
    pub additional_requests: Option<Prose<1, 1000>>,
}

impl NewManualBooking {
    fn state(&self) -> Result<PaymentState> {
        let said = self.paid.map(|paid| if paid { PaymentState::Completed } else { PaymentState::Unpaid });
        match (self.payment_status, said) {
            (Some(state), Some(said)) if state != said => {
                Err(Failure::field("/paid", "contradicts payment_status"))
            }
            (state, said) => Ok(state.or(said).unwrap_or(PaymentState::Unpaid)),
        }
    }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct PhoneWish {
    pub phone: Phone,
}

/// An account, for an operator who wants to book for it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UserFound {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
}

impl Bookings {
    pub async fn book_for(
        &self,
        caller: &Caller,
        once: Once,
        new: &NewManualBooking,
    ) -> Result<Created<BookingView>> {
        let state = new.state()?;
        let person = self.table.get::<Person>(&Person::key_of(new.user_id)).await?;
        if person.is_none_or(|person| person.erased || !person.active) {
            return Err(Failure::field("/user_id", "is no account"));
        }
        let contact = match &new.contact {
            Some(contact) => contact.clone(),
            None => self.contact_of(new.user_id).await?,
        };
        if new.price.is_some_and(|price| !(0..=1_000_000_000_000).contains(&price)) {
            return Err(Failure::field("/price", "must be from 0 to 1000000000000"));
        }
        again(|| async {
            let now = time::now();
            let terms = self.table.get::<Terms>(&Terms::key_of(new.owner_kind, new.owner_id)).await?;
            let terms = terms.filter(|it| !it.deleted);
            let terms = terms.ok_or_else(|| Failure::field("/owner_id", "is no tour or trek"))?;
            let batch = self.chosen(new).await?;
            let mode = if state == PaymentState::Partial { PaymentMode::Partial } else { PaymentMode::Full };
            part_payable(&terms, &batch, mode, now)?;
            let wanted = Wanted {
                user_id: new.user_id,
                participants: new.participants,
                contact: contact.clone(),
                add_ons: &new.add_ons,
                promo: None,
                payment_mode: mode,
                additional_requests: super::text(new.additional_requests.as_ref()),
                now,
            };
            let mut booking = draft(&batch, &terms, wanted)?;
            if let Some(unit) = new.price {
                let add_ons = &booking.add_ons;
                booking.price = price(unit, batch.currency, new.participants, add_ons, &booking.rates, None)?;
                booking.total = booking.price.total;
                booking.instalments = Instalments::plan(&booking)?;
            }
            booking.admin_created = true;
            booking.hold_expires_at = Some((now + RESTORED_HOLD).min(batch.start_date));
            let step = by_hand(booking, state, caller.user_id);
            let reply = Created {
                location: format!("/api/v1/bookings/{}", step.booking.id),
                body: BookingView::for_operator(&step.booking),
            };
            let effect = self.created(&step, Offer::default())?;
            match once.clone().commit(&self.table, effect, reply).await {
                Err(failure) if failure.problem == SOLD_OUT => Err(self.left(&step.booking).await?),
                Err(failure) if failure.problem == ALREADY_HELD => Err(failure),
                answered => answered,
            }
        })
        .await
    }

    async fn chosen(&self, new: &NewManualBooking) -> Result<Batch> {
        let batch = match new.batch_id {
            Some(id) => self.table.get::<Batch>(&Batch::key_of(id)).await?,
            None => {
                let seats = i64::from(new.participants);
                next_open(&self.table, new.owner_kind, new.owner_id, seats).await?
            }
        };
        let fits = |batch: &Batch| (batch.owner_kind, batch.owner_id) == (new.owner_kind, new.owner_id);
        let batch = batch.filter(fits);
        batch.ok_or_else(|| Failure::field("/batch_id", "is no departure of it with room"))
    }

    /// Whose telephone it is; the number must have been proven.
    pub async fn find_user(&self, wish: &PhoneWish) -> Result<UserFound> {
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name("gsi2")
            .key_condition_expression("gsi2pk = :phone")
            .expression_attribute_values(":phone", text(Person::of_phone(wish.phone.as_str())))
            .limit(1)
            .send()
            .await
            .map_err(store::failure)?;
        let found = answer.items.unwrap_or_default().into_iter().next();
        let person = found.map(Person::from_item).transpose()?.filter(|it| !it.erased);
        let person = person.ok_or_else(|| Failure::not_found("user"))?;
        Ok(UserFound { user_id: person.user_id, name: person.name, email: person.email })
    }
}

/// What was paid outside counts from the beginning; payments hears of it to keep its books.
fn by_hand(booking: crate::booking::Booking, state: PaymentState, by: UserId) -> Step {
    let unpaid = state == PaymentState::Unpaid && booking.outstanding() > 0;
    if unpaid {
        return Step::held(booking);
    }
    let mut step = Step { booking, told: vec![Told::Created], asked: Vec::new(), archive: None };
    step.take_offline(if state == PaymentState::Partial { 1 } else { u32::MAX }, by);
    step.settle();
    if step.booking.outstanding() > 0 {
        step.ask();
    }
    step
}
