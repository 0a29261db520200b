//! How many point at something, counted in the transactions that point: who counts more than none is not deleted, and
//! nothing points at what is gone.

use aws_sdk_dynamodb::types::{Delete, Put, Update};
use kernel::{Failure, Result};
use store::expression::{number, text, values};
use store::{Key, Table, Transaction};

/// A region or section by its partition.
pub(crate) fn key(owner: &str) -> Key {
    Key::new(owner, "REFERENCES")
}

/// With the creation of what can be pointed at.
pub(crate) fn begin(effect: Transaction, table: &Table, owner: &str) -> Result<Transaction> {
    let mut item = key(owner).to_item();
    item.insert("kind".into(), text("references"));
    item.insert("references".into(), number(0));
    let put = Put::builder()
        .table_name(&table.name)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .map_err(Failure::internal)?;
    Ok(effect.put(put, Failure::internal("references of a new thing exist")))
}

/// With its deletion: `used` when something points at it.
pub(crate) fn end(effect: Transaction, table: &Table, owner: &str, used: Failure) -> Result<Transaction> {
    let delete = Delete::builder()
        .table_name(&table.name)
        .set_key(Some(key(owner).to_item()))
        .condition_expression("#count = :none")
        .expression_attribute_names("#count", "references")
        .expression_attribute_values(":none", number(0))
        .build()
        .map_err(Failure::internal)?;
    Ok(effect.delete(delete, used))
}

/// One more (`1`) or less (`-1`) points at it; `gone` when it is not there.
pub(crate) fn count(
    effect: Transaction,
    table: &Table,
    owner: &str,
    by: i8,
    gone: Failure,
) -> Result<Transaction> {
    let update = Update::builder()
        .table_name(&table.name)
        .set_key(Some(key(owner).to_item()))
        .update_expression("SET #count = #count + :by")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_names("#count", "references")
        .set_expression_attribute_values(values([(":by", number(by))]))
        .build()
        .map_err(Failure::internal)?;
    Ok(effect.update(update, gone))
}
