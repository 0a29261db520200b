//! ID-21: closing one's account for a while, and coming back.

use contracts::identity::{AccountChanged, AccountDeactivated, UserReactivated};
use deserr::Deserr;
use kernel::text::Email;
use kernel::{Result, time};
use schemars::JsonSchema;
use store::Transaction;
use web::{Caller, Client, Json, NoContent};

use crate::account::{Status, email_guard};
use crate::confirm::OwnPassword;
use crate::issuer::Issuer;
use crate::log_in::wrong;
use crate::operator::Rights;
use crate::password::Password;
use crate::proof::Claim;
use crate::second_factor::SignIn;

/// Who wants to come back.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Comeback {
    pub email: Email,
    pub password: Password,
}

impl Rights {
    /// All sessions end with the same write.
    pub async fn deactivate(&self, caller: &Caller, own: &OwnPassword, client: &Client) -> Result<NoContent> {
        let table = &self.identity.table;
        let proven = self.identity.prove_again(Claim::of(caller, &own.password, client)).await?;
        let mut account = proven.account.clone();
        account.status = Status::Deactivated;
        account.end_sessions(time::now());
        let effect = self.changed(proven.clear(table, Transaction::new())?, &account)?;
        account.version += 1;
        effect
            .publish(&AccountDeactivated { user_id: account.id })?
            .publish(&AccountChanged::from(&account))?
            .commit(table)
            .await?;
        // The account is closed already, and its sessions are over: a failure here must not look like one of that.
        let _ = self.clear_up(caller.user_id, None).await;
        Ok(NoContent)
    }
}

impl Issuer {
    /// Whatever does not fit is answered like a wrong password, counted and locked like one: only the owner
    /// learns that there is something to come back to.
    pub async fn reactivate(&self, comeback: &Comeback, client: Client) -> Result<Json<SignIn>> {
        let table = &self.identity.table;
        let user = self.identity.owner_of(email_guard(&comeback.email)).await?;
        let subject = user.map_or_else(|| comeback.email.to_string(), |user| user.to_string());
        let claim = Claim { user, subject, password: &comeback.password, address: &client.address };
        let closed = |account: &crate::account::Account| account.status == Status::Deactivated;
        let proven = self.identity.prove(claim, closed).await?.ok_or_else(wrong)?;
        let mut account = proven.account.clone();
        account.status = Status::Active;
        if !account.password_hash.is_ours() {
            account.password_hash = comeback.password.hash()?;
        }
        let effect = proven.clear(table, Transaction::new())?.replace(table, &account)?;
        account.version += 1;
        let effect = effect
            .publish(&UserReactivated { user_id: account.id })?
            .publish(&AccountChanged::from(&account))?;
        self.begin_anew(effect, &account, client).await
    }
}
