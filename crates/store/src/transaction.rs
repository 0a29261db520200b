//! All writes go through a transaction: the changes and the events that tell of them, or nothing.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use backon::Retryable;
use contracts::{Command, Event};
use kernel::id::Ulid;
use kernel::{Failure, Problem, Result};

use crate::outbox::{OutboxItem, OutboxMessage};
use crate::record::{Item, Key, Record, number};
use crate::retry::patience;
use crate::table::{Table, failure};

/// Changes that happen together. Each says what it means when its condition does not hold.
#[derive(Debug, Default, Clone)]
pub struct Transaction {
    writes: Vec<TransactWriteItem>,
    refusals: Vec<Failure>,
    messages: Vec<OutboxMessage>,
}

impl Transaction {
    pub fn new() -> Self {
        Self::default()
    }

    /// A new entity; `taken` when its key is in use.
    pub fn create<T: Record>(self, table: &Table, entity: &T, taken: Failure) -> Result<Self> {
        let put = Put::builder()
            .table_name(&table.name)
            .set_item(Some(entity.to_item()?))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(Failure::internal)?;
        Ok(self.write(TransactWriteItem::builder().put(put).build(), taken))
    }

    /// The next version of an entity; refused when somebody else was faster.
    pub fn replace<T: Record>(self, table: &Table, entity: &T) -> Result<Self> {
        let mut item = entity.to_item()?;
        item.insert("version".into(), number(entity.version() + 1));
        let put = Put::builder()
            .table_name(&table.name)
            .set_item(Some(item))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(entity.version()))
            .build()
            .map_err(Failure::internal)?;
        let changed = Problem::CONFLICT.because("Read it again and repeat your change.");
        Ok(self.write(TransactWriteItem::builder().put(put).build(), changed))
    }

    /// Reserves a name for `owner` (uniqueness): `taken` when somebody has it.
    pub fn guard(self, table: &Table, name: &str, owner: &str, taken: Failure) -> Result<Self> {
        let mut item = Key::new(name, "GUARD").to_item();
        item.insert("owner".into(), AttributeValue::S(owner.to_owned()));
        item.insert("kind".into(), AttributeValue::S("guard".into()));
        let put = Put::builder()
            .table_name(&table.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(Failure::internal)?;
        Ok(self.write(TransactWriteItem::builder().put(put).build(), taken))
    }

    /// Takes the place of whatever is there: for what something else in the transaction guards, or nothing has to.
    pub fn overwrite(self, table: &Table, item: Item) -> Result<Self> {
        let put = Put::builder().table_name(&table.name).set_item(Some(item)).build();
        let refused = Failure::internal("a put without a condition was refused");
        Ok(self.put(put.map_err(Failure::internal)?, refused))
    }

    /// What has to be there goes; `gone` when it went before.
    pub fn remove(self, table: &Table, key: &Key, gone: Failure) -> Result<Self> {
        let delete = Delete::builder()
            .table_name(&table.name)
            .set_key(Some(key.to_item()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(Failure::internal)?;
        Ok(self.delete(delete, gone))
    }

    /// An entity goes as it was read; `changed` when somebody else was faster.
    pub fn discard<T: Record>(self, table: &Table, entity: &T, changed: Failure) -> Result<Self> {
        let delete = Delete::builder()
            .table_name(&table.name)
            .set_key(Some(entity.key().to_item()))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(entity.version()))
            .build()
            .map_err(Failure::internal)?;
        Ok(self.delete(delete, changed))
    }

    /// Goes, whether it is there or not.
    pub fn forget(self, table: &Table, key: &Key) -> Result<Self> {
        let delete = Delete::builder().table_name(&table.name).set_key(Some(key.to_item())).build();
        let refused = Failure::internal("a delete without a condition was refused");
        Ok(self.delete(delete.map_err(Failure::internal)?, refused))
    }

    pub fn update(self, update: Update, refused: Failure) -> Self {
        self.write(TransactWriteItem::builder().update(update).build(), refused)
    }

    pub fn put(self, put: Put, refused: Failure) -> Self {
        self.write(TransactWriteItem::builder().put(put).build(), refused)
    }

    pub fn delete(self, delete: Delete, refused: Failure) -> Self {
        self.write(TransactWriteItem::builder().delete(delete).build(), refused)
    }

    /// Holds only while something stays true.
    pub fn check(self, check: ConditionCheck, refused: Failure) -> Self {
        self.write(TransactWriteItem::builder().condition_check(check).build(), refused)
    }

    fn write(mut self, write: TransactWriteItem, refused: Failure) -> Self {
        self.writes.push(write);
        self.refusals.push(refused);
        self
    }

    /// Tells the other contexts, through the outbox.
    pub fn publish<E: Event>(mut self, event: &E) -> Result<Self> {
        self.messages.push(OutboxMessage::event(event)?);
        Ok(self)
    }

    /// Tells one queue, through the outbox.
    pub fn command<C: Command>(mut self, command: &C) -> Result<Self> {
        self.messages.push(OutboxMessage::command(command)?);
        Ok(self)
    }

    /// All of it or nothing.
    ///
    /// Conflicts with other transactions are tried again here. The request token stays the same over all
    /// tries, so a transaction whose answer was lost is not done twice: DynamoDB recognises it for ten
    /// minutes.
    pub async fn commit(mut self, table: &Table) -> Result<()> {
        if !self.messages.is_empty() {
            let outbox = OutboxItem::new(std::mem::take(&mut self.messages));
            self = self.create(table, &outbox, Failure::internal("outbox id used twice"))?;
        }
        let token = Ulid::generate().to_string();
        let attempt = || async {
            table
                .client
                .transact_write_items()
                .set_transact_items(Some(self.writes.clone()))
                .client_request_token(&token)
                .send()
                .await
                .map_err(|error| {
                    let outcome = error.as_service_error().and_then(|service| self.outcome(service));
                    outcome.unwrap_or_else(|| Attempt::Failed(failure(error)))
                })
        };
        attempt
            .retry(patience())
            .when(|outcome| matches!(outcome, Attempt::Conflict))
            .await
            .map(drop)
            .map_err(|outcome| match outcome {
                Attempt::Failed(failure) => failure,
                Attempt::Conflict => Failure::unavailable("transaction conflict, again and again"),
            })
    }

    /// What a cancelled transaction means; `None` for errors that have nothing to do with its content.
    fn outcome(&self, error: &TransactWriteItemsError) -> Option<Attempt> {
        let TransactWriteItemsError::TransactionCanceledException(canceled) = error else {
            let busy = ["TransactionInProgressException", "TransactionConflictException"];
            return busy.contains(&error.code()?).then_some(Attempt::Conflict);
        };
        let codes: Vec<_> =
            canceled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or("None")).collect();
        if let Some(refused) = codes.iter().position(|code| *code == "ConditionalCheckFailed") {
            return Some(Attempt::Failed(self.refusals[refused].clone()));
        }
        let passing = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
        if codes.iter().any(|code| passing.contains(code)) {
            return Some(Attempt::Conflict);
        }
        Some(Attempt::Failed(Failure::internal(format!("transaction cancelled: {codes:?}"))))
    }
}

enum Attempt {
    Conflict,
    Failed(Failure),
}
