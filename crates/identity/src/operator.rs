//! What only who operates the platform can do to an account: make the first administrator, take off a second factor.

use contracts::identity::{AccountChanged, MfaDisabled, UserRoleChanged};
use kernel::text::Email;
use kernel::{Failure, Problem, Result, Role, UserId};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;

use crate::Identity;
use crate::account::{Account, SecondFactor, email_guard};
use crate::registry::Registry;

const NO_SUCH_MEMBER: Problem = Problem::new("no-such-member", 404, "Nobody has verified this address");

/// Whom an operator means: somebody who has registered and verified their address.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    pub email: Email,
}

#[derive(Debug, Clone, Serialize)]
pub struct Made {
    pub user_id: UserId,
    pub roles: Vec<Role>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Removed {
    pub user_id: UserId,
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
    /// The account of a member.
    async fn account_of(&self, member: &Member) -> Result<Account> {
        let nobody = || NO_SUCH_MEMBER.because("They must register and verify their address first.");
        let user = self.identity.owner_of(email_guard(&member.email)).await?.ok_or_else(nobody)?;
        let account = self.identity.table.get::<Account>(&Account::key_of(user)).await?;
        account.filter(|account| account.is_active() && account.is_verified()).ok_or_else(nobody)
    }

    /// For somebody who lost app and backup codes and has convinced an operator of who they are. Their sessions are
    /// worthless from then on. Done twice, it is done once.
    pub async fn remove_second_factor(&self, member: &Member) -> Result<Removed> {
        let account = self.account_of(member).await?;
        let user_id = account.id;
        if account.second_factor == SecondFactor::None {
            return Ok(Removed { user_id });
        }
        let token_version = account.token_version + 1;
        let mut changed = Account { token_version, second_factor: SecondFactor::None, ..account };
        let effect = Transaction::new()
            .replace(&self.identity.table, &changed)?
            .update(self.registry.rights(&changed)?, Failure::unavailable("rights of a newer version"))
            .publish(&MfaDisabled { user_id })?;
        changed.version += 1;
        effect.publish(&AccountChanged::from(&changed))?.commit(&self.identity.table).await?;
        Ok(Removed { user_id })
    }

    pub async fn make_admin(&self, candidate: &Member) -> Result<Made> {
        let account = self.account_of(candidate).await?;
        let user = account.id;
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
