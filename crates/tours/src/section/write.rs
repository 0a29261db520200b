//! TO-27, TO-28: writing sections.

use contracts::tours::SectionChanged;
use deserr::Deserr;
use kernel::{Failure, Problem, Result, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Record, Transaction};
use web::{Created, NoContent, Once};

use super::{Section, SectionFacts, SectionId, SectionView};
use crate::shelf::{Place, Shelf};
use crate::slug::{self, folded};
use crate::tour::write::{changed_meanwhile, guard_of};
use crate::{Tours, again, reference};

pub const NAME_TAKEN: Problem = Problem::new("section-name-taken", 409, "Another section has this name");
pub const IN_USE: Problem = Problem::new("section-in-use", 409, "Treks stand in this section");

/// The entry that is no section but says how they stand. It is on the public shelf, where both lists find it.
pub const ORDER: &str = "ORDER";
/// How many sections can be put in order.
const MOST: usize = 200;

fn name_guard(name: &str) -> String {
    format!("SECTION-NAME#{}", folded(name))
}

pub(crate) fn slug_guard(slug: &str) -> String {
    format!("SECTION-SLUG#{slug}")
}

/// The sections as they are to stand. Those that are left out follow, the oldest first.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewOrder {
    #[schemars(length(max = 200))]
    pub ids: Vec<SectionId>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Order {
    ids: Vec<SectionId>,
    place: Option<Place>,
    version: u64,
}

impl Record for Order {
    const KIND: &'static str = "section-order";

    fn key(&self) -> Key {
        Key::new("SECTIONS", ORDER)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Tours {
    pub async fn create_section(&self, once: Once, facts: &SectionFacts) -> Result<Created<SectionView>> {
        facts.check()?;
        again(|| async {
            let head = self.catalogue.head().await?;
            let slug = self.free_slug(slug_guard, facts.name.as_str()).await?;
            let created_at = time::now();
            let mut section = Section {
                id: SectionId::new(),
                slug,
                facts: facts.clone(),
                place: None,
                created_at,
                version: 1,
            };
            let shelving = self.catalogue.shelve(head, &section.id, None, section.entry()?).await?;
            section.place = shelving.place;
            let (table, id) = (&self.table, section.id.to_string());
            let effect = Transaction::new()
                .guard(table, &name_guard(facts.name.as_str()), &id, name_taken())?
                .guard(table, &slug_guard(&section.slug), &id, slug::TAKEN.because("Try again."))?
                .create(table, &section, Failure::internal("section id used twice"))?
                .publish(&SectionChanged::from(&section))?;
            let effect = reference::begin(effect, table, &Section::partition(section.id))?;
            let location = format!("/api/v1/trek-sections/{id}");
            let created = Created { location, body: SectionView::from(&section) };
            once.clone().commit(table, shelving.into(effect, table)?, created).await
        })
        .await
    }

    /// Everything about it that was sent.
    pub async fn update_section(&self, id: SectionId, facts: &SectionFacts) -> Result<SectionView> {
        facts.check()?;
        again(|| async {
            let head = self.catalogue.head().await?;
            let section = self.section(id).await?;
            let mut changed = Section { facts: facts.clone(), ..section.clone() };
            let mut effect = Transaction::new();
            let (old, new) = (section.facts.name.as_str(), facts.name.as_str());
            if name_guard(old) != name_guard(new) {
                effect = self.swap(effect, &name_guard(old), &name_guard(new), &id, name_taken())?;
            }
            if slug::slug(old) != slug::slug(new) {
                let slug = self.free_slug(slug_guard, new).await?;
                let taken = slug::TAKEN.because("Try again.");
                effect = self.swap(effect, &slug_guard(&section.slug), &slug_guard(&slug), &id, taken)?;
                changed.slug = slug;
            }
            let shelving = self.catalogue.shelve(head, &id, section.place, changed.entry()?).await?;
            changed.place = shelving.place;
            effect = shelving.into(effect.replace(&self.table, &changed)?, &self.table)?;
            changed.version += 1;
            effect.publish(&SectionChanged::from(&changed))?.commit(&self.table).await?;
            Ok(SectionView::from(&changed))
        })
        .await
    }

    pub async fn delete_section(&self, id: SectionId) -> Result<NoContent> {
        again(|| async {
            let head = self.catalogue.head().await?;
            let section = self.section(id).await?;
            let shelving = self.catalogue.shelve(head, &id, section.place, None).await?;
            let (table, name) = (&self.table, section.facts.name.as_str());
            let effect = Transaction::new()
                .discard(table, &section, changed_meanwhile())?
                .delete(guard_of(table, &name_guard(name), &id)?, changed_meanwhile())
                .delete(guard_of(table, &slug_guard(&section.slug), &id)?, changed_meanwhile());
            let used = IN_USE.because("Move or delete its treks first.");
            let effect = reference::end(effect, table, &Section::partition(id), used)?;
            let gone = SectionChanged {
                deleted: true,
                version: section.version + 1,
                ..SectionChanged::from(&section)
            };
            shelving.into(effect.publish(&gone)?, table)?.commit(table).await?;
            Ok(NoContent)
        })
        .await
    }

    /// One entry of the catalogue says how all of them stand, so one write is enough.
    pub async fn reorder_sections(&self, order: &NewOrder) -> Result<NoContent> {
        let ids = &order.ids;
        if ids.len() > MOST {
            return Err(Failure::field("/ids", format!("must have at most {MOST} elements")));
        }
        if let Some(twice) = ids.iter().enumerate().find(|(at, id)| ids[..*at].contains(id)) {
            return Err(Failure::field(format!("/ids/{}", twice.0), "stands here twice"));
        }
        again(|| async {
            let head = self.catalogue.head().await?;
            let key = Order::default().key();
            let stored = self.table.item(&key, true).await?.map(Order::from_item).transpose()?;
            let before = stored.clone().unwrap_or_default();
            let entry = json!({"id": ORDER, "ids": ids});
            let shelving =
                self.catalogue.shelve(head, &ORDER, before.place, Some((Shelf::Sections, entry))).await?;
            let mut after = Order { ids: ids.clone(), place: shelving.place, version: before.version };
            let effect = match stored {
                Some(_) => Transaction::new().replace(&self.table, &after)?,
                None => {
                    after.version = 1;
                    Transaction::new().create(&self.table, &after, changed_meanwhile())?
                }
            };
            shelving.into(effect, &self.table)?.commit(&self.table).await?;
            Ok(NoContent)
        })
        .await
    }

    async fn section(&self, id: SectionId) -> Result<Section> {
        let item = self.table.item(&Section::key_of(id), true).await?;
        item.map(Section::from_item).transpose()?.ok_or_else(no_such_section)
    }
}

pub(crate) fn no_such_section() -> Failure {
    Failure::not_found("section")
}

fn name_taken() -> Failure {
    NAME_TAKEN.because("Choose another name.")
}
