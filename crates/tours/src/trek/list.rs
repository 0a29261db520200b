//! TO-13, TO-15: treks as people look for them.

use std::collections::{BTreeMap, HashMap};

use kernel::query::{Catalogue, CatalogueQuery, Field, Kind, Parameter, Parameters, Params, Projection};
use kernel::text::Invalid;
use kernel::{Failure, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::Caller;

use super::getaway::is_getaway;
use super::{Season, TrekCategory, TrekDifficulty, TrekId, TrekView};
use crate::Tours;
use crate::departures::Date;
use crate::region::RegionId;
use crate::region::list::says;
use crate::shelf::Shelf;
use crate::text::{LONGEST_SEARCH, take_words};
use kernel::results::{All, Results, Shown};

const TREKS: Catalogue = Catalogue::new(&[
    Field::new("name", Kind::Text).filter().sort(),
    Field::new("price", Kind::Integer).sort().at("/display_price"),
    Field::new("created_at", Kind::Time).sort(),
    Field::new("popularity", Kind::Integer).sort().at("/booking_count"),
    Field::new("difficulty", Kind::Enum(TrekDifficulty::NAMES)).filter().sort(),
    Field::new("category", Kind::Enum(TrekCategory::NAMES)).filter(),
    Field::new("season", Kind::Enum(Season::NAMES)).filter().repeat(),
    Field::new("average_rating", Kind::Number).filter().sort(),
    Field::new("max_altitude", Kind::Integer).filter().sort(),
    Field::new("section_id", Kind::Text).filter(),
    Field::new("is_weekend_getaway", Kind::Bool).filter(),
    Field::new("slug", Kind::Text),
    Field::new("description", Kind::Text),
    Field::new("region_id", Kind::Text),
    Field::new("region_name", Kind::Text),
    Field::new("duration", Kind::Integer),
    Field::new("display_price", Kind::Integer),
    Field::new("striked_price", Kind::Integer),
    Field::new("currency", Kind::Text),
    Field::new("images", Kind::Text),
    Field::new("highlights", Kind::Text),
    Field::new("dates", Kind::Text),
    Field::new("booking_count", Kind::Integer),
    Field::new("weekend_getaway", Kind::Text),
])
.limit(12);

const POPULAR: u32 = 10;
const FEATURED: u32 = 5;
const FOUND: u32 = 10;

/// What an entry tells about being on sale, and what is counted of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Listed {
    pub id: TrekId,
    pub name: String,
    pub region_id: RegionId,
    pub duration: u32,
    pub display_price: i64,
    #[serde(default)]
    pub category: Option<TrekCategory>,
    pub dates: Vec<Date>,
    pub booking_count: u64,
    pub average_rating: f64,
    pub ratings_quantity: u64,
    pub is_featured: bool,
}

/// Whether somebody can book a departure of it now.
pub fn is_on_sale(trek: &Listed, now: Timestamp) -> bool {
    trek.dates.iter().any(|date| date.open && date.start_date > now)
}

/// How many days, from and to: `3-6`, or `5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    from: u32,
    to: u32,
}

impl std::str::FromStr for Days {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let days = from.parse().ok().zip(to.parse().ok());
        let invalid = || Invalid("must be a number of days, or two of them, like 3-6".into());
        days.map(|(from, to)| Self { from, to }).ok_or_else(invalid)
    }
}

/// Minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price(i64);

impl std::str::FromStr for Price {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let price = text.parse().ok().filter(|price| *price >= 0);
        price.map(Self).ok_or_else(|| Invalid("must be a whole number of minor units".into()))
    }
}

/// The query parameters of a list of treks.
#[derive(Debug, Clone, PartialEq)]
pub struct TrekQuery {
    /// Words of the name, the description or the region.
    pub search: Option<String>,
    pub region: Option<RegionId>,
    pub days: Option<Days>,
    pub min_price: Option<Price>,
    pub max_price: Option<Price>,
    /// For administrators: also what is not on sale.
    pub include_disabled: bool,
    pub rest: CatalogueQuery,
}

impl Parameters for TrekQuery {
    fn take(params: &mut Params) -> Self {
        let include_disabled = match params.take("include_disabled").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                params.refuse("include_disabled", "must be true or false");
                false
            }
        };
        let (search, q) = (take_words(params, "search"), take_words(params, "q"));
        Self {
            search: search.or(q),
            region: params.take_as("region"),
            days: params.take_as("duration"),
            min_price: params.take_as("min_price"),
            max_price: params.take_as("max_price"),
            include_disabled,
            rest: TREKS.take(params),
        }
    }

    fn parameters() -> Vec<Parameter> {
        let text = json!({"type": "string", "maxLength": LONGEST_SEARCH});
        let price = json!({"type": "integer", "format": "int64", "minimum": 0});
        let days = json!({"type": "string", "pattern": "^[0-9]{1,4}(-[0-9]{1,4})?$"});
        let mut parameters = vec![
            Parameter::new("search", "Words of the name, the description or the region.", text.clone()),
            Parameter::new("q", "The same; required by `/treks/search`.", text.clone()),
            Parameter::new("region", "The id of its region.", json!({"type": "string"})),
            Parameter::new("duration", "So many days, or from and to: `3-6`.", days),
            Parameter::new("min_price", "Minor units, at least.", price.clone()),
            Parameter::new("max_price", "Minor units, at most.", price),
            Parameter::new(
                "include_disabled",
                "For administrators: also what is not on sale.",
                json!({"type": "boolean", "default": false}),
            ),
        ];
        parameters.extend(TREKS.parameters());
        parameters
    }
}

