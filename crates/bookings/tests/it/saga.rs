//! The saga without a table: every event after every other, twice, in both orders, and failing at every step. Whatever
//! happens, a booking ends in a legal state, its seats are counted right, and no money is lost or kept.

use std::collections::BTreeMap;

use bookings::batch::Shift;
use bookings::booking::{
    Booking, BookingStatus, CancelledBy, InstalmentStatus, PartPayment, PaymentMode, RefundStatus,
};
use bookings::follow::PaymentTold;
use bookings::participant::{Participant, WhoComes};
use bookings::price::{AddOn, Rates, price};
use bookings::saga::{Asked, Instalments, RefundChoice, Step};
use contracts::payments::{
    CheckoutOpened, DueRejected, PaymentFailed, PaymentSucceeded, RefundFailed, RefundSucceeded, Subject,
};
use kernel::money::Currency;
use kernel::{Timestamp, UserId, time};
use proptest::prelude::*;
use serde_json::json;

const SEATS: i64 = 4;

/// What happens to a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    First,
    FirstAgain,
    Second,
    TooMuch,
    TooLittle,
    Failed,
    Rejected,
    Opened,
    HoldOver,
    Morning,
    Late,
    Names,
    CancelOne,
    CancelFull,
    CancelAuto,
    Departure,
    Restore,
    RestoreOne,
    Refunded,
    RefundFailed,
    Offline,
    Complete,
}

const EVENTS: [Event; 22] = [
    Event::First,
    Event::FirstAgain,
    Event::Second,
    Event::TooMuch,
    Event::TooLittle,
    Event::Failed,
    Event::Rejected,
    Event::Opened,
    Event::HoldOver,
    Event::Morning,
    Event::Late,
    Event::Names,
    Event::CancelOne,
    Event::CancelFull,
    Event::CancelAuto,
    Event::Departure,
    Event::Restore,
    Event::RestoreOne,
    Event::Refunded,
    Event::RefundFailed,
    Event::Offline,
    Event::Complete,
];

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn booking(partial: bool, currency: Currency) -> Booking {
    let add_ons = vec![AddOn { name: "Meals".into(), price: 333 }];
    let rates = Rates { gst: 500, gst_included: false, gateway: 250 };
    let parts = price(10_001, currency, 3, &add_ons, &rates, None).unwrap();
    let start = now() + time::days(18);
    let id = bookings::booking::BookingId::new();
    let participants: Vec<_> = (0..3).map(|_| Participant::somebody()).collect();
    let mut booking: Booking = serde_json::from_value(json!({
        "id": id, "reference": "CV-1", "user_id": UserId::new(), "owner_kind": "trek",
        "owner_id": bookings::booking::OwnerId::new(), "owner_name": "Kedarkantha",
        "batch_id": bookings::booking::BatchId::new(), "start_date": start, "end_date": start + time::days(5),
        "add_ons": add_ons, "contact": {"name": "Ada", "email": "ada@example.com"}, "rates": rates, "policy": [],
        "price": parts, "total": parts.total, "status": "on_hold", "payment_mode": "full", "instalments": [],
        "payments": [], "refunds": [], "paid": 0, "settled": 0, "participants": participants, "attempts": 1,
        "hold_expires_at": now() + time::minutes(30), "revision": 0, "reminded": [], "remarks": [],
        "custom_fields": null, "created_at": now(), "updated_at": now(), "version": 1,
    }))
    .unwrap();
    if partial {
        booking.payment_mode = PaymentMode::Partial;
        booking.part_payment =
            Some(PartPayment { amount: 3_000, percentage: true, final_due_days: 7, auto_cancel: true });
    }
    booking.instalments = Instalments::plan(&booking).unwrap();
    booking
}

/// Bookings, the departure, and payments, as far as the saga can see them.
#[derive(Clone)]
struct World {
    booking: Booking,
    free: i64,
    /// Every payment that payments knows of, by id.
    came: BTreeMap<String, i64>,
    /// Every refund that was asked for, by key.
    owed: BTreeMap<String, i64>,
    offline: i64,
    now: Timestamp,
    next: u32,
}

impl World {
    fn begin(partial: bool, free: i64) -> Self {
        Self::begin_in(Currency::EUR, partial, free)
    }

    fn begin_in(currency: Currency, partial: bool, free: i64) -> Self {
        let step = Step::held(booking(partial, currency));
        let mut world = Self {
            booking: step.booking.clone(),
            free,
            came: BTreeMap::new(),
            owed: BTreeMap::new(),
            offline: 0,
            now: now(),
            next: 0,
        };
        world.free -= world.booking.seats().0 as i64;
        world
    }

