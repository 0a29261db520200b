//! Text messages to numbers that their owners have proven.

use kernel::Result;
use messaging::Received;
use platform::text::Texter;
use platform::{Aws, StartError, State};
use store::Table;

use crate::recipient::Recipient;
use crate::work::SendText;

pub struct Phones {
    pub table: Table,
    pub texter: Texter,
}

impl State for Phones {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)?, texter: Texter::start(aws) })
    }
}

impl Phones {
    /// To the number of now, if there is one still.
    pub async fn send(&self, order: &Received<SendText>) -> Result<()> {
        let recipient: Option<Recipient> = self.table.get(&Recipient::key_of(order.user_id)).await?;
        let phone = recipient.filter(|it| it.reachable).and_then(|it| it.phone);
        let Some(phone) = phone else { return Ok(()) };
        order.deliver(&self.table, self.texter.send(&phone, &order.text)).await
    }
}
