//! The first administrator: made by whoever operates the platform, since nobody else could.

use contracts::identity::{AccountChanged, UserRoleChanged};
use kernel::text::Email;
use kernel::{Failure, Problem, Result, Role, UserId};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;

use crate::Identity;
use crate::account::{Account, email_guard};
use crate::registry::Registry;

const NO_SUCH_MEMBER: Problem = Problem::new("no-such-member", 404, "Nobody has verified this address");

/// Who is to be an administrator: somebody who has registered and verified their address, so that no password
/// travels with the wish.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    pub email: Email,
}

#[derive(Debug, Clone, Serialize)]
pub struct Made {
    pub user_id: UserId,
    pub roles: Vec<Role>,
}

/// Accounts and what the registry says of their rights.
pub struct Rights {
    pub identity: Identity,
    pub registry: Registry,
}

impl State for Rights {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { identity: Identity::start(aws).await?, registry: Registry::start(aws)? })
    }
}

impl Rights {
    pub async fn make_admin(&self, candidate: &Candidate) -> Result<Made> {
        let nobody = || NO_SUCH_MEMBER.because("They must register and verify their address first.");
        let user = self.identity.owner_of(email_guard(&candidate.email)).await?.ok_or_else(nobody)?;
        let account = self.identity.table.get::<Account>(&Account::key_of(user)).await?;
        let account = account.filter(|account| account.is_active() && account.is_verified());
        let account = account.ok_or_else(nobody)?;
        let mut roles = account.roles.clone();
        if !roles.contains(&Role::Admin) {
            roles.push(Role::Admin);
            self.give(account, roles.clone()).await?;
        }
        Ok(Made { user_id: user, roles })
    }

    /// Gives the account these roles. Its tokens name the old ones, so they are worthless from then on.
    pub async fn give(&self, account: Account, roles: Vec<Role>) -> Result<Account> {
        let mut changed = Account { token_version: account.token_version + 1, roles, ..account };
        let effect = Transaction::new()
            .replace(&self.identity.table, &changed)?
            .update(self.registry.rights(&changed)?, Failure::unavailable("rights of a newer version"));
        changed.version += 1;
        effect
            .publish(&UserRoleChanged {
                user_id: changed.id,
                roles: changed.roles.iter().map(Role::to_string).collect(),
            })?
            .publish(&AccountChanged::from(&changed))?
            .commit(&self.identity.table)
            .await?;
        Ok(changed)
    }
}
