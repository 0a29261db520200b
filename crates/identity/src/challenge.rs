//! Challenges: something only the owner of a mailbox can answer.
//!
//! A code and a link come from one challenge. Both are derived from the challenge's number, which changes
//! with every mail, under a key that only identity can read. So neither is stored nor sent through a queue:
//! the function that writes the mail computes them, and the one that checks an answer computes them again.

use aws_sdk_dynamodb::types::Delete;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::id::Ulid;
use kernel::text::{Email, Invalid};
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use platform::{Aws, StartError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::text;
use store::{Key, Record, Table};

use crate::{TOKEN_KEY, keys};

/// How long a code is good (spec README, e-mail verification).
pub const CODE_GOOD_FOR: std::time::Duration = time::minutes(10);
/// How long a link is good.
pub const LINK_GOOD_FOR: std::time::Duration = time::hours(24);
/// How long a link is good that sets a new password (spec README, reset token).
pub const RESET_GOOD_FOR: std::time::Duration = time::minutes(10);
/// How long the link is good that sets the first password of an account which somebody else opened: its owner does not
/// wait for the mail. The specification names no number; as long as the other link that comes with a new account.
pub const INVITATION_GOOD_FOR: std::time::Duration = LINK_GOOD_FOR;
/// Wrong codes before only a new mail helps.
pub const TRIES: u32 = 5;

pub const WRONG_ANSWER: Problem =
    Problem::new("code-invalid", 400, "The code or link is wrong, used or too old");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    VerifyEmail,
    /// Sent to the new address.
    ChangeEmail,
    /// By a link only: a code would be a second, short password.
    ResetPassword,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ChangeEmail => "change-email",
            Self::ResetPassword => "reset-password",
        }
    }

    const fn code_good_for(self) -> std::time::Duration {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => CODE_GOOD_FOR,
            Self::ResetPassword => std::time::Duration::ZERO,
        }
    }

    const fn link_good_for(self) -> std::time::Duration {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => LINK_GOOD_FOR,
            Self::ResetPassword => RESET_GOOD_FOR,
        }
    }
}

/// The live challenge of an account for one purpose: a new one replaces it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Challenge {
    pub user_id: UserId,
    pub purpose: Purpose,
    /// Which mail it is: only the newest is good.
    #[schemars(with = "String")]
    pub number: Ulid,
    pub email: Email,
    /// Codes tried so far.
    pub tries: u32,
    pub code_expires_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Challenge {
    pub fn new(user_id: UserId, purpose: Purpose, email: Email) -> Self {
        let now = time::now();
        Self {
            user_id,
            purpose,
            number: Ulid::generate(),
            email,
            tries: 0,
            code_expires_at: now + purpose.code_good_for(),
            expires_at: now + purpose.link_good_for(),
        }
    }

    /// To set a first password. Answered like a forgotten one, and voided by a link for that.
    pub fn invitation(user_id: UserId, email: Email) -> Self {
        let expires_at = time::now() + INVITATION_GOOD_FOR;
        Self { expires_at, ..Self::new(user_id, Purpose::ResetPassword, email) }
    }

    pub fn key_of(user: UserId, purpose: Purpose) -> Key {
        Key::new(format!("USER#{user}"), format!("CHALLENGE#{}", purpose.name()))
    }

    pub fn is_live(&self, number: Ulid) -> bool {
        self.number == number && self.expires_at > time::now()
    }

    /// Uses it up: only one of two answers at once finds it.
    pub(crate) fn consume(&self, table: &Table) -> Result<Delete> {
        Delete::builder()
            .table_name(&table.name)
            .set_key(Some(self.key().to_item()))
            .condition_expression("#number = :number")
            .expression_attribute_names("#number", "number")
            .expression_attribute_values(":number", text(self.number))
            .build()
            .map_err(Failure::internal)
    }
}

impl Record for Challenge {
    const KIND: &'static str = "challenge";

    fn key(&self) -> Key {
        Self::key_of(self.user_id, self.purpose)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Computes codes and links.
#[derive(Debug, Clone)]
pub struct Answers {
    key: keys::Key,
}

impl Answers {
    pub async fn start(aws: &Aws) -> Result<Self, StartError> {
        Self::new(&aws.secret(TOKEN_KEY).await?)
    }

    pub fn new(secret: &str) -> Result<Self, StartError> {
        Ok(Self { key: keys::Key::derive(secret, "challenge")? })
    }

    /// Six digits. 2^64 is no multiple of 10^6; the difference is below one in 10^13.
    pub fn code(&self, challenge: &Challenge) -> Code {
        self.code_of(challenge.user_id, challenge.number)
    }

    /// The code of a message, by its number.
    pub fn code_of(&self, user: UserId, number: Ulid) -> Code {
        let bytes = self.key.code(&[b"code", &user.ulid().to_bytes(), &number.to_bytes()]);
        let mut number = [0; 8];
        number.copy_from_slice(&bytes[..8]);
        Code(u64::from_be_bytes(number) % 1_000_000)
    }

    /// The token of a link: which challenge it is for, and the proof that we made it.
    pub fn token(&self, challenge: &Challenge) -> String {
        self.token_of(challenge.user_id, challenge.number)
    }

    /// A token that only we can make, for whatever has this number.
    pub fn token_of(&self, user: UserId, number: Ulid) -> String {
        let (user, number) = (user.ulid().to_bytes(), number.to_bytes());
        let proof = self.key.code(&[b"link", &user, &number]);
        URL_SAFE_NO_PAD.encode([&user[..], &number[..], &proof[..]].concat())
    }

    /// What a token that we made is for.
    pub fn read(&self, token: &str) -> Option<(UserId, Ulid)> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (user, rest) = bytes.split_first_chunk::<16>()?;
        let (number, proof) = rest.split_first_chunk::<16>()?;
        let ours = self.key.verify(&[b"link", user, number], proof);
        ours.then(|| (UserId::from_ulid(Ulid::from_bytes(*user)), Ulid::from_bytes(*number)))
    }
}

/// A mailed code. It cannot be printed by accident.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(u64);

impl Code {
    /// For the mail.
    pub fn digits(self) -> String {
        format!("{:06}", self.0)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl std::str::FromStr for Code {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or(Invalid("must be six digits".into()))
    }
}

kernel::text_value!(Code, {
    "type": "string",
    "description": "The six digits from the mail.",
    "pattern": "^[0-9]{6}$",
    "examples": ["012345"]
});

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge() -> Challenge {
        Challenge::new(UserId::new(), Purpose::VerifyEmail, "ada@example.com".parse().unwrap())
    }

    #[test]
    fn a_link_names_its_challenge_and_cannot_be_made_without_the_key() {
        let answers = Answers::new(&"k".repeat(64)).unwrap();
        let challenge = challenge();
        let token = answers.token(&challenge);
        assert_eq!(answers.read(&token), Some((challenge.user_id, challenge.number)));
        let forged = Answers::new(&"x".repeat(64)).unwrap().token(&challenge);
        assert_eq!(answers.read(&forged), None);
        assert_eq!(answers.read("nonsense"), None);
        assert_eq!(answers.read(""), None);
    }

    #[test]
    fn another_mail_has_another_code() {
        let answers = Answers::new(&"k".repeat(64)).unwrap();
        let first = challenge();
        let codes: std::collections::BTreeSet<_> = (0..50)
            .map(|_| answers.code(&Challenge { number: Ulid::generate(), ..first.clone() }).digits())
            .collect();
        assert!(codes.len() > 45);
        assert_eq!(answers.code(&first), answers.code(&first.clone()));
    }
}
