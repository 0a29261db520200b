//! US-21: the directory of workers, and the index that it reads.

use contracts::users::WorkerChanged;
use kernel::page::{Cursor, Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::text::Text;
use kernel::{Result, UserId};
use platform::{Aws, StartError, State, config};
use schemars::JsonSchema;
use search::{Document, Index, MOST_KM, Near, Order, Point, Query, Ranks, Schema, WORD, Weight};
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::Json;

use super::Worker;
use super::availability::AvailabilityStatus;
use super::fields::{Experience, WorkType};
use crate::Users;

pub const SCHEMA: Schema = Schema {
    name: "workers",
    pairs: &[("skill", "city"), (WORD, "city"), (WORD, "trade"), ("trade", "city")],
    singles: &["skill", WORD, "trade", "city", "verified", "work_type", "availability"],
};

const MOST_LIMIT: u32 = 50;
const MOST_CHOICES: usize = 10;
const USUAL_KM: f64 = 50.0;
/// Skills that a listing names.
const SHOWN_SKILLS: usize = 10;

kernel::words! {
    Sort { Relevance "relevance", Rating "rating", Rate "rate", Distance "distance", Newest "newest" }
}

/// What the list shows of a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    pub display_name: String,
    pub title: Option<String>,
    pub headline: Option<String>,
    pub profession: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    /// Minor units an hour.
    pub hourly_rate: Option<i64>,
    pub currency: Option<String>,
    /// 0 to 5.
    pub rating: f64,
    pub total_reviews: u32,
    pub experience_level: Option<Experience>,
    pub availability: AvailabilityStatus,
    pub verified: bool,
    /// The first ten.
    pub skills: Vec<String>,
}

/// A worker in the directory.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorkerListing {
    pub id: UserId,
    #[serde(flatten)]
    pub card: Card,
    /// From the point that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_km: Option<f64>,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub query: Query,
    pub page: PageRequest,
}

impl Parameters for Wanted {
    fn take(params: &mut Params) -> Self {
        let mut query = Query::default();
        let q = params.take_as::<Text<1, 100>>("q");
        if let Some(q) = &q {
            query = query.words(q.as_str());
        }
        for name in ["city", "trade"] {
            if let Some(value) = params.take_as::<Text<1, 60>>(name) {
                query = query.facet(name, value.as_str());
            }
        }
        if let Some(kind) = params.take_as::<WorkType>("work_type") {
            query = query.facet("work_type", kind.name());
        }
        if let Some(status) = params.take_as::<AvailabilityStatus>("availability") {
            query = query.facet("availability", status.name());
        }
        match params.take("verified").as_deref() {
            None => {}
            Some("true") => query = query.facet("verified", "yes"),
            Some("false") => query = query.facet("verified", "no"),
            Some(_) => params.refuse("verified", "must be true or false"),
        }
        query = skills(query, params);
        query.min_rating =
            decimal(params, "min_rating", 0.0..=5.0).map(|rating| (rating * 100.0).ceil() as u32);
        query.max_price = params.take("max_rate").and_then(|text| match text.parse() {
            Ok(amount) => Some(amount),
            Err(_) => {
                params.refuse("max_rate", "must be an amount in minor units");
                None
            }
        });
        query.near = near(params);
        query.order = order(params, &query, q.is_some());
        let limit = params.take_number("limit", 1..=MOST_LIMIT, kernel::page::DEFAULT_LIMIT);
        let cursor = params.take("cursor").map(Cursor::from);
        Self { query, page: PageRequest { limit, cursor } }
    }

