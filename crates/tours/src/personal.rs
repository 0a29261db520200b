//! What is known here of somebody: a copy for themselves, and nothing once they are erased.
//!
//! Reviews on the pages of tours follow what reviews tells: it takes the author from them by itself.

use contracts::users::{ExportRequested, PartDone, UserErased};
use kernel::Result;
use messaging::Received;
use platform::files::Files;
use platform::{Aws, StartError, State};
use serde_json::json;
use store::{Key, Table, Transaction};

use crate::{Tours, guide, tour};

const CONTEXT: &str = "tours";

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
        let booked = self.table.read_below(&tour::mine::partition(asked.user_id)).await?;
        let guide = self.table.read_below(&guide::key_of(asked.user_id).pk).await?;
        let known = json!({"booked_tours": booked, "known_as": guide});
        asked.export(CONTEXT, &known, &self.files, &self.table).await
    }
}

impl Tours {
    /// Everything about the person goes. What stays is that nobody of that id is known, so that late news cannot bring
    /// them back; the mark is set first, so that nothing is added behind the deletion.
    pub async fn erase_traveller(&self, erased: &Received<UserErased>) -> Result<()> {
        self.forget_guide(erased.user_id).await?;
        let nothing = Key::new(tour::mine::partition(erased.user_id), "-");
        self.table.delete_below(&nothing.pk, &nothing).await?;
        let done = PartDone::erased(erased.user_id, CONTEXT);
        erased.commit(&self.table, Transaction::new().command(&done)?).await.map(drop)
    }
}
