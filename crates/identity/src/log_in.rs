//! ID-4: logging in with a password.

use deserr::Deserr;
use kernel::{Failure, Problem, Result};
use schemars::JsonSchema;
use store::Transaction;
use web::{Client, Json};

use crate::account::{Account, Identifier};
use crate::issuer::{Issuer, TokenPair};
use crate::password::Password;
use crate::proof::Claim;
use crate::session::Session;

pub const WRONG_CREDENTIALS: Problem =
    Problem::new("wrong-credentials", 401, "The name or the password is wrong");
pub const NOT_VERIFIED: Problem = Problem::new("email-not-verified", 403, "Verify your address first");

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Credentials {
    pub email: Identifier,
    pub password: Password,
}

impl Issuer {
    /// An unknown name takes as many calls and as long as a known one, and is counted and locked alike.
    pub async fn log_in(&self, credentials: &Credentials, client: Client) -> Result<Json<TokenPair>> {
        let table = &self.identity.table;
        let user = self.identity.owner_of(credentials.email.guard()).await?;
        let subject = user.map_or_else(|| credentials.email.to_string(), |user| user.to_string());
        let (password, address) = (&credentials.password, client.address.as_str());
        let claim = Claim { user, subject, password, address };
        let proven = self.identity.prove(claim, Account::is_active).await?.ok_or_else(wrong)?;
        let account = &proven.account;
        if !account.is_verified() {
            return Err(NOT_VERIFIED.because("Use the code or the link from the mail, or ask for a new one."));
        }
        let session = Session::new(account.id, client.user_agent, client.address);
        let effect = proven.clear(table, Transaction::new())?;
        let effect = proven.keep_own_hash(table, password, effect)?;
        self.open(effect, account, &session)?.commit(table).await?;
        Ok(Json::new(self.tokens(account, &session)?))
    }
}

pub(crate) fn wrong() -> Failure {
    WRONG_CREDENTIALS.because("Check both. After five failures you have to wait.")
}