    /// Takes a step as the table would: all of it, or nothing when the seats are not there.
    fn take(&mut self, step: Step) -> bool {
        let shift = Shift::of(&step.booking).minus(Shift::of(&self.booking));
        let free = self.free - shift.held - shift.booked;
        if free < 0 {
            return false;
        }
        self.free = free;
        for asked in &step.asked {
            match asked {
                Asked::Refund(owed) => {
                    assert!(
                        self.owed.insert(owed.key.clone(), owed.amount).is_none(),
                        "one trigger for {}",
                        owed.key
                    );
                }
                Asked::Offline(paid) => self.offline += paid.amount,
                Asked::Due(due) => assert!(due.amount > 0),
                Asked::Lapsed(_) => {}
            }
        }
        self.booking = Booking { version: self.booking.version + 1, ..step.booking };
        true
    }

    fn payment(&mut self, no: u32, amount: i64, id: Option<&str>) -> PaymentTold {
        self.next += 1;
        let payment_id = id.map_or_else(|| format!("pay-{}", self.next), str::to_owned);
        self.came.insert(payment_id.clone(), amount);
        PaymentTold::PaymentSucceeded(PaymentSucceeded {
            about: self.about(no),
            payment_id,
            user_id: self.booking.user_id,
            amount,
            currency: self.booking.price.currency.to_string(),
            provider: "stripe".into(),
        })
    }

    fn about(&self, instalment: u32) -> Subject {
        Subject { kind: "booking".into(), id: self.booking.id.to_string(), instalment }
    }

    fn amount(&self, no: u32) -> i64 {
        self.booking.instalments.iter().find(|it| it.no == no).map_or(1_000, |it| it.amount.max(1))
    }

    fn happen(&mut self, event: Event) {
        let (booking, now) = (self.booking.clone(), self.now);
        let user_id = booking.user_id;
        let told = match event {
            Event::First => Some(self.payment(1, self.amount(1), Some("first"))),
            Event::FirstAgain => Some(self.payment(1, self.amount(1), None)),
            Event::Second => Some(self.payment(2, self.amount(2), Some("second"))),
            Event::TooMuch => Some(self.payment(1, self.amount(1) + 7, None)),
            Event::TooLittle => Some(self.payment(1, (self.amount(1) - 7).max(1), None)),
            Event::Failed => Some(PaymentTold::PaymentFailed(PaymentFailed {
                about: self.about(1),
                payment_id: "failed".into(),
                user_id,
                code: "card_declined".into(),
                message: "no".into(),
            })),
            Event::Rejected => Some(PaymentTold::DueRejected(DueRejected {
                about: self.about(1),
                revision: booking.revision,
                code: "promo_exhausted".into(),
            })),
            Event::Opened => Some(PaymentTold::CheckoutOpened(CheckoutOpened {
                about: self.about(1),
                revision: booking.revision,
                url: "https://pay.example".into(),
                expires_at: now,
            })),
            Event::Refunded => self.owed.keys().next_back().cloned().map(|key| {
                let amount = self.owed[&key];
                PaymentTold::RefundSucceeded(RefundSucceeded {
                    about: self.about(1),
                    refund_id: "r".into(),
                    key,
                    user_id,
                    amount,
                    currency: self.booking.price.currency.to_string(),
                    complete: true,
                    part: None,
                })
            }),
            Event::RefundFailed => self.owed.keys().next().cloned().map(|key| {
                PaymentTold::RefundFailed(RefundFailed {
                    about: self.about(1),
                    refund_id: "r".into(),
                    amount: self.owed[&key],
                    key,
                    user_id,
                    currency: self.booking.price.currency.to_string(),
                    code: "no".into(),
                    part: None,
                })
            }),
            _ => None,
        };
        if let Some(told) = told {
            // The seats may go between the look and the write: then it is looked at again.
            for room in [self.free >= i64::from(booking.active()), false] {
                match told.step(&booking, room, now).unwrap() {
                    Some(step) if !self.take(step.clone()) => continue,
                    _ => return,
                }
            }
            panic!("a step that takes no seats was refused");
        }
        let step = match event {
            Event::HoldOver => {
                self.now += time::hours(25);
                booking.expire(self.now)
            }
            Event::Morning => {
                let today = booking.deadline().and_then(|due| match due {
                    bookings::due::Due::Day(day) => Some(day),
                    _ => None,
                });
                today.and_then(|today| booking.morning(today, now).unwrap())
            }
            Event::Late => {
                self.free = 0;
                None
            }
            Event::Names => booking.complete_details(&names(booking.active()), now).ok(),
            Event::CancelOne => booking.participants.iter().find(|it| it.is_active()).and_then(|it| {
                booking.cancel_one(it.id, CancelledBy::Customer, RefundChoice::Auto, None, now).ok()
            }),
            Event::CancelFull => booking.cancel(CancelledBy::Operator, RefundChoice::Full, None, now).ok(),
            Event::CancelAuto => booking.cancel(CancelledBy::Customer, RefundChoice::Auto, None, now).ok(),
            Event::Departure => {
                booking.cancel(CancelledBy::BatchCancelled, RefundChoice::Full, None, now).ok()
            }
            Event::Restore => booking.restore(now).ok(),
            Event::RestoreOne => {
                let gone = booking.participants.iter().find(|it| !it.is_active());
                gone.and_then(|it| booking.restore_one(it.id, now).ok())
            }
            Event::Offline => booking.paid_offline(user_id, now).ok(),
            Event::Complete => booking.complete(&[], now).ok(),
            _ => None,
        };
        if let Some(step) = step {
            self.take(step);
        }
    }

