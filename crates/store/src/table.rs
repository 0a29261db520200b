//! Reading a table.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use kernel::{Failure, Result};
use platform::{Aws, StartError, config};

use crate::record::{Item, Key, Record};

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