    fn parameters() -> Vec<Parameter> {
        let text = |most: u32| json!({"type": "string", "minLength": 1, "maxLength": most});
        let one_of = |names: &[&str]| json!({"type": "string", "enum": names});
        let number = |least: i32, most: i32| json!({"type": "number", "minimum": least, "maximum": most});
        let parameter = |name: &str, about: &str, schema| Parameter::new(name, about, schema);
        vec![
            parameter(
                "q",
                "Beginnings of words, all of which must stand in the profile; accents do not matter.",
                text(100),
            ),
            parameter("city", "Where they work.", text(60)),
            parameter("trade", "Their profession.", text(60)),
            parameter("work_type", "How they want to work.", one_of(WorkType::NAMES)),
            parameter(
                "skills",
                "Skills, all of which they must have.",
                json!({"type": "array", "items": text(60), "maxItems": MOST_CHOICES}),
            ),
            parameter("min_rating", "Rated at least so.", number(0, 5)),
            parameter(
                "max_rate",
                "An hour costs at most so many minor units of the worker's currency.",
                json!({"type": "integer", "format": "int64", "minimum": 0}),
            ),
            parameter("availability", "What holds right now.", one_of(AvailabilityStatus::NAMES)),
            parameter("verified", "Whether staff has verified a certificate.", json!({"type": "boolean"})),
            parameter("lat", "With `lng`: near this point.", number(-90, 90)),
            parameter("lng", "With `lat`: near this point.", number(-180, 180)),
            parameter("radius", "In km around the point; 50 unless said otherwise.", number(1, 500)),
            parameter(
                "sort",
                "`distance` needs a point, and is the order where a point and no words are given; else `relevance`.",
                one_of(Sort::NAMES),
            ),
            parameter(
                "limit",
                "How many on a page at most. A page may be shorter and still have a `next_cursor`.",
                json!({"type": "integer", "minimum": 1, "maximum": MOST_LIMIT, "default": kernel::page::DEFAULT_LIMIT}),
            ),
            parameter(
                "cursor",
                "Where to go on: `meta.next_cursor` of the page before.",
                json!({"type": "string"}),
            ),
        ]
    }
}

fn skills(mut query: Query, params: &mut Params) -> Query {
    let wanted = params.take_all("skills");
    if wanted.len() > MOST_CHOICES {
        params.refuse("skills", format!("may be given at most {MOST_CHOICES} times"));
    }
    for skill in wanted.iter().take(MOST_CHOICES) {
        match skill.parse::<Text<1, 60>>() {
            Ok(skill) => query = query.facet("skill", skill.as_str()),
            Err(invalid) => params.refuse("skills", invalid.0),
        }
    }
    query
}

fn near(params: &mut Params) -> Option<Near> {
    let lat = decimal(params, "lat", -90.0..=90.0);
    let lng = decimal(params, "lng", -180.0..=180.0);
    let km = decimal(params, "radius", 1.0..=MOST_KM);
    match (lat, lng) {
        (Some(lat), Some(lng)) => Some(Near { point: Point { lat, lng }, km: km.unwrap_or(USUAL_KM) }),
        (None, None) if km.is_none() => None,
        (None, None) => {
            params.refuse("radius", "needs `lat` and `lng`");
            None
        }
        _ => {
            params.refuse("lat", "`lat` and `lng` must come together");
            None
        }
    }
}

fn order(params: &mut Params, query: &Query, has_words: bool) -> Order {
    match params.take_as::<Sort>("sort") {
        None if query.near.is_some() && !has_words => Order::Distance,
        None | Some(Sort::Relevance) => Order::Relevance,
        Some(Sort::Rating) => Order::Rating,
        Some(Sort::Rate) => Order::Price,
        Some(Sort::Newest) => Order::Newest,
        Some(Sort::Distance) if query.near.is_some() => Order::Distance,
        Some(Sort::Distance) => {
            params.refuse("sort", "`distance` needs `lat` and `lng`");
            Order::Relevance
        }
    }
}

fn decimal(params: &mut Params, name: &str, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
    let text = params.take(name)?;
    let number = text.parse::<f64>().ok().filter(|number| range.contains(number));
    if number.is_none() {
        params.refuse(name, format!("must be a number from {} to {}", range.start(), range.end()));
    }
    number
}

/// Answers the directory.
#[derive(Clone)]
pub struct Directory {
    index: Index,
    key: Vec<u8>,
}

impl State for Directory {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Users::start(aws).await?, &config::required("CURSOR_KEY")?))
    }
}

