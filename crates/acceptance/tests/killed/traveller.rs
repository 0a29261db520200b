//! People who book, and what they do about it: as sane clients they ask again until they have an answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use acceptance::stripe::{CARD, DECLINED, Stripe};
use acceptance::treks::{in_parts, names, wish};
use acceptance::{Answer, Member, Visitor, secret};
use kernel::id::Ulid;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::operator::Operator;
use crate::tables::Booking;

/// How long somebody asks for an answer, and waits for what was promised.
const PATIENCE: Duration = Duration::from_secs(480);
const PAUSE: Duration = Duration::from_millis(400);

/// What somebody has in mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Pays,
    PaysAndCancels,
    /// Before the platform has heard of the money.
    PaysAndCancelsAtOnce,
    PaysInParts,
    PaysTheFirstPartAndCancels,
    Confirms,
    ConfirmsAndOneStaysAtHome,
    PaysWithAnotherCard,
    /// When the hold has just ended.
    PaysTooLate,
    CancelsTheHold,
    HasNoGoodCard,
    Forgets,
}

pub const FATES: [Fate; 12] = [
    Fate::Pays,
    Fate::PaysAndCancels,
    Fate::PaysAndCancelsAtOnce,
    Fate::PaysInParts,
    Fate::PaysTheFirstPartAndCancels,
    Fate::Confirms,
    Fate::ConfirmsAndOneStaysAtHome,
    Fate::PaysWithAnotherCard,
    Fate::PaysTooLate,
    Fate::CancelsTheHold,
    Fate::HasNoGoodCard,
    Fate::Forgets,
];

