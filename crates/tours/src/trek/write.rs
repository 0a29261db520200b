//! TO-17 to TO-20: writing treks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::tours::{TrekChanged, TrekCreated, TrekDeleted, TrekDisabled, TrekEnabled};
use kernel::text::digest;
use kernel::{Failure, Problem, Result, time};
use store::Transaction;
use web::{Created, NoContent, Once};

use super::{Trek, TrekFacts, TrekId, TrekView};
use crate::departures::{Departure, Departures};
use crate::listed::Listed;
use crate::rating::Rating;
use crate::region::Region;
use crate::section::Section;
use crate::shelf::Head;
use crate::slug;
use crate::tour::write::{changed_meanwhile, guard_of};
use crate::{Tours, again, reference};

pub const NO_DEPARTURE: Problem = Problem::new("trek-without-departure", 409, "The trek has no departure");
pub const BOOKED: Problem = Problem::new("trek-booked", 409, "Somebody has booked this trek");

/// The token itself is in no key: keys may stand in logs.
pub(crate) fn token_guard(token: &str) -> String {
    format!("TREK-TOKEN#{}", digest(token))
}

pub(crate) fn slug_guard(slug: &str) -> String {
    format!("TREK-SLUG#{slug}")
}

impl Tours {
    /// A new trek is not on sale, because it has no departure yet; one that is made for somebody has its link at once.
    pub async fn create_trek(&self, once: Once, facts: &TrekFacts) -> Result<Created<TrekView>> {
        facts.check()?;
        let access_token = facts.custom.as_ref().map(|_| new_token()).transpose()?;
        again(|| async {
            let head = self.catalogue.head().await?;
            let slug = self.free_slug(slug_guard, facts.name.as_str()).await?;
            let mut trek = Trek {
                id: TrekId::new(),
                slug,
                facts: facts.clone(),
                is_enabled: facts.custom.is_some(),
                rating: Rating::OF_A_NEW_TREK,
                booking_count: 0,
                access_token: access_token.clone(),
                place: None,
                created_at: time::now(),
                version: 1,
            };
            let none = Departures::default();
            let shelving = self.catalogue.shelve(head, &trek.id, None, trek.entry(&none)?).await?;
            trek.place = shelving.place;
            let (table, id) = (&self.table, trek.id.to_string());
            let effect = Transaction::new()
                .guard(table, &slug_guard(&trek.slug), &id, slug::TAKEN.because("Try again."))?
                .create(table, &trek, Failure::internal("trek id used twice"))?
                .publish(&TrekCreated { trek_id: id.clone(), name: facts.name.to_string() })?
                .publish(&TrekChanged::try_from(&trek)?)?;
            let mut effect = self.point(effect, None, Some(facts))?;
            if let Some(token) = &access_token {
                let used = Failure::internal("a token was drawn twice");
                effect = effect.guard(table, &token_guard(token), &id, used)?;
            }
            let created =
                Created { location: format!("/api/v1/treks/{id}"), body: TrekView::new(&trek, &none) };
            once.clone().commit(table, shelving.into(effect, table)?, created).await
        })
        .await
    }

    /// Everything about it that was sent.
    pub async fn update_trek(&self, id: TrekId, facts: &TrekFacts) -> Result<TrekView> {
        facts.check()?;
        again(|| async {
            let head = self.catalogue.head().await?;
            let (trek, departures) = self.trek(id).await?.ok_or_else(no_such_trek)?;
            if facts.custom.is_some() != trek.facts.custom.is_some() {
                return Err(Failure::field("/custom", "is said once, when the trek is made"));
            }
            let mut changed = Trek { facts: facts.clone(), ..trek.clone() };
            let mut effect = self.point(Transaction::new(), Some(&trek.facts), Some(facts))?;
            if slug::slug(trek.facts.name.as_str()) != slug::slug(facts.name.as_str()) {
                let slug = self.free_slug(slug_guard, facts.name.as_str()).await?;
                let taken = slug::TAKEN.because("Try again.");
                effect = self.swap(effect, &slug_guard(&trek.slug), &slug_guard(&slug), &id, taken)?;
                changed.slug = slug;
            }
            self.replace_trek(effect, head, &mut changed, &departures).await?.commit(&self.table).await?;
            Ok(TrekView::new(&changed, &departures))
        })
        .await
    }

