//! What this context itself knows of somebody.

use contracts::users::{ExportRequested, PartDone};
use kernel::{Failure, Result};
use messaging::Received;
use serde_json::{Value, json};
use store::Transaction;

use super::{Exports, part_key};
use crate::worker::leave::PREFIXES;

impl Exports {
    /// Writes it and says so. Done twice, it is the same file.
    pub async fn export_own(&self, asked: &Received<ExportRequested>) -> Result<()> {
        let table = &self.users.table;
        let mut known = table.read_below(&format!("USER#{}", asked.user_id)).await?;
        // Index entries say nothing new, and what they are as a worker comes in a form of its own.
        known.retain(|item| {
            let sk = item.get("sk").and_then(Value::as_str).unwrap_or_default();
            let of_a_worker = PREFIXES.iter().any(|prefix| sk.starts_with(prefix));
            item.get("kind").is_none_or(|kind| kind != "posting") && !of_a_worker
        });
        let worker = self.users.export_worker(asked.user_id).await?;
        let file = json!({"user": known, "worker": worker});
        let file = serde_json::to_vec_pretty(&file).map_err(Failure::internal)?;
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
