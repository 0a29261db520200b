//! TO-26: sections as they stand.

use std::collections::{HashMap, HashSet};

use kernel::query::{Catalogue, CatalogueQuery, Field, Kind, Parameter, Parameters, Params};
use kernel::{Failure, Result, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::Caller;

use super::write::{ORDER, no_such_section};
use super::{SectionId, SectionView};
use crate::Tours;
use crate::catalogue::Shelves;
use crate::region::list::{is_named, mentions};
use crate::shelf::Shelf;
use crate::text::{LONGEST_SEARCH, take_words};
use crate::tour::show::Handle;
use crate::trek::list::{Listed, is_on_sale};
use kernel::results::{Results, Shown};

const SECTIONS: Catalogue = Catalogue::new(&[
    Field::new("name", Kind::Text).filter().sort(),
    Field::new("type", Kind::Enum(&["catalogue", "trek", "banner"])).filter(),
    Field::new("is_active", Kind::Bool).filter(),
    Field::new("is_featured", Kind::Bool).filter(),
    Field::new("order", Kind::Integer).sort(),
    Field::new("trek_count", Kind::Integer).sort(),
    Field::new("created_at", Kind::Time).sort(),
    Field::new("slug", Kind::Text),
    Field::new("description", Kind::Text),
    Field::new("icon", Kind::Text),
    Field::new("color", Kind::Text),
    Field::new("config", Kind::Text),
    Field::new("trek_ids", Kind::Text),
    Field::new("banner", Kind::Text),
])
.sorted("order")
.limit(100);

const POPULAR: u32 = 10;

#[derive(Debug, Clone, PartialEq)]
pub struct SectionQuery {
    /// Words of the name or the description.
    pub search: Option<String>,
    pub rest: CatalogueQuery,
}

impl Parameters for SectionQuery {
    fn take(params: &mut Params) -> Self {
        Self { search: take_words(params, "q"), rest: SECTIONS.take(params) }
    }

    fn parameters() -> Vec<Parameter> {
        let text = "Words of the name or the description; required by `/search`.";
        let mut parameters =
            vec![Parameter::new("q", text, json!({"type": "string", "maxLength": LONGEST_SEARCH}))];
        parameters.extend(SECTIONS.parameters());
        parameters
    }
}

/// A section in a list: where it stands, and what is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SectionItem {
    #[serde(flatten)]
    pub section: SectionView,
    /// From 1.
    pub order: u64,
    /// Its treks that are on sale.
    pub trek_count: u64,
}

/// What can be counted about a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SectionStatistics {
    pub id: SectionId,
    pub name: String,
    /// Its treks that are on sale.
    pub trek_count: u64,
    /// Of its treks.
    pub total_bookings: u64,
}

impl Tours {
    /// `variant` is the last part of the path: a pure variant of the list.
    pub async fn list_sections(
        &self,
        variant: &str,
        query: SectionQuery,
        caller: Option<&Caller>,
    ) -> Result<Results<Shown<SectionItem>>> {
        if variant == "search" && query.search.as_deref().is_none_or(|text| text.trim().is_empty()) {
            return Err(Failure::field("q", "is required"));
        }
        let shelves = self.catalogue.open([Shelf::Sections, Shelf::HiddenSections, Shelf::Treks]).await?;
        let inactive = variant == "trek-sections" && caller.is_some_and(Caller::is_admin);
        let mut sections = in_order(&shelves, inactive)?;
        sections.retain(|section| {
            let of_variant = match variant {
                "featured" => section["is_featured"] == true,
                "homepage" => section["type"] != "catalogue" || section["config"]["homepage"] == true,
                "navigation" => section["config"]["navigation"] == true,
                _ => true,
            };
            let words = query.search.as_deref();
            of_variant && words.is_none_or(|words| mentions(section, &["name", "description"], words))
        });
        let rest = match variant {
            "popular" => SECTIONS.first(query.rest, POPULAR, Some("-trek_count"))?,
            _ => query.rest,
        };
        Ok(rest.apply(&sections).into())
    }

    pub async fn show_section(&self, handle: &Handle, caller: Option<&Caller>) -> Result<SectionItem> {
        let shelves = self.catalogue.open([Shelf::Sections, Shelf::HiddenSections, Shelf::Treks]).await?;
        let sections = in_order(&shelves, caller.is_some_and(Caller::is_admin))?;
        let section = sections.into_iter().find(|section| is_named(section, handle));
        SectionItem::deserialize(section.ok_or_else(no_such_section)?).map_err(Failure::internal)
    }

    pub async fn section_statistics(&self, id: SectionId) -> Result<SectionStatistics> {
        let shelves = self.catalogue.open([Shelf::Sections, Shelf::Treks]).await?;
        let sections = in_order(&shelves, false)?;
        let section = sections.into_iter().find(|section| section["id"] == id.to_string());
        let section: SectionItem =
            SectionItem::deserialize(section.ok_or_else(no_such_section)?).map_err(Failure::internal)?;
        let (trek_count, total_bookings) =
            counts(&shelves)?.get(&id.to_string()).copied().unwrap_or_default();
        Ok(SectionStatistics { id, name: section.section.facts.name.to_string(), trek_count, total_bookings })
    }
}

/// The sections as they stand: those that were put in order first, then the others, the oldest first.
fn in_order(shelves: &Shelves, inactive: bool) -> Result<Vec<Value>> {
    let is_order = |entry: &&Value| entry["id"] == ORDER;
    let order = shelves.on(Shelf::Sections).find(is_order);
    let order: Vec<_> = order.and_then(|order| order["ids"].as_array()).cloned().unwrap_or_default();
    let at: HashMap<_, _> =
        order.iter().enumerate().filter_map(|(at, id)| Some((id.as_str()?, at))).collect();
    let hidden = shelves.on(Shelf::HiddenSections).filter(|_| inactive);
    let mut sections: Vec<_> =
        shelves.on(Shelf::Sections).filter(|entry| !is_order(entry)).chain(hidden).cloned().collect();
    sections.sort_by_cached_key(|section| {
        let id = section["id"].as_str().unwrap_or_default().to_owned();
        (at.get(id.as_str()).copied().unwrap_or(usize::MAX), id)
    });
    let public: HashSet<_> = shelves.on(Shelf::Treks).filter_map(|trek| trek["id"].as_str()).collect();
    let counts = counts(shelves)?;
    for (at, section) in sections.iter_mut().enumerate() {
        let id = section["id"].as_str().unwrap_or_default();
        let (treks, _) = counts.get(id).copied().unwrap_or_default();
        // Not even the ids of treks that are not on sale are told.
        if let Some(ids) = section["trek_ids"].as_array_mut().filter(|_| !inactive) {
            ids.retain(|id| id.as_str().is_some_and(|id| public.contains(id)));
        }
        section["order"] = json!(at + 1);
        section["trek_count"] = json!(treks);
    }
    Ok(sections)
}

/// Treks on sale and their bookings, by section.
fn counts(shelves: &Shelves) -> Result<HashMap<String, (u64, u64)>> {
    let now = time::now();
    let mut counts = HashMap::<_, (u64, u64)>::new();
    for trek in shelves.on(Shelf::Treks) {
        let listed = Listed::deserialize(trek).map_err(Failure::internal)?;
        let section = trek["section_id"].as_str().filter(|_| is_on_sale(&listed, now));
        if let Some(section) = section {
            let count = counts.entry(section.to_owned()).or_default();
            count.0 += 1;
            count.1 += listed.booking_count;
        }
    }
    Ok(counts)
}
