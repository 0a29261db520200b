//! How the catalogue is stored: each shelf's entries in chunks, and a head that says which chunks there are.
//!
//! An entity and its entry change in the same transaction. So the catalogue is never late and needs no repair, and what may
//! not be seen is in no chunk that lists are made of.

use std::io::{Read, Write};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, Put};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use kernel::{Failure, Problem, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::expression::{number, text};
use store::{Item, Key, Record, Table, Transaction};

/// Never answered: the work is done again.
pub const MOVED: Problem = Problem::new("catalogue-moved", 409, "The catalogue moved");

/// Compressed bytes up to which a chunk takes new entries, and up to which its own may grow. An item holds 400 KB.
const ROOM: usize = 180 * 1024;
const FULL: usize = 280 * 1024;

/// What is listed together. What the public may not see stands on a shelf of its own, or on none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shelf {
    Tours,
    Treks,
    HiddenTreks,
    Regions,
    HiddenRegions,
    Sections,
    HiddenSections,
}

impl Shelf {
    const fn name(self) -> &'static str {
        match self {
            Self::Tours => "tours",
            Self::Treks => "treks",
            Self::HiddenTreks => "hidden-treks",
            Self::Regions => "regions",
            Self::HiddenRegions => "hidden-regions",
            Self::Sections => "sections",
            Self::HiddenSections => "hidden-sections",
        }
    }
}

/// Where an entity's entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    pub shelf: Shelf,
    pub chunk: u32,
}

impl Place {
    pub fn key(self) -> Key {
        Key::new(format!("CATALOGUE#{}", self.shelf.name()), format!("CHUNK#{:04}", self.chunk))
    }
}

/// Which chunks there are, and in which version.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// Grows with every change of the catalogue.
    pub version: u64,
    pub chunks: Vec<ChunkRef>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChunkRef {
    pub place: Place,
    pub version: u64,
    /// Compressed.
    pub bytes: usize,
}

impl Head {
    pub fn key() -> Key {
        Key::new("CATALOGUE", "HEAD")
    }

    pub async fn read(table: &Table) -> Result<Self> {
        Ok(table.get(&Self::key()).await?.unwrap_or_default())
    }
}

impl Record for Head {
    const KIND: &'static str = "catalogue-head";

    fn key(&self) -> Key {
        Self::key()
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// The entries of a chunk, and the version it was read with; 0 when it is new.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    pub version: u64,
    pub entries: Vec<Value>,
}

impl Chunk {
    pub fn from_item(item: &Item) -> Result<Self> {
        let version = item.get("version").and_then(|it| it.as_n().ok()?.parse().ok()).unwrap_or(0);
        let body = item.get("body").and_then(|it| it.as_b().ok());
        let body = body.ok_or_else(|| Failure::internal("a chunk without a body"))?;
        Ok(Self { version, entries: unpacked(body.as_ref())? })
    }

