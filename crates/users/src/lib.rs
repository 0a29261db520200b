//! Users: who people are to each other. Profiles, preferences, workers and what they offer.
//!
//! Identity owns accounts, roles and groups; this context keeps a copy of what it needs of them.
//!
//! Access patterns of the table:
//!
//! | question | key or index | consistency |
//! |---|---|---|
//! | a profile | `USER#<id>` · `PROFILE` | strong for its owner |
//! | a worker's profile | `USER#<id>` · `WORKER` | strong |
//! | their certificates, portfolio, work history | `USER#<id>` · `CERTIFICATE#<id>`, `PORTFOLIO#<id>`, `HISTORY#<id>` | strong |
//! | how often they were looked at, and by whom today | `USER#<id>` · `WORKER#VIEWS`, `VIEW#<day>#<viewer>` | strong |
//! | whose pause or certificate ends | gsi1 `PAUSED`, `CERTIFICATES` · moment | eventual |
//! | which workers match | postings, see [`search`] | eventual |

pub mod worker;

use platform::model::Entity;
use platform::{Aws, StartError, State};
use store::Table;

/// The context's table.
#[derive(Debug, Clone)]
pub struct Users {
    pub table: Table,
}

impl State for Users {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    worker::model()
}