/// Which list it is: pure variants share one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    All,
    Popular,
    Featured,
    Search,
    /// Weekends away.
    Getaways,
    Region(RegionId),
}

impl Variant {
    pub fn of(path: &str) -> Result<Self> {
        let mut parts = path.trim_end_matches('/').rsplit('/');
        let (last, before) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        Ok(match (before, last) {
            ("by-region", id) => Self::Region(id.parse().map_err(|_| Failure::not_found("region"))?),
            (_, "popular") => Self::Popular,
            (_, "featured") => Self::Featured,
            (_, "search") => Self::Search,
            (_, "weekend-getaways") => Self::Getaways,
            _ => Self::All,
        })
    }
}

/// A trek in a list, with the name of its region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrekItem {
    #[serde(flatten)]
    pub trek: TrekView,
    pub region_name: String,
    pub is_weekend_getaway: bool,
}

/// How many treks of a category are on sale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CategoryCount {
    pub category: TrekCategory,
    pub trek_count: u64,
}

/// What an administrator counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrekStatistics {
    pub total: u64,
    pub enabled: u64,
    /// Enabled, and with a departure that can be booked now.
    pub on_sale: u64,
    pub featured: u64,
    pub total_bookings: u64,
    /// Of all rated ones, each weighing as much as it has ratings; 0 without any.
    pub average_rating: f64,
    pub by_difficulty: BTreeMap<String, u64>,
}

impl Tours {
    pub async fn list_treks(
        &self,
        variant: Variant,
        query: TrekQuery,
        caller: Option<&Caller>,
    ) -> Result<Results<Shown<TrekItem>>> {
        if variant == Variant::Search && query.search.as_deref().is_none_or(|text| text.trim().is_empty()) {
            return Err(Failure::field("q", "is required"));
        }
        // Only administrators are shown more; from others the wish is taken and changes nothing.
        let everything =
            query.include_disabled && variant == Variant::All && caller.is_some_and(Caller::is_admin);
        let shelves = if everything {
            self.catalogue
                .open([Shelf::Treks, Shelf::HiddenTreks, Shelf::Regions, Shelf::HiddenRegions])
                .await?
        } else {
            self.catalogue.open([Shelf::Treks, Shelf::Regions, Shelf::HiddenRegions]).await?
        };
        let regions: Vec<_> = shelves.on(Shelf::Regions).chain(shelves.on(Shelf::HiddenRegions)).collect();
        let names: HashMap<_, _> =
            regions.iter().filter_map(|it| Some((it["id"].as_str()?, &it["name"]))).collect();
        let now = time::now();
        let region_of = |entry: &Value| {
            let id = entry["region_id"].as_str()?;
            names.get(id)?.as_str()
        };
        let mut found = Vec::new();
        for entry in shelves.on(Shelf::Treks).chain(shelves.on(Shelf::HiddenTreks)) {
            let listed = Listed::deserialize(entry).map_err(Failure::internal)?;
            let region = region_of(entry).unwrap_or_default();
            if (everything || is_on_sale(&listed, now)) && query.wants(variant, &listed, entry, region) {
                found.push(entry);
            }
        }
        let (most, order) = match variant {
            Variant::All | Variant::Getaways | Variant::Region(_) => (u32::MAX, None),
            Variant::Popular => (POPULAR, Some("-popularity")),
            Variant::Featured => (FEATURED, Some("-popularity")),
            Variant::Search => (FOUND, None),
        };
        let rest = TREKS.first(query.rest, most, order)?;
        // Only what stands on the page is copied.
        let mut page = CatalogueQuery { fields: Projection::All, ..rest.clone() }.apply(found);
        for entry in &mut page.data {
            entry["region_name"] = json!(region_of(entry).unwrap_or_default());
            shorten(entry, variant);
            *entry = rest.project(entry);
        }
        Ok(page.into())
    }

