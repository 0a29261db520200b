//! Everything that is kept below one key, for whoever wants a copy of it, or wants it gone.

use kernel::{Failure, Result};
use serde_json::{Map, Value};

use crate::expression::text;
use crate::record::{Item, Key};
use crate::sdk::types::{DeleteRequest, WriteRequest};
use crate::table::{Table, failure};

/// DynamoDB deletes so many in one call.
const BATCH: i32 = 25;

impl Table {
    /// All items of a partition as their fields, without keys and what else only the table needs.
    pub async fn read_below(&self, pk: &str) -> Result<Vec<Map<String, Value>>> {
        let pages = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(pk))
            .into_paginator();
        let mut items = pages.items().send();
        let mut all = Vec::new();
        while let Some(item) = items.next().await {
            all.push(fields(item.map_err(failure)?)?);
        }
        Ok(all)
    }

    /// Deletes all items of a partition but one, a batch at a time: whoever dies in between begins again.
    pub async fn delete_below(&self, pk: &str, but: &Key) -> Result<()> {
        let mut after = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("pk = :pk")
                .projection_expression("pk, sk")
                .expression_attribute_values(":pk", text(pk))
                .consistent_read(true)
                .set_exclusive_start_key(after)
                .limit(BATCH)
                .send()
                .await
                .map_err(failure)?;
            let mut keys = answer.items.unwrap_or_default();
            keys.retain(|key| *key != but.to_item());
            self.delete_all(keys).await?;
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn delete_all(&self, keys: Vec<Item>) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let delete = |key| {
            let request = DeleteRequest::builder().set_key(Some(key)).build().map_err(Failure::internal)?;
            Ok(WriteRequest::builder().delete_request(request).build())
        };
        let requests = keys.into_iter().map(delete).collect::<Result<Vec<_>>>()?;
        let request = self.client.batch_write_item().request_items(&self.name, requests);
        let answer = request.send().await.map_err(failure)?;
        if answer.unprocessed_items().is_some_and(|left| !left.is_empty()) {
            return Err(Failure::unavailable("the table is throttled"));
        }
        Ok(())
    }
}

fn fields(item: Item) -> Result<Map<String, Value>> {
    let fields: Map<String, Value> = serde_dynamo::from_item(item).map_err(Failure::internal)?;
    let inner = |name: &str| ["pk", "sk", "schema_version"].contains(&name) || name.starts_with("gsi");
    Ok(fields.into_iter().filter(|(name, _)| !inner(name)).collect())
}
