//! What bookings knows of tours, treks, promotions and people: projections of what their contexts tell.

use contracts::identity::AccountChanged;
use contracts::payments::PromoChanged;
use contracts::tours::{CustomDeparture, SalesTerms, TourChanged, TrekChanged};
use contracts::{Envelope, Message};
use kernel::money::Currency;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use messaging::Incoming;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::number;
use store::sdk::types::Put;
use store::{Key, Record, Transaction};

use crate::Bookings;
use crate::batch::Batch;
use crate::booking::{OwnerId, OwnerKind, PartPayment};
use crate::policy::Tier;

/// A tour or trek as it is sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Terms {
    /// An item's own `kind` says what it is.
    #[serde(rename = "owner_kind")]
    pub kind: OwnerKind,
    pub id: OwnerId,
    pub version: u64,
    pub name: String,
    #[serde(default)]
    pub summary: String,
    #[serde(default)]
    pub image: Option<String>,
    pub enabled: bool,
    /// In no list.
    pub hidden: bool,
    /// Minor units for one participant of a new departure.
    pub price: i64,
    pub currency: Currency,
    /// Days.
    pub duration: u32,
    #[serde(default)]
    pub sales: Option<SalesTerms>,
    #[serde(default)]
    pub custom: Option<CustomDeparture>,
    pub deleted: bool,
}

impl Record for Terms {
    const KIND: &'static str = "terms";

    fn key(&self) -> Key {
        Self::key_of(self.kind, self.id)
    }
}

impl Terms {
    pub fn key_of(kind: OwnerKind, id: OwnerId) -> Key {
        Key::new(format!("TERMS#{kind}#{id}"), "TERMS")
    }

    pub fn part_payment(&self) -> Option<PartPayment> {
        self.sales.as_ref()?.partial_payment.as_ref().map(PartPayment::from)
    }

    pub fn policy(&self) -> Vec<Tier> {
        let own = self.sales.as_ref().map(|it| it.cancellation_policy.iter().map(Tier::from).collect());
        own.unwrap_or_default()
    }

    pub fn custom_fields(&self) -> serde_json::Value {
        self.sales.as_ref().map_or(serde_json::Value::Null, |it| it.custom_fields.clone())
    }
}

/// Which trek a link leads to, by the digest of its token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    pub digest: String,
    pub trek_id: OwnerId,
    pub expires_at: Timestamp,
}

impl Link {
    pub fn key_of(digest: &str) -> Key {
        Key::new(format!("LINK#{digest}"), "LINK")
    }
}

impl Record for Link {
    const KIND: &'static str = "link";

    fn key(&self) -> Key {
        Self::key_of(&self.digest)
    }
}

/// A code, as payments told it last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KnownPromo(pub PromoChanged);

impl KnownPromo {
    pub fn key_of(code: &str) -> Key {
        Key::new(format!("PROMO#{code}"), "PROMO")
    }
}

impl Record for KnownPromo {
    const KIND: &'static str = "promo";

    fn key(&self) -> Key {
        Self::key_of(&self.0.code)
    }
}

/// Somebody with an account: whom a booking without contact is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    pub user_id: UserId,
    pub version: u64,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub email: String,
    /// Proven.
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub active: bool,
    /// Nothing is kept of them any more.
    #[serde(default)]
    pub erased: bool,
}

impl Person {
    pub fn key_of(user: UserId) -> Key {
        Key::new(format!("PERSON#{user}"), "PERSON")
    }

    /// Whose telephone it is.
    pub fn of_phone(phone: &str) -> String {
        format!("PHONE#{phone}")
    }
}

impl Record for Person {
    const KIND: &'static str = "person";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let phone =
            self.phone.as_deref().map(|it| (2, Key::new(Self::of_phone(it), self.user_id.to_string())));
        phone.into_iter().collect()
    }
}

/// What is told of what can be booked.
#[derive(Debug, Clone, PartialEq)]
pub enum CatalogueTold {
    Tour(TourChanged),
    Trek(Box<TrekChanged>),
}

impl Incoming for CatalogueTold {
    fn types() -> Vec<&'static str> {
        vec![TourChanged::TYPE, TrekChanged::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            TourChanged::TYPE => TourChanged::read(envelope).map(Self::Tour),
            _ => TrekChanged::read(envelope).map(|it| Self::Trek(Box::new(it))),
        }
    }
}

/// A departure that a catalogue asks for.
struct Wanted {
    start: Timestamp,
    end: Timestamp,
    seats: u32,
}

const OLDER: Problem = Problem::new("older-state", 409, "A newer state is known");

