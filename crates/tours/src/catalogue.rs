//! The catalogue as an environment remembers it: one read tells whether it is still true.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kernel::{Failure, Result};
use serde_json::Value;
use store::Table;

use crate::shelf::{Chunk, Head, Place, Shelf, Shelving, shelve, stock};

/// Chunks of up to 300 KB, of which an answer holds 16 MB.
const AT_ONCE: usize = 50;

#[derive(Debug, Clone)]
pub struct Catalogue {
    table: Table,
    memory: Arc<Mutex<HashMap<Place, Arc<Chunk>>>>,
}

impl Catalogue {
    pub fn new(table: Table) -> Self {
        Self { table, memory: Arc::default() }
    }

    /// These shelves as they are now: one read of the head, and the chunks that changed since this environment read them.
    pub async fn open<const N: usize>(&self, shelves: [Shelf; N]) -> Result<Shelves> {
        let head = Head::read(&self.table).await?;
        let wanted: Vec<_> = head.chunks.iter().filter(|it| shelves.contains(&it.place.shelf)).collect();
        let mut known = self.remembered()?;
        let stale =
            wanted.iter().filter(|it| known.get(&it.place).is_none_or(|chunk| chunk.version < it.version));
        let stale: Vec<_> = stale.map(|it| it.place).collect();
        for places in stale.chunks(AT_ONCE) {
            let keys: Vec<_> = places.iter().map(|place| place.key()).collect();
            let items = self.table.items(&keys, true).await?;
            for place in places {
                let item =
                    items.get(&place.key()).ok_or_else(|| Failure::unavailable("a chunk is not there"))?;
                known.insert(*place, Arc::new(Chunk::from_item(item)?));
            }
        }
        if !stale.is_empty() {
            self.remember(&known)?;
        }
        let open = wanted.iter().filter_map(|it| Some((it.place.shelf, known.get(&it.place)?.clone())));
        Ok(Shelves(open.collect()))
    }

    /// The head, which a change of an entry has to begin with.
    pub(crate) async fn head(&self) -> Result<Head> {
        Head::read(&self.table).await
    }

    /// Prepares the change of an entry; see [`shelve`].
    pub(crate) async fn shelve(
        &self,
        head: Head,
        id: &impl ToString,
        from: Option<Place>,
        to: Option<(Shelf, Value)>,
    ) -> Result<Shelving> {
        shelve(&self.table, head, &id.to_string(), from, to).await
    }

    /// Fills an empty shelf; see [`stock`]. For measuring: entities are written by their use cases.
    #[doc(hidden)]
    pub async fn stock(&self, shelf: Shelf, entries: Vec<Value>) -> Result<Vec<Place>> {
        stock(&self.table, shelf, entries).await
    }

    fn remembered(&self) -> Result<HashMap<Place, Arc<Chunk>>> {
        let memory = self.memory.lock();
        Ok(memory.map_err(|_| Failure::internal("the catalogue's memory is broken"))?.clone())
    }

    fn remember(&self, known: &HashMap<Place, Arc<Chunk>>) -> Result<()> {
        let memory = self.memory.lock();
        memory.map_err(|_| Failure::internal("the catalogue's memory is broken"))?.clone_from(known);
        Ok(())
    }
}

/// What stands on some shelves.
#[derive(Debug, Clone)]
pub struct Shelves(Vec<(Shelf, Arc<Chunk>)>);

impl Shelves {
    pub fn all(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().flat_map(|(_, chunk)| &chunk.entries)
    }

    pub fn on(&self, shelf: Shelf) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(move |(on, _)| *on == shelf).flat_map(|(_, chunk)| &chunk.entries)
    }
}
