//! ID-22: what the platform knows of the one who asks.

use kernel::text::Email;
use kernel::{Failure, Result, Role, Timestamp, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Caller, Json};

use crate::Identity;
use crate::account::{Account, Name, Username};

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Me {
    pub id: UserId,
    pub email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Username>,
    pub given_name: Name,
    pub family_name: Name,
    pub roles: Vec<Role>,
    pub email_verified: bool,
    /// The session that asks.
    pub session_id: String,
    pub created_at: Timestamp,
}

impl Identity {
    pub async fn me(&self, caller: &Caller) -> Result<Json<Me>> {
        let account = self.table.get::<Account>(&Account::key_of(caller.user_id)).await?;
        let account = account.ok_or_else(|| Failure::internal("a session without an account"))?;
        Ok(Json::new(Me {
            email_verified: account.is_verified(),
            id: account.id,
            email: account.email,
            username: account.username,
            given_name: account.given_name,
            family_name: account.family_name,
            roles: account.roles,
            session_id: caller.session_id.clone(),
            created_at: account.created_at,
        }))
    }
}