impl Fate {
    /// How it may end.
    pub fn ends(self) -> &'static [&'static str] {
        match self {
            Self::Pays | Self::PaysInParts | Self::PaysWithAnotherCard => &["paid"],
            Self::Confirms | Self::ConfirmsAndOneStaysAtHome => &["confirmed"],
            Self::PaysAndCancels
            | Self::PaysAndCancelsAtOnce
            | Self::PaysTheFirstPartAndCancels
            | Self::CancelsTheHold => &["cancelled"],
            // Its seats may be there still, or sold to others; or the provider did not take the money any more.
            Self::PaysTooLate => &["paid", "cancelled", "expired"],
            Self::HasNoGoodCard | Self::Forgets => &["expired"],
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub person: usize,
    pub departure: usize,
    pub fate: Fate,
    pub seats: u32,
    /// Milliseconds to think between two steps.
    pub pause: u64,
}

/// What somebody knows of it afterwards.
#[derive(Debug, Clone)]
pub struct Story {
    pub fate: Fate,
    pub departure: String,
    /// None: sold out.
    pub booking: Option<String>,
    /// What the provider took, by its own word.
    pub paid: Vec<i64>,
    /// Requests that came to nothing and were sent again.
    pub again: u32,
}

pub struct Traveller {
    member: Member,
    visitor: Visitor,
    trek: String,
    departure: String,
    operator: Arc<Operator>,
    stripe: Stripe,
    again: u32,
    paid: Vec<i64>,
}

impl Traveller {
    pub fn new(member: Member, trek: String, departure: String, operator: Arc<Operator>) -> Self {
        let visitor = member.visitor.clone();
        let stripe = Stripe::new();
        Self { member, visitor, trek, departure, operator, stripe, again: 0, paid: Vec::new() }
    }

    pub async fn live(mut self, plan: Plan) -> Story {
        let think = || sleep(Duration::from_millis(plan.pause));
        think().await;
        let booking = self.book(plan).await;
        if let Some(id) = &booking {
            think().await;
            self.go_on(plan.fate, id).await;
        }
        let Self { departure, paid, again, .. } = self;
        Story { fate: plan.fate, departure, booking, paid, again }
    }

    async fn book(&mut self, plan: Plan) -> Option<String> {
        let parts = [Fate::PaysInParts, Fate::PaysTheFirstPartAndCancels].contains(&plan.fate);
        let wish = wish(&self.member, &self.trek, &self.departure, plan.seats);
        let wish = if parts { in_parts(wish) } else { wish };
        let answer = self.ask(Method::POST, "/bookings", Some(&wish)).await;
        match answer.status.as_u16() {
            201 => Some(answer.field("id")),
            409 if answer.json()["code"] == "sold-out" => None,
            _ => panic!("to book was answered {}: {}", answer.status, answer.text),
        }
    }

    async fn go_on(&mut self, fate: Fate, id: &str) {
        match fate {
            Fate::Pays => self.pay_all(id, "paid").await,
            Fate::PaysAndCancels => {
                self.pay_all(id, "paid").await;
                self.cancel(id).await;
            }
            Fate::PaysAndCancelsAtOnce => {
                assert!(self.pay(id, 1, CARD).await, "the card is good");
                self.cancel(id).await;
            }
            Fate::PaysInParts => {
                self.pay_all(id, "partially_paid").await;
                assert!(self.pay(id, 2, CARD).await, "the card is good");
                self.becomes(id, "paid").await;
            }
            Fate::PaysTheFirstPartAndCancels => {
                self.pay_all(id, "partially_paid").await;
                self.cancel(id).await;
            }
            Fate::Confirms => {
                self.pay_all(id, "paid").await;
                self.name(id).await;
            }
            Fate::ConfirmsAndOneStaysAtHome => {
                self.pay_all(id, "paid").await;
                let booking = self.name(id).await;
                self.stay_at_home(id, &booking).await;
            }
            Fate::PaysWithAnotherCard => {
                assert!(!self.pay(id, 1, DECLINED).await, "the card is bad");
                self.pay_all(id, "paid").await;
            }
            Fate::PaysTooLate => {
                let secret = self.begin(id, 1).await;
                self.operator.end_hold(id).await;
                self.becomes(id, "expired").await;
                if let Some(secret) = secret {
                    self.confirm(&secret, CARD).await;
                }
            }
            Fate::CancelsTheHold => self.cancel(id).await,
            Fate::HasNoGoodCard => {
                assert!(!self.pay(id, 1, DECLINED).await, "the card is bad");
                self.operator.end_hold(id).await;
            }
            Fate::Forgets => self.operator.end_hold(id).await,
        }
    }

    async fn pay_all(&mut self, id: &str, then: &str) {
        assert!(self.pay(id, 1, CARD).await, "the card is good");
        self.becomes(id, then).await;
    }

    /// Whether the provider took it.
    async fn pay(&mut self, id: &str, instalment: u32, card: &str) -> bool {
        let secret = self.begin(id, instalment).await.expect("an amount that is due");
        self.confirm(&secret, card).await
    }

    async fn begin(&mut self, id: &str, instalment: u32) -> Option<String> {
        let body = json!({"subject_kind": "booking", "subject_id": id, "instalment": instalment});
        let begun = Instant::now();
        loop {
            let answer = self.ask(Method::POST, "/payments/sessions", Some(&body)).await;
            match answer.status.as_u16() {
                200 => {
                    let client_secret = answer.field("client_secret");
                    secret(&client_secret);
                    return Some(client_secret);
                }
                202 if begun.elapsed() < PATIENCE => sleep(PAUSE).await,
                _ => return None,
            }
        }
    }

    async fn confirm(&mut self, client_secret: &str, card: &str) -> bool {
        let answer = self.stripe.pay(client_secret, card).await;
        let taken = answer.status == 200 && answer.json()["status"] == "succeeded";
        if taken {
            self.paid.extend(answer.json()["amount"].as_i64());
        }
        taken
    }

    /// Whoever asked before, and heard no answer, hears that it is done.
    async fn cancel(&mut self, id: &str) {
        let answer = self.ask(Method::PUT, &format!("/bookings/{id}/cancel"), Some(&json!({}))).await;
        assert!([200, 409].contains(&answer.status.as_u16()), "{}", answer.text);
        assert_eq!(self.look(id).await["status"], "cancelled");
    }

    async fn name(&mut self, id: &str) -> Value {
        let seats = self.look(id).await["participants_count"].as_u64().unwrap_or_default();
        let names = names(seats as usize);
        let answer = self.ask(Method::PUT, &format!("/bookings/{id}/participants"), Some(&names)).await;
        answer.is(200);
        self.becomes(id, "confirmed").await
    }

    async fn stay_at_home(&mut self, id: &str, booking: &Value) {
        if booking["participants_count"] == 1 {
            return;
        }
        let one = booking["participants"][0]["id"].as_str().expect("somebody");
        let path = format!("/bookings/{id}/participants/{one}/cancel");
        let answer = self.ask(Method::PUT, &path, Some(&json!({}))).await;
        assert!(answer.status.is_success() || answer.status.is_client_error(), "{}", answer.text);
        assert_eq!(self.look(id).await["participants"][0]["status"], "cancelled");
    }

    async fn becomes(&mut self, id: &str, status: &str) -> Value {
        let begun = Instant::now();
        loop {
            let booking = self.look(id).await;
            if booking["status"] == status {
                return booking;
            }
            assert!(begun.elapsed() < PATIENCE, "booking {id} is {} and never {status}", booking["status"]);
            sleep(PAUSE).await;
        }
    }

    async fn look(&mut self, id: &str) -> Value {
        self.ask(Method::GET, &format!("/bookings/{id}"), None).await.is(200).json()
    }

    /// One wish has one key, however often it is sent.
    async fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let (begun, key) = (Instant::now(), Ulid::generate().to_string());
        loop {
            let mut request = self.visitor.request(method.clone(), &format!("/api/v1{path}"));
            if let Some(body) = body {
                request = request.header("idempotency-key", &key).json(body);
            }
            match answered(request).await {
                Some(answer) if answer.status == 401 => {
                    self.visitor = Member::log_in(&self.member.email).await.visitor;
                }
                Some(answer) if !is_passing(&answer) => return answer,
                last => assert!(begun.elapsed() < PATIENCE, "{method} {path} has no answer: {last:?}"),
            }
            self.again += 1;
            sleep(PAUSE).await;
        }
    }
}

async fn answered(request: reqwest::RequestBuilder) -> Option<Answer> {
    let answer = request.send().await.ok()?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    Some(Answer { status, headers, text: answer.text().await.ok()? })
}

/// Whether it may be asked again and answered otherwise.
fn is_passing(answer: &Answer) -> bool {
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    answer.status.is_server_error()
        || answer.status == 429
        || ["request-in-progress", "conflict"].contains(&code.as_str())
}

/// `paid 20, sold out 3`
pub fn summary(stories: &[Story], bookings: &[Booking]) -> String {
    let mut ends = BTreeMap::<String, usize>::new();
    for story in stories {
        let booking = bookings.iter().find(|booking| Some(&booking.id) == story.booking.as_ref());
        let end = booking.map_or("sold out".to_owned(), |booking| booking.status.clone());
        *ends.entry(end).or_default() += 1;
    }
    ends.iter().map(|(end, count)| format!("{end} {count}")).collect::<Vec<_>>().join(", ")
}
