//! BK-1: seats and a booking at once, or neither.

use kernel::text::Prose;
use std::time::Duration;

use contracts::payments::PromoChanged;
use deserr::Deserr;
use kernel::money::Money;
use kernel::text::Text;
use kernel::{Failure, FieldErrors, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use store::{Key, Record};
use web::{Caller, Created, Once};

use crate::batch::{Batch, Offer, SOLD_OUT};
use crate::booking::{BatchId, Booking, BookingId, BookingStatus, Contact, OwnerId, OwnerKind, PaymentMode};
use crate::change::ALREADY_HELD;
use crate::days::days_between;
use crate::participant::{MOST, Participant};
use crate::price::{AddOn, Promo, Rates, price};
use crate::saga::{Instalments, Step};
use crate::terms::{KnownPromo, Terms};
use crate::view::BookingView;
use crate::{AGAIN, Bookings, again};

pub const NOT_ON_SALE: Problem = Problem::new("not-on-sale", 409, "That cannot be booked now");

/// How long seats wait for the first payment.
pub const HOLD: Duration = time::minutes(30);
/// Changing a hold again and again must not keep seats from others for ever.
const LONGEST_HOLD: Duration = time::minutes(60);

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewBooking {
    pub owner_kind: OwnerKind,
    pub owner_id: OwnerId,
    pub batch_id: BatchId,
    #[schemars(range(min = 1, max = 50))]
    pub participants: u32,
    pub contact: Contact,
    /// Names of what is taken along, for each participant.
    #[deserr(default)]
    pub add_ons: Vec<Text<1, 100>>,
    #[deserr(default)]
    #[schemars(example = &"MONSOON10")]
    pub promo_code: Option<Text<1, 40>>,
    #[deserr(default)]
    pub payment_mode: Option<PaymentMode>,
    #[deserr(default)]
    pub additional_requests: Option<Prose<1, 1000>>,
    /// What the client believes: only compared, in minor units.
    #[deserr(default)]
    pub expected: Option<Expected>,
}

/// Amounts that the client showed; the price is the server's.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Expected {
    #[deserr(default)]
    pub total: Option<i64>,
    #[deserr(default)]
    pub discount: Option<i64>,
    /// The first instalment.
    #[deserr(default)]
    pub due_now: Option<i64>,
}

/// What a booking is made of, whoever makes it.
pub(crate) struct Wanted<'a> {
    pub user_id: UserId,
    pub participants: u32,
    pub contact: Contact,
    pub add_ons: &'a [Text<1, 100>],
    pub promo: Option<Promo>,
    pub payment_mode: PaymentMode,
    pub additional_requests: Option<String>,
    pub now: Timestamp,
}

/// Everything that a hold depends on, read in one call.
struct Read {
    batch: Batch,
    terms: Terms,
    promo: Option<PromoChanged>,
    /// The booking that holds seats there already.
    open: Option<BookingId>,
}

impl Bookings {
    pub async fn hold(&self, caller: &Caller, once: Once, new: &NewBooking) -> Result<Created<BookingView>> {
        again(|| async {
            let now = time::now();
            let read = self.read(caller.user_id, new).await?;
            let before = self.pending(read.open, now).await?;
            let wanted = Wanted {
                user_id: caller.user_id,
                participants: new.participants,
                contact: new.contact.clone(),
                add_ons: &new.add_ons,
                promo: promo(new, &read, now)?,
                payment_mode: new.payment_mode.unwrap_or(PaymentMode::Full),
                additional_requests: new.additional_requests.as_ref().map(ToString::to_string),
                now,
            };
            on_sale(&read.batch, &read.terms, now)?;
            part_payable(&read.terms, &read.batch, wanted.payment_mode, now)?;
            let draft = draft(&read.batch, &read.terms, wanted)?;
            compare(new.expected.as_ref(), &draft)?;
            let step = match &before {
                Some(before) => before.held_anew(draft),
                None => Step::held(draft),
            };
            self.take(once.clone(), before.as_ref(), step, &read.batch).await
        })
        .await
    }

    /// Writes a hold; the answer is that of a repeated request, too.
    pub(crate) async fn take(
        &self,
        once: Once,
        before: Option<&Booking>,
        mut step: Step,
        batch: &Batch,
    ) -> Result<Created<BookingView>> {
        if step.booking.outstanding() == 0 {
            // Nothing is to be paid: the seats are theirs at once.
            step.settle();
        }
        let offer = Offer { price: Some(batch.price) };
        let effect = match before {
            Some(before) => self.changed(before, &step, offer)?,
            None => self.created(&step, offer)?,
        };
        let mut shown = step.booking.clone();
        shown.version += u64::from(before.is_some());
        let reply = Created {
            location: format!("/api/v1/bookings/{}", shown.id),
            body: BookingView::for_owner(&shown),
        };
        match once.commit(&self.table, effect, reply).await {
            Err(failure) if failure.problem == SOLD_OUT => {
                Err(self.refused(batch, &step.booking, before).await?)
            }
            // Another request of theirs was faster: its hold is changed instead.
            Err(failure) if failure.problem == ALREADY_HELD => Err(AGAIN.because("Try again.")),
            answered => answered,
        }
    }

