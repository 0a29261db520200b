//! What this context itself knows of somebody.

use contracts::users::{ExportRequested, PartDone};
use kernel::{Failure, Result};
use messaging::Received;
use store::Transaction;

use super::{Exports, part_key};

impl Exports {
    /// Writes it and says so. Done twice, it is the same file.
    pub async fn export_own(&self, asked: &Received<ExportRequested>) -> Result<()> {
        let table = &self.users.table;
        let mut known = table.read_below(&format!("USER#{}", asked.user_id)).await?;
        // Index entries say nothing new.
        known.retain(|item| item.get("kind").is_none_or(|kind| kind != "posting"));
        let file = serde_json::to_vec_pretty(&known).map_err(Failure::internal)?;
        self.files.write(&part_key(&asked.export_id, "users"), "application/json", file).await?;
        let done = PartDone {
            user_id: asked.user_id,
            context: "users".into(),
            export_id: Some(asked.export_id.clone()),
        };
        asked.commit(table, Transaction::new().command(&done)?).await?;
        Ok(())
    }
}