impl Bookings {
    /// BK-30: keeps the newest terms, and makes the departures that were posted with them, each once.
    pub async fn follow_catalogue(&self, told: &CatalogueTold) -> Result<()> {
        let Some((terms, wanted, link)) = read(told) else { return Ok(()) };
        let known = self.table.get::<Terms>(&terms.key()).await?;
        if known.as_ref().is_some_and(|known| known.version > terms.version) {
            return Ok(());
        }
        if !terms.deleted {
            for wanted in wanted {
                self.post(&terms, &wanted).await?;
            }
        }
        if let Some(link) = link {
            self.put_newest(&link, None).await?;
        }
        let version = terms.version;
        self.put_newest(&terms, Some(version)).await
    }

    pub async fn keep_promo(&self, told: &PromoChanged) -> Result<()> {
        self.put_newest(&KnownPromo(told.clone()), Some(told.version)).await
    }

    pub async fn keep_person(&self, told: &AccountChanged) -> Result<()> {
        let person = Person {
            user_id: told.user_id,
            version: told.version,
            name: format!("{} {}", told.given_name, told.family_name).trim().to_owned(),
            email: told.email.clone(),
            phone: told.phone.clone(),
            active: told.active,
            erased: false,
        };
        self.put_newest(&person, Some(told.version)).await
    }

    /// Being told twice, or late, changes nothing.
    async fn put_newest<T: Record>(&self, entity: &T, version: Option<u64>) -> Result<()> {
        let put = Put::builder().table_name(&self.table.name).set_item(Some(entity.to_item()?));
        let put = match version {
            Some(version) => put
                .condition_expression(
                    "attribute_not_exists(pk) OR (version < :version AND attribute_not_exists(gone))",
                )
                .expression_attribute_values(":version", number(version)),
            None => put,
        };
        let put = put.build().map_err(Failure::internal)?;
        match Transaction::new().put(put, OLDER.because("Nothing is to be done.")).commit(&self.table).await {
            Err(failure) if failure.problem == OLDER => Ok(()),
            done => done,
        }
    }

    /// A departure for a date that was posted: a guard remembers it, also when it is deleted later.
    async fn post(&self, terms: &Terms, wanted: &Wanted) -> Result<()> {
        if wanted.start <= time::now() {
            return Ok(());
        }
        let batch = Batch {
            posted_start: Some(wanted.start),
            ..Batch::new(terms, wanted.start, wanted.end, terms.price, wanted.seats, 0)
        };
        let name = format!("POSTED#{}#{}#{}", terms.kind, terms.id, wanted.start.as_millisecond());
        let posted = OLDER.because("It was posted before.");
        let effect = Transaction::new()
            .guard(&self.table, &name, &batch.id.to_string(), posted)?
            .create(&self.table, &batch, Failure::internal("batch id used twice"))?
            .publish(&batch.snapshot(batch.version))?;
        match effect.commit(&self.table).await {
            Err(failure) if failure.problem == OLDER => Ok(()),
            done => done,
        }
    }
}

fn read(told: &CatalogueTold) -> Option<(Terms, Vec<Wanted>, Option<Link>)> {
    match told {
        CatalogueTold::Tour(tour) => {
            let length = time::days(u64::from(tour.duration.max(1)));
            let seats = tour.max_group_size.max(1);
            let wanted =
                tour.start_dates.iter().map(|start| Wanted { start: *start, end: *start + length, seats });
            let terms = Terms {
                kind: OwnerKind::Tour,
                id: tour.tour_id.parse().ok()?,
                version: tour.version,
                name: tour.name.clone(),
                summary: tour.summary.clone(),
                image: Some(tour.image_cover.clone()).filter(|it| !it.is_empty()),
                enabled: !tour.secret && !tour.deleted,
                hidden: tour.secret || tour.deleted,
                price: tour.price,
                currency: tour.currency.parse().ok()?,
                duration: tour.duration,
                sales: None,
                custom: None,
                deleted: tour.deleted,
            };
            Some((terms, wanted.collect(), None))
        }
        CatalogueTold::Trek(trek) => {
            let custom = trek.custom.as_ref();
            let wanted = custom.map(|it| Wanted {
                start: it.start_date,
                end: it.end_date,
                seats: it.max_participants,
            });
            let id: OwnerId = trek.trek_id.parse().ok()?;
            let link = custom.and_then(|it| {
                let (digest, expires_at) = (it.token_digest.clone()?, it.link_expires_at?);
                Some(Link { digest, trek_id: id, expires_at })
            });
            let terms = Terms {
                kind: OwnerKind::Trek,
                id,
                version: trek.version,
                name: trek.name.clone(),
                summary: String::new(),
                image: None,
                enabled: trek.enabled && !trek.deleted,
                hidden: !trek.enabled || custom.is_some() || trek.deleted,
                price: trek.price,
                currency: trek.currency.parse().ok()?,
                duration: trek.duration,
                sales: Some(trek.terms.clone()),
                custom: trek.custom.clone(),
                deleted: trek.deleted,
            };
            Some((terms, wanted.into_iter().collect(), link))
        }
    }
}
