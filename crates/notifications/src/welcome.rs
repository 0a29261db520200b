//! The mail that welcomes somebody whose address is verified.

use askama::Template;
use contracts::identity::UserVerified;
use kernel::{Failure, Result};
use messaging::Received;
use platform::mail::{Mail, Mailer};
use platform::{Aws, StartError, State};
use store::Table;

#[derive(Template)]
#[template(path = "welcome.txt")]
struct Welcome<'a> {
    given_name: &'a str,
}

/// What sending needs.
pub struct Welcomer {
    pub table: Table,
    pub mailer: Mailer,
}

impl State for Welcomer {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)?, mailer: Mailer::start(aws)? })
    }
}

impl Welcomer {
    /// One mail, however often the event comes.
    pub async fn welcome(&self, event: &Received<UserVerified>) -> Result<()> {
        let text = Welcome { given_name: &event.given_name }.render().map_err(Failure::internal)?;
        let mail = Mail { to: event.email.clone(), subject: "Welcome to Caravan".into(), text };
        event.deliver(&self.table, self.mailer.send(mail)).await
    }
}
