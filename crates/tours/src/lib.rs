//! Tours: what one can book. Tours and treks, the regions and sections they stand in, and the catalogue made of them.
//!
//! Departures and their seats are bookings' matter; here is a projection of them for lists, dates and plans.
//!
//! Access patterns of the table:
//!
//! | question | key | consistency |
//! |---|---|---|
//! | a tour, trek, region or section | `TOUR#<id>` · `TOUR`, `TREK#<id>` · `TREK`, and so on | strong for writers |
//! | its departures | `TOUR#<id>` or `TREK#<id>` · `DEPARTURES` | strong: one item |
//! | the newest reviews of it | `TOUR#<id>` or `TREK#<id>` · `REVIEWS` | strong: one item |
//! | which pictures were uploaded for it | `TOUR#<id>`, `TREK#<id>` or `REGION#<id>` · `UPLOADS` | strong: one item |
//! | what was booked of it | `TREK#<id>` · `COUNTERS` | eventual |
//! | how many treks point at a region or section | `REGION#<id>` or `SECTION#<id>` · `REFERENCES` | strong: conditions only |
//! | whose name, slug or source id is this? | `TOUR-NAME#…`, `TOUR-SLUG#…`, `TREK-SLUG#…` and so on · `GUARD` | strong |
//! | lists of all kinds, filtered and sorted by anything | `CATALOGUE` · `HEAD`, `CATALOGUE#<shelf>` · `CHUNK#<n>` | strong, through [`catalogue`] |
//! | which tours somebody has booked | `USER#<id>` · `TOUR#<tour>` | eventual: a projection of bookings |
//! | who guides it | `GUIDE#<user>` · `GUIDE` | eventual: a projection of identity and users |

pub mod catalogue;
pub mod counters;
pub mod departures;
pub mod geo;
pub mod guide;
pub mod images;
mod listed;
pub mod personal;
pub mod rating;
mod reference;
pub mod region;
pub mod reviews;
pub mod section;
mod shelf;
mod slug;
pub mod text;
pub mod tour;
pub mod trek;

use contracts::tours::{RegionChanged, SectionChanged, TourChanged, TrekChanged};
use kernel::{Result, time};
use platform::describe::{Action, Grant, Limit, Per, SchemaOf};
use platform::model::Entity;
use platform::{Aws, StartError, State};
use store::{Item, OutboxMessage, Record, Table};
use web::limit;

pub use catalogue::Catalogue;
pub use shelf::{Place, Shelf};

/// What reading a catalogue needs.
pub const READS: Grant = Grant::Table(&[Action::BatchGet, Action::Get]);
/// Reads of what everybody may see (gateway.md's table).
pub const BROWSING: Limit = limit::per_quarter_hour("browse", 200, Per::Caller);

/// Links for uploads, and mails that somebody has sent (gateway.md's table).
pub const UPLOADING: Limit = Limit { name: "upload", count: 10, window: time::minutes(5), per: Per::Caller };
pub const INVITING: Limit = limit::per_quarter_hour("invite", 30, Per::Caller);

/// The context's table, and the catalogue as this environment remembers it.
#[derive(Debug, Clone)]
pub struct Tours {
    pub table: Table,
    pub catalogue: Catalogue,
}

impl State for Tours {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Table::start(aws)?))
    }
}

impl Tours {
    pub fn new(table: Table) -> Self {
        Self { catalogue: Catalogue::new(table.clone()), table }
    }
}

/// Does the work again, from reading on, when somebody else changed the entity, moved the catalogue or took a slug meanwhile.
pub(crate) async fn again<R, F: Future<Output = Result<R>>>(work: impl FnMut() -> F) -> Result<R> {
    store::again_at(&[shelf::MOVED, slug::TAKEN], work).await
}

/// What an item tells others, for a replay.
pub fn snapshot(item: Item) -> Result<Option<OutboxMessage>> {
    let is = |kind: &str| item.get("kind").and_then(|it| it.as_s().ok()).is_some_and(|it| it == kind);
    if is(tour::Tour::KIND) {
        return OutboxMessage::event(&TourChanged::from(&tour::Tour::from_item(item)?)).map(Some);
    }
    if is(trek::Trek::KIND) {
        return OutboxMessage::event(&TrekChanged::try_from(&trek::Trek::from_item(item)?)?).map(Some);
    }
    if is(region::Region::KIND) {
        return OutboxMessage::event(&RegionChanged::from(&region::Region::from_item(item)?)).map(Some);
    }
    if is(section::Section::KIND) {
        return OutboxMessage::event(&SectionChanged::from(&section::Section::from_item(item)?)).map(Some);
    }
    Ok(None)
}

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    fn entity<T: schemars::JsonSchema>(name: &'static str, key: &'static str) -> Entity {
        let schema: SchemaOf = |generator| T::json_schema(generator);
        Entity { name, key, schema }
    }
    vec![
        entity::<tour::Tour>("Tour", "pk TOUR#id · sk TOUR"),
        entity::<trek::Trek>("Trek", "pk TREK#id · sk TREK"),
        entity::<region::Region>("Region", "pk REGION#id · sk REGION"),
        entity::<section::Section>("Section", "pk SECTION#id · sk SECTION"),
        entity::<departures::Departures>("Departures", "pk TOUR#owner or TREK#owner · sk DEPARTURES"),
        entity::<reviews::Reviews>("Reviews", "pk TOUR#owner or TREK#owner · sk REVIEWS"),
        entity::<images::Uploads>("Uploads", "pk TOUR#owner, TREK#owner or REGION#owner · sk UPLOADS"),
        entity::<tour::mine::Booked>("Booked", "pk USER#user_id · sk TOUR#tour_id"),
        entity::<guide::Guide>("Guide", "pk GUIDE#user_id · sk GUIDE"),
        entity::<shelf::Head>("CatalogueHead", "pk CATALOGUE · sk HEAD"),
    ]
}
