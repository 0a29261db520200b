//! BK-8: an account for somebody whom an operator wants to book for.

use contracts::identity::{AccountChanged, ChallengeIssued, CreateUser};
use kernel::text::{Email, Phone};
use kernel::{Failure, Problem, Result};
use messaging::Received;

use crate::Identity;
use crate::account::{Account, Name, opening};
use crate::challenge::Challenge;
use crate::mail::{IdentityMail, ResetPassword};

const ADDRESS_TAKEN: Problem = Problem::new("address-taken", 409, "Somebody has this address");

impl Identity {
    /// Opens the account without a password and mails the link that sets one.
    ///
    /// The operator vouches for address and number, so both count as proven; only who reads the mailbox can ever sign in.
    /// An address has one account: where there is one, nothing is created or changed and nobody gets a mail, so that the
    /// command makes no messages to strangers. Who may ask for this may look for accounts anyway.
    pub async fn create_user(&self, asked: &Received<CreateUser>) -> Result<()> {
        let account = vouched_for(asked)?;
        let table = &self.table;
        let challenge = Challenge::invitation(account.id, account.email.clone());
        let mail = ResetPassword { user_id: account.id, number: challenge.number };
        let effect = opening(table, &account, ADDRESS_TAKEN.because("never shown"))?
            .create(table, &challenge, Failure::internal("challenge of a new account exists"))?
            .publish(&AccountChanged::from(&account))?
            .publish(&ChallengeIssued { user_id: account.id, purpose: "set-password".into() })?
            .command(&IdentityMail::SetPassword(mail))?;
        match asked.commit(table, effect).await {
            Err(failure) if failure.problem == ADDRESS_TAKEN => Ok(()),
            done => done.map(drop),
        }
    }
}

fn vouched_for(asked: &CreateUser) -> Result<Account> {
    let email: Email = asked.email.parse().map_err(Failure::internal)?;
    let given_name: Name = asked.given_name.parse().map_err(Failure::internal)?;
    let family_name: Name = asked.family_name.parse().map_err(Failure::internal)?;
    let phone: Option<Phone> =
        asked.phone.as_deref().map(str::parse).transpose().map_err(Failure::internal)?;
    Ok(Account::vouched_for(email, given_name, family_name, phone))
}
