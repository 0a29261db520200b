//! US-33: what identity tells of accounts, kept as profiles.

use std::collections::BTreeSet;

use contracts::identity::{AccountChanged, UserLoggedIn};
use kernel::text::Phone;
use kernel::{Failure, Problem, Result, Role, Timestamp, UserId, time};
use messaging::Received;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::sdk::types::ConditionCheck;
use store::{Key, Record, Transaction};

use crate::Users;
use crate::change::TRIES;
use crate::erasure::Erasure;
use crate::person::Name;
use crate::preferences::{Preferences, Privacy};
use crate::profile::Profile;

/// The person was erased: late news must not bring them back.
const GONE: Problem = Problem::new("gone", 409, "Erased");

/// How long a log-in is remembered.
const REMEMBERED: std::time::Duration = time::days(90);

impl Users {
    /// Keeps the newest state. Being told twice, or late, changes nothing.
    pub async fn keep(&self, account: &AccountChanged) -> Result<()> {
        let mut tried = 1;
        loop {
            let before = self.table.get::<Profile>(&Profile::key_of(account.user_id)).await?;
            let effect = match &before {
                None => self.first_heard_of(account)?,
                Some(profile) if profile.is_deleted() => return Ok(()),
                Some(profile) if profile.identity_version >= account.version => return Ok(()),
                Some(profile) => self.changed(Transaction::new(), profile, &copied(profile, account))?,
            };
            match effect.commit(&self.table).await {
                Err(failure) if failure.problem == Problem::CONFLICT && tried < TRIES => tried += 1,
                Err(failure) if failure.problem == GONE => return Ok(()),
                done => return done,
            }
        }
    }

    fn first_heard_of(&self, account: &AccountChanged) -> Result<Transaction> {
        let profile = new_profile(account)?;
        let effect = Transaction::new().check(self.not_erased(profile.id)?, GONE.because("Erased."));
        self.created(effect, &profile)
    }

    fn not_erased(&self, id: UserId) -> Result<ConditionCheck> {
        ConditionCheck::builder()
            .table_name(&self.table.name)
            .set_key(Some(Erasure::key_of(id).to_item()))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(Failure::internal)
    }

    /// Remembers a log-in, for its owner to look at.
    pub async fn keep_log_in(&self, event: &Received<UserLoggedIn>) -> Result<()> {
        let log_in = LogIn {
            user_id: event.user_id,
            session_id: event.session_id.clone(),
            at: event.envelope.occurred_at,
        };
        let known = ConditionCheck::builder()
            .table_name(&self.table.name)
            .set_key(Some(Profile::key_of(event.user_id).to_item()))
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(deleted)")
            .build()
            .map_err(Failure::internal)?;
        let effect = Transaction::new().check(known, GONE.because("No profile.")).create(
            &self.table,
            &log_in,
            Problem::CONFLICT.because("Remembered before."),
        )?;
        match effect.commit(&self.table).await {
            Err(failure) if failure.problem == Problem::CONFLICT => Ok(()),
            Err(failure) if failure.problem == GONE => self.nobody_or_not_yet(event.user_id).await,
            done => done,
        }
    }

    /// Whoever logs in has a profile, or will have one in a moment, or has had one.
    async fn nobody_or_not_yet(&self, id: UserId) -> Result<()> {
        let deleted = self.table.item(&Profile::key_of(id), true).await?.is_some();
        let erased = self.table.item(&Erasure::key_of(id), true).await?.is_some();
        if deleted || erased { Ok(()) } else { Err(Failure::unavailable("there is no profile yet")) }
    }
}

/// Somebody signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogIn {
    pub user_id: UserId,
    pub session_id: String,
    pub at: Timestamp,
}

impl LogIn {
    pub const PREFIX: &str = "LOGIN#";
}

impl Record for LogIn {
    const KIND: &'static str = "log-in";

    fn key(&self) -> Key {
        let order = format!("{}{:020}#{}", Self::PREFIX, self.at.as_millisecond(), self.session_id);
        Key::new(format!("USER#{}", self.user_id), order)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.at + REMEMBERED)
    }
}

fn new_profile(account: &AccountChanged) -> Result<Profile> {
    let created_at = account.created_at.unwrap_or_else(time::now);
    let phone = phone(account);
    Ok(Profile {
        id: account.user_id,
        version: 1,
        identity_version: account.version,
        email: account.email.clone(),
        pending_email: None,
        username: account.username.clone(),
        given_name: name(&account.given_name)?,
        family_name: name(&account.family_name)?,
        nickname: None,
        verified_phone: phone.clone(),
        phone,
        photo: None,
        photo_status: None,
        bio: None,
        date_of_birth: None,
        gender: None,
        address: None,
        geo: None,
        roles: roles(account),
        group_id: account.group_id.clone(),
        is_verified: account.verified,
        account_active: account.active,
        suspended: false,
        privacy: Privacy::default(),
        preferences: Preferences::default(),
        changes: Vec::new(),
        created_at,
        updated_at: created_at,
        deleted: None,
    })
}

/// What identity decides; names are the owner's own after the first time.
fn copied(profile: &Profile, account: &AccountChanged) -> Profile {
    let mut profile = profile.clone();
    profile.identity_version = account.version;
    if profile.email != account.email {
        profile.email.clone_from(&account.email);
        profile.pending_email = None;
        profile.remember("email");
    }
    profile.username.clone_from(&account.username);
    let proven = phone(account);
    if proven != profile.verified_phone {
        if proven.is_some() {
            profile.phone.clone_from(&proven);
        }
        profile.verified_phone = proven;
        profile.remember("phone");
    }
    profile.roles = roles(account);
    profile.group_id.clone_from(&account.group_id);
    profile.is_verified = account.verified;
    profile.account_active = account.active;
    profile
}

fn name(text: &str) -> Result<Name> {
    text.parse().map_err(|_| Failure::internal("identity told a name that is none"))
}

fn phone(account: &AccountChanged) -> Option<Phone> {
    account.phone.as_ref()?.parse().ok()
}

/// A role that this version does not know yet is no reason to know nothing of the person.
fn roles(account: &AccountChanged) -> BTreeSet<Role> {
    account.roles.iter().filter_map(|role| role.parse().ok()).collect()
}
