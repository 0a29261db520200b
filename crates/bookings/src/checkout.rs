//! BK-3: a tour is booked and paid on the payment provider's own page.

use std::time::{Duration, Instant};

use kernel::text::Email;
use kernel::{Failure, Result, UserId, time};
use platform::describe;
use schemars::JsonSchema;
use serde::Serialize;
use store::Key;
use web::{Caller, Once, Reply, Response};

use crate::batch::Batch;
use crate::batch::list::next_open;
use crate::booking::{BatchId, BookingId, Checkout, Contact, OwnerId, OwnerKind, PaymentMode};
use crate::hold::{Wanted, draft, on_sale};
use crate::saga::Step;
use crate::terms::{Person, Terms};
use crate::view::BookingView;
use crate::{Bookings, again};

/// How long the answer waits for payments (design.md).
const PATIENCE: Duration = Duration::from_secs(4);
const PAUSE: Duration = Duration::from_millis(100);

/// What the payment provider's page needs, as Stripe calls it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Session {
    pub booking: BookingView,
    /// Where the customer pays.
    pub url: String,
}

/// 201 with the page, or 202 while it is being opened.
#[derive(Debug)]
pub enum Opened {
    Now(Box<Session>),
    Soon(BookingId),
}

#[derive(Serialize, JsonSchema)]
struct Opening {
    #[schemars(extend("const" = "pending"))]
    state: &'static str,
    booking_id: BookingId,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum SessionOrOpening {
    Session(Box<Session>),
    Opening(Opening),
}

impl Reply for Opened {
    fn describe() -> describe::Reply {
        describe::Reply {
            status: 201,
            also: vec![202],
            content_type: "application/json",
            schema: Some(|generator| generator.subschema_for::<SessionOrOpening>()),
        }
    }

    fn to_response(&self) -> Response {
        let at = |id: &BookingId| format!("/api/v1/bookings/{id}");
        let answer = |status, body: serde_json::Result<Vec<u8>>| Response {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.unwrap_or_default(),
        };
        match self {
            Self::Now(session) => {
                answer(201, serde_json::to_vec(session)).with("location", at(&session.booking.id))
            }
            Self::Soon(booking_id) => {
                let body = serde_json::to_vec(&Opening { state: "pending", booking_id: *booking_id });
                answer(202, body).with("location", at(booking_id)).with("retry-after", 1)
            }
        }
    }
}

impl Bookings {
    /// One seat on the departure, or on the next that has one.
    pub async fn open_checkout(
        &self,
        caller: &Caller,
        tour: OwnerId,
        batch: Option<BatchId>,
    ) -> Result<Opened> {
        let id = again(|| self.hold_for_checkout(caller, tour, batch)).await?;
        let begun = Instant::now();
        loop {
            let booking = self.booking(id).await?;
            if let Some(url) = booking.checkout.as_ref().and_then(|it| it.url.clone()) {
                return Ok(Opened::Now(Box::new(Session { booking: BookingView::for_owner(&booking), url })));
            }
            if begun.elapsed() >= PATIENCE {
                return Ok(Opened::Soon(id));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn hold_for_checkout(
        &self,
        caller: &Caller,
        tour: OwnerId,
        wish: Option<BatchId>,
    ) -> Result<BookingId> {
        let now = time::now();
        let terms = self.table.get::<Terms>(&Terms::key_of(OwnerKind::Tour, tour)).await?;
        let terms = terms.filter(|it| !it.deleted && !it.hidden).ok_or_else(|| Failure::not_found("tour"))?;
        let batch = match wish {
            Some(id) => self.table.get::<Batch>(&Batch::key_of(id)).await?.filter(|it| it.owner_id == tour),
            None => next_open(&self.table, OwnerKind::Tour, tour, 1).await?,
        };
        let batch = batch.ok_or_else(|| match wish {
            Some(_) => Failure::not_found("departure"),
            None => crate::batch::sold_out(0),
        })?;
        on_sale(&batch, &terms, now)?;
        let contact = self.contact_of(caller.user_id).await?;
        let guard = Key::new(format!("OPENHOLD#{}#{}", caller.user_id, batch.id), "GUARD");
        let open = self.table.item(&guard, true).await?;
        let open = open.and_then(|item| item.get("owner")?.as_s().ok()?.parse().ok());
        let before = self.pending(open, now).await?;
        if let Some(before) = &before
            && before.checkout.is_some()
        {
            // Asked again, such as by an old client's GET: the same page.
            return Ok(before.id);
        }
        let wanted = Wanted {
            user_id: caller.user_id,
            participants: 1,
            contact,
            add_ons: &[],
            promo: None,
            payment_mode: PaymentMode::Full,
            additional_requests: None,
            now,
        };
        let mut draft = draft(&batch, &terms, wanted)?;
        draft.checkout = Some(Checkout {
            email: draft.contact.email.to_string(),
            summary: terms.summary.clone(),
            image: terms.image.clone(),
            url: None,
            revision: 0,
        });
        let step = match &before {
            Some(before) => before.held_anew(draft),
            None => Step::held(draft),
        };
        let id = step.booking.id;
        self.take(Once::default(), before.as_ref(), step, &batch).await.map(|_| id)
    }

    /// Whom a booking without contact is for: what identity told of the account.
    pub(crate) async fn contact_of(&self, user: UserId) -> Result<Contact> {
        let person = self.table.get::<Person>(&Person::key_of(user)).await?.filter(|it| !it.erased);
        // News of a fresh account may still be on their way.
        let person = person.ok_or_else(|| Failure::unavailable("an account that was not told of yet"))?;
        let broken = |what: &str| Failure::internal(format!("an account with a broken {what}"));
        Ok(Contact {
            name: person.name.parse().map_err(|_| broken("name"))?,
            email: person.email.parse::<Email>().map_err(|_| broken("address"))?,
            phone: person.phone.and_then(|it| it.parse().ok()),
        })
    }
}

/// `?batch=`: the departure that is wished for.
#[derive(Debug)]
pub struct Wish(pub Option<BatchId>);

impl kernel::query::Parameters for Wish {
    fn take(params: &mut kernel::query::Params) -> Self {
        Self(params.take_as("batch"))
    }

    fn parameters() -> Vec<kernel::query::Parameter> {
        let schema = serde_json::json!({"type": "string"});
        vec![kernel::query::Parameter::new(
            "batch",
            "The departure; the next with a seat when absent.",
            schema,
        )]
    }
}
