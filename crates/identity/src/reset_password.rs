//! ID-11 and ID-12: a new password for who forgot the old one.

use std::fmt;

use contracts::identity::{
    AccountChanged, ChallengeIssued, PasswordChanged, PasswordResetRequested, UserVerified,
};
use deserr::Deserr;
use kernel::text::{Email, Invalid};
use kernel::{Failure, FieldErrors, Result, UserId, time};
use messaging::Received;
use schemars::JsonSchema;
use store::{Record, Transaction};
use web::{Accepted, Client, Json};

use crate::Identity;
use crate::account::{Account, email_guard};
use crate::challenge::{Challenge, Purpose};
use crate::issuer::Issuer;
use crate::lockout::Lockout;
use crate::mail::{ForgotPassword, IdentityMail, ResetPassword};
use crate::operator::Rights;
use crate::password::Password;
use crate::register::Notice;
use crate::second_factor::SignIn;
use crate::session::SessionId;
use crate::verify_email::{Address, wrong};

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewPassword {
    pub password: Password,
    /// Must equal the password when it is sent.
    #[deserr(default)]
    pub password_confirm: Option<Password>,
}

/// The token of a mailed link. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

impl fmt::Display for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl std::str::FromStr for LinkToken {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(Self(text.to_owned()))
    }
}

kernel::text_value!(LinkToken, {
    "type": "string",
    "description": "From the link in the mail.",
    "minLength": 1,
    "maxLength": 200
});

impl Identity {
    /// Sends a link, if there is an account. The same answer, calls and time for every address: whether there
    /// is anything to send is found out behind the queue.
    pub async fn forgot_password(&self, address: &Address) -> Result<Accepted<Notice>> {
        let forgot = ForgotPassword { email: address.email.clone() };
        Transaction::new().command(&IdentityMail::ForgotPassword(forgot))?.commit(&self.table).await?;
        Ok(Accepted(Notice::check_your_mail()))
    }

    /// A new challenge for the active account with this address, if there is one; it voids the one before.
    pub(crate) async fn challenge_reset(&self, email: &Email, asked: &Received<IdentityMail>) -> Result<()> {
        let Some(user) = self.owner_of(email_guard(email)).await? else { return Ok(()) };
        let account = self.table.get::<Account>(&Account::key_of(user)).await?;
        let Some(account) = account.filter(Account::is_active) else { return Ok(()) };
        let challenge = Challenge::new(account.id, Purpose::ResetPassword, account.email.clone());
        let mail = ResetPassword { user_id: account.id, number: challenge.number };
        let effect = Transaction::new()
            .check(self.unchanged(&account)?, Failure::unavailable("changed at this moment"))
            .overwrite(&self.table, challenge.to_item()?)?
            .publish(&PasswordResetRequested { user_id: account.id })?
            .publish(&ChallengeIssued { user_id: account.id, purpose: "reset-password".into() })?
            .command(&IdentityMail::ResetPassword(mail))?;
        asked.commit(&self.table, effect).await?;
        Ok(())
    }
}

impl Issuer {
    /// Sets the password, ends every session, and signs the owner in. They have read their mail, so the address
    /// is theirs, and whoever guessed at the old password is forgotten.
    pub async fn reset_password(
        &self,
        token: &LinkToken,
        new: &NewPassword,
        client: Client,
    ) -> Result<Json<SignIn>> {
        let (user, number) = self.answers.read(&token.0).ok_or_else(wrong)?;
        let keys = [Challenge::key_of(user, Purpose::ResetPassword), Account::key_of(user)];
        let [challenge, account] = self.identity.table.each(keys).await?;
        let challenge = challenge.map(Challenge::from_item).transpose()?;
        let challenge = challenge.filter(|live| live.is_live(number)).ok_or_else(wrong)?;
        let account = account.map(Account::from_item).transpose()?;
        // A link that went to an address which is not the account's any more is nobody's proof.
        let account = account.filter(|account| account.is_active() && account.email == challenge.email);
        let mut account = account.ok_or_else(wrong)?;
        check(&new.password, new.password_confirm.as_ref(), &account)?;

        let table = &self.identity.table;
        let first_proof = !account.is_verified();
        // Hashed before the clock is read: it takes long enough for somebody to sign in with the old one.
        let hash = new.password.hash()?;
        let now = time::now();
        account.set_password(hash, now);
        account.verified_at.get_or_insert(now);
        let mut effect =
            Transaction::new().delete(challenge.consume(table)?, wrong()).replace(table, &account)?;
        account.version += 1;
        for counter in Lockout::forget(table, &account.id.to_string(), &client.address)? {
            effect = effect.delete(counter, Failure::internal("an unconditional delete was refused"));
        }
        if first_proof {
            effect = effect.publish(&UserVerified {
                user_id: account.id,
                email: account.email.to_string(),
                given_name: account.given_name.to_string(),
            })?;
        }
        let effect = effect
            .publish(&PasswordChanged { user_id: account.id })?
            .publish(&AccountChanged::from(&account))?;
        self.begin_anew(effect, &account, client).await
    }

    /// Clears the other sessions up. They are over in any case, so a failure here must not look like one of what
    /// has happened already.
    pub(crate) async fn clear_up_after(&self, user: UserId, kept: Option<SessionId>) {
        let rights = Rights { identity: self.identity.clone(), registry: self.registry.clone() };
        let _ = rights.clear_up(user, kept).await;
    }

    /// Signs the account's owner in with a change that ends all sessions from before and has proven who they are; a
    /// second factor is asked for all the same.
    pub(crate) async fn begin_anew(
        &self,
        effect: Transaction,
        account: &Account,
        client: Client,
    ) -> Result<Json<SignIn>> {
        let (answer, session) = self.admit(effect, account, client).await?;
        self.clear_up_after(account.id, session).await;
        Ok(Json::new(answer))
    }
}

/// Tells what is wrong with a new password of this account.
pub(crate) fn check(password: &Password, confirm: Option<&Password>, account: &Account) -> Result<()> {
    let mut errors = FieldErrors::default();
    let username = account.username.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut about = vec![account.given_name.as_str(), account.family_name.as_str(), account.email.as_str()];
    about.extend(account.username.is_some().then_some(username.as_str()));
    if let Some(weakness) = password.weakness(&about) {
        errors.push("/password", weakness);
    }
    if confirm.is_some_and(|confirm| confirm != password) {
        errors.push("/password_confirm", "must equal the password");
    }
    errors.or(())
}
