//! Proving a password, with the lockout that makes guessing slow.

use kernel::{Failure, Problem, Result, UserId};
use store::expression::{text, values};
use store::{Record, Table, Transaction};
use web::{Caller, Client};

use crate::Identity;
use crate::account::Account;
use crate::lockout::{COUNTED_MEANWHILE, Lockout};
use crate::password::{Password, PasswordHash};

/// For who is signed in already: a 401 would tell their client to sign in again.
pub const WRONG_PASSWORD: Problem = Problem::new("wrong-password", 403, "The password is wrong");

/// Failures on one account at once that take turns before one gives up.
const TURNS: usize = 5;

/// Somebody says that they are the owner of an account.
pub(crate) struct Claim<'a> {
    /// None when the name is unknown, which must take as many calls and as long.
    pub user: Option<UserId>,
    /// What failures are counted on: the account, or what an unknown somebody typed.
    pub subject: String,
    pub password: &'a Password,
    pub address: &'a str,
}

impl<'a> Claim<'a> {
    /// By who is signed in.
    pub fn of(caller: &Caller, password: &'a Password, client: &'a Client) -> Self {
        let (user, subject) = (Some(caller.user_id), caller.user_id.to_string());
        Self { user, subject, password, address: &client.address }
    }
}

/// An account whose password was proven a moment ago.
pub(crate) struct Proven {
    pub account: Account,
    lockout: Lockout,
}

impl Identity {
    /// Nothing when the password is wrong or the account `may` not: both are counted, in two calls.
    pub(crate) async fn prove(
        &self,
        claim: Claim<'_>,
        may: impl Fn(&Account) -> bool,
    ) -> Result<Option<Proven>> {
        let [from_address, a_day] = Lockout::keys(&claim.subject, claim.address);
        let account_key = Account::key_of(claim.user.unwrap_or_else(UserId::new));
        let read = [account_key, from_address.clone(), a_day.clone()];
        let [account, failures, failures_today] = self.table.each(read).await?;
        let lockout = Lockout::read([from_address, a_day], [failures, failures_today])?;
        lockout.check()?;

        let account = account.map(Account::from_item).transpose()?;
        let hash = account.as_ref().map_or(PasswordHash::of_nobody(), |account| &account.password_hash);
        let matches = hash.matches(claim.password);
        let known = account.as_ref().map(|account| (account.id, account.email.to_string()));
        match account.filter(|account| matches && may(account)) {
            Some(account) => Ok(Some(Proven { account, lockout })),
            None => self.count_failure(lockout, known).await.map(|()| None),
        }
    }

    /// By who is signed in.
    pub(crate) async fn prove_again(&self, claim: Claim<'_>) -> Result<Proven> {
        let proven = self.prove(claim, Account::is_active).await?;
        proven.ok_or_else(|| WRONG_PASSWORD.because("Send your present password."))
    }

    /// Of several failures at once each is counted, and those beyond the limit are told that it is reached.
    pub(crate) async fn count_failure(
        &self,
        mut lockout: Lockout,
        known: Option<(UserId, String)>,
    ) -> Result<()> {
        for _ in 0..TURNS {
            match lockout.fail(&self.table, known.clone()).await {
                Err(failure) if failure.problem == COUNTED_MEANWHILE => {
                    let items = self.table.each(lockout.keys.clone()).await?;
                    lockout = Lockout::read(lockout.keys, items)?;
                    lockout.check()?;
                }
                counted => return counted,
            }
        }
        Err(Failure::unavailable("a storm of failed log-ins on one account"))
    }
}

impl Proven {
    /// Forgets the failures before, in the transaction that uses the proof.
    pub fn clear(&self, table: &Table, effect: Transaction) -> Result<Transaction> {
        self.lockout.clear(table, effect)
    }

    /// Keeps a hash of our own in place of an imported or weaker one, now that the password is known.
    pub fn keep_own_hash(
        &self,
        table: &Table,
        password: &Password,
        effect: Transaction,
    ) -> Result<Transaction> {
        let old = &self.account.password_hash;
        if old.is_ours() {
            return Ok(effect);
        }
        let hash = |hash: &PasswordHash| serde_dynamo::to_attribute_value(hash).map_err(Failure::internal);
        let update = aws_sdk_dynamodb::types::Update::builder()
            .table_name(&table.name)
            .set_key(Some(self.account.key().to_item()))
            .update_expression("SET password_hash = :ours")
            // No new version of the account: nothing that anybody else may know has changed.
            .condition_expression("password_hash = :old AND kind = :account")
            .set_expression_attribute_values(values([
                (":ours", hash(&password.hash()?)?),
                (":old", hash(old)?),
                (":account", text(Account::KIND)),
            ]))
            .build()
            .map_err(Failure::internal)?;
        Ok(effect.update(update, Failure::unavailable("the password was changed at this moment")))
    }
}
