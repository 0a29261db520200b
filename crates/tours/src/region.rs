//! Regions: where treks are.

pub mod list;
pub mod write;

use contracts::tours::RegionChanged;
use deserr::Deserr;
use kernel::text::Prose;
use kernel::text::Text;
use kernel::{FieldErrors, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Key, Record};

use crate::rating::json;
use crate::shelf::{Place, Shelf};
use crate::trek::Seo;

kernel::typed_id!(RegionId, "A region.");

const MOST: usize = 30;

kernel::words! {
    Climate { Tropical "tropical", Arid "arid", Temperate "temperate", Continental "continental", Polar "polar", Alpine "alpine" }
}

/// Degrees Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Temperature {
    pub min: i32,
    pub max: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Coordinates {
    #[schemars(range(min = -90, max = 90))]
    pub lat: f64,
    #[schemars(range(min = -180, max = 180))]
    pub lng: f64,
}

/// What is said of a region. Both what is sent and what is kept; an update sends all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct RegionFacts {
    #[schemars(example = &"Himalaya")]
    pub name: Text<2, 80>,
    #[serde(default)]
    #[deserr(default)]
    pub description: Option<Prose<0, 4000>>,
    #[schemars(example = &"Uttarakhand")]
    pub state: Text<1, 80>,
    #[serde(default = "india")]
    #[deserr(default = india())]
    #[schemars(default = "india")]
    pub country: Text<1, 80>,
    #[serde(default)]
    #[deserr(default)]
    pub coordinates: Option<Coordinates>,
    #[serde(default)]
    #[deserr(default)]
    pub images: Vec<Text<1, 500>>,
    #[serde(default)]
    #[deserr(default)]
    pub cover: Option<Text<1, 500>>,
    #[serde(default)]
    #[deserr(default)]
    pub highlights: Vec<Text<1, 200>>,
    #[serde(default)]
    #[deserr(default)]
    pub best_time: Option<Text<1, 200>>,
    #[serde(default)]
    #[deserr(default)]
    pub climate: Option<Climate>,
    #[serde(default)]
    #[deserr(default)]
    pub temperature: Option<Temperature>,
    #[serde(default)]
    #[deserr(default)]
    pub nearest_airport: Option<Text<1, 200>>,
    #[serde(default)]
    #[deserr(default)]
    pub nearest_railway: Option<Text<1, 200>>,
    #[serde(default)]
    #[deserr(default)]
    pub accessibility: Option<Prose<0, 1000>>,
    #[serde(default)]
    #[deserr(default)]
    pub activities: Vec<Text<1, 100>>,
    #[serde(default)]
    #[deserr(default)]
    pub cuisine: Vec<Text<1, 100>>,
    #[serde(default)]
    #[deserr(default)]
    pub culture: Option<Prose<0, 2000>>,
    #[serde(default)]
    #[deserr(default)]
    pub related_regions: Vec<RegionId>,
    #[serde(default)]
    #[deserr(default)]
    pub seo: Option<Seo>,
}

fn india() -> Text<1, 80> {
    "India".parse().expect("a name")
}

impl RegionFacts {
    pub fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if self.coordinates.is_some_and(|at| crate::geo::Point::new(at.lat, at.lng).is_none()) {
            errors.push("/coordinates", "must be a latitude and a longitude");
        }
        if self.temperature.is_some_and(|range| range.min > range.max) {
            errors.push("/temperature/max", "must be at least the minimum");
        }
        let sizes = [
            ("/images", self.images.len()),
            ("/highlights", self.highlights.len()),
            ("/activities", self.activities.len()),
            ("/cuisine", self.cuisine.len()),
            ("/related_regions", self.related_regions.len()),
        ];
        for (pointer, size) in sizes {
            if size > MOST {
                errors.push(pointer, format!("must have at most {MOST} elements"));
            }
        }
        errors.or(())
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Region {
    pub id: RegionId,
    pub slug: String,
    pub facts: RegionFacts,
    pub is_active: bool,
    pub is_featured: bool,
    #[serde(default)]
    pub place: Option<Place>,
    pub created_at: Timestamp,
    pub version: u64,
}

/// A region as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionView {
    pub id: RegionId,
    pub slug: String,
    #[serde(flatten)]
    pub facts: RegionFacts,
    pub is_active: bool,
    pub is_featured: bool,
    pub created_at: Timestamp,
}

impl From<&Region> for RegionView {
    fn from(region: &Region) -> Self {
        Self {
            id: region.id,
            slug: region.slug.clone(),
            facts: region.facts.clone(),
            is_active: region.is_active,
            is_featured: region.is_featured,
            created_at: region.created_at,
        }
    }
}

impl Record for Region {
    const KIND: &'static str = "region";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Region {
    pub fn partition(id: RegionId) -> String {
        format!("REGION#{id}")
    }

    pub fn key_of(id: RegionId) -> Key {
        Key::new(Self::partition(id), "REGION")
    }

    /// An inactive region is in nothing that everybody reads.
    pub fn shelf(&self) -> Shelf {
        if self.is_active { Shelf::Regions } else { Shelf::HiddenRegions }
    }

    pub(crate) fn entry(&self) -> Result<Option<(Shelf, Value)>> {
        Ok(Some((self.shelf(), json(&RegionView::from(self))?)))
    }
}

impl From<&Region> for RegionChanged {
    fn from(region: &Region) -> Self {
        Self {
            region_id: region.id.to_string(),
            version: region.version,
            name: region.facts.name.to_string(),
            slug: region.slug.clone(),
            active: region.is_active,
            deleted: false,
        }
    }
}