impl Directory {
    pub fn new(users: Users, key: &str) -> Self {
        Self { index: users.workers(), key: key.as_bytes().to_vec() }
    }

    pub async fn find(&self, wanted: &Wanted) -> Result<Json<Page<WorkerListing>>> {
        let found = self.index.find::<Card>(&self.key, &wanted.query, &wanted.page).await?;
        let mut listings = Vec::new();
        for hit in found.data {
            let id = hit.id.parse().map_err(kernel::Failure::internal)?;
            // To ten metres: nobody lives at a point.
            let distance_km = hit.km.map(|km| (km * 100.0).round() / 100.0);
            listings.push(WorkerListing { id, card: hit.card, distance_km });
        }
        Ok(Json::new(Page { data: listings, meta: found.meta }))
    }
}

impl Users {
    pub(super) fn workers(&self) -> Index {
        Index::new(self.table.clone(), SCHEMA)
    }

    /// Queue index-workers: makes the index say what the worker's profile says now.
    pub async fn index_worker(&self, changed: &WorkerChanged) -> Result<()> {
        let worker = self.table.get::<Worker>(&Worker::key_of(changed.user_id)).await?;
        let id = changed.user_id.to_string();
        match worker {
            Some(worker) if worker.is_found() => self.workers().put(&document(&worker), worker.version).await,
            Some(worker) => self.workers().remove(&id, worker.version).await,
            None => self.workers().remove(&id, changed.version).await,
        }
    }
}

impl Worker {
    /// An empty profile is of no use to who looks for somebody.
    fn is_found(&self) -> bool {
        self.is_public() && self.profile.title.is_some()
    }
}

/// A worker as the directory finds them.
pub fn document(worker: &Worker) -> Document<Card> {
    let profile = &worker.profile;
    let (location, rate) = (profile.location.as_ref(), profile.rate.as_ref());
    let text = |value: Option<String>| value.unwrap_or_default();
    let title = profile.title.as_ref().map(ToString::to_string);
    let profession = profile.profession.as_ref().map(ToString::to_string);
    let headline = profile.headline.as_ref().map(ToString::to_string);
    let mut texts = vec![
        (Weight::Title, text(title.clone())),
        (Weight::Title, text(profession.clone())),
        (Weight::Rest, worker.display_name.clone()),
        (Weight::Rest, text(headline.clone())),
    ];
    texts.extend(worker.skills.iter().map(|skill| (Weight::Skill, skill.name.to_string())));
    texts.extend(profile.specializations.iter().map(|name| (Weight::Skill, name.to_string())));
    let availability = worker.availability.now();
    let verified = if worker.is_verified() { "yes" } else { "no" };
    let mut facets = vec![("availability", availability.to_string()), ("verified", verified.to_owned())];
    facets.extend(location.map(|location| ("city", location.city.to_string())));
    facets.extend(profession.iter().map(|trade| ("trade", trade.clone())));
    facets.extend(profile.work_types.iter().map(|kind| ("work_type", kind.to_string())));
    facets.extend(worker.skills.iter().map(|skill| ("skill", skill.name.to_string())));
    let price = rate.and_then(|rate| u64::try_from(rate.hourly).ok());
    Document {
        id: worker.user_id.to_string(),
        texts,
        facets,
        ranks: Ranks::new(worker.stats.rating, price, worker.created_at),
        point: location.and_then(|it| it.geo).map(|geo| Point { lat: geo.lat, lng: geo.lng }),
        card: Card {
            display_name: worker.display_name.clone(),
            title,
            headline,
            profession,
            city: location.map(|location| location.city.to_string()),
            country: location.and_then(|it| it.country.as_ref()).map(ToString::to_string),
            hourly_rate: rate.map(|rate| rate.hourly),
            currency: rate.map(|rate| rate.currency.to_string()),
            rating: f64::from(worker.stats.rating) / 100.0,
            total_reviews: worker.stats.total_reviews,
            experience_level: profile.experience_level,
            availability,
            verified: worker.is_verified(),
            skills: worker.skills.iter().take(SHOWN_SKILLS).map(|skill| skill.name.to_string()).collect(),
        },
    }
}
