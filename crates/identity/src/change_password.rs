//! ID-13: a new password for who knows the old one.

use contracts::identity::{AccountChanged, PasswordChanged};
use deserr::Deserr;
use kernel::{Result, time};
use schemars::JsonSchema;
use store::Transaction;
use web::{Caller, Client, Json};

use crate::issuer::{Issuer, TokenPair};
use crate::password::Password;
use crate::proof::Claim;
use crate::reset_password::check;
use crate::session::Session;

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct PasswordChange {
    pub current_password: Password,
    pub password: Password,
    /// Must equal the new password when it is sent.
    #[deserr(default)]
    pub password_confirm: Option<Password>,
}

impl Issuer {
    /// Ends every session, and gives the caller a new one.
    pub async fn change_password(
        &self,
        caller: &Caller,
        change: &PasswordChange,
        client: Client,
    ) -> Result<Json<TokenPair>> {
        let table = &self.identity.table;
        let proven = self.identity.prove_again(Claim::of(caller, &change.current_password, &client)).await?;
        let mut account = proven.account.clone();
        check(&change.password, change.password_confirm.as_ref(), &account)?;
        // Hashed before the clock is read: it takes long enough for somebody to sign in with the old one.
        let hash = change.password.hash()?;
        account.set_password(hash, time::now());
        let effect = proven.clear(table, Transaction::new())?.replace(table, &account)?;
        account.version += 1;
        let effect = effect
            .publish(&PasswordChanged { user_id: account.id })?
            .publish(&AccountChanged::from(&account))?;
        let session = Session::new(account.id, client.user_agent, client.address);
        self.open(effect, &account, &session)?.commit(table).await?;
        self.clear_up_after(&session).await;
        Ok(Json::new(self.tokens(&account, &session)?))
    }
}
