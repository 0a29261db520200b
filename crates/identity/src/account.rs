//! An account: its names, its password, its rights.

use contracts::identity::{AccountChanged, UserRegistered};
use kernel::text::{Email, Invalid, Phone, Text};
use kernel::{Failure, Result, Role, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Table, Transaction};

use crate::password::PasswordHash;

pub type Name = Text<1, 60>;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    pub id: UserId,
    pub email: Email,
    pub username: Option<Username>,
    pub given_name: Name,
    pub family_name: Name,
    pub roles: Vec<Role>,
    pub password_hash: PasswordHash,
    pub password_changed_at: Timestamp,
    /// Tokens of an older version are worthless.
    pub token_version: u64,
    pub verified_at: Option<Timestamp>,
    pub status: Status,
    /// Sessions that were opened before are over: one write ends them all.
    pub sessions_valid_from: Timestamp,
    /// What the account may do beyond its roles.
    #[serde(default)]
    pub group_id: Option<GroupId>,
    /// Proven by a text message.
    #[serde(default)]
    pub phone: Option<Phone>,
    #[serde(default)]
    pub second_factor: SecondFactor,
    pub terms_accepted_at: Timestamp,
    pub created_at: Timestamp,
    pub version: u64,
}

kernel::typed_id!(GroupId, "A group of accounts.");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AccountStatus")]
pub enum Status {
    Active,
    /// By its owner, who can take it back.
    Deactivated,
    /// By an administrator, who alone can take it back.
    Suspended,
    /// Kept for thirty days, then erased.
    Deleted,
}

/// What a log-in asks for after the password.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "policy")]
pub enum SecondFactor {
    #[default]
    None,
    /// A code by mail.
    EmailOtp,
    /// A code of an authenticator app, or a backup code.
    Totp(crate::totp::Enrolled),
}

impl Account {
    /// Of somebody whose address is proven by another's word, and who has no password yet.
    pub(crate) fn vouched_for(
        email: Email,
        given_name: Name,
        family_name: Name,
        phone: Option<Phone>,
    ) -> Self {
        let now = time::now();
        Self {
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
        }
    }

    pub fn key_of(id: UserId) -> Key {
        Key::new(format!("USER#{id}"), "ACCOUNT")
    }

    pub fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    pub fn is_verified(&self) -> bool {
        self.verified_at.is_some()
    }
}

impl Record for Account {
    const KIND: &'static str = "account";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// A new account under its address, told of; `taken` when the address has one already.
pub(crate) fn opening(table: &Table, account: &Account, taken: Failure) -> Result<Transaction> {
    Transaction::new()
        .guard(table, &email_guard(&account.email), &account.id.to_string(), taken)?
        .create(table, account, Failure::internal("account id used twice"))?
        .publish(&UserRegistered {
            user_id: account.id,
            email: account.email.to_string(),
            given_name: account.given_name.to_string(),
            family_name: account.family_name.to_string(),
            roles: account.roles.iter().map(Role::to_string).collect(),
        })
}

impl From<&Account> for AccountChanged {
    fn from(account: &Account) -> Self {
        Self {
            user_id: account.id,
            version: account.version,
            email: account.email.to_string(),
            given_name: account.given_name.to_string(),
            family_name: account.family_name.to_string(),
            roles: account.roles.iter().map(Role::to_string).collect(),
            verified: account.is_verified(),
            active: account.is_active(),
            username: account.username.as_ref().map(Username::to_string),
            phone: account.phone.as_ref().map(Phone::to_string),
            group_id: account.group_id.map(|group| group.to_string()),
            created_at: Some(account.created_at),
        }
    }
}

pub fn email_guard(email: &Email) -> String {
    format!("EMAIL#{email}")
}

pub fn username_guard(username: &Username) -> String {
    format!("USERNAME#{username}")
}

/// A public name: 3 to 30 letters, digits, dots, dashes and underscores, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl std::fmt::Display for Username {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Username {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.trim().to_ascii_lowercase();
        let allowed = |c: u8| c.is_ascii_alphanumeric() || b"._-".contains(&c);
        if (3..=30).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(name))
        } else {
            Err(Invalid("must have 3 to 30 letters, digits, dots, dashes or underscores".into()))
        }
    }
}

kernel::text_value!(Username, {
    "type": "string",
    "pattern": "^[A-Za-z0-9._-]{3,30}$",
    "examples": ["ada"]
});

/// What somebody calls themselves when they log in: an address or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    Email(Email),
    Username(Username),
}

impl Identifier {
    /// The guard item that knows whose it is.
    pub fn guard(&self) -> String {
        match self {
            Self::Email(email) => email_guard(email),
            Self::Username(username) => username_guard(username),
        }
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Email(email) => email.fmt(f),
            Self::Username(username) => username.fmt(f),
        }
    }
}

impl std::str::FromStr for Identifier {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.contains('@') {
            return text.parse().map(Self::Email);
        }
        text.parse()
            .map(Self::Username)
            .map_err(|_| Invalid("must be an e-mail address or a username".into()))
    }
}

/// What [`Identifier`] takes, for clients.
const IDENTIFIER: &str = concat!(
    "^([A-Za-z0-9._-]{3,30}|[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@",
    "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+)$",
);

kernel::text_value!(Identifier, {
    "type": "string",
    "description": "An e-mail address or a username.",
    "pattern": IDENTIFIER,
    "maxLength": 254,
    "examples": ["ada@example.com"]
});
