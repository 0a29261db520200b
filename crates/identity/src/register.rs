//! ID-1: opening an account.

use contracts::identity::AccountChanged;
use deserr::Deserr;
use kernel::text::Email;
use kernel::{Failure, FieldErrors, Problem, Result, Role, UserId, time};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use store::{Key, Transaction};
use web::{Accepted, Once};

use crate::account::{Account, Name, SecondFactor, Status, Username, email_guard, opening, username_guard};
use crate::challenge::{Challenge, Purpose};
use crate::mail::{AddressTaken, IdentityMail, VerifyEmail};
use crate::password::Password;
use crate::{Identity, owner};

pub const USERNAME_TAKEN: Problem = Problem::new("username-taken", 409, "Somebody has this username");

/// Refusals inside: never answered, because the answer must not tell who has an account.
const ADDRESS_TAKEN: Problem = Problem::new("address-taken", 409, "Somebody has this address");

/// Roles that one may give oneself.
const OPEN_ROLES: [Role; 3] = [Role::User, Role::Worker, Role::Hirer];

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewAccount {
    #[schemars(example = &"Ada")]
    pub given_name: Name,
    #[schemars(example = &"Lovelace")]
    pub family_name: Name,
    pub email: Email,
    #[deserr(default)]
    pub username: Option<Username>,
    pub password: Password,
    /// Must equal the password when it is sent.
    #[deserr(default)]
    pub password_confirm: Option<Password>,
    /// `user`, `worker` or `hirer`; `user` unless said otherwise.
    #[deserr(default)]
    #[schemars(schema_with = "open_role")]
    pub role: Option<Role>,
    /// Must be true.
    #[schemars(extend("const" = true))]
    pub terms_accepted: bool,
}

fn open_role(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": OPEN_ROLES.map(Role::name)})
}

/// The same, whether the address is new or taken.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    pub message: String,
}

impl Notice {
    pub(crate) fn check_your_mail() -> Self {
        Self { message: "Check your mail: we sent a message to this address.".into() }
    }
}

impl Identity {
    /// Opens the account, unverified, and sends the mail that verifies it. The owner of a taken address gets
    /// a mail that says so, and the caller the same answer.
    pub async fn register(&self, once: Once, new: &NewAccount) -> Result<Accepted<Notice>> {
        new.check()?;
        let owner = self.owner_of_address(new).await?;
        // Hashed in any case: the time must not tell either.
        let account = new.account(new.password.hash()?);
        let effect = match owner {
            Some(owner) => taken(new, owner)?,
            None => self.opened(&account)?,
        };
        let notice = || Accepted(Notice::check_your_mail());
        match once.clone().commit(&self.table, effect, notice()).await {
            // Somebody else was faster by a moment.
            Err(failure) if failure.problem == ADDRESS_TAKEN => {
                let owner = self.owner_of_address(new).await?;
                let owner = owner.ok_or_else(|| Failure::unavailable("a guard vanished"))?;
                once.commit(&self.table, taken(new, owner)?, notice()).await
            }
            answered => answered,
        }
    }

    /// Refuses a taken username first, whoever has the address: else that refusal would tell who has none.
    async fn owner_of_address(&self, new: &NewAccount) -> Result<Option<UserId>> {
        let address = Key::new(email_guard(&new.email), "GUARD");
        let [address, username] = match &new.username {
            Some(username) => self.table.each([address, Key::new(username_guard(username), "GUARD")]).await?,
            None => {
                let [address] = self.table.each([address]).await?;
                [address, None]
            }
        };
        match username {
            Some(_) => Err(username_taken()),
            None => Ok(address.as_ref().and_then(owner)),
        }
    }

    fn opened(&self, account: &Account) -> Result<Transaction> {
        let (table, id) = (&self.table, account.id.to_string());
        let challenge = Challenge::new(account.id, Purpose::VerifyEmail, account.email.clone());
        let mail = VerifyEmail { user_id: account.id, number: challenge.number };
        let mut effect = opening(table, account, ADDRESS_TAKEN.because("never shown"))?
            .create(table, &challenge, Failure::internal("challenge of a new account exists"))?
            .publish(&AccountChanged::from(account))?
            .command(&IdentityMail::VerifyEmail(mail))?;
        if let Some(username) = &account.username {
            effect = effect.guard(table, &username_guard(username), &id, username_taken())?;
        }
        Ok(effect)
    }
}

fn username_taken() -> Failure {
    USERNAME_TAKEN.because("Choose another username.")
}

fn taken(new: &NewAccount, owner: UserId) -> Result<Transaction> {
    let mail = AddressTaken { user_id: owner, email: new.email.to_string() };
    Transaction::new().command(&IdentityMail::AddressTaken(mail))
}

impl NewAccount {
    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        let (given, family) = (self.given_name.as_str(), self.family_name.as_str());
        if let Some(weakness) = self.password.weakness(&[given, family, self.email.as_str()]) {
            errors.push("/password", weakness);
        }
        if self.password_confirm.as_ref().is_some_and(|confirm| *confirm != self.password) {
            errors.push("/password_confirm", "must equal the password");
        }
        if self.role.is_some_and(|role| !OPEN_ROLES.contains(&role)) {
            errors.push("/role", format!("must be one of {}", OPEN_ROLES.map(Role::name).join(", ")));
        }
        if !self.terms_accepted {
            errors.push("/terms_accepted", "must be true");
        }
        errors.or(())
    }

    fn account(&self, password_hash: crate::password::PasswordHash) -> Account {
        let now = time::now();
        Account {
            id: UserId::new(),
            email: self.email.clone(),
            username: self.username.clone(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            roles: vec![self.role.unwrap_or(Role::User)],
            password_hash,
            password_changed_at: now,
            token_version: 1,
            verified_at: None,
            status: Status::Active,
            sessions_valid_from: now,
            group_id: None,
            phone: None,
            second_factor: SecondFactor::None,
            terms_accepted_at: now,
            created_at: now,
            version: 1,
        }
    }
}
