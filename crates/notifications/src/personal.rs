//! What is known here of somebody: a copy for themselves, and nothing once they are erased.

use contracts::users::{ExportRequested, PartDone, UserErased};
use kernel::{Failure, Result};
use messaging::Received;
use platform::files::Files;
use platform::{Aws, StartError, State};
use store::sdk::types::Put;
use store::{Record, Table, Transaction};

use crate::recipient::{Recipient, Recipients};

/// Where the parts of exports lie.
pub const EXPORTS: &str = "exports/";
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
    /// Writes this context's part and says so. Done twice, it is the same file.
    pub async fn export(&self, asked: &Received<ExportRequested>) -> Result<()> {
        let known = self.table.read_below(&format!("USER#{}", asked.user_id)).await?;
        let file = serde_json::to_vec_pretty(&known).map_err(Failure::internal)?;
        let key = format!("{EXPORTS}{}/{CONTEXT}.json", asked.export_id);
        self.files.write(&key, "application/json", file).await?;
        let done = PartDone {
            user_id: asked.user_id,
            context: CONTEXT.into(),
            export_id: Some(asked.export_id.clone()),
        };
        asked.commit(&self.table, Transaction::new().command(&done)?).await?;
        Ok(())
    }
}

impl Recipients {
    /// Everything about the person goes. What stays is that nobody of that id is to be reached, so that late
    /// news of the account cannot bring them back.
    pub async fn erase(&self, erased: &Received<UserErased>) -> Result<()> {
        let nobody = Recipient::nobody(erased.user_id);
        let key = nobody.key();
        self.table.delete_below(&key.pk, &key).await?;
        let put = Put::builder().table_name(&self.table.name).set_item(Some(nobody.to_item()?));
        let put = put.build().map_err(Failure::internal)?;
        let done = PartDone { user_id: erased.user_id, context: CONTEXT.into(), export_id: None };
        let effect = Transaction::new().put(put, Failure::internal("a put without a condition was refused"));
        erased.commit(&self.table, effect.command(&done)?).await?;
        Ok(())
    }
}
