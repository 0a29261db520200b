//! A table of bookings in a cloud of its own, people who book, and the messages of others.

use std::collections::BTreeMap;

use bookings::Bookings;
use bookings::batch::Batch;
use bookings::batch::write::NewBatch;
use bookings::booking::{BatchId, Booking, BookingId, OwnerId};
use bookings::follow::PaymentTold;
use bookings::hold::NewBooking;
use bookings::participant::WhoComes;
use bookings::terms::CatalogueTold;
use bookings::view::BookingView;
use contracts::Message;
use contracts::payments::{PaymentSucceeded, Subject};
use contracts::tours::{SalesTerms, TrekChanged};
use kernel::{Failure, Role, UserId, time};
use messaging::Received;
use serde_json::{Value, json};
use testkit::{Cloud, Environment, caller, envelope, read, taken};
use web::{Caller, Once};

pub struct Scene {
    pub cloud: Cloud,
    pub bookings: Bookings,
    pub trek: OwnerId,
    pub batch: BatchId,
}

impl Scene {
    /// A trek on sale with a departure of so many seats in 40 days.
    pub async fn open(seats: u32) -> Self {
        Self::open_with(seats, |_| ()).await
    }

    pub async fn open_with(seats: u32, change: impl FnOnce(&mut TrekChanged)) -> Self {
        let cloud = Cloud::open().await;
        let bookings = Bookings { table: cloud.table("bookings").await };
        let trek = OwnerId::new();
        let mut told = trek_told(trek, 1);
        change(&mut told);
        bookings.follow_catalogue(&CatalogueTold::Trek(Box::new(told))).await.unwrap();
        let mut scene = Self { cloud, bookings, trek, batch: BatchId::new() };
        scene.batch = scene.departure(40, seats).await;
        scene
    }

    pub async fn departure(&self, days: u64, seats: u32) -> BatchId {
        let start = time::now() + time::days(days);
        let new: NewBatch = read(json!({
            "owner_kind": "trek", "owner_id": self.trek, "start_date": start, "end_date": start + time::days(5),
            "max_participants": seats,
        }));
        self.bookings.create_batch(Once::default(), &new).await.unwrap().body.id
    }

    /// One more environment: with a client of its own.
    pub fn environment(&self) -> (Environment, Bookings) {
        let environment = self.cloud.environment();
        let bookings = Bookings { table: environment.table(&self.bookings.table) };
        (environment, bookings)
    }

    pub fn wish(&self, seats: u32, change: impl FnOnce(&mut Value)) -> NewBooking {
        let mut body = json!({
            "owner_kind": "trek", "owner_id": self.trek, "batch_id": self.batch, "participants": seats,
            "contact": {"name": "Ada", "email": "ada@example.com"},
        });
        change(&mut body);
        read(body)
    }

    pub async fn hold(&self, caller: &Caller, seats: u32) -> Result<BookingView, Failure> {
        let wish = self.wish(seats, |_| ());
        self.bookings.hold(caller, Once::default(), &wish).await.map(|it| it.body)
    }

    pub async fn pay(&self, booking: &BookingView, no: u32) {
        self.pay_as(booking, no, &format!("payment-{no}-{}", booking.id)).await;
    }

    pub async fn pay_as(&self, booking: &BookingView, no: u32, payment: &str) {
        let amount = booking.instalments.iter().find(|it| it.no == no).unwrap().amount;
        self.follow(&succeeded(booking, no, payment, amount)).await;
    }

    pub async fn follow(&self, event: &impl Message) {
        self.bookings.follow_payment(&payment_told(event)).await.unwrap();
    }

    pub async fn booking(&self, id: BookingId) -> Booking {
        self.bookings.table.get(&Booking::key_of(id)).await.unwrap().unwrap()
    }

    pub async fn batch(&self) -> Batch {
        self.bookings.table.get(&Batch::key_of(self.batch)).await.unwrap().unwrap()
    }

    /// How many messages of each type wait in the outbox.
    pub async fn told(&self) -> BTreeMap<String, usize> {
        self.cloud.counts(&self.bookings.table).await
    }

    pub async fn sent<M: Message>(&self) -> Vec<M> {
        self.cloud.sent(&self.bookings.table).await
    }

    /// The hold ran out long ago.
    pub async fn let_hold_run_out(&self, id: BookingId) {
        let mut booking = self.booking(id).await;
        booking.hold_expires_at = Some(time::now() - time::minutes(1));
        self.cloud.put(&self.bookings.table, &booking).await;
    }
}

pub fn succeeded(booking: &BookingView, no: u32, payment: &str, amount: i64) -> PaymentSucceeded {
    PaymentSucceeded {
        about: Subject { kind: "booking".into(), id: booking.id.to_string(), instalment: no },
        payment_id: payment.into(),
        user_id: booking.user_id,
        amount,
        currency: booking.currency.to_string(),
        provider: "stripe".into(),
    }
}

pub fn trek_told(trek: OwnerId, version: u64) -> TrekChanged {
    TrekChanged {
        trek_id: trek.to_string(),
        version,
        name: "Kedarkantha".into(),
        slug: "kedarkantha".into(),
        enabled: true,
        price: 100_000,
        currency: "INR".into(),
        duration: 6,
        terms: SalesTerms {
            add_ons: Vec::new(),
            gst_rate: 500,
            gst_included: false,
            gateway_rate: 0,
            gateway_by_customer: false,
            partial_payment: None,
            cancellation_policy: Vec::new(),
            custom_fields: json!([]),
        },
        custom: None,
        deleted: false,
    }
}

/// As many people as there are seats, and somebody to call.
pub fn names(seats: usize) -> WhoComes {
    let one = json!({"name": "Ada", "email": "ada@example.com", "phone": "+4915112345678"});
    read(json!({
        "participants": vec![one; seats],
        "emergency_contact": {"name": "Eve", "phone": "+4915112345679", "relation": "Sister"},
    }))
}

/// What payments tells, as the consumer takes it.
pub fn payment_told(event: &impl Message) -> Received<PaymentTold> {
    taken(envelope(event))
}

pub fn somebody() -> Caller {
    caller(UserId::new(), &[Role::User])
}

pub fn admin() -> Caller {
    caller(UserId::new(), &[Role::Admin])
}
