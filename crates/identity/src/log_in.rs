//! ID-4: logging in with a password.

use deserr::Deserr;
use kernel::{Failure, Problem, Result, UserId};
use schemars::JsonSchema;
use store::{Record, Transaction};
use web::{Client, Json};

use crate::account::{Account, Identifier};
use crate::issuer::Issuer;
use crate::lockout::{COUNTED_MEANWHILE, Lockout};
use crate::password::{Password, PasswordHash};
use crate::second_factor::SignIn;

pub const WRONG_CREDENTIALS: Problem =
    Problem::new("wrong-credentials", 401, "The name or the password is wrong");
pub const NOT_VERIFIED: Problem = Problem::new("email-not-verified", 403, "Verify your address first");

/// Failures on one account at once that take turns before one gives up.
const TURNS: usize = 5;

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Credentials {
    pub email: Identifier,
    pub password: Password,
}

impl Issuer {
    /// An unknown name takes as many calls and as long as a known one, and is counted and locked alike.
    pub async fn log_in(&self, credentials: &Credentials, client: Client) -> Result<Json<SignIn>> {
        let table = &self.identity.table;
        let user = self.identity.owner_of(credentials.email.guard()).await?;
        let subject = user.map_or_else(|| credentials.email.to_string(), |user| user.to_string());
        let [from_address, a_day] = Lockout::keys(&subject, &client.address);
        let account_key = Account::key_of(user.unwrap_or_else(UserId::new));
        let read = [account_key, from_address.clone(), a_day.clone()];
        let [account, failures, failures_today] = self.identity.items(read).await?;
        let lockout = Lockout::read([from_address, a_day], [failures, failures_today])?;
        lockout.check()?;

        let account = account.map(Account::from_item).transpose()?;
        let hash = account.as_ref().map_or(PasswordHash::of_nobody(), |account| &account.password_hash);
        let matches = hash.matches(&credentials.password);
        let known = account.as_ref().map(|account| (account.id, account.email.to_string()));
        let Some(account) = account.filter(|account| matches && account.is_active()) else {
            self.count_failure(lockout, known).await?;
            return Err(wrong());
        };
        if !account.is_verified() {
            return Err(NOT_VERIFIED.because("Use the code or the link from the mail, or ask for a new one."));
        }
        let effect = lockout.clear(table, Transaction::new())?;
        self.sign_in(effect, &account, client).await.map(Json::new)
    }

    /// Of several failures at once each is counted, and those beyond the limit are told that it is reached.
    pub(crate) async fn count_failure(
        &self,
        mut lockout: Lockout,
        known: Option<(UserId, String)>,
    ) -> Result<()> {
        for _ in 0..TURNS {
            match lockout.fail(&self.identity.table, known.clone()).await {
                Err(failure) if failure.problem == COUNTED_MEANWHILE => {
                    let items = self.identity.items(lockout.keys.clone()).await?;
                    lockout = Lockout::read(lockout.keys, items)?;
                    lockout.check()?;
                }
                counted => return counted,
            }
        }
        Err(Failure::unavailable("a storm of failed log-ins on one account"))
    }
}

fn wrong() -> Failure {
    WRONG_CREDENTIALS.because("Check both. After five failures you have to wait.")
}
