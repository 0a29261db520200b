//! BK-8: an account for somebody whom an operator wants to book for.

use contracts::identity::{AccountChanged, ChallengeIssued, CreateUser, UserRegistered};
use kernel::text::{Email, Phone};
use kernel::{Failure, Problem, Result, Role, UserId, time};
use messaging::Received;
use store::Transaction;

use crate::Identity;
use crate::account::{Account, Name, SecondFactor, Status, email_guard};
use crate::challenge::Challenge;
use crate::mail::{IdentityMail, ResetPassword};
use crate::password::PasswordHash;

const ADDRESS_TAKEN: Problem = Problem::new("address-taken", 409, "Somebody has this address");

impl Identity {
    /// Opens the account without a password and mails the link that sets one.
    ///
    /// The operator vouches for address and number, so both count as proven; only who reads the mailbox can ever sign in.
    /// An address has one account: where there is one, nothing is created or changed and nobody gets a mail, so that the
    /// command makes no messages to strangers. Who may ask for this may look for accounts anyway.
    pub async fn create_user(&self, asked: &Received<CreateUser>) -> Result<()> {
        let account = vouched_for(asked)?;
        let (table, id) = (&self.table, account.id.to_string());
        let challenge = Challenge::invitation(account.id, account.email.clone());
        let mail = ResetPassword { user_id: account.id, number: challenge.number };
        let effect = Transaction::new()
            .guard(table, &email_guard(&account.email), &id, ADDRESS_TAKEN.because("never shown"))?
            .create(table, &account, Failure::internal("account id used twice"))?
            .create(table, &challenge, Failure::internal("challenge of a new account exists"))?
            .publish(&UserRegistered {
                user_id: account.id,
                email: account.email.to_string(),
                given_name: account.given_name.to_string(),
                family_name: account.family_name.to_string(),
                roles: account.roles.iter().map(Role::to_string).collect(),
            })?
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
    let now = time::now();
    let email: Email = asked.email.parse().map_err(Failure::internal)?;
    let given_name: Name = asked.given_name.parse().map_err(Failure::internal)?;
    let family_name: Name = asked.family_name.parse().map_err(Failure::internal)?;
    let phone: Option<Phone> =
        asked.phone.as_deref().map(str::parse).transpose().map_err(Failure::internal)?;
    Ok(Account {
        id: UserId::new(),
        email,
        username: None,
        given_name,
        family_name,
        roles: vec![Role::User],
        password_hash: PasswordHash::unusable(),
        password_changed_at: now,
        token_version: 1,
        verified_at: Some(now),
        status: Status::Active,
        sessions_valid_from: now,
        group_id: None,
        phone,
        second_factor: SecondFactor::None,
        terms_accepted_at: now,
        created_at: now,
        version: 1,
    })
}