    pub async fn trek_categories(&self) -> Result<All<CategoryCount>> {
        let shelves = self.catalogue.open([Shelf::Treks]).await?;
        let now = time::now();
        let mut counts: Vec<_> = [
            TrekCategory::Mountains,
            TrekCategory::Coastal,
            TrekCategory::Desert,
            TrekCategory::Adventure,
            TrekCategory::Relaxing,
            TrekCategory::Cultural,
        ]
        .map(|category| CategoryCount { category, trek_count: 0 })
        .into();
        for entry in shelves.all() {
            let listed = Listed::deserialize(entry).map_err(Failure::internal)?;
            let count = counts.iter_mut().find(|it| Some(it.category) == listed.category);
            if let Some(count) = count.filter(|_| is_on_sale(&listed, now)) {
                count.trek_count += 1;
            }
        }
        Ok(All::new(counts))
    }

    pub async fn trek_statistics(&self) -> Result<TrekStatistics> {
        let shelves = self.catalogue.open([Shelf::Treks, Shelf::HiddenTreks]).await?;
        let now = time::now();
        let mut statistics = TrekStatistics {
            total: 0,
            enabled: shelves.on(Shelf::Treks).count() as u64,
            on_sale: 0,
            featured: 0,
            total_bookings: 0,
            average_rating: 0.0,
            by_difficulty: BTreeMap::new(),
        };
        let (mut ratings, mut stars) = (0, 0.0);
        for entry in shelves.all() {
            let listed = Listed::deserialize(entry).map_err(Failure::internal)?;
            statistics.total += 1;
            statistics.on_sale += u64::from(entry["is_enabled"] == true && is_on_sale(&listed, now));
            statistics.featured += u64::from(listed.is_featured);
            statistics.total_bookings += listed.booking_count;
            ratings += listed.ratings_quantity;
            stars += listed.average_rating * listed.ratings_quantity as f64;
            let difficulty = entry["difficulty"].as_str().unwrap_or_default().to_owned();
            *statistics.by_difficulty.entry(difficulty).or_default() += 1;
        }
        if ratings > 0 {
            statistics.average_rating = (stars / ratings as f64 * 10.0).round() / 10.0;
        }
        Ok(statistics)
    }
}

/// Leaves out what would make a list long: other lists show the pictures, blogs and activities of weekends away.
fn shorten(entry: &mut Value, variant: Variant) {
    let Some(members) = entry.as_object_mut() else { return };
    if variant != Variant::Getaways {
        members.remove("weekend_getaway");
    } else if let Some(away) = members.get_mut("weekend_getaway").and_then(Value::as_object_mut) {
        away.retain(|name, _| !["activities", "blogs", "gallery"].contains(&name.as_str()));
    }
}

impl TrekQuery {
    /// What the query language of the catalogue does not say.
    fn wants(&self, variant: Variant, listed: &Listed, entry: &Value, region: &str) -> bool {
        let of_variant = match variant {
            Variant::Region(region) => listed.region_id == region,
            Variant::Featured => listed.is_featured,
            Variant::Getaways => is_getaway(entry),
            _ => true,
        };
        of_variant
            && self.search.as_deref().is_none_or(|words| {
                let own = ["name", "description"].map(|field| entry[field].as_str().unwrap_or_default());
                says(own.into_iter().chain([region]), words)
            })
            && self.region.is_none_or(|region| listed.region_id == region)
            && self.days.is_none_or(|days| (days.from..=days.to).contains(&listed.duration))
            && self.min_price.is_none_or(|Price(least)| listed.display_price >= least)
            && self.max_price.is_none_or(|Price(most)| listed.display_price <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_parts_of_the_path_say_which_list_it_is() {
        let region = RegionId::new();
        assert_eq!(Variant::of("/api/v1/treks").unwrap(), Variant::All);
        assert_eq!(Variant::of("/api/treks").unwrap(), Variant::All);
        assert_eq!(Variant::of("/api/v1/treks/popular").unwrap(), Variant::Popular);
        assert_eq!(
            Variant::of(&format!("/api/v1/treks/by-region/{region}")).unwrap(),
            Variant::Region(region)
        );
        assert!(Variant::of("/api/v1/treks/by-region/himalaya").is_err());
    }

    #[test]
    fn days_are_a_number_or_a_range() {
        assert_eq!("3-6".parse(), Ok(Days { from: 3, to: 6 }));
        assert_eq!("5".parse(), Ok(Days { from: 5, to: 5 }));
        for text in ["", "a", "3-", "-3", "3-6-9"] {
            assert!(text.parse::<Days>().is_err(), "{text}");
        }
    }

    #[test]
    fn seasons_may_repeat_and_what_is_unknown_is_named() {
        let read = |raw: &str| {
            let mut params = Params::read(raw).unwrap();
            let query = TrekQuery::take(&mut params);
            params.finish(query)
        };
        let query = read("season=Winter&season=Spring&sort=-price&duration=3-6&search=snow").unwrap();
        assert_eq!((query.rest.limit, query.rest.filters.len()), (12, 1));
        let failure = read("min_price=-1&include_disabled=1&is_enabled=false").unwrap_err();
        assert_eq!(failure.errors.len(), 3);
    }
}
