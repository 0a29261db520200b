//! The mails that identity sends itself, because codes must not travel in events.
//!
//! They are commands on an encrypted queue of its own, and not even there does a code appear: the consumer
//! computes it from the challenge.

use askama::Template;
use contracts::{Command, Message};
use kernel::id::Ulid;
use kernel::text::Email;
use kernel::{Failure, Result, UserId};
use messaging::Received;
use platform::mail::{Mail, Mailer};
use platform::{Aws, StartError, State, config};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Identity;
use crate::account::Account;
use crate::challenge::{Answers, Challenge, Purpose};
use crate::otp::SendCode;

/// One mail.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMail {
    /// A code and a link to verify an address.
    VerifyEmail(VerifyEmail),
    /// Somebody asked for another message, with an address that may or may not have an unverified account.
    VerifyAgain(VerifyAgain),
    /// Somebody registered an address that has an account.
    AddressTaken(AddressTaken),
    /// Too many failed log-ins.
    AccountLocked(AccountLocked),
    /// Somebody forgot a password, with an address that may or may not have an account.
    ForgotPassword(ForgotPassword),
    /// A link to set a new password.
    ResetPassword(ResetPassword),
    /// A link to set the first password of an account that an operator opened.
    SetPassword(ResetPassword),
    /// A code and a link to prove a new address, sent there.
    ChangeEmail(ChangeEmail),
    /// The account has another address now; sent to the old one.
    EmailChanged(EmailChanged),
    /// A code for somebody who is known already.
    Code(SendCode),
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct VerifyEmail {
    pub user_id: UserId,
    /// Which challenge: an older one's mail is not sent any more.
    #[schemars(with = "String")]
    pub number: Ulid,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct VerifyAgain {
    pub email: Email,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ForgotPassword {
    pub email: Email,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ResetPassword {
    pub user_id: UserId,
    /// Which challenge: an older one's mail is not sent any more.
    #[schemars(with = "String")]
    pub number: Ulid,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ChangeEmail {
    pub user_id: UserId,
    /// Which challenge: an older one's mail is not sent any more.
    #[schemars(with = "String")]
    pub number: Ulid,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EmailChanged {
    pub user_id: UserId,
    /// The old address.
    pub email: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AddressTaken {
    pub user_id: UserId,
    pub email: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AccountLocked {
    pub user_id: UserId,
    pub email: String,
}

impl Message for IdentityMail {
    const TYPE: &'static str = "identity.send_mail";

    fn subject(&self) -> String {
        match self {
            Self::VerifyEmail(mail) => mail.user_id.to_string(),
            // No address in the envelope, and no account is known yet.
            Self::VerifyAgain(_) | Self::ForgotPassword(_) => "unknown".into(),
            Self::AddressTaken(mail) => mail.user_id.to_string(),
            Self::AccountLocked(mail) => mail.user_id.to_string(),
            Self::ResetPassword(mail) | Self::SetPassword(mail) => mail.user_id.to_string(),
            Self::ChangeEmail(mail) => mail.user_id.to_string(),
            Self::EmailChanged(mail) => mail.user_id.to_string(),
            Self::Code(code) => code.user_id.to_string(),
        }
    }
}

impl Command for IdentityMail {
    const QUEUE: &'static str = "identity-mail";
}

/// What sending needs.
pub struct Postman {
    pub identity: Identity,
    pub mailer: Mailer,
    pub answers: Answers,
    pub public_url: String,
}

impl State for Postman {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self {
            identity: Identity::start(aws).await?,
            mailer: Mailer::start(aws)?,
            answers: Answers::start(aws).await?,
            public_url: config::public_url()?,
        })
    }
}

#[derive(Template)]
#[template(path = "verify-email.txt")]
struct VerifyEmailText<'a> {
    given_name: &'a str,
    code: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "change-email.txt")]
struct ChangeEmailText<'a> {
    given_name: &'a str,
    code: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "reset-password.txt")]
struct ResetPasswordText<'a> {
    given_name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "set-password.txt")]
struct SetPasswordText<'a> {
    given_name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "email-changed.txt")]
struct EmailChangedText;

#[derive(Template)]
#[template(path = "address-taken.txt")]
struct AddressTakenText;

#[derive(Template)]
#[template(path = "account-locked.txt")]
struct AccountLockedText;