    /// On sale, or not any more.
    pub async fn toggle_trek(&self, id: TrekId) -> Result<TrekView> {
        again(|| async {
            let head = self.catalogue.head().await?;
            let (trek, departures) = self.trek(id).await?.ok_or_else(no_such_trek)?;
            let mut changed = Trek { is_enabled: !trek.is_enabled, ..trek.clone() };
            if changed.is_enabled && !departures.list.iter().any(Departure::takes_place) {
                return Err(NO_DEPARTURE.because("Add a batch to it first."));
            }
            let trek_id = id.to_string();
            let effect = match changed.is_enabled {
                true => Transaction::new().publish(&TrekEnabled { trek_id })?,
                false => Transaction::new().publish(&TrekDisabled { trek_id })?,
            };
            self.replace_trek(effect, head, &mut changed, &departures).await?.commit(&self.table).await?;
            Ok(TrekView::new(&changed, &departures))
        })
        .await
    }

    /// A changed trek with its entry in the catalogue and its event. `head` was read before the trek.
    pub(crate) async fn replace_trek(
        &self,
        effect: Transaction,
        head: Head,
        changed: &mut Trek,
        departures: &Departures,
    ) -> Result<Transaction> {
        let effect = self.relist(effect, head, changed, departures).await?;
        changed.version += 1;
        effect.publish(&TrekChanged::try_from(&*changed)?)
    }

    pub async fn delete_trek(&self, id: TrekId) -> Result<NoContent> {
        again(|| async {
            let head = self.catalogue.head().await?;
            let (trek, departures) = self.trek(id).await?.ok_or_else(no_such_trek)?;
            if departures.is_booked() {
                return Err(
                    BOOKED.because("Cancel its batches first, so that everybody gets their money back.")
                );
            }
            let shelving = self.catalogue.shelve(head, &id, trek.place, None).await?;
            let table = &self.table;
            let mut effect = Transaction::new()
                .discard(table, &trek, changed_meanwhile())?
                .delete(guard_of(table, &slug_guard(&trek.slug), &id)?, changed_meanwhile());
            if departures.version > 0 {
                // A seat that is booked in this moment keeps the trek.
                effect = effect.discard(table, &departures, changed_meanwhile())?;
            }
            if let Some(token) = &trek.access_token {
                effect = effect.delete(guard_of(table, &token_guard(token), &id)?, changed_meanwhile());
            }
            let effect = self.point(effect, Some(&trek.facts), None)?;
            let gone =
                TrekChanged { deleted: true, version: trek.version + 1, ..TrekChanged::try_from(&trek)? };
            let effect = effect.publish(&TrekDeleted { trek_id: id.to_string() })?.publish(&gone)?;
            shelving.into(effect, table)?.commit(table).await?;
            Ok(NoContent)
        })
        .await
    }

    /// Counts what a trek points at: its region, and its section if it has one. Both must be there.
    fn point(
        &self,
        mut effect: Transaction,
        before: Option<&TrekFacts>,
        after: Option<&TrekFacts>,
    ) -> Result<Transaction> {
        let region = |facts: &TrekFacts| Region::partition(facts.region_id);
        let section = |facts: &TrekFacts| facts.section_id.map(Section::partition);
        let targets = [
            (before.map(region), after.map(region), "/region_id", "is no region"),
            (before.and_then(section), after.and_then(section), "/section_id", "is no section"),
        ];
        for (old, new, pointer, message) in targets {
            if old == new {
                continue;
            }
            let gone = || Failure::field(pointer, message);
            if let Some(old) = old {
                effect = reference::count(effect, &self.table, &old, -1, gone())?;
            }
            if let Some(new) = new {
                effect = reference::count(effect, &self.table, &new, 1, gone())?;
            }
        }
        Ok(effect)
    }
}

/// 256 bits that nobody can guess.
fn new_token() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Failure::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(crate) fn no_such_trek() -> Failure {
    Failure::not_found("trek")
}
