//! What this context itself knows of somebody.

use contracts::users::ExportRequested;
use kernel::Result;
use messaging::Received;
use serde_json::{Value, json};

use super::Exports;
use crate::worker::leave::PREFIXES;

impl Exports {
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
        asked.export("users", &json!({"user": known, "worker": worker}), &self.files, table).await
    }
}