impl Postman {
    pub async fn send(&self, command: &Received<IdentityMail>) -> Result<()> {
        match &command.message {
            IdentityMail::VerifyAgain(again) => {
                return self.identity.challenge_again(&again.email, command).await;
            }
            IdentityMail::ForgotPassword(forgot) => {
                return self.identity.challenge_reset(&forgot.email, command).await;
            }
            _ => {}
        }
        let Some(mail) = self.write(command).await? else { return Ok(()) };
        command.deliver(&self.identity.table, self.mailer.send(mail)).await
    }

    /// The mail, unless it has become pointless.
    async fn write(&self, command: &IdentityMail) -> Result<Option<Mail>> {
        let (to, subject, text) = match command {
            IdentityMail::VerifyEmail(mail) => {
                return self.proof(mail.user_id, mail.number, Purpose::VerifyEmail).await;
            }
            IdentityMail::ChangeEmail(mail) => {
                return self.proof(mail.user_id, mail.number, Purpose::ChangeEmail).await;
            }
            IdentityMail::ResetPassword(mail) => {
                return self.proof(mail.user_id, mail.number, Purpose::ResetPassword).await;
            }
            IdentityMail::SetPassword(mail) => return self.invitation(mail).await,
            IdentityMail::VerifyAgain(_) | IdentityMail::ForgotPassword(_) => return Ok(None),
            IdentityMail::EmailChanged(mail) => {
                (mail.email.clone(), "Your Caravan address was changed", render(&EmailChangedText)?)
            }
            IdentityMail::Code(code) => return self.code(code).await,
            IdentityMail::AddressTaken(mail) => {
                (mail.email.clone(), "You have a Caravan account already", render(&AddressTakenText)?)
            }
            IdentityMail::AccountLocked(mail) => {
                (mail.email.clone(), "Your Caravan account is locked", render(&AccountLockedText)?)
            }
        };
        Ok(Some(Mail { to, subject: subject.into(), text }))
    }

    /// What the owner of the mailbox answers a challenge with.
    async fn proof(&self, user: UserId, number: Ulid, purpose: Purpose) -> Result<Option<Mail>> {
        let Some((challenge, account)) = self.live(user, number, purpose).await? else { return Ok(None) };
        let given_name = account.given_name.as_str();
        let code = self.answers.code(&challenge).digits();
        let link = self.link(&challenge);
        let (subject, text) = match purpose {
            Purpose::ResetPassword => {
                ("Set a new Caravan password".into(), render(&ResetPasswordText { given_name, link: &link })?)
            }
            Purpose::VerifyEmail => {
                let text = VerifyEmailText { given_name, code: &code, link: &link };
                (format!("{code} is your Caravan code"), render(&text)?)
            }
            Purpose::ChangeEmail => {
                let text = ChangeEmailText { given_name, code: &code, link: &link };
                (format!("{code} is your Caravan code"), render(&text)?)
            }
        };
        Ok(Some(Mail { to: challenge.email.to_string(), subject, text }))
    }

    async fn invitation(&self, mail: &ResetPassword) -> Result<Option<Mail>> {
        let live = self.live(mail.user_id, mail.number, Purpose::ResetPassword).await?;
        let Some((challenge, account)) = live else { return Ok(None) };
        let (given_name, link) = (account.given_name.as_str(), self.link(&challenge));
        let text = render(&SetPasswordText { given_name, link: &link })?;
        Ok(Some(Mail { to: challenge.email.to_string(), subject: "Your new Caravan account".into(), text }))
    }

    /// The challenge, unless it is answered or replaced meanwhile, and whose it is.
    async fn live(
        &self,
        user: UserId,
        number: Ulid,
        purpose: Purpose,
    ) -> Result<Option<(Challenge, Account)>> {
        let challenge = self.identity.table.get::<Challenge>(&Challenge::key_of(user, purpose)).await?;
        let Some(challenge) = challenge.filter(|live| live.is_live(number)) else { return Ok(None) };
        let account = self.identity.table.get::<Account>(&Account::key_of(user)).await?;
        let account = account.ok_or_else(|| Failure::internal("a challenge without an account"))?;
        Ok(Some((challenge, account)))
    }

    fn link(&self, challenge: &Challenge) -> String {
        let page = match challenge.purpose {
            Purpose::ResetPassword => "password/reset",
            Purpose::VerifyEmail | Purpose::ChangeEmail => "verify-email",
        };
        // Behind the # a browser keeps it to itself: it reaches no server's log.
        format!("{}/api/v1/auth/{page}#{}", self.public_url, self.answers.token(challenge))
    }
}

fn render(template: &impl Template) -> Result<String> {
    template.render().map_err(Failure::internal)
}
