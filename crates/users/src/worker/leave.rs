//! What happens to a worker's data when a person wants a copy of it, or wants it gone.

use kernel::{Failure, Result, Timestamp, UserId, time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::expression::text;
use store::sdk::types::{DeleteRequest, WriteRequest};
use store::{Key, Record};

use super::certificate::Certificate;
use super::child::Content;
use super::history::WorkHistory;
use super::keep::gone_key;
use super::portfolio::PortfolioItem;
use super::view::WorkerView;
use super::{Worker, partition};
use crate::Users;

/// How the sort keys of all that is a worker's begin.
pub(crate) const PREFIXES: [&str; 5] =
    [Certificate::PREFIX, PortfolioItem::PREFIX, WorkHistory::PREFIX, "VIEW#", "WORKER"];
/// What BatchWriteItem takes at most.
const BATCH: usize = 25;

/// Longer than any queue keeps a message.
const REMEMBERED: std::time::Duration = time::days(30);

/// Says that a worker was erased; nothing else of them is left.
#[derive(Serialize, Deserialize)]
struct Gone {
    user_id: UserId,
}

impl Record for Gone {
    const KIND: &'static str = "gone";

    fn key(&self) -> Key {
        gone_key(self.user_id)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(time::now() + REMEMBERED)
    }
}

impl Users {
    /// Everything the person has told as a worker; `None` for who is none.
    ///
    /// Needs the actions Get and Query.
    pub async fn export_worker(&self, id: UserId) -> Result<Option<Value>> {
        let Some(worker) = self.table.get::<Worker>(&Worker::key_of(id)).await? else { return Ok(None) };
        let mut certificates = self.entries::<Certificate>(id).await?;
        certificates.iter_mut().for_each(|entry| entry.content.share = None);
        Ok(Some(json!({
            "worker": WorkerView::from(&worker),
            "availability": worker.availability,
            "certificates": certificates,
            "portfolio": self.entries::<PortfolioItem>(id).await?,
            "work_history": self.entries::<WorkHistory>(id).await?,
        })))
    }

    /// Deletes all of it, and what the directory finds. Doing it again does nothing more; where it fails, it is to be
    /// done again.
    ///
    /// Needs the actions BatchWrite, Get, Put and Query.
    pub async fn erase_worker(&self, id: UserId) -> Result<()> {
        let table = &self.table;
        // First, so that no event that comes late makes the worker again.
        let gone = Gone { user_id: id }.to_item()?;
        let put = table.client.put_item().table_name(&table.name).set_item(Some(gone));
        put.send().await.map_err(store::failure)?;
        for prefix in PREFIXES {
            while self.erase_some(id, prefix).await? {}
        }
        // No version comes after this one.
        self.workers().remove(&id.to_string(), u64::MAX).await
    }

    /// `Ok(false)` when nothing is left.
    async fn erase_some(&self, id: UserId, prefix: &str) -> Result<bool> {
        let table = &self.table;
        let answer = table
            .client
            .query()
            .table_name(&table.name)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", text(partition(id)))
            .expression_attribute_values(":sk", text(prefix))
            .projection_expression("pk, sk")
            .consistent_read(true)
            .limit(BATCH as i32)
            .send()
            .await
            .map_err(store::failure)?;
        let mut writes = Vec::new();
        for key in answer.items.unwrap_or_default() {
            let delete = DeleteRequest::builder().set_key(Some(key)).build().map_err(Failure::internal)?;
            writes.push(WriteRequest::builder().delete_request(delete).build());
        }
        if writes.is_empty() {
            return Ok(false);
        }
        // What a throttled table leaves is found again by the next query.
        let request = table.client.batch_write_item().request_items(&table.name, writes);
        request.send().await.map_err(store::failure)?;
        Ok(true)
    }
}
