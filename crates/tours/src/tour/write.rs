//! TO-8, TO-9, TO-11: writing tours.

use aws_sdk_dynamodb::types::Delete;
use contracts::tours::{TourChanged, TourCreated, TourDeleted};
use kernel::{Failure, Problem, Result, time};
use store::expression::text;
use store::{Key, Table, Transaction};
use web::{Created, NoContent, Once};

use super::body::{NewTour, TourPatch};
use super::{Facts, Tour, TourId, TourView};
use crate::departures::Departures;
use crate::listed::Listed;
use crate::rating::Rating;
use crate::shelf::Head;
use crate::slug::{self, folded};
use crate::{Tours, again};

pub const NAME_TAKEN: Problem = Problem::new("tour-name-taken", 409, "Another tour has this name");
pub const BOOKED: Problem = Problem::new("tour-booked", 409, "Somebody has booked this tour");

pub(crate) fn name_guard(name: &str) -> String {
    format!("TOUR-NAME#{}", folded(name))
}

pub(crate) fn slug_guard(slug: &str) -> String {
    format!("TOUR-SLUG#{slug}")
}

impl Tours {
    pub async fn create_tour(&self, once: Once, new: &NewTour) -> Result<Created<TourView>> {
        let facts = new.facts();
        facts.check()?;
        again(|| async {
            let (tour, effect) = self.new_tour(facts.clone(), Rating::OF_A_NEW_TOUR, None).await?;
            let body = TourView::new(&tour, &Departures::default());
            let created = Created { location: format!("/api/v1/tours/{}", tour.id), body };
            once.clone().commit(&self.table, effect, created).await
        })
        .await
    }

    /// A tour that was not there before, and what makes it be there.
    pub(crate) async fn new_tour(
        &self,
        facts: Facts,
        rating: Rating,
        source_id: Option<String>,
    ) -> Result<(Tour, Transaction)> {
        let head = self.catalogue.head().await?;
        let slug = self.free_slug(slug_guard, facts.name.as_str()).await?;
        let created_at = time::now();
        let mut tour =
            Tour { id: TourId::new(), slug, facts, rating, source_id, place: None, created_at, version: 1 };
        let shelving =
            self.catalogue.shelve(head, &tour.id, None, tour.entry(&Departures::default())?).await?;
        tour.place = shelving.place;
        let (table, id) = (&self.table, tour.id.to_string());
        let effect = Transaction::new()
            .guard(table, &name_guard(tour.facts.name.as_str()), &id, name_taken())?
            .guard(table, &slug_guard(&tour.slug), &id, slug::TAKEN.because("Try again."))?
            .create(table, &tour, Failure::internal("tour id used twice"))?
            .publish(&TourCreated { tour_id: id, name: tour.facts.name.to_string() })?
            .publish(&TourChanged::from(&tour))?;
        let effect = shelving.into(effect, table)?;
        Ok((tour, effect))
    }

    pub async fn update_tour(&self, id: TourId, patch: &TourPatch) -> Result<TourView> {
        again(|| async {
            let head = self.catalogue.head().await?;
            let (tour, departures) = self.tour(id).await?.ok_or_else(no_such_tour)?;
            let facts = patch.apply(tour.facts.clone());
            facts.check()?;
            let mut changed = Tour { facts, ..tour.clone() };
            let mut effect = Transaction::new();
            let (old, new) = (tour.facts.name.as_str(), changed.facts.name.as_str());
            if name_guard(old) != name_guard(new) {
                effect = self.swap(effect, &name_guard(old), &name_guard(new), &id, name_taken())?;
            }
            if slug::slug(old) != slug::slug(new) {
                let slug = self.free_slug(slug_guard, new).await?;
                let taken = slug::TAKEN.because("Try again.");
                effect = self.swap(effect, &slug_guard(&tour.slug), &slug_guard(&slug), &id, taken)?;
                changed.slug = slug;
            }
            self.replace_tour(effect, head, &mut changed, &departures).await?.commit(&self.table).await?;
            let guides = self.guides(&changed.facts.guides).await?;
            Ok(TourView { guides, ..TourView::new(&changed, &departures) })
        })
        .await
    }

    /// A changed tour with its entry in the catalogue and its event. `head` was read before the tour.
    pub(crate) async fn replace_tour(
        &self,
        effect: Transaction,
        head: Head,
        changed: &mut Tour,
        departures: &Departures,
    ) -> Result<Transaction> {
        let effect = self.relist(effect, head, changed, departures).await?;
        changed.version += 1;
        effect.publish(&TourChanged::from(&*changed))
    }

    pub async fn delete_tour(&self, id: TourId) -> Result<NoContent> {
        again(|| async {
            let head = self.catalogue.head().await?;
            let (tour, departures) = self.tour(id).await?.ok_or_else(no_such_tour)?;
            if departures.is_booked() {
                return Err(
                    BOOKED.because("Cancel its departures first, so that everybody gets their money back.")
                );
            }
            let shelving = self.catalogue.shelve(head, &id, tour.place, None).await?;
            let (table, name) = (&self.table, tour.facts.name.as_str());
            let mut effect = Transaction::new()
                .discard(table, &tour, changed_meanwhile())?
                .delete(guard_of(table, &name_guard(name), &id)?, changed_meanwhile())
                .delete(guard_of(table, &slug_guard(&tour.slug), &id)?, changed_meanwhile());
            if departures.version > 0 {
                // A seat that is booked in this moment keeps the tour.
                effect = effect.discard(table, &departures, changed_meanwhile())?;
            }
            let gone = TourChanged { deleted: true, version: tour.version + 1, ..TourChanged::from(&tour) };
            let effect = effect.publish(&TourDeleted { tour_id: id.to_string() })?.publish(&gone)?;
            shelving.into(effect, table)?.commit(table).await?;
            Ok(NoContent)
        })
        .await
    }

    /// Gives one name back and takes another.
    pub(crate) fn swap(
        &self,
        effect: Transaction,
        old: &str,
        new: &str,
        owner: &impl ToString,
        taken: Failure,
    ) -> Result<Transaction> {
        effect.delete(guard_of(&self.table, old, owner)?, changed_meanwhile()).guard(
            &self.table,
            new,
            &owner.to_string(),
            taken,
        )
    }
}

pub(crate) fn guard_of(table: &Table, name: &str, owner: &impl ToString) -> Result<Delete> {
    Delete::builder()
        .table_name(&table.name)
        .set_key(Some(Key::new(name, "GUARD").to_item()))
        .condition_expression("#owner = :owner")
        .expression_attribute_names("#owner", "owner")
        .expression_attribute_values(":owner", text(owner.to_string()))
        .build()
        .map_err(Failure::internal)
}

pub(crate) fn changed_meanwhile() -> Failure {
    Problem::CONFLICT.because("Read it again and repeat your change.")
}

pub(crate) fn no_such_tour() -> Failure {
    Failure::not_found("tour")
}

fn name_taken() -> Failure {
    NAME_TAKEN.because("Choose another name.")
}