    fn without(&mut self, id: &str) {
        self.entries.retain(|entry| entry["id"] != id);
    }
}

fn packed(entries: &[Value]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let json = serde_json::to_vec(entries).map_err(Failure::internal)?;
    encoder.write_all(&json).and_then(|()| encoder.finish()).map_err(Failure::internal)
}

fn unpacked(body: &[u8]) -> Result<Vec<Value>> {
    let mut json = Vec::new();
    GzDecoder::new(body).read_to_end(&mut json).map_err(Failure::internal)?;
    serde_json::from_slice(&json).map_err(Failure::internal)
}

/// A change of the catalogue that is ready to be written.
pub struct Shelving {
    /// Where the entry stands afterwards.
    pub place: Option<Place>,
    read: u64,
    head: Head,
    chunks: Vec<(Place, u64, Vec<u8>)>,
}

/// Takes the entry `id` from where it stood and puts it where it belongs now; reads the chunks that that needs.
///
/// `head` must have been read before the entity: then nobody can have changed what the entry shows without moving the head.
pub async fn shelve(
    table: &Table,
    mut head: Head,
    id: &str,
    from: Option<Place>,
    to: Option<(Shelf, Value)>,
) -> Result<Shelving> {
    let read = head.version;
    let mut touched = Vec::new();
    if let Some(place) = from {
        let mut chunk = load(table, place).await?;
        chunk.without(id);
        touched.push((place, chunk));
    }
    let mut place = None;
    if let Some((shelf, entry)) = to {
        let fits = |chunk: &Chunk| Ok::<_, Failure>(packed(&chunk.entries)?.len() <= FULL);
        if let Some((at, chunk)) = touched.first_mut().filter(|(at, _)| at.shelf == shelf) {
            chunk.entries.push(entry.clone());
            if fits(chunk)? {
                place = Some(*at);
            } else {
                chunk.entries.pop();
            }
        }
        if place.is_none() {
            let open = open_place(&head, shelf, from);
            let mut chunk = if head.chunks.iter().any(|it| it.place == open) {
                load(table, open).await?
            } else {
                Chunk::default()
            };
            chunk.entries.push(entry);
            touched.push((open, chunk));
            place = Some(open);
        }
    }
    let mut chunks = Vec::new();
    if !touched.is_empty() {
        head.version += 1;
    }
    for (at, chunk) in touched {
        let body = packed(&chunk.entries)?;
        head.chunks.retain(|it| it.place != at);
        head.chunks.push(ChunkRef { place: at, version: head.version, bytes: body.len() });
        chunks.push((at, chunk.version, body));
    }
    head.chunks.sort_by_key(|it| it.place);
    Ok(Shelving { place, read, head, chunks })
}

/// The chunk of a shelf that takes new entries: one with room, or a new one.
fn open_place(head: &Head, shelf: Shelf, but: Option<Place>) -> Place {
    let own = || head.chunks.iter().filter(|it| it.place.shelf == shelf);
    let open = own().find(|it| it.bytes < ROOM && Some(it.place) != but);
    let next = own().map(|it| it.place.chunk + 1).max().unwrap_or(0);
    open.map_or(Place { shelf, chunk: next }, |it| it.place)
}

async fn load(table: &Table, place: Place) -> Result<Chunk> {
    let item = table.item(&place.key(), true).await?;
    item.as_ref().map_or_else(|| Ok(Chunk::default()), Chunk::from_item)
}

impl Shelving {
    /// Adds the change to what it belongs to. Refused as [`MOVED`] when the catalogue is not what was read.
    pub fn into(self, effect: Transaction, table: &Table) -> Result<Transaction> {
        if self.chunks.is_empty() {
            return Ok(effect);
        }
        let mut effect = effect.put(conditional(table, self.head.to_item()?, self.read)?, moved());
        for (place, read, body) in self.chunks {
            let mut item = place.key().to_item();
            item.insert("kind".into(), text("catalogue-chunk"));
            item.insert("version".into(), number(self.head.version));
            item.insert("body".into(), AttributeValue::B(Blob::new(body)));
            effect = effect.put(conditional(table, item, read)?, moved());
        }
        Ok(effect)
    }
}

/// Fills a shelf on which nothing stands yet, many entries at a time, and answers where each stands: to move in with a
/// whole catalogue, and to measure one.
pub(crate) async fn stock(table: &Table, shelf: Shelf, entries: Vec<Value>) -> Result<Vec<Place>> {
    /// A chunk is weighed after so many more.
    const STEP: usize = 20;
    let mut head = Head::read(table).await?;
    let mut places = Vec::new();
    let mut left = entries.into_iter().peekable();
    for chunk in 0.. {
        if left.peek().is_none() {
            break;
        }
        let (place, mut own) = (Place { shelf, chunk }, Vec::new());
        let mut body = packed(&own)?;
        while left.peek().is_some() && body.len() < ROOM {
            own.extend(left.by_ref().take(STEP));
            body = packed(&own)?;
        }
        places.extend(own.iter().map(|_| place));
        let (read, bytes) = (head.version, body.len());
        head.version += 1;
        head.chunks.push(ChunkRef { place, version: head.version, bytes });
        head.chunks.sort_by_key(|it| it.place);
        let shelving =
            Shelving { place: Some(place), read, head: head.clone(), chunks: vec![(place, 0, body)] };
        shelving.into(Transaction::new(), table)?.commit(table).await?;
    }
    Ok(places)
}

fn moved() -> Failure {
    MOVED.because("Try again.")
}

/// Replaces the version that was read, or creates the first.
fn conditional(table: &Table, item: Item, read: u64) -> Result<Put> {
    let put = Put::builder().table_name(&table.name).set_item(Some(item));
    let put = match read {
        0 => put.condition_expression("attribute_not_exists(pk)"),
        read => {
            put.condition_expression("version = :read").expression_attribute_values(":read", number(read))
        }
    };
    put.build().map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn head(sizes: &[usize]) -> Head {
        let chunk = |(at, bytes): (usize, &usize)| ChunkRef {
            place: Place { shelf: Shelf::Tours, chunk: u32::try_from(at).unwrap() },
            version: 1,
            bytes: *bytes,
        };
        Head { version: 1, chunks: sizes.iter().enumerate().map(chunk).collect() }
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let entries = vec![json!({"id": "a", "name": "Café"}), json!({"id": "b", "price": 1.5})];
        assert_eq!(unpacked(&packed(&entries).unwrap()).unwrap(), entries);
    }

    #[test]
    fn a_new_entry_goes_where_there_is_room_and_else_to_a_new_chunk() {
        let at = |chunk| Place { shelf: Shelf::Tours, chunk };
        assert_eq!(open_place(&Head::default(), Shelf::Tours, None), at(0));
        assert_eq!(open_place(&head(&[FULL, 10]), Shelf::Tours, None), at(1));
        assert_eq!(open_place(&head(&[FULL, 10]), Shelf::Tours, Some(at(1))), at(2));
        assert_eq!(open_place(&head(&[FULL]), Shelf::Tours, None), at(1));
        assert_eq!(open_place(&head(&[FULL]), Shelf::Treks, None).chunk, 0);
    }
}
