//! Tours, as natours knows them.

pub mod body;
pub mod import;
pub mod list;
pub mod mine;
pub mod plan;
pub mod show;
pub mod write;

use contracts::tours::TourChanged;
use kernel::money::Currency;
use kernel::text::Prose;
use kernel::text::Text;
use kernel::time::Moment;
use kernel::{Result, Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Key, Record};

use crate::Tours;
use crate::departures::Departures;
use crate::geo::Location;
use crate::guide::GuideView;
use crate::listed::Listed;
use crate::rating::{Rating, json};
use crate::reviews::{ReviewView, Reviews};
use crate::shelf::{Place, Shelf};

kernel::typed_id!(TourId, "A tour.");

/// natours' bounds.
pub type TourName = Text<10, 40>;
/// The name or address of a picture.
pub type Image = Text<1, 500>;

kernel::words! {
    Difficulty { Easy "easy", Medium "medium", Difficult "difficult" }
}

/// What whoever writes a tour says of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Facts {
    pub name: TourName,
    pub duration: u32,
    pub max_group_size: u32,
    pub difficulty: Difficulty,
    /// Minor units.
    pub price: i64,
    pub price_discount: Option<i64>,
    pub currency: Currency,
    pub summary: Text<1, 300>,
    pub description: Option<Prose<0, 4000>>,
    pub image_cover: Image,
    pub images: Vec<Image>,
    pub start_dates: Vec<Moment>,
    pub secret: bool,
    pub start_location: Option<Location>,
    pub locations: Vec<Location>,
    pub guides: Vec<UserId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tour {
    pub id: TourId,
    pub slug: String,
    pub facts: Facts,
    pub rating: Rating,
    /// Its id where it was imported from.
    #[serde(default)]
    pub source_id: Option<String>,
    /// Where its entry stands in the catalogue.
    #[serde(default)]
    pub place: Option<Place>,
    pub created_at: Timestamp,
    pub version: u64,
}

impl Record for Tour {
    const KIND: &'static str = "tour";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Tour {
    pub fn partition(id: TourId) -> String {
        format!("TOUR#{id}")
    }

    pub fn key_of(id: TourId) -> Key {
        Key::new(Self::partition(id), "TOUR")
    }

    /// The shelf it stands on: the one rule for lists, statistics, plans, maps and searches. A secret tour is on none.
    pub fn shelf(&self) -> Option<Shelf> {
        (!self.facts.secret).then_some(Shelf::Tours)
    }
}

impl Listed for Tour {
    const UNRATED: Rating = Rating::OF_A_NEW_TOUR;

    async fn find(tours: &Tours, id: &str) -> Result<Option<(Self, Departures)>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        tours.tour(id).await
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn entry(&self, departures: &Departures) -> Result<Option<(Shelf, Value)>> {
        let view = TourView::new(self, departures);
        self.shelf().map(|shelf| Ok((shelf, json(&view)?))).transpose()
    }

    fn place(&mut self) -> &mut Option<Place> {
        &mut self.place
    }

    fn rating(&mut self) -> &mut Rating {
        &mut self.rating
    }
}

impl From<&Tour> for TourChanged {
    fn from(tour: &Tour) -> Self {
        let facts = &tour.facts;
        Self {
            tour_id: tour.id.to_string(),
            version: tour.version,
            name: facts.name.to_string(),
            slug: tour.slug.clone(),
            summary: facts.summary.to_string(),
            image_cover: facts.image_cover.to_string(),
            price: facts.price - facts.price_discount.unwrap_or(0),
            currency: facts.currency.to_string(),
            duration: facts.duration,
            max_group_size: facts.max_group_size,
            start_dates: facts.start_dates.iter().map(|date| date.0).collect(),
            secret: facts.secret,
            deleted: false,
        }
    }
}

/// A tour as it is shown. Its names are those that natours' clients know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TourView {
    pub id: TourId,
    pub name: String,
    pub slug: String,
    /// Days.
    pub duration: u32,
    /// The duration in weeks.
    pub duration_weeks: f64,
    pub max_group_size: u32,
    pub difficulty: Difficulty,
    /// With one decimal.
    pub ratings_average: f64,
    pub ratings_quantity: u64,
    /// Minor units.
    pub price: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_discount: Option<i64>,
    pub currency: Currency,
    pub summary: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub image_cover: String,
    pub images: Vec<String>,
    pub start_dates: Vec<Timestamp>,
    pub secret_tour: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_location: Option<Location>,
    pub locations: Vec<Location>,
    pub guides: Vec<GuideView>,
    /// Where all its reviews are.
    pub reviews_url: String,
}

/// A tour on its own page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TourPage {
    #[serde(flatten)]
    pub tour: TourView,
    /// The newest twenty.
    pub reviews: Vec<ReviewView>,
}

impl TourView {
    pub fn new(tour: &Tour, departures: &Departures) -> Self {
        let facts = &tour.facts;
        let start_dates = departures.starts(facts.start_dates.iter().map(|date| date.0));
        Self {
            id: tour.id,
            name: facts.name.to_string(),
            slug: tour.slug.clone(),
            duration: facts.duration,
            duration_weeks: f64::from(facts.duration) / 7.0,
            max_group_size: facts.max_group_size,
            difficulty: facts.difficulty,
            ratings_average: tour.rating.average,
            ratings_quantity: tour.rating.quantity,
            price: facts.price,
            price_discount: facts.price_discount,
            currency: facts.currency,
            summary: facts.summary.to_string(),
            description: facts.description.as_ref().map(Prose::to_string),
            image_cover: facts.image_cover.to_string(),
            images: facts.images.iter().map(Image::to_string).collect(),
            start_dates,
            secret_tour: facts.secret,
            start_location: facts.start_location.clone(),
            locations: facts.locations.clone(),
            guides: facts.guides.iter().copied().map(GuideView::unknown).collect(),
            reviews_url: format!("/api/v1/tours/{}/reviews", tour.id),
        }
    }
}

impl Tours {
    /// A tour with its departures and the newest of its reviews.
    pub(crate) async fn tour_with_reviews(&self, id: TourId) -> Result<Option<(Tour, Departures, Reviews)>> {
        let partition = Tour::partition(id);
        let keys = [Tour::key_of(id), Departures::key_of(&partition), Reviews::key_of(&partition)];
        let mut items = self.table.items(&keys, true).await?;
        let Some(tour) = items.remove(&keys[0]) else { return Ok(None) };
        let departures = items.remove(&keys[1]).map(Departures::from_item).transpose()?;
        let reviews = items.remove(&keys[2]).map(Reviews::from_item).transpose()?;
        let departures = departures.unwrap_or_else(|| Departures::of(partition));
        Ok(Some((Tour::from_item(tour)?, departures, reviews.unwrap_or_default())))
    }

    /// A tour with its departures, as they are now.
    pub(crate) async fn tour(&self, id: TourId) -> Result<Option<(Tour, Departures)>> {
        let partition = Tour::partition(id);
        let keys = [Tour::key_of(id), Departures::key_of(&partition)];
        let mut items = self.table.items(&keys, true).await?;
        let Some(tour) = items.remove(&keys[0]) else { return Ok(None) };
        let departures = items.remove(&keys[1]).map(Departures::from_item).transpose()?;
        Ok(Some((Tour::from_item(tour)?, departures.unwrap_or_else(|| Departures::of(partition)))))
    }
}