    fn check(&self, path: &[Event]) {
        let booking = &self.booking;
        let (held, booked) = booking.seats();
        assert!(self.free >= 0 && self.free + i64::from(held + booked) <= SEATS, "{path:?}");
        // What counts came, and what came counts or goes back.
        let credited: i64 = booking.payments.iter().map(|it| it.credited).sum();
        let offline: i64 = booking
            .instalments
            .iter()
            .filter(|it| it.offline && it.payment_id.is_none())
            .map(|it| it.amount)
            .sum();
        assert_eq!(booking.paid, credited + offline, "{path:?}");
        assert_eq!(offline, self.offline, "{path:?}");
        let uncredited: i64 = booking.payments.iter().map(|it| it.amount - it.credited).sum();
        let back: i64 = booking.refunds.iter().filter(|it| it.payment_id.is_some()).map(|it| it.amount).sum();
        assert_eq!(uncredited, back, "{path:?}");
        let known: BTreeMap<_, _> =
            booking.payments.iter().map(|it| (it.payment_id.clone(), it.amount)).collect();
        assert!(self.came.keys().all(|id| known.contains_key(id)), "{path:?}");
        // Refunds of what counted never exceed it.
        let owed: i64 = booking.refunds.iter().filter(|it| it.payment_id.is_none()).map(|it| it.amount).sum();
        assert!(owed <= booking.paid && booking.settled <= booking.paid && booking.pool() >= 0, "{path:?}");
        let asked: i64 = self.owed.values().sum();
        assert_eq!(asked, owed + back, "{path:?}");
        use BookingStatus::{Cancelled, Completed, Confirmed, Expired, OnHold, Paid, PartiallyPaid};
        match booking.status {
            OnHold => {
                assert!(booking.pool() == 0 && booking.outstanding() > 0 && booking.hold_expires_at.is_some())
            }
            PartiallyPaid => assert!(booking.pool() > 0 && booking.outstanding() > 0, "{path:?}"),
            Paid => assert!(booking.outstanding() == 0 && !booking.has_details(), "{path:?}"),
            Confirmed | Completed => assert!(booking.outstanding() == 0 && booking.has_details(), "{path:?}"),
            Expired => assert_eq!((held, booked, booking.pool()), (0, 0, 0), "{path:?}"),
            Cancelled => {
                assert_eq!((held, booked, booking.pool()), (0, 0, 0), "{path:?}");
                assert!(booking.instalments.iter().all(|it| it.status != InstalmentStatus::Due), "{path:?}");
            }
        }
        if booking.counts() || booking.status == OnHold {
            assert_eq!(booking.total, booking.paid + booking.outstanding(), "{path:?}");
        }
        // Whatever waits has a deadline.
        assert!(
            ![OnHold, PartiallyPaid].contains(&booking.status) || booking.deadline().is_some(),
            "{path:?}"
        );
    }
}

fn names(seats: u32) -> WhoComes {
    let one = json!({"name": "Ada", "email": "ada@example.com", "phone": "+4915112345678"});
    let who = json!({
        "participants": vec![one; seats as usize],
        "emergency_contact": {"name": "Eve", "phone": "+4915112345679", "relation": "Sister"},
    });
    testkit::read(who)
}

