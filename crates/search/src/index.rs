//! Keeping the postings of a document: the difference to what is there, whatever happens in between.

use std::time::Duration;

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};
use kernel::{Failure, Result};
use serde::Serialize;
use store::{Key, Table};

use crate::Schema;
use crate::document::{Document, Entries, Keys};
use crate::manifest::{Manifest, busy};

/// What BatchWriteItem takes at most.
const BATCH: usize = 25;
/// Tries for what a throttled table leaves undone.
const TRIES: u32 = 8;

/// An index in a table.
#[derive(Debug, Clone)]
pub struct Index {
    pub table: Table,
    pub schema: Schema,
}

impl Index {
    pub fn new(table: Table, schema: Schema) -> Self {
        Self { table, schema }
    }

    /// Makes the postings those of this version of the document; of an older version than is there nothing is written.
    pub async fn put<C: Serialize>(&self, document: &Document<C>, version: u64) -> Result<()> {
        let entries = Entries::of(&self.schema, document)?;
        self.write(&document.id, version, &entries).await
    }

    /// Removes every posting.
    pub async fn remove(&self, id: &str, version: u64) -> Result<()> {
        self.write(id, version, &Entries::none()).await
    }

    /// Writes the postings of documents that are not in the index, as an import or a measurement does: without their
    /// manifests, so nothing removes them later. `wanted` chooses partitions.
    #[doc(hidden)]
    pub async fn load<C: Serialize>(
        &self,
        documents: impl IntoIterator<Item = Document<C>>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<usize> {
        let mut writes = Vec::new();
        for document in documents {
            let entries = Entries::of(&self.schema, &document)?;
            for (pk, sk) in pairs(&entries.keys).filter(|(pk, _)| wanted(pk)) {
                let put = PutRequest::builder().set_item(Some(entries.item(pk, sk))).build();
                writes.push(WriteRequest::builder().put_request(put.map_err(Failure::internal)?).build());
            }
        }
        for chunk in writes.chunks(BATCH) {
            write_all(&self.table, chunk.to_vec()).await?;
        }
        Ok(writes.len())
    }

    /// The manifest first names all postings of before and after, and those of after alone when all is written. So
    /// whoever comes after a crash, at whatever line, knows every posting that may be there.
    async fn write(&self, id: &str, version: u64, entries: &Entries) -> Result<()> {
        let table = &self.table;
        let read = table.get::<Manifest>(&Manifest::key_of(self.schema.name, id)).await?;
        let read = read.unwrap_or_else(|| Manifest::new(self.schema.name, id));
        if read.version > version {
            return Ok(());
        }
        if read.is_claimed() {
            return Err(busy());
        }
        let settled = !read.digest.is_empty() || read.keys.is_empty();
        if settled && read.digest == entries.digest && read.keys == entries.keys {
            // Nothing that is found has changed; the version says that this one was seen.
            let seen = Manifest { version, ..read.clone() }.settled(read.keys.clone(), read.digest.clone());
            return if read.version == version { Ok(()) } else { seen.put(table, &read).await };
        }
        let claimed = read.clone().claimed(version, &entries.keys);
        claimed.put(table, &read).await?;
        let same = settled && read.digest == entries.digest;
        let put = pairs(&entries.keys).filter(|(pk, sk)| !(same && has(&read.keys, pk, sk)));
        let gone = pairs(&claimed.keys).filter(|(pk, sk)| !has(&entries.keys, pk, sk));
        let puts = put.map(|(pk, sk)| PutRequest::builder().set_item(Some(entries.item(pk, sk))).build());
        let deletes =
            gone.map(|(pk, sk)| DeleteRequest::builder().set_key(Some(Key::new(pk, sk).to_item())).build());
        let mut writes = Vec::new();
        for put in puts {
            writes.push(WriteRequest::builder().put_request(put.map_err(Failure::internal)?).build());
        }
        for delete in deletes {
            writes.push(WriteRequest::builder().delete_request(delete.map_err(Failure::internal)?).build());
        }
        for chunk in writes.chunks(BATCH) {
            write_all(table, chunk.to_vec()).await?;
        }
        claimed.clone().settled(entries.keys.clone(), entries.digest.clone()).put(table, &claimed).await
    }
}

/// Every partition and sort key.
fn pairs(keys: &Keys) -> impl Iterator<Item = (&str, &str)> {
    keys.iter().flat_map(|(sk, partitions)| partitions.iter().map(move |pk| (pk.as_str(), sk.as_str())))
}

fn has(keys: &Keys, pk: &str, sk: &str) -> bool {
    keys.get(sk).is_some_and(|partitions| partitions.contains(pk))
}

async fn write_all(table: &Table, writes: Vec<WriteRequest>) -> Result<()> {
    let mut left = writes;
    for attempt in 0..TRIES {
        let request = table.client.batch_write_item().request_items(&table.name, left);
        let answer = request.send().await.map_err(store::failure)?;
        left = answer.unprocessed_items.unwrap_or_default().remove(&table.name).unwrap_or_default();
        if left.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(25 << attempt)).await;
    }
    Err(Failure::unavailable("the table leaves postings unwritten"))
}
