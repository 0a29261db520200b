//! What tours and treks have in common: an entry in the catalogue, departures, and a rating.

use kernel::Result;
use serde_json::Value;
use store::{Record, Transaction};

use crate::Tours;
use crate::departures::Departures;
use crate::rating::Rating;
use crate::shelf::{Head, Place, Shelf};

pub(crate) trait Listed: Record + Send + Sync {
    /// Before anybody rated it.
    const UNRATED: Rating;

    /// Nothing when it is gone, or was never there.
    fn find(tours: &Tours, id: &str) -> impl Future<Output = Result<Option<(Self, Departures)>>> + Send;

    fn id(&self) -> String;

    /// What stands in the catalogue, and on which shelf.
    fn entry(&self, departures: &Departures) -> Result<Option<(Shelf, Value)>>;

    /// Where it stands now.
    fn place(&mut self) -> &mut Option<Place>;

    fn rating(&mut self) -> &mut Rating;
}

impl Tours {
    /// Its next version, with its entry in the catalogue. `head` was read before it.
    pub(crate) async fn relist<T: Listed>(
        &self,
        effect: Transaction,
        head: Head,
        changed: &mut T,
        departures: &Departures,
    ) -> Result<Transaction> {
        let (id, place) = (changed.id(), *changed.place());
        let shelving = self.catalogue.shelve(head, &id, place, changed.entry(departures)?).await?;
        *changed.place() = shelving.place;
        shelving.into(effect.replace(&self.table, changed)?, &self.table)
    }
}
