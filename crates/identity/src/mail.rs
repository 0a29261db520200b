//! The mails that identity sends itself, because codes must not travel in events.
//!
//! They are commands on an encrypted queue of its own, and not even there does a code appear: the consumer
//! computes it from the challenge.

use askama::Template;
use contracts::{Command, Message};
use kernel::id::Ulid;
use kernel::text::Email;
use kernel::{Failure, Result, UserId, time};
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
            Self::VerifyAgain(_) => "unknown".into(),
            Self::AddressTaken(mail) => mail.user_id.to_string(),
            Self::AccountLocked(mail) => mail.user_id.to_string(),
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
#[template(path = "address-taken.txt")]
struct AddressTakenText;

#[derive(Template)]
#[template(path = "account-locked.txt")]
struct AccountLockedText;

impl Postman {
    pub async fn send(&self, command: &Received<IdentityMail>) -> Result<()> {
        if let IdentityMail::VerifyAgain(again) = &command.message {
            return self.identity.challenge_again(&again.email, command).await;
        }
        let Some(mail) = self.write(command).await? else { return Ok(()) };
        command.deliver(&self.identity.table, self.mailer.send(mail)).await
    }

    /// The mail, unless it has become pointless.
    async fn write(&self, command: &IdentityMail) -> Result<Option<Mail>> {
        let (to, subject, text) = match command {
            IdentityMail::VerifyEmail(mail) => return self.verification(mail).await,
            IdentityMail::VerifyAgain(_) => return Ok(None),
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

    async fn verification(&self, mail: &VerifyEmail) -> Result<Option<Mail>> {
        let key = Challenge::key_of(mail.user_id, Purpose::VerifyEmail);
        let challenge = self.identity.table.get::<Challenge>(&key).await?;
        let live = challenge.filter(|live| live.number == mail.number && live.expires_at > time::now());
        let Some(challenge) = live else { return Ok(None) };
        let account = self.identity.table.get::<Account>(&Account::key_of(mail.user_id)).await?;
        let account = account.ok_or_else(|| Failure::internal("a challenge without an account"))?;
        let code = self.answers.code(&challenge).digits();
        // Behind the # a browser keeps it to itself: it reaches no server's log.
        let link = format!("{}/api/v1/auth/verify-email#{}", self.public_url, self.answers.token(&challenge));
        let text = VerifyEmailText { given_name: account.given_name.as_str(), code: &code, link: &link };
        Ok(Some(Mail {
            to: challenge.email.to_string(),
            subject: format!("{code} is your Caravan code"),
            text: render(&text)?,
        }))
    }
}

fn render(template: &impl Template) -> Result<String> {
    template.render().map_err(Failure::internal)
}
