//! Accounts of another system, taken over with their passwords' hashes.

use std::fmt;

use contracts::identity::AccountChanged;
use deserr::Deserr;
use kernel::text::{Email, Invalid, Phone};
use kernel::{Failure, FieldErrors, Problem, Result, Role, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web::Json;

use crate::Identity;
use crate::account::{Account, Name, SecondFactor, Status, email_guard, opening};
use crate::password::PasswordHash;

/// Accounts in one call.
pub const MOST: usize = 100;

const EXISTS: Problem = Problem::new("account-exists", 409, "The account exists");

#[derive(Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields, rename = "AccountsImport")]
pub struct Import {
    /// Each is taken or refused by itself.
    #[schemars(with = "Vec<ImportedAccount>", length(min = 1, max = 100))]
    pub accounts: Vec<Value>,
}

impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Import({})", self.accounts.len())
    }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct ImportedAccount {
    pub email: Email,
    pub given_name: Name,
    pub family_name: Name,
    #[schemars(length(min = 1))]
    pub roles: Vec<Role>,
    /// Without one the owner sets a password by the mail for forgotten ones.
    #[deserr(default)]
    pub password_hash: Option<ForeignHash>,
    /// Whether the other system has proven the address.
    #[deserr(default)]
    pub verified: Option<bool>,
    #[deserr(default)]
    pub created_at: Option<When>,
    /// One that the other system has proven.
    #[deserr(default)]
    pub phone: Option<Phone>,
}

/// A password's hash of another system. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ForeignHash(PasswordHash);

impl fmt::Debug for ForeignHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForeignHash(…)")
    }
}

impl fmt::Display for ForeignHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl std::str::FromStr for ForeignHash {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        PasswordHash::foreign(text).map(Self)
    }
}

kernel::text_value!(ForeignHash, {
    "type": "string",
    "description": "A bcrypt or argon2 hash, as the other system stored it.",
    "maxLength": 512,
    "examples": ["$2y$12$L6Bc/AlTQHyd9liGgGEZyOFLPHNgyxeEPfgYfBCVxJ7JIlwxyVU3u"]
});

/// A moment in RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When(Timestamp);

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for When {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let past = text.parse().ok().filter(|at: &Timestamp| *at <= time::now());
        past.map(Self).ok_or(Invalid("must be a moment of the past, like 2024-05-01T12:00:00Z".into()))
    }
}

kernel::text_value!(When, {
    "type": "string",
    "format": "date-time",
    "examples": ["2024-05-01T12:00:00Z"]
});

/// What became of each, in the order they were sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AccountsImported")]
pub struct Imported {
    pub accounts: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// What is wrong with an invalid one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<kernel::FieldError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AccountImportOutcome")]
pub enum Outcome {
    Created,
    /// Somebody has the address; nothing was changed.
    Exists,
    Invalid,
}

impl Identity {
    /// Sending it again, or the rest after a failure, creates nothing twice: an address has one account.
    pub async fn import(&self, import: &Import) -> Result<Json<Imported>> {
        if !(1..=MOST).contains(&import.accounts.len()) {
            return Err(Failure::field("/accounts", format!("must have 1 to {MOST} elements")));
        }
        let mut accounts = Vec::with_capacity(import.accounts.len());
        for row in &import.accounts {
            accounts.push(self.import_one(row).await?);
        }
        Ok(Json::new(Imported { accounts }))
    }

    async fn import_one(&self, row: &Value) -> Result<Row> {
        let account = match read(row) {
            Ok(account) => account,
            Err(FieldErrors(errors)) => {
                return Ok(Row { outcome: Outcome::Invalid, user_id: None, errors });
            }
        };
        let table = &self.table;
        let effect = opening(table, &account, EXISTS.because("never shown"))?
            .publish(&AccountChanged::from(&account))?;
        match effect.commit(table).await {
            Ok(()) => Ok(Row { outcome: Outcome::Created, user_id: Some(account.id), errors: Vec::new() }),
            Err(failure) if failure.problem == EXISTS => {
                let user_id = self.owner_of(email_guard(&account.email)).await?;
                Ok(Row { outcome: Outcome::Exists, user_id, errors: Vec::new() })
            }
            Err(failure) => Err(failure),
        }
    }
}

fn read(row: &Value) -> Result<Account, FieldErrors> {
    if row.get("password").is_some() {
        return Err(FieldErrors::one("/password", "passwords in clear are refused; send password_hash"));
    }
    let new = deserr::deserialize::<ImportedAccount, _, FieldErrors>(row.clone())?;
    if new.roles.is_empty() {
        return Err(FieldErrors::one("/roles", "must have at least one"));
    }
    let now = time::now();
    let mut roles = new.roles;
    roles.sort_unstable();
    roles.dedup();
    let created_at = new.created_at.map_or(now, |When(at)| at);
    Ok(Account {
        id: UserId::new(),
        email: new.email,
        username: None,
        given_name: new.given_name,
        family_name: new.family_name,
        roles,
        password_hash: new.password_hash.map_or_else(PasswordHash::unusable, |ForeignHash(hash)| hash),
        password_changed_at: created_at,
        token_version: 1,
        verified_at: new.verified.unwrap_or(false).then_some(now),
        status: Status::Active,
        sessions_valid_from: now,
        group_id: None,
        phone: new.phone,
        second_factor: SecondFactor::None,
        terms_accepted_at: created_at,
        created_at,
        version: 1,
    })
}
