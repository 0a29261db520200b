//! Cancelling, whole or one by one. What is given back is a share of what was **paid**, never of the price.

use kernel::{Failure, Result, Timestamp};

use super::{Archive, NOT_NOW, Step, Told};
use crate::booking::{
    Booking, BookingStatus, Cancellation, CancelledBy, InstalmentStatus, Refund, RefundKind, RefundStatus,
};
use crate::days::days_between;
use crate::failed::FailureReason;
use crate::participant::{Left, Participant, ParticipantId};
use crate::policy::{Tier, tier};

/// How much is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundChoice {
    /// By the policy.
    Auto,
    /// Everything; for operators.
    Full,
    /// Minor units, of the share at most; for operators.
    Custom(i64),
}

impl RefundChoice {
    pub fn kind(self) -> RefundKind {
        match self {
            Self::Auto => RefundKind::Auto,
            Self::Full => RefundKind::Full,
            Self::Custom(_) => RefundKind::Custom,
        }
    }
}

/// What would be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    pub days_to_start: i64,
    pub tier: Tier,
    /// Of what was paid.
    pub share: i64,
    pub refund: i64,
}

impl Booking {
    /// For one participant, or for all that are left.
    pub fn preview(
        &self,
        one: Option<ParticipantId>,
        choice: RefundChoice,
        now: Timestamp,
    ) -> Result<Preview> {
        let share = match one {
            None => self.pool(),
            Some(id) if self.has_active(id) => self.one_of_the_pool()?,
            Some(_) => return Err(Failure::not_found("participant")),
        };
        let days_to_start = days_between(now, self.start_date);
        let tier = tier(&self.policy, days_to_start);
        let refund = match choice {
            RefundChoice::Auto => self.money(share).share(u64::from(tier.percent), 100)?.amount,
            RefundChoice::Full => share,
            RefundChoice::Custom(amount) if (0..=share).contains(&amount) => amount,
            RefundChoice::Custom(_) => {
                return Err(Failure::field(
                    "/amount",
                    format!("must be from 0 to {share}, the share of what was paid"),
                ));
            }
        };
        Ok(Preview { days_to_start, tier, share, refund })
    }

    fn one_of_the_pool(&self) -> Result<i64> {
        self.one_of(self.pool())
    }

    /// The part of one of those who are left; the parts of all add up.
    fn one_of(&self, amount: i64) -> Result<i64> {
        let seats = u16::try_from(self.active().max(1)).unwrap_or(u16::MAX);
        Ok(self.money(amount).split(seats)?.first().map_or(0, |it| it.amount))
    }

    /// Whether it can still be cancelled by its owner.
    fn cancellable(&self, by: CancelledBy, now: Timestamp) -> Result<()> {
        let open = [
            BookingStatus::OnHold,
            BookingStatus::PartiallyPaid,
            BookingStatus::Paid,
            BookingStatus::Confirmed,
        ];
        if !open.contains(&self.status) {
            return Err(NOT_NOW.because(format!("It is {} already.", self.status)));
        }
        if by == CancelledBy::Customer && now >= self.start_date {
            return Err(NOT_NOW.because("It has begun; ask the operator."));
        }
        Ok(())
    }

