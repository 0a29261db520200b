//! TO-24, TO-25: writing regions.

use contracts::tours::RegionChanged;
use deserr::Deserr;
use kernel::{Failure, Problem, Result, time};
use schemars::JsonSchema;
use store::{Record, Transaction};
use web::{Created, NoContent, Once};

use super::{Region, RegionFacts, RegionId, RegionView};
use crate::shelf::Head;
use crate::slug::{self, folded};
use crate::tour::write::{changed_meanwhile, guard_of};
use crate::{Tours, again, reference};

pub const NAME_TAKEN: Problem = Problem::new("region-name-taken", 409, "Another region has this name");
pub const IN_USE: Problem = Problem::new("region-in-use", 409, "Treks point at this region");

fn name_guard(name: &str) -> String {
    format!("REGION-NAME#{}", folded(name))
}

pub(crate) fn slug_guard(slug: &str) -> String {
    format!("REGION-SLUG#{slug}")
}

/// Whether everybody sees it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct ActiveWish {
    pub is_active: bool,
}

/// Whether it stands in front.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct FeaturedWish {
    pub is_featured: bool,
}

impl Tours {
    pub async fn create_region(&self, once: Once, facts: &RegionFacts) -> Result<Created<RegionView>> {
        facts.check()?;
        again(|| async {
            let head = self.catalogue.head().await?;
            let slug = self.free_slug(slug_guard, facts.name.as_str()).await?;
            let mut region = Region {
                id: RegionId::new(),
                slug,
                facts: facts.clone(),
                is_active: true,
                is_featured: false,
                place: None,
                created_at: time::now(),
                version: 1,
            };
            let shelving = self.catalogue.shelve(head, &region.id, None, region.entry()?).await?;
            region.place = shelving.place;
            let (table, id) = (&self.table, region.id.to_string());
            let effect = Transaction::new()
                .guard(table, &name_guard(facts.name.as_str()), &id, name_taken())?
                .guard(table, &slug_guard(&region.slug), &id, slug::TAKEN.because("Try again."))?
                .create(table, &region, Failure::internal("region id used twice"))?
                .publish(&RegionChanged::from(&region))?;
            let effect = reference::begin(effect, table, &Region::partition(region.id))?;
            let created =
                Created { location: format!("/api/v1/regions/{id}"), body: RegionView::from(&region) };
            once.clone().commit(table, shelving.into(effect, table)?, created).await
        })
        .await
    }

    /// Everything about it that was sent.
    pub async fn update_region(&self, id: RegionId, facts: &RegionFacts) -> Result<RegionView> {
        facts.check()?;
        self.change_region(id, |region| region.facts = facts.clone()).await
    }

    pub async fn activate_region(&self, id: RegionId, wish: &ActiveWish) -> Result<RegionView> {
        self.change_region(id, |region| region.is_active = wish.is_active).await
    }

    pub async fn feature_region(&self, id: RegionId, wish: &FeaturedWish) -> Result<RegionView> {
        self.change_region(id, |region| region.is_featured = wish.is_featured).await
    }

    async fn change_region(&self, id: RegionId, change: impl Fn(&mut Region)) -> Result<RegionView> {
        again(|| async {
            let head = self.catalogue.head().await?;
            let region = self.region(id).await?;
            let mut changed = region.clone();
            change(&mut changed);
            let mut effect = Transaction::new();
            let (old, new) = (region.facts.name.as_str(), changed.facts.name.as_str());
            if name_guard(old) != name_guard(new) {
                effect = self.swap(effect, &name_guard(old), &name_guard(new), &id, name_taken())?;
            }
            if slug::slug(old) != slug::slug(new) {
                let slug = self.free_slug(slug_guard, new).await?;
                let taken = slug::TAKEN.because("Try again.");
                effect = self.swap(effect, &slug_guard(&region.slug), &slug_guard(&slug), &id, taken)?;
                changed.slug = slug;
            }
            self.replace_region(effect, head, &mut changed).await?.commit(&self.table).await?;
            Ok(RegionView::from(&changed))
        })
        .await
    }

    /// A changed region with its entry in the catalogue and its event. `head` was read before the region.
    pub(crate) async fn replace_region(
        &self,
        effect: Transaction,
        head: Head,
        changed: &mut Region,
    ) -> Result<Transaction> {
        let shelving = self.catalogue.shelve(head, &changed.id, changed.place, changed.entry()?).await?;
        changed.place = shelving.place;
        let effect = shelving.into(effect.replace(&self.table, changed)?, &self.table)?;
        changed.version += 1;
        effect.publish(&RegionChanged::from(&*changed))
    }

    pub async fn delete_region(&self, id: RegionId) -> Result<NoContent> {
        again(|| async {
            let head = self.catalogue.head().await?;
            let region = self.region(id).await?;
            let shelving = self.catalogue.shelve(head, &id, region.place, None).await?;
            let (table, name) = (&self.table, region.facts.name.as_str());
            let effect = Transaction::new()
                .discard(table, &region, changed_meanwhile())?
                .delete(guard_of(table, &name_guard(name), &id)?, changed_meanwhile())
                .delete(guard_of(table, &slug_guard(&region.slug), &id)?, changed_meanwhile());
            let used = IN_USE.because("Move or delete its treks first.");
            let effect = reference::end(effect, table, &Region::partition(id), used)?;
            let gone =
                RegionChanged { deleted: true, version: region.version + 1, ..RegionChanged::from(&region) };
            shelving.into(effect.publish(&gone)?, table)?.commit(table).await?;
            Ok(NoContent)
        })
        .await
    }

    pub(crate) async fn region(&self, id: RegionId) -> Result<Region> {
        let item = self.table.item(&Region::key_of(id), true).await?;
        item.map(Region::from_item).transpose()?.ok_or_else(no_such_region)
    }
}

pub(crate) fn no_such_region() -> Failure {
    Failure::not_found("region")
}

fn name_taken() -> Failure {
    NAME_TAKEN.because("Choose another name.")
}
