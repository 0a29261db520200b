//! TO-12: the tours behind somebody's bookings, as bookings tells of them.

use aws_sdk_dynamodb::types::{ConditionCheck, Update};
use kernel::page::{Page, PageRequest};
use kernel::{Failure, Problem, Result, UserId};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text, values};
use store::{Key, Listing, Pager, Record, Transaction};
use web::Caller;

use super::{Tour, TourId, TourView};
use crate::Tours;
use crate::departures::Departures;
use crate::guide;

/// Never answered: what somebody books who was erased is counted without them.
pub(crate) const LEFT: Problem = Problem::new("traveller-left", 409, "The traveller was erased");

/// Keys in one call.
const AT_ONCE: usize = 100;

/// That somebody has booked a tour, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Booked {
    pub user_id: UserId,
    pub tour_id: TourId,
    /// Paid, in part at least, and not cancelled; below one there is nothing to show.
    pub bookings: i64,
}

impl Record for Booked {
    const KIND: &'static str = "booked";

    fn key(&self) -> Key {
        key_of(self.user_id, self.tour_id)
    }
}

pub(crate) fn partition(user: UserId) -> String {
    format!("USER#{user}")
}

fn key_of(user: UserId, tour: TourId) -> Key {
    Key::new(partition(user), format!("TOUR#{tour}"))
}

/// Tours, and the means to lead from one page of them to the next.
pub struct Traveller {
    pub tours: Tours,
    pub pager: Pager,
}

impl State for Traveller {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { tours: Tours::start(aws).await?, pager: Pager::start()? })
    }
}

impl Traveller {
    /// The caller's own. Whoever has booked a tour may see it, also when it is secret.
    pub async fn list_own_tours(&self, caller: &Caller, request: &PageRequest) -> Result<Page<TourView>> {
        let pk = partition(caller.user_id);
        let listing = Listing { index: None, pk: &pk, prefix: "TOUR#", newest_first: true };
        let page = self.pager.page::<Booked>(&self.tours.table, listing, request).await?;
        let booked = page.data.iter().filter(|it| it.bookings > 0);
        let keys: Vec<_> = booked.map(|it| (Tour::key_of(it.tour_id), Tour::partition(it.tour_id))).collect();
        let mut data = Vec::new();
        for keys in keys.chunks(AT_ONCE / 2) {
            let all: Vec<_> =
                keys.iter().flat_map(|(tour, owner)| [tour.clone(), Departures::key_of(owner)]).collect();
            let mut items = self.tours.table.items(&all, true).await?;
            for (tour, owner) in keys {
                // A tour may be gone while its bookings are remembered.
                let Some(tour) = items.remove(tour) else { continue };
                let departures =
                    items.remove(&Departures::key_of(owner)).map(Departures::from_item).transpose()?;
                data.push(TourView::new(&Tour::from_item(tour)?, &departures.unwrap_or_default()));
            }
        }
        Ok(Page { data, meta: page.meta })
    }
}

impl Tours {
    /// One booking more (`1`) or less (`-1`), whatever comes first; [`LEFT`] for somebody who was erased.
    pub(crate) fn remember_booking(
        &self,
        effect: Transaction,
        user: UserId,
        tour: TourId,
        by: i64,
    ) -> Result<Transaction> {
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(key_of(user, tour).to_item()))
            .update_expression("SET kind = :kind, user_id = :user, tour_id = :tour ADD bookings :by")
            .set_expression_attribute_values(values([
                (":kind", text(Booked::KIND)),
                (":user", text(user)),
                (":tour", text(tour)),
                (":by", number(by)),
            ]))
            .build()
            .map_err(Failure::internal)?;
        let stays = ConditionCheck::builder()
            .table_name(&self.table.name)
            .set_key(Some(guide::key_of(user).to_item()))
            .condition_expression("attribute_not_exists(erased)")
            .build()
            .map_err(Failure::internal)?;
        let effect = effect.check(stays, LEFT.because("Nothing is known of them any more."));
        Ok(effect.update(update, Failure::internal("a count without a condition was refused")))
    }
}
