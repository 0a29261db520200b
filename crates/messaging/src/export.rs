//! A context's part of a copy that somebody wants of everything known about them.

use contracts::users::{ExportRequested, PartDone};
use kernel::{Failure, Result, id};
use platform::files::Files;
use serde::Serialize;
use store::{Table, Transaction};

use crate::Received;

/// Where the parts of exports lie.
pub const EXPORTS: &str = "exports/";

/// Where a context's part of an export lies.
pub fn part_key(export: &str, context: &str) -> String {
    format!("{EXPORTS}{export}/{context}.json")
}

impl Received<ExportRequested> {
    /// Writes down what a context knows and says so. Done twice, it is the same file.
    pub async fn export(
        &self,
        context: &str,
        known: &impl Serialize,
        files: &Files,
        table: &Table,
    ) -> Result<()> {
        // It becomes a part of the file's name.
        let export = id::parse(&self.export_id).map_err(Failure::internal)?.to_string();
        let file = serde_json::to_vec_pretty(known).map_err(Failure::internal)?;
        files.write(&part_key(&export, context), "application/json", file).await?;
        let done = PartDone::exported(self.user_id, context, export);
        self.commit(table, Transaction::new().command(&done)?).await.map(drop)
    }
}
