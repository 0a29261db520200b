//! Reading a table.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use backon::BackoffBuilder;
use kernel::{Failure, Result};
use platform::{Aws, StartError, config};

use crate::record::{Item, Key, Record};
use crate::retry::patience;

/// A table of the context.
#[derive(Debug, Clone)]
pub struct Table {
    pub client: Client,
    pub name: String,
}

impl Table {
    /// The context's own table.
    pub fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(aws.dynamodb(), config::required("TABLE_NAME")?))
    }

    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Opens the connection, so that the first request does not pay for it.
    pub async fn connect(&self) -> Result<(), StartError> {
        self.item(&Key::new("CONNECT", "CONNECT"), false).await?;
        Ok(())
    }

    /// The newest state: twice the price of [`Table::peek`].
    pub async fn get<T: Record>(&self, key: &Key) -> Result<Option<T>> {
        self.item(key, true).await?.map(T::from_item).transpose()
    }

    /// A state that may be a moment old.
    pub async fn peek<T: Record>(&self, key: &Key) -> Result<Option<T>> {
        self.item(key, false).await?.map(T::from_item).transpose()
    }

    pub async fn item(&self, key: &Key, consistent: bool) -> Result<Option<Item>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.to_item()))
            .consistent_read(consistent)
            .send()
            .await
            .map_err(failure)?;
        Ok(answer.item)
    }

    /// Up to 100 different items in one call, those that there are; none asked for is no call.
    pub async fn items(&self, keys: &[Key], consistent: bool) -> Result<HashMap<Key, Item>> {
        let mut found = HashMap::new();
        let mut left: Vec<_> = keys.iter().map(Key::to_item).collect();
        let mut pauses = patience().build();
        while !left.is_empty() {
            let wanted = KeysAndAttributes::builder()
                .consistent_read(consistent)
                .set_keys(Some(left))
                .build()
                .map_err(Failure::internal)?;
            let request = self.client.batch_get_item().request_items(&self.name, wanted);
            let answer = request.send().await.map_err(failure)?;
            let items = answer.responses.unwrap_or_default().remove(&self.name).unwrap_or_default();
            found.extend(items.into_iter().filter_map(|item| Some((Key::of(&item)?, item))));
            // An answer holds 16 MB at most, and a busy table less: what did not fit is asked for again.
            let unprocessed = answer.unprocessed_keys.unwrap_or_default().remove(&self.name);
            left = unprocessed.map(|keys| keys.keys).unwrap_or_default();
            if !left.is_empty() {
                let pause = pauses.next().ok_or_else(|| Failure::unavailable("the table is throttled"))?;
                tokio::time::sleep(pause).await;
            }
        }
        Ok(found)
    }

    /// The newest state of each item in one call, in the order asked for.
    pub async fn each<const N: usize>(&self, keys: [Key; N]) -> Result<[Option<Item>; N]> {
        let mut found = self.items(&keys, true).await?;
        Ok(keys.map(|key| found.remove(&key)))
    }

    /// Up to `limit` items of one partition whose sort key begins with `prefix`, in order.
    pub async fn list<T: Record>(&self, pk: &str, prefix: &str, limit: i32) -> Result<Vec<T>> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", crate::expression::text(pk))
            .expression_attribute_values(":sk", crate::expression::text(prefix))
            .consistent_read(true)
            .limit(limit)
            .send()
            .await
            .map_err(failure)?;
        answer.items.unwrap_or_default().into_iter().map(T::from_item).collect()
    }
}

/// What a failed call means: worth another try, or a fault of ours.
pub fn failure<E, R>(error: SdkError<E, R>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let Some(service) = error.as_service_error() else {
        return Failure::unavailable(error);
    };
    // The message may repeat values of the item: only the code may be logged.
    let code = service.code().unwrap_or("unknown").to_owned();
    match code.as_str() {
        "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "ThrottlingException"
        | "TransactionConflictException"
        | "TransactionInProgressException"
        | "InternalServerError" => Failure::unavailable(code),
        _ => Failure::internal(code),
    }
}
