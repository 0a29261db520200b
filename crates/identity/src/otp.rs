//! One-time codes for somebody we know already: derived like those of [`crate::challenge`], sent once in 30 s.

use askama::Template;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{Delete, Put, ReturnValue};
use kernel::id::Ulid;
use kernel::text::Phone;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use platform::mail::Mail;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text, values};
use store::{Item, Key, Record};

use crate::Identity;
use crate::account::Account;
use crate::challenge::{TRIES, WRONG_ANSWER};
use crate::mail::Postman;
use crate::totp::Enrolled;

/// How long a code is good, and whatever waits for it (identity.md, ID-20).
pub const GOOD_FOR: std::time::Duration = time::minutes(10);
/// Between two messages.
pub const COOL_DOWN: std::time::Duration = time::seconds(30);

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    LogIn,
    StepUp,
    VerifyPhone,
    EnableFactor,
}

impl Use {
    pub const fn name(self) -> &'static str {
        match self {
            Self::LogIn => "log-in",
            Self::StepUp => "step-up",
            Self::VerifyPhone => "verify-phone",
            Self::EnableFactor => "enable-factor",
        }
    }
}

/// Something that waits for a code.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Otp {
    pub user_id: UserId,
    pub purpose: Use,
    /// Which log-in waits: several may, on as many devices.
    #[schemars(with = "String")]
    pub id: Ulid,
    /// Which message: only the newest code is good.
    #[schemars(with = "String")]
    pub number: Ulid,
    /// Whether a code was mailed; otherwise an app has it, or a text message.
    pub mailed: bool,
    /// The number to be proven.
    pub phone: Option<Phone>,
    /// The app to be enabled.
    pub app: Option<Enrolled>,
    pub tries: u32,
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Otp {
    pub fn new(user_id: UserId, purpose: Use) -> Self {
        let now = time::now();
        Self {
            user_id,
            purpose,
            id: Ulid::generate(),
            number: Ulid::generate(),
            mailed: false,
            phone: None,
            app: None,
            tries: 0,
            sent_at: now,
            expires_at: now + GOOD_FOR,
        }
    }

    /// Of purposes that have one at a time.
    pub fn key_of(user: UserId, purpose: Use) -> Key {
        Key::new(format!("USER#{user}"), format!("OTP#{}", purpose.name()))
    }

    pub fn log_in_key(user: UserId, id: Ulid) -> Key {
        Key::new(format!("USER#{user}"), format!("OTP#{}#{id}", Use::LogIn.name()))
    }

    /// The next message of the same; its tries stay counted.
    pub fn again(&self) -> Self {
        let now = time::now();
        Self { number: Ulid::generate(), sent_at: now, expires_at: now + GOOD_FOR, ..self.clone() }
    }

    /// Refuses another message so soon after this one.
    pub fn cooled_down(&self) -> Result<()> {
        let wait = (self.sent_at + COOL_DOWN).as_millisecond() - time::now().as_millisecond();
        match u64::try_from(wait).ok().filter(|wait| *wait > 0) {
            None => Ok(()),
            Some(wait) => Err(Problem::RATE_LIMITED
                .because("A code was sent a moment ago. Wait as long as `Retry-After` says.")
                .retry_after(std::time::Duration::from_millis(wait))),
        }
    }

    pub fn is_live(&self) -> bool {
        self.expires_at > time::now()
    }
}

impl Record for Otp {
    const KIND: &'static str = "otp";

    fn key(&self) -> Key {
        match self.purpose {
            Use::LogIn => Self::log_in_key(self.user_id, self.id),
            purpose => Self::key_of(self.user_id, purpose),
        }
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Identity {
    /// Writes the next one; refused when another was written since `before` was read.
    pub(crate) fn put_otp(&self, next: &Otp, before: Option<&Otp>) -> Result<Put> {
        let put = Put::builder().table_name(&self.table.name).set_item(Some(next.to_item()?));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("attribute_not_exists(pk) OR #number = :before")
                .expression_attribute_names("#number", "number")
                .set_expression_attribute_values(values([(":before", text(before.number))])),
        };
        put.build().map_err(Failure::internal)
    }

    /// Uses it up: only one of two answers at once finds it.
    pub(crate) fn consume_otp(&self, otp: &Otp) -> Result<Delete> {
        Delete::builder()
            .table_name(&self.table.name)
            .set_key(Some(otp.key().to_item()))
            .condition_expression("#number = :number")
            .expression_attribute_names("#number", "number")
            .set_expression_attribute_values(values([(":number", text(otp.number))]))
            .build()
            .map_err(Failure::internal)
    }

    /// Counts before anything is compared, so that a hundred guesses at once are still only five.
    pub(crate) async fn try_otp(&self, key: &Key) -> Result<Otp> {
        let count = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(key.to_item()))
            .update_expression("SET tries = tries + :one")
            .condition_expression("attribute_exists(pk) AND tries < :most")
            .set_expression_attribute_values(values([(":one", number(1)), (":most", number(TRIES))]))
            .return_values(ReturnValue::AllNew);
        // Another answer may be using it up at this moment.
        let counted: Option<Item> = match store::patiently(|| count.clone().send()).await {
            Ok(answer) => answer.attributes,
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => None,
                _ => return Err(store::failure(error)),
            },
        };
        let otp = counted.map(Otp::from_item).transpose()?;
        otp.filter(Otp::is_live).ok_or_else(wrong_code)
    }
}

pub(crate) fn wrong_code() -> Failure {
    WRONG_ANSWER.because("Use the newest code, or begin again.")
}

/// A code to be sent: not the code itself, which whoever sends it computes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SendCode {
    pub user_id: UserId,
    pub purpose: Use,
    #[schemars(with = "String")]
    pub id: Ulid,
    #[schemars(with = "String")]
    pub number: Ulid,
}

impl From<&Otp> for SendCode {
    fn from(otp: &Otp) -> Self {
        Self { user_id: otp.user_id, purpose: otp.purpose, id: otp.id, number: otp.number }
    }
}

impl Identity {
    /// What waits for this message, unless a newer one was sent or nothing waits any more.
    pub(crate) async fn awaited(&self, code: &SendCode) -> Result<Option<Otp>> {
        let key = match code.purpose {
            Use::LogIn => Otp::log_in_key(code.user_id, code.id),
            purpose => Otp::key_of(code.user_id, purpose),
        };
        let otp = self.table.get::<Otp>(&key).await?;
        Ok(otp.filter(|otp| otp.number == code.number && otp.is_live()))
    }
}

#[derive(Template)]
#[template(path = "code.txt")]
struct CodeText<'a> {
    given_name: &'a str,
    code: &'a str,
    purpose: &'a str,
}

impl Postman {
    pub(crate) async fn code(&self, code: &SendCode) -> Result<Option<Mail>> {
        let Some(otp) = self.identity.awaited(code).await? else { return Ok(None) };
        let account = self.identity.table.get::<Account>(&Account::key_of(code.user_id)).await?;
        let Some(account) = account.filter(Account::is_active) else { return Ok(None) };
        let code = self.answers.code_of(otp.user_id, otp.number).digits();
        let purpose = match otp.purpose {
            Use::LogIn => "log in",
            Use::EnableFactor => "have every log-in ask for such a code",
            Use::StepUp | Use::VerifyPhone => "confirm that it is you",
        };
        let text = CodeText { given_name: account.given_name.as_str(), code: &code, purpose };
        Ok(Some(Mail {
            to: account.email.to_string(),
            subject: format!("{code} is your Caravan code"),
            text: text.render().map_err(Failure::internal)?,
        }))
    }
}