    /// No seats, or not at this price: which of the two it was tells the departure itself.
    async fn refused(&self, read: &Batch, wanted: &Booking, before: Option<&Booking>) -> Result<Failure> {
        let own = before.map_or(0, |before| i64::from(before.active()));
        let batch = self.batch(read.id).await?;
        if batch.free + own >= i64::from(wanted.active()) && batch.is_open(time::now()) {
            return Ok(AGAIN.because("Try again."));
        }
        Ok(crate::batch::sold_out(batch.seats_left()))
    }

    async fn read(&self, user: UserId, new: &NewBooking) -> Result<Read> {
        let guard = Key::new(format!("OPENHOLD#{user}#{}", new.batch_id), "GUARD");
        let code = new.promo_code.as_ref().map(|code| KnownPromo::key_of(&code.as_str().to_uppercase()));
        let (batch, terms) = (Batch::key_of(new.batch_id), Terms::key_of(new.owner_kind, new.owner_id));
        let mut keys = vec![batch.clone(), terms.clone(), guard.clone()];
        keys.extend(code.clone());
        let mut items = self.table.items(&keys, true).await?;
        let terms = items.remove(&terms).map(Terms::from_item).transpose()?;
        let batch = items.remove(&batch).map(Batch::from_item).transpose()?;
        let fits = |batch: &Batch| (batch.owner_kind, batch.owner_id) == (new.owner_kind, new.owner_id);
        let mut errors = FieldErrors::default();
        if terms.as_ref().is_none_or(|it| it.deleted || it.hidden) {
            errors.push("/owner_id", format!("is no {} that can be booked", new.owner_kind));
        }
        if batch.as_ref().is_none_or(|batch| !fits(batch)) {
            errors.push("/batch_id", format!("is no departure of this {}", new.owner_kind));
        }
        let both = terms.zip(batch);
        errors.or(())?;
        let (terms, batch) = both.ok_or_else(|| Failure::internal("checked before"))?;
        let promo = code.and_then(|code| items.remove(&code)).map(KnownPromo::from_item).transpose()?;
        let owner = |item: store::Item| item.get("owner")?.as_s().ok()?.parse().ok();
        let open = items.remove(&guard).and_then(owner);
        Ok(Read { batch, terms, promo: promo.map(|it| it.0), open })
    }

