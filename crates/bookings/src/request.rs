//! BK-16, BK-17: somebody asks to cancel or to move a booking, and an operator answers.

use deserr::Deserr;
use kernel::text::Prose;
use kernel::{Failure, Problem, Result, time};
use schemars::JsonSchema;
use web::{Caller, Created, Once};

use crate::batch::SOLD_OUT;
use crate::booking::{
    BatchId, Booking, BookingId, BookingStatus, CancelledBy, Request, RequestKind, RequestStatus,
};
use crate::saga::{NOT_NOW, RefundChoice, Step, Told};
use crate::view::BookingView;
use crate::{Bookings, again};

pub const REQUEST_PENDING: Problem = Problem::new("request-pending", 409, "A request waits for its answer");

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewRequest {
    #[deserr(rename = "type")]
    #[schemars(rename = "type")]
    pub kind: RequestKind,
    pub reason: Prose<1, 1000>,
    /// Where to, for a reschedule: another departure of the same tour or trek.
    #[deserr(default)]
    pub preferred_batch: Option<BatchId>,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct RequestAnswer {
    pub approve: bool,
    #[deserr(default)]
    pub answer: Option<Prose<1, 1000>>,
}

impl Bookings {
    pub async fn ask(
        &self,
        caller: &Caller,
        once: Once,
        id: BookingId,
        new: &NewRequest,
    ) -> Result<Created<BookingView>> {
        again(|| async {
            let now = time::now();
            let booking = self.booking(id).await?;
            booking.must_be_of(caller)?;
            let live = [BookingStatus::PartiallyPaid, BookingStatus::Paid, BookingStatus::Confirmed];
            if !live.contains(&booking.status) || booking.start_date <= now {
                return Err(
                    NOT_NOW.because("Only a paid booking whose departure has not begun can be asked about.")
                );
            }
            if booking.request.as_ref().is_some_and(|it| it.status == RequestStatus::Pending) {
                return Err(REQUEST_PENDING.because("Wait for the operator's answer."));
            }
            match (new.kind, new.preferred_batch) {
                (RequestKind::Cancellation, None) => {}
                (RequestKind::Cancellation, Some(_)) => {
                    return Err(Failure::field("/preferred_batch", "is only for a reschedule"));
                }
                (RequestKind::Reschedule, None) => {
                    return Err(Failure::field("/preferred_batch", "is required"));
                }
                (RequestKind::Reschedule, Some(to)) => self.fits(&booking, to).await?,
            }
            let mut step = Step::of(&booking, now);
            step.booking.request = Some(Request {
                kind: new.kind,
                reason: new.reason.to_string(),
                preferred_batch: new.preferred_batch,
                status: RequestStatus::Pending,
                created_at: now,
                response: None,
                answered_at: None,
                answered_by: None,
            });
            let step = step.tell(Told::RequestCreated(new.kind));
            let effect = self.changed(&booking, &step, Default::default())?;
            let shown = Booking { version: booking.version + 1, ..step.booking };
            let reply =
                Created { location: format!("/api/v1/bookings/{id}"), body: BookingView::for_owner(&shown) };
            once.clone().commit(&self.table, effect, reply).await
        })
        .await
    }

    async fn fits(&self, booking: &Booking, to: BatchId) -> Result<()> {
        let pointer = "/preferred_batch";
        let batch = self.table.get::<crate::batch::Batch>(&crate::batch::Batch::key_of(to)).await?;
        let same = |batch: &crate::batch::Batch| {
            batch.id != booking.batch_id
                && (batch.owner_kind, batch.owner_id) == (booking.owner_kind, booking.owner_id)
        };
        let batch = batch.filter(same);
        let batch = batch
            .ok_or_else(|| Failure::field(pointer, "must be another departure of the same tour or trek"))?;
        if !batch.is_open(time::now()) {
            return Err(Failure::field(pointer, "is not on sale"));
        }
        if batch.free < i64::from(booking.active()) {
            return Err(crate::batch::sold_out(batch.seats_left()));
        }
        Ok(())
    }

    /// Approving does what was asked for, in the same transaction.
    pub async fn answer(
        &self,
        caller: &Caller,
        id: BookingId,
        answer: &RequestAnswer,
    ) -> Result<BookingView> {
        let asked = self.booking(id).await?.request.and_then(|it| it.preferred_batch);
        let to = match asked.filter(|_| answer.approve) {
            Some(batch) => Some(self.departure(batch).await?),
            None => None,
        };
        let change = |booking: &Booking, now| {
            let request = booking.request.as_ref().filter(|it| it.status == RequestStatus::Pending);
            let request = request.ok_or_else(|| NOT_NOW.because("No request waits for an answer."))?;
            let text = answer.answer.as_ref().map(ToString::to_string);
            let mut step = match (answer.approve, request.kind) {
                (false, _) => Step::of(booking, now),
                (true, RequestKind::Cancellation) => {
                    let reason = Some(request.reason.clone());
                    booking.cancel(CancelledBy::Customer, RefundChoice::Auto, reason, now)?
                }
                (true, RequestKind::Reschedule) => {
                    let to = to.as_ref().filter(|to| Some(to.id) == request.preferred_batch);
                    let to = to.ok_or_else(|| crate::AGAIN.because("Try again."))?;
                    booking.shift(to, Some(caller.user_id), now)?
                }
            };
            let status = if answer.approve { RequestStatus::Approved } else { RequestStatus::Rejected };
            step.booking.request = Some(Request {
                status,
                response: text.clone(),
                answered_at: Some(now),
                answered_by: Some(caller.user_id),
                ..request.clone()
            });
            let (request, approved) = (request.kind, answer.approve);
            Ok(Some(step.tell(Told::RequestResolved { request, approved, answer: text })))
        };
        self.change(id, change).await.map(|it| BookingView::for_operator(&it))
    }
}

/// What the answer to a request may be refused with, beside the common problems.
pub const PROBLEMS: [Problem; 2] = [NOT_NOW, SOLD_OUT];
