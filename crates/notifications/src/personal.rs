//! What is known here of somebody: a copy for themselves, and nothing once they are erased.

use contracts::users::{ExportRequested, PartDone, UserErased};
use kernel::{Failure, Result, UserId};
use messaging::Received;
use platform::files::Files;
use platform::{Aws, StartError, State};
use serde_json::{Map, Value};
use store::expression::text;
use store::sdk::types::Delete;
use store::{Item, Key, Record, Table, Transaction};

use crate::device::{DeviceOwner, Devices};
use crate::mail::log::EmailLog;
use crate::recipient::{Recipient, Recipients};

const CONTEXT: &str = "notifications";

/// What a copy needs.
pub struct Copier {
    pub table: Table,
    pub files: Files,
}

impl State for Copier {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)?, files: Files::start(aws)? })
    }
}

impl Copier {
    pub async fn export(&self, asked: &Received<ExportRequested>) -> Result<()> {
        let mut known = self.table.read_below(&format!("USER#{}", asked.user_id)).await?;
        for item in mails(&self.table, asked.user_id).await? {
            let mail = EmailLog::from_item(item)?;
            let Value::Object(fields) = serde_json::to_value(mail).map_err(Failure::internal)? else {
                continue;
            };
            known.push(fields.into_iter().filter(|(name, _)| name != "version").collect::<Map<_, _>>());
        }
        asked.export(CONTEXT, &known, &self.files, &self.table).await
    }
}

/// Every mail to somebody that the log still knows.
async fn mails(table: &Table, user: UserId) -> Result<Vec<Item>> {
    let pages = table
        .client
        .query()
        .table_name(&table.name)
        .index_name("gsi4")
        .key_condition_expression("gsi4pk = :user")
        .expression_attribute_values(":user", text(EmailLog::of_user(user)))
        .into_paginator();
    let mut items = pages.items().send();
    let mut all = Vec::new();
    while let Some(item) = items.next().await {
        all.push(item.map_err(store::failure)?);
    }
    Ok(all)
}

impl Recipients {
    /// Everything about the person goes. What stays is that nobody of that id is to be reached, so that late
    /// news of the account cannot bring them back. It is written first: from then on nobody is told anything.
    pub async fn erase(&self, erased: &Received<UserErased>) -> Result<()> {
        let nobody = Recipient::nobody(erased.user_id);
        let key = nobody.key();
        let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(nobody.to_item()?));
        store::patiently(|| put.clone().send()).await.map_err(store::failure)?;
        for item in mails(&self.table, erased.user_id).await? {
            self.delete(&EmailLog::from_item(item)?.key()).await?;
        }
        let devices: Option<Devices> = self.table.get(&Devices::key_of(erased.user_id)).await?;
        for device in devices.map(|it| it.devices).unwrap_or_default() {
            self.disown(&device.id, erased.user_id).await?;
        }
        self.table.delete_below(&key.pk, &key).await?;
        let done = PartDone::erased(erased.user_id, CONTEXT);
        let effect = Transaction::new().overwrite(&self.table, nobody.to_item()?)?.command(&done)?;
        erased.commit(&self.table, effect).await.map(drop)
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        let request = self.table.client.delete_item().table_name(&self.table.name);
        let request = request.set_key(Some(key.to_item()));
        store::patiently(|| request.clone().send()).await.map_err(store::failure)?;
        Ok(())
    }

    /// Unless the device has somebody else by now.
    async fn disown(&self, device: &str, user: UserId) -> Result<()> {
        let delete = Delete::builder()
            .table_name(&self.table.name)
            .set_key(Some(DeviceOwner::key_of(device).to_item()))
            .condition_expression("attribute_not_exists(pk) OR user_id = :user")
            .expression_attribute_values(":user", text(user))
            .build()
            .map_err(Failure::internal)?;
        let theirs = kernel::Problem::CONFLICT.because("It has another owner.");
        match Transaction::new().delete(delete, theirs).commit(&self.table).await {
            Err(failure) if failure.problem == kernel::Problem::CONFLICT => Ok(()),
            done => done,
        }
    }
}