    /// The hold that is changed instead of making another; one whose time is over ends first.
    pub(crate) async fn pending(&self, open: Option<BookingId>, now: Timestamp) -> Result<Option<Booking>> {
        let Some(id) = open else { return Ok(None) };
        let booking = self.table.get::<Booking>(&Booking::key_of(id)).await?;
        match booking {
            // An operator made it, or brought it back: its terms are not the shop's.
            Some(booking) if booking.is_pending(now) && (booking.admin_created || booking.paid > 0) => {
                Err(ALREADY_HELD.because("Pay for the seats that are held for you, or cancel them."))
            }
            Some(booking) if booking.is_pending(now) => Ok(Some(booking)),
            Some(booking) if booking.status == BookingStatus::OnHold => {
                self.change(id, |booking, now| Ok(booking.expire(now))).await?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

impl Booking {
    /// The same hold with other wishes: never a second one.
    pub fn held_anew(&self, draft: Booking) -> Step {
        let hold_expires_at = draft.hold_expires_at.map(|at| at.min(self.created_at + LONGEST_HOLD));
        let booking = Booking {
            id: self.id,
            reference: self.reference.clone(),
            attempts: self.attempts + 1,
            revision: self.revision,
            payments: self.payments.clone(),
            refunds: self.refunds.clone(),
            remarks: self.remarks.clone(),
            created_at: self.created_at,
            version: self.version,
            // A hold that is over in a moment is not made shorter.
            hold_expires_at: hold_expires_at.max(self.hold_expires_at),
            ..draft
        };
        let mut step = Step { booking, told: Vec::new(), asked: Vec::new(), archive: None };
        step.ask();
        step
    }
}

pub(crate) fn on_sale(batch: &Batch, terms: &Terms, now: Timestamp) -> Result<()> {
    if !terms.enabled {
        return Err(NOT_ON_SALE.because(format!("This {} is not on sale.", terms.kind)));
    }
    if !batch.is_open(now) {
        return Err(NOT_ON_SALE.because("This departure is not on sale any more."));
    }
    Ok(())
}

/// Part payment ends so many days before the start.
pub(crate) fn part_payable(terms: &Terms, batch: &Batch, mode: PaymentMode, now: Timestamp) -> Result<()> {
    if mode == PaymentMode::Full {
        return Ok(());
    }
    let Some(part) = terms.part_payment() else {
        return Err(Failure::field("/payment_mode", "must be full: this is paid at once"));
    };
    if days_between(now, batch.start_date) <= i64::from(part.final_due_days) {
        return Err(Failure::field("/payment_mode", "must be full: it starts too soon"));
    }
    Ok(())
}

fn promo(new: &NewBooking, read: &Read, now: Timestamp) -> Result<Option<Promo>> {
    if new.promo_code.is_none() {
        return Ok(None);
    }
    let subtotal = i64::from(new.participants).saturating_mul(read.batch.price);
    let subtotal = Money::new(subtotal, read.batch.currency);
    let owner = read.terms.id.to_string();
    let usable = read.promo.as_ref().and_then(|told| Promo::usable(told, subtotal, &owner, now));
    usable.map(Some).ok_or_else(|| Failure::field("/promo_code", "does not hold for this booking"))
}

/// A booking that holds its seats from now on.
pub(crate) fn draft(batch: &Batch, terms: &Terms, wanted: Wanted<'_>) -> Result<Booking> {
    if !(1..=MOST).contains(&wanted.participants) {
        return Err(Failure::field("/participants", format!("must be from 1 to {MOST}")));
    }
    let add_ons = chosen(terms, wanted.add_ons)?;
    let rates = terms.sales.as_ref().map(Rates::from).unwrap_or_default();
    let parts =
        price(batch.price, batch.currency, wanted.participants, &add_ons, &rates, wanted.promo.as_ref())?;
    if parts.total == 0 && wanted.promo.is_some() {
        // Payments counts the uses of a code, and of nothing it hears nothing.
        return Err(Failure::field("/promo_code", "would make it free: ask the operator for that"));
    }
    let id = BookingId::new();
    let mut booking = Booking {
        id,
        reference: reference(id),
        user_id: wanted.user_id,
        owner_kind: terms.kind,
        owner_id: terms.id,
        owner_name: terms.name.clone(),
        batch_id: batch.id,
        start_date: batch.start_date,
        end_date: batch.end_date,
        add_ons,
        contact: wanted.contact,
        emergency_contact: None,
        rates,
        policy: terms.policy(),
        part_payment: terms.part_payment(),
        total: parts.total,
        price: parts,
        status: BookingStatus::OnHold,
        payment_mode: wanted.payment_mode,
        instalments: Vec::new(),
        payments: Vec::new(),
        refunds: Vec::new(),
        paid: 0,
        settled: 0,
        promo: wanted.promo,
        participants: (0..wanted.participants).map(|_| Participant::somebody()).collect(),
        request: None,
        attempts: 1,
        hold_expires_at: Some((wanted.now + HOLD).min(batch.start_date)),
        revision: 0,
        last_error: None,
        checkout: None,
        reminded: Vec::new(),
        cancellation: None,
        arranged: false,
        admin_created: false,
        remarks: Vec::new(),
        additional_requests: wanted.additional_requests,
        invoice: None,
        custom_fields: terms.custom_fields(),
        created_at: wanted.now,
        updated_at: wanted.now,
        version: 1,
    };
    booking.instalments = Instalments::plan(&booking)?;
    Ok(booking)
}

/// What people read over the telephone: no letters that look like digits.
fn reference(id: BookingId) -> String {
    let text = id.to_string();
    format!("CV-{}", &text[text.len() - 8..])
}

fn chosen(terms: &Terms, names: &[Text<1, 100>]) -> Result<Vec<AddOn>> {
    let mut errors = FieldErrors::default();
    let mut chosen: Vec<AddOn> = Vec::new();
    let offered = terms.sales.as_ref().map(|it| it.add_ons.as_slice()).unwrap_or_default();
    for (at, name) in names.iter().enumerate() {
        let found = offered.iter().find(|it| it.enabled && it.name == name.as_str());
        match found {
            Some(_) if chosen.iter().any(|it| it.name == name.as_str()) => {
                errors.push(format!("/add_ons/{at}"), "is named twice");
            }
            Some(found) => chosen.push(AddOn { name: found.name.clone(), price: found.price }),
            None => errors.push(format!("/add_ons/{at}"), "is not offered"),
        }
    }
    errors.or(chosen)
}

/// Whatever a client sends, the price is ours; one that showed another must say so to its customer first.
fn compare(expected: Option<&Expected>, booking: &Booking) -> Result<()> {
    let Some(expected) = expected else { return Ok(()) };
    let mut errors = FieldErrors::default();
    let due = booking.next_instalment().map_or(0, |it| it.amount);
    let pairs = [
        ("/expected/total", expected.total, booking.total),
        ("/expected/discount", expected.discount, booking.price.discount),
        ("/expected/due_now", expected.due_now, due),
    ];
    for (pointer, sent, real) in pairs {
        if sent.is_some_and(|sent| sent != real) {
            errors.push(pointer, format!("is {real}"));
        }
    }
    errors.or(())
}