/// All paths of three events, each event once or twice: so every pair in both orders, and every step repeated.
#[test]
fn every_path_of_three_events_leaves_seats_and_money_right() {
    for partial in [false, true] {
        let begin = World::begin(partial, SEATS);
        begin.check(&[]);
        for first in EVENTS {
            let mut one = begin.clone();
            one.happen(first);
            one.check(&[first]);
            for second in EVENTS {
                let mut two = one.clone();
                two.happen(second);
                two.check(&[first, second]);
                for third in EVENTS {
                    for again in [false, true] {
                        let mut three = two.clone();
                        three.happen(third);
                        if again {
                            three.happen(third);
                        }
                        three.check(&[first, second, third]);
                    }
                }
            }
        }
    }
}

#[test]
fn a_late_payment_gets_its_seats_again_or_goes_back() {
    let mut lucky = World::begin(false, SEATS);
    lucky.happen(Event::HoldOver);
    assert_eq!((lucky.booking.status, lucky.free), (BookingStatus::Expired, SEATS));
    lucky.happen(Event::First);
    assert_eq!((lucky.booking.status, lucky.free), (BookingStatus::Paid, 1));
    assert!(lucky.owed.is_empty());

    let mut late = World::begin(false, SEATS);
    late.happen(Event::HoldOver);
    late.free = 2;
    late.happen(Event::First);
    assert_eq!((late.booking.status, late.free), (BookingStatus::Cancelled, 2));
    assert_eq!(late.owed.values().sum::<i64>(), late.booking.total);
    late.happen(Event::Refunded);
    assert_eq!(late.booking.refunds[0].status, RefundStatus::Success);
}

#[test]
fn the_balance_is_not_taken_for_the_first_instalment() {
    let mut world = World::begin(true, SEATS);
    assert_eq!(world.booking.instalments.len(), 2);
    world.happen(Event::First);
    assert_eq!(world.booking.status, BookingStatus::PartiallyPaid);
    // A second payment of the first instalment is no balance, however large.
    world.happen(Event::FirstAgain);
    assert_eq!(world.booking.status, BookingStatus::PartiallyPaid);
    assert_eq!(world.owed.len(), 1);
    world.happen(Event::Names);
    world.happen(Event::Second);
    assert_eq!(world.booking.status, BookingStatus::Confirmed);
}

#[test]
fn nobody_gets_everything_back_by_asking_for_it() {
    let mut world = World::begin(false, SEATS);
    world.happen(Event::First);
    world.happen(Event::CancelAuto);
    // 18 days before the start: 75 percent of what was paid.
    let paid = world.booking.paid;
    let refund = world.owed.values().sum::<i64>();
    assert_eq!(refund, (paid * 75 + 50) / 100);
    assert!(world.booking.participants.iter().all(|it| it.left.is_some()));
}

proptest! {
    #[test]
    fn long_paths_too(partial: bool, picks in proptest::collection::vec(0..EVENTS.len(), 0..25)) {
        let mut world = World::begin(partial, SEATS);
        let mut path = Vec::new();
        for pick in picks {
            world.happen(EVENTS[pick]);
            path.push(EVENTS[pick]);
            world.check(&path);
        }
    }

    #[test]
    fn partial_cancellations_never_give_back_more_than_was_paid(
        days in 0..40_u64, partial: bool, second: bool, order in proptest::collection::vec(0..3_usize, 0..6), full: bool,
        currency in prop_oneof![Just("JPY"), Just("EUR"), Just("KWD")],
    ) {
        let mut world = World::begin_in(currency.parse().unwrap(), partial, SEATS);
        world.booking.start_date = now() + time::days(days) + time::hours(1);
        world.happen(Event::First);
        if second {
            world.happen(Event::Second);
        }
        for at in order {
            let id = world.booking.participants[at].id;
            let choice = if full { RefundChoice::Full } else { RefundChoice::Auto };
            if let Ok(step) = world.booking.cancel_one(id, CancelledBy::Operator, choice, None, now()) {
                world.take(step);
            }
            world.check(&[]);
        }
        let back: i64 = world.booking.refunds.iter().filter(|it| it.payment_id.is_none()).map(|it| it.amount).sum();
        prop_assert!(back <= world.booking.paid);
        if full && world.booking.active() == 0 {
            prop_assert_eq!(back, world.booking.paid);
        }
    }
}
