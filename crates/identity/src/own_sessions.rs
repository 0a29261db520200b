//! ID-18 and ID-19: where somebody is signed in, and ending what they do not recognise.

use kernel::page::{Page, PageRequest};
use kernel::{Failure, Problem, Result, Timestamp, time};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Listing, Pager, Transaction};
use web::{Caller, Json, NoContent};

use crate::Identity;
use crate::account::Account;
use crate::device::Device;
use crate::operator::Rights;
use crate::session::{Session, SessionId};

/// The session one is in ends by logging out.
pub const CURRENT_SESSION: Problem = Problem::new("current-session", 400, "This is the session you are in");

/// A place where the caller is signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OpenSession {
    pub id: SessionId,
    pub device: Device,
    /// Where it was opened from.
    pub address: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    /// It ends then unless it is used.
    pub expires_at: Timestamp,
    /// The one that asks.
    pub current: bool,
}

/// Reads the sessions of an account page by page.
pub struct SessionList {
    identity: Identity,
    pager: Pager,
}

impl State for SessionList {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Identity::start(aws).await?, Pager::start()?))
    }
}

impl SessionList {
    pub fn new(identity: Identity, pager: Pager) -> Self {
        Self { identity, pager }
    }

    /// Only live ones, newest first: what has ended since it was listed is left out of its page.
    pub async fn page(&self, caller: &Caller, request: &PageRequest) -> Result<Json<Page<OpenSession>>> {
        let table = &self.identity.table;
        let account = table.get::<Account>(&Account::key_of(caller.user_id)).await?;
        let account = account.ok_or_else(|| Failure::internal("a session without an account"))?;
        let pk = format!("USER#{}", caller.user_id);
        let listing = Listing { index: None, pk: &pk, prefix: "SESSION#", newest_first: true };
        let mut page = self.pager.page::<Session>(table, listing, request).await?;
        let now = time::now();
        page.data.retain(|session| {
            session.created_at >= account.sessions_valid_from
                && session.expires_at > now
                && session.ends_at > now
        });
        Ok(Json::new(page.map(|session| OpenSession {
            device: Device::of(&session.user_agent),
            current: session.id.to_string() == caller.session_id,
            id: session.id,
            address: session.address,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        })))
    }
}

impl Rights {
    /// One of the caller's own.
    pub async fn end_session(&self, caller: &Caller, id: SessionId) -> Result<NoContent> {
        if id.to_string() == caller.session_id {
            return Err(CURRENT_SESSION.because("Log out to end it."));
        }
        let gone = Failure::not_found("session");
        self.end_one(Transaction::new(), caller.user_id, id, gone)?.commit(&self.identity.table).await?;
        Ok(NoContent)
    }

    /// All but the one that asks.
    pub async fn end_other_sessions(&self, caller: &Caller) -> Result<NoContent> {
        self.end_each(caller.user_id, |session| session.id.to_string() != caller.session_id).await?;
        Ok(NoContent)
    }
}
