//! ID-8: ending the session one is in.

use contracts::identity::SessionEnded;
use kernel::{Failure, Problem, Result};
use platform::{Aws, StartError, State};
use store::{Table, Transaction};
use web::{Caller, NoContent};

use crate::issuer::session_key;
use crate::registry::Registry;

/// The two tables that know of a session.
pub struct OwnSessions {
    table: Table,
    registry: Registry,
}

impl State for OwnSessions {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Table::start(aws)?, Registry::start(aws)?))
    }
}

const ENDED_BEFORE: Problem = Problem::new("ended-before", 409, "Ended before");

impl OwnSessions {
    pub fn new(table: Table, registry: Registry) -> Self {
        Self { table, registry }
    }

    /// Its refresh token is worthless at once, its access token within the 30 s for which functions believe
    /// the session registry. Ending it twice is no error.
    pub async fn log_out(&self, caller: &Caller) -> Result<NoContent> {
        let (key, id) = session_key(caller.user_id, &caller.session_id)
            .ok_or_else(|| Failure::internal("a session id in a token of ours is malformed"))?;
        let ended = SessionEnded { user_id: caller.user_id, session_id: caller.session_id.clone() };
        let effect = Transaction::new()
            .remove(&self.table, &key, ENDED_BEFORE.because("never shown"))?
            .delete(self.registry.end(id)?, ENDED_BEFORE.because("never shown"))
            .publish(&ended)?;
        match effect.commit(&self.table).await {
            Err(failure) if failure.problem != ENDED_BEFORE => Err(failure),
            _ => Ok(NoContent),
        }
    }
}
