//! TO-23: regions as everybody reads them, with what stands in them.

use std::collections::HashMap;

use kernel::query::{Catalogue, CatalogueQuery, Field, Kind, Parameter, Parameters, Params};
use kernel::{Failure, Result, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::Caller;

use super::write::no_such_region;
use super::{Climate, RegionId, RegionView};
use crate::Tours;
use crate::shelf::Shelf;
use crate::text::{LONGEST_SEARCH, take_words};
use crate::tour::show::Handle;
use crate::trek::list::{Listed, is_on_sale};
use kernel::results::{Results, Shown};

const REGIONS: Catalogue = Catalogue::new(&[
    Field::new("name", Kind::Text).filter().sort(),
    Field::new("state", Kind::Text).filter().sort(),
    Field::new("country", Kind::Text).filter().sort(),
    Field::new("climate", Kind::Enum(Climate::NAMES)).filter(),
    Field::new("is_active", Kind::Bool).filter(),
    Field::new("is_featured", Kind::Bool).filter(),
    Field::new("trek_count", Kind::Integer).sort(),
    Field::new("total_bookings", Kind::Integer).sort(),
    Field::new("created_at", Kind::Time).sort(),
    Field::new("slug", Kind::Text),
    Field::new("description", Kind::Text),
    Field::new("images", Kind::Text),
    Field::new("cover", Kind::Text),
    Field::new("highlights", Kind::Text),
])
.sorted("name");

/// How many are popular.
const POPULAR: u32 = 10;

#[derive(Debug, Clone, PartialEq)]
pub struct RegionQuery {
    /// Words of the name, the state or the description.
    pub search: Option<String>,
    pub rest: CatalogueQuery,
}

impl Parameters for RegionQuery {
    fn take(params: &mut Params) -> Self {
        Self { search: take_words(params, "q"), rest: REGIONS.take(params) }
    }

    fn parameters() -> Vec<Parameter> {
        let text = "Words of the name, the state or the description; required by `/search`.";
        let mut parameters =
            vec![Parameter::new("q", text, json!({"type": "string", "maxLength": LONGEST_SEARCH}))];
        parameters.extend(REGIONS.parameters());
        parameters
    }
}

/// A region in a list: with what stands in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionItem {
    #[serde(flatten)]
    pub region: RegionView,
    /// Treks on sale.
    pub trek_count: u64,
    /// Of its treks.
    pub total_bookings: u64,
}

/// What can be counted about a region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionStatistics {
    pub id: RegionId,
    pub name: String,
    /// Treks on sale.
    pub trek_count: u64,
    /// Of its treks.
    pub total_bookings: u64,
    /// Of its rated treks, each weighing as much as it has ratings; 0 without any.
    pub average_rating: f64,
    pub ratings_quantity: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    treks: u64,
    bookings: u64,
    ratings: u64,
    stars: f64,
}

impl Tours {
    /// `variant` is the last part of the path: a pure variant of the list.
    pub async fn list_regions(
        &self,
        variant: &str,
        query: RegionQuery,
        caller: Option<&Caller>,
    ) -> Result<Results<Shown<RegionItem>>> {
        if variant == "search" && query.search.as_deref().is_none_or(|text| text.trim().is_empty()) {
            return Err(Failure::field("q", "is required"));
        }
        let shelves = self.catalogue.open([Shelf::Regions, Shelf::HiddenRegions, Shelf::Treks]).await?;
        let counts = counts(shelves.on(Shelf::Treks))?;
        let inactive = variant == "regions" && caller.is_some_and(Caller::is_admin);
        let hidden = shelves.on(Shelf::HiddenRegions).filter(|_| inactive);
        let regions: Vec<_> = shelves
            .on(Shelf::Regions)
            .chain(hidden)
            .filter(|region| {
                query
                    .search
                    .as_deref()
                    .is_none_or(|text| mentions(region, &["name", "state", "description"], text))
            })
            .filter(|region| variant != "featured" || region["is_featured"] == true)
            .map(|region| with_counts(region, &counts))
            .collect();
        let rest = match variant {
            "popular" => REGIONS.first(query.rest, POPULAR, Some("-total_bookings,-trek_count"))?,
            _ => query.rest,
        };
        Ok(rest.apply(&regions).into())
    }

    pub async fn show_region(&self, handle: &Handle, caller: Option<&Caller>) -> Result<RegionItem> {
        let shelves = self.catalogue.open([Shelf::Regions, Shelf::HiddenRegions, Shelf::Treks]).await?;
        let hidden = shelves.on(Shelf::HiddenRegions).filter(|_| caller.is_some_and(Caller::is_admin));
        let region = shelves
            .on(Shelf::Regions)
            .chain(hidden)
            .find(|region| is_named(region, handle))
            .ok_or_else(no_such_region)?;
        let region = with_counts(region, &counts(shelves.on(Shelf::Treks))?);
        RegionItem::deserialize(region).map_err(Failure::internal)
    }

    pub async fn region_statistics(&self, id: RegionId) -> Result<RegionStatistics> {
        let shelves = self.catalogue.open([Shelf::Regions, Shelf::Treks]).await?;
        let region = shelves.on(Shelf::Regions).find(|region| region["id"] == id.to_string());
        let region =
            RegionView::deserialize(region.ok_or_else(no_such_region)?).map_err(Failure::internal)?;
        let counts = counts(shelves.on(Shelf::Treks))?.get(&id).copied().unwrap_or_default();
        Ok(RegionStatistics {
            id,
            name: region.facts.name.to_string(),
            trek_count: counts.treks,
            total_bookings: counts.bookings,
            average_rating: if counts.ratings == 0 {
                0.0
            } else {
                (counts.stars / counts.ratings as f64 * 10.0).round() / 10.0
            },
            ratings_quantity: counts.ratings,
        })
    }
}

fn counts<'a>(treks: impl Iterator<Item = &'a Value>) -> Result<HashMap<RegionId, Counts>> {
    let now = time::now();
    let mut counts = HashMap::<_, Counts>::new();
    for trek in treks {
        let listed = Listed::deserialize(trek).map_err(Failure::internal)?;
        if is_on_sale(&listed, now) {
            let count = counts.entry(listed.region_id).or_default();
            count.treks += 1;
            count.bookings += listed.booking_count;
            count.ratings += listed.ratings_quantity;
            count.stars += listed.average_rating * listed.ratings_quantity as f64;
        }
    }
    Ok(counts)
}

fn with_counts(region: &Value, counts: &HashMap<RegionId, Counts>) -> Value {
    let id = region["id"].as_str().and_then(|id| id.parse().ok());
    let counts = id.and_then(|id| counts.get(&id)).copied().unwrap_or_default();
    let mut region = region.clone();
    region["trek_count"] = json!(counts.treks);
    region["total_bookings"] = json!(counts.bookings);
    region
}

/// Whether every word stands in one of the fields, whatever its case.
pub(crate) fn mentions(entry: &Value, fields: &[&str], words: &str) -> bool {
    says(fields.iter().filter_map(|field| entry[*field].as_str()), words)
}

/// Whether each of the words stands in one of the texts.
pub(crate) fn says<'a>(texts: impl Iterator<Item = &'a str>, words: &str) -> bool {
    let texts: Vec<_> = texts.map(str::to_lowercase).collect();
    words.to_lowercase().split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
}

pub(crate) fn is_named(entry: &Value, handle: &Handle) -> bool {
    entry["id"] == handle.as_str() || entry["slug"] == handle.as_str()
}
