//! ID-22: what the platform knows of the one who asks.

use kernel::text::{Email, Phone};
use kernel::{Failure, Permission, Result, Role, Timestamp, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Caller, Json};

use crate::Identity;
use crate::account::{Account, GroupId, Name, SecondFactor, Username};

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Me {
    pub id: UserId,
    pub email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Username>,
    pub given_name: Name,
    pub family_name: Name,
    pub roles: Vec<Role>,
    /// What the roles and the group allow, as endpoints see it right now.
    pub permissions: Vec<Permission>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// Proven by a text message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    pub second_factor: Policy,
    pub email_verified: bool,
    /// The session that asks.
    pub session_id: String,
    pub created_at: Timestamp,
}

/// What the account's owner wants a log-in to ask for after the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    None,
    EmailOtp,
    Totp,
}

impl From<&SecondFactor> for Policy {
    fn from(factor: &SecondFactor) -> Self {
        match factor {
            SecondFactor::None => Self::None,
            SecondFactor::EmailOtp => Self::EmailOtp,
            SecondFactor::Totp(_) => Self::Totp,
        }
    }
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
            permissions: Permission::ALL.iter().copied().filter(|it| caller.may(*it)).collect(),
            group_id: account.group_id,
            phone: account.phone,
            second_factor: Policy::from(&account.second_factor),
            session_id: caller.session_id.clone(),
            created_at: account.created_at,
        }))
    }
}