    /// Everybody. The seats become free, what is owed goes back by one request.
    pub fn cancel(
        &self,
        by: CancelledBy,
        choice: RefundChoice,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<Step> {
        self.cancellable(by, now)?;
        let preview = self.preview(None, choice, now)?;
        let was_confirmed = self.status == BookingStatus::Confirmed;
        let mut step = Step::of(self, now);
        let key = step.next_key("all");
        step.lapse();
        let booking = &mut step.booking;
        let seats = u16::try_from(booking.active().max(1)).unwrap_or(u16::MAX);
        let parts = |amount: i64| self.money(amount).split(seats);
        let (shares, refunds, dropped) =
            (parts(preview.share)?, parts(preview.refund)?, parts(self.outstanding())?);
        let active = booking.participants.iter_mut().filter(|it| it.is_active());
        for (((participant, share), refund), dropped) in active.zip(shares).zip(refunds).zip(dropped) {
            participant.left = Some(Left {
                at: now,
                share: share.amount,
                refund: refund.amount,
                dropped: dropped.amount,
                kind: choice.kind(),
                key: (preview.refund > 0).then(|| key.clone()),
                together: true,
            });
        }
        booking.settled += preview.share;
        for instalment in booking.instalments.iter_mut().filter(|it| it.status == InstalmentStatus::Due) {
            instalment.status = InstalmentStatus::Void;
        }
        if self.status == BookingStatus::OnHold {
            step.archive = Some(Archive::Keep(match by {
                CancelledBy::Customer => FailureReason::UserCancelled,
                _ => FailureReason::SystemError,
            }));
        }
        booking.status = BookingStatus::Cancelled;
        booking.hold_expires_at = None;
        booking.cancellation =
            Some(Cancellation { by, reason: reason.clone(), at: now, refund: preview.refund });
        step.owe_back(key, preview.refund, choice.kind(), None, now);
        Ok(step.tell(Told::Cancelled { by, was_confirmed, refund: preview.refund, reason }))
    }

    /// One of several; the last one cancels the booking.
    pub fn cancel_one(
        &self,
        id: ParticipantId,
        by: CancelledBy,
        choice: RefundChoice,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<Step> {
        self.cancellable(by, now)?;
        if self.status == BookingStatus::OnHold {
            return Err(NOT_NOW.because("Book again with fewer seats: that changes the hold."));
        }
        if !self.has_active(id) {
            return Err(Failure::not_found("participant"));
        }
        if self.active() == 1 {
            return self.cancel(by, choice, reason, now);
        }
        let preview = self.preview(Some(id), choice, now)?;
        let dropped = self.one_of(self.outstanding())?;
        let mut step = Step::of(self, now);
        let key = step.next_key(&id.to_string());
        let booking = &mut step.booking;
        let gone = Left {
            at: now,
            share: preview.share,
            refund: preview.refund,
            dropped,
            kind: choice.kind(),
            key: (preview.refund > 0).then(|| key.clone()),
            together: false,
        };
        let leaves = |it: &&mut Participant| it.id == id;
        if let Some(participant) = booking.participants.iter_mut().find(leaves) {
            participant.left = Some(gone);
        }
        booking.settled += preview.share;
        booking.total -= dropped;
        booking.drop_due(dropped);
        step.owe_back(key, preview.refund, choice.kind(), Some(id), now);
        step.told.push(Told::ParticipantCancelled { participant: id, refund: preview.refund });
        if dropped > 0 {
            match step.booking.next_instalment() {
                Some(_) => step.ask(),
                None => {
                    let no = self.next_instalment().map_or(1, |it| it.no);
                    let about = self.subject(no);
                    let revision = self.revision;
                    step.asked.push(super::Asked::Lapsed(contracts::payments::DueLapsed { about, revision }));
                }
            }
        }
        step.settle();
        Ok(step)
    }

    /// Takes so much from what is due, the last instalment first.
    fn drop_due(&mut self, mut amount: i64) {
        let due = self.instalments.iter_mut().rev().filter(|it| it.status == InstalmentStatus::Due);
        for instalment in due {
            let cut = amount.min(instalment.amount);
            instalment.amount -= cut;
            amount -= cut;
            if instalment.amount == 0 {
                instalment.status = InstalmentStatus::Void;
            }
        }
    }
}

impl Step {
    /// Of booking, participant and step: the same step makes the same refund once.
    fn next_key(&self, part: &str) -> String {
        format!("{}#{part}#{}", self.booking.id, self.booking.refunds.len() + 1)
    }

    fn owe_back(
        &mut self,
        key: String,
        amount: i64,
        kind: RefundKind,
        part: Option<ParticipantId>,
        now: Timestamp,
    ) {
        if amount == 0 {
            return;
        }
        let status = RefundStatus::Pending;
        let refund = Refund { key, payment_id: None, amount, returned: 0, kind, status, at: now };
        self.refund(refund, 1, part.map(|id| id.to_string()), "cancelled");
    }
}
