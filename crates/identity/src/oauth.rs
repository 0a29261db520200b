//! ID-14 to ID-16: signing in with an account elsewhere.
//!
//! The browser goes to the provider and comes back to us; we send it to the front end with a code that works once, so that
//! no token stands in an address.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use contracts::identity::{AccountChanged, UserVerified};
use deserr::Deserr;
use kernel::id::Ulid;
use kernel::query::{Parameter, Parameters, Params};
use kernel::text::digest;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use platform::{Aws, StartError, State, config};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Record, Transaction};
use web::{Client, Cookies, Json, Redirect};

use crate::Identity;
use crate::account::{Account, email_guard, opening};
use crate::challenge::Answers;
use crate::issuer::Issuer;
use crate::otp::wrong_code;
use crate::password::PasswordHash;
use crate::provider::{NOT_CONFIGURED, OpenId, Profile, Provider, Unknown};
use crate::registry::Registry;
use crate::second_factor::SignIn;
use crate::token::Token;

/// Before what tells an account elsewhere: as a guard, and beside the account it belongs to.
pub(crate) const OAUTH: &str = "OAUTH#";
pub(crate) const LINKED: &str = "LINKED#";

/// How long the way to the provider and back may take (identity.md, ID-14).
const AWAY: std::time::Duration = time::minutes(10);
/// How long the front end has to exchange its code (identity.md, ID-16).
const CODE_GOOD_FOR: std::time::Duration = time::seconds(60);
/// Binds the way back to the browser that went: else somebody could be signed in to another's account.
const COOKIE: &str = "caravan-oauth";
const ATTRIBUTES: &str = "Path=/api/v1/auth/oauth; HttpOnly; Secure; SameSite=Lax";

/// A refusal inside: somebody else was faster to link or to register.
const MEANWHILE: Problem = Problem::new("linked-meanwhile", 409, "Linked meanwhile");
const TURNS: usize = 3;

/// A browser that is on its way.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Away {
    /// The hash of what comes back.
    pub state: String,
    pub provider: Provider,
    pub nonce: String,
    pub verifier: String,
    pub expires_at: Timestamp,
}

impl Away {
    fn key_of(state: &str) -> Key {
        Key::new(format!("{OAUTH}{state}"), "AWAY")
    }
}

impl Record for Away {
    const KIND: &'static str = "oauth-away";

    fn key(&self) -> Key {
        Self::key_of(&self.state)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// An account elsewhere that belongs to one here; the guard item is the way back from it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Linked {
    pub user_id: UserId,
    pub provider: Provider,
    pub subject: String,
    pub linked_at: Timestamp,
}

impl Record for Linked {
    const KIND: &'static str = "linked";

    fn key(&self) -> Key {
        Key::new(
            format!("USER#{}", self.user_id),
            format!("{LINKED}{}#{}", self.provider.name(), self.subject),
        )
    }
}

pub fn subject_guard(provider: Provider, subject: &str) -> String {
    format!("{OAUTH}{}#{subject}", provider.name())
}

/// What the front end exchanges for tokens.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OneTime {
    pub user_id: UserId,
    #[schemars(with = "String")]
    pub number: Ulid,
    pub expires_at: Timestamp,
}

impl OneTime {
    fn key_of(user: UserId, number: Ulid) -> Key {
        Key::new(format!("USER#{user}"), format!("ONE-TIME#{number}"))
    }
}

impl Record for OneTime {
    const KIND: &'static str = "one-time";

    fn key(&self) -> Key {
        Self::key_of(self.user_id, self.number)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// What a provider sends the browser back with.
#[derive(Debug)]
pub struct Arrival {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
}

/// What providers add, and we do not need.
const IGNORED: [&str; 8] =
    ["authuser", "error_description", "error_uri", "hd", "iss", "prompt", "scope", "session_state"];

impl Parameters for Arrival {
    fn take(params: &mut Params) -> Self {
        for name in IGNORED {
            params.take(name);
        }
        Self { state: params.take("state"), code: params.take("code"), error: params.take("error") }
    }

    fn parameters() -> Vec<Parameter> {
        let text = |name, description| Parameter::new(name, description, json!({"type": "string"}));
        let mut all = vec![
            text("state", "What we sent along."),
            text("code", "What the provider knows its answer by."),
            text("error", "Why there is no code."),
        ];
        all.extend(IGNORED.map(|name| text(name, "Ignored.")));
        all
    }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct OneTimeCode {
    pub code: Token,
}

/// The way to providers.
pub struct Departures {
    pub identity: Identity,
    pub google: Option<OpenId>,
}

impl State for Departures {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { identity: Identity::start(aws).await?, google: OpenId::google(aws).await? })
    }
}

/// The way back.
pub struct Arrivals {
    pub identity: Identity,
    pub registry: Registry,
    pub answers: Answers,
    pub google: Option<OpenId>,
    /// Where the front end is.
    pub front_end: String,
}

impl State for Arrivals {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        let origins = config::required("ALLOWED_ORIGINS")?;
        Ok(Self {
            identity: Identity::start(aws).await?,
            registry: Registry::start(aws)?,
            answers: Answers::start(aws).await?,
            google: OpenId::google(aws).await?,
            front_end: origins.split(',').next().unwrap_or_default().trim().to_owned(),
        })
    }
}

impl Departures {
    pub async fn depart(&self, provider: Provider) -> Result<Redirect> {
        let departure = configured(&self.google, provider)?.departure().await?;
        let away = Away {
            state: digest(&departure.state),
            provider,
            nonce: departure.nonce,
            verifier: departure.verifier,
            expires_at: time::now() + AWAY,
        };
        let taken = Failure::internal("a state used twice");
        Transaction::new().create(&self.identity.table, &away, taken)?.commit(&self.identity.table).await?;
        let cookie = format!("{COOKIE}={}; {}; Max-Age={}", departure.state, ATTRIBUTES, AWAY.as_secs());
        Ok(Redirect::to(departure.url).with_cookie(cookie))
    }
}

impl Arrivals {
    /// Finds or makes the account, and sends the browser to the front end.
    pub async fn arrive(&self, provider: Provider, arrival: &Arrival, cookies: &Cookies) -> Result<Redirect> {
        let open_id = configured(&self.google, provider)?;
        let state = arrival.state.as_deref().filter(|state| cookies.get(COOKIE) == Some(state));
        let away = self.away(state.ok_or_else(broken)?).await?;
        if away.provider != provider || away.expires_at <= time::now() {
            return Err(broken());
        }
        let Some(code) = arrival.code.as_deref().filter(|_| arrival.error.is_none()) else {
            return Ok(self.back("error", "refused"));
        };
        let profile = match open_id.identify(code, &away.verifier, &away.nonce).await {
            Ok(profile) => profile,
            Err(Unknown::Refused(_)) => return Ok(self.back("error", "refused")),
            Err(Unknown::Failed(failure)) => return Err(failure),
        };
        for _ in 0..TURNS {
            match self.code_for(provider, &profile).await {
                Ok(Some(code)) => return Ok(self.back("code", &code)),
                Ok(None) => return Ok(self.back("error", "email-not-verified")),
                Err(failure) if failure.problem == MEANWHILE => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::unavailable("a storm of sign-ins of one person"))
    }

    /// A browser comes back once.
    async fn away(&self, state: &str) -> Result<Away> {
        let table = &self.identity.table;
        let taken = table
            .client
            .delete_item()
            .table_name(&table.name)
            .set_key(Some(Away::key_of(&digest(state)).to_item()))
            .condition_expression("attribute_exists(pk)")
            .return_values(ReturnValue::AllOld)
            .send()
            .await;
        match taken {
            Ok(answer) => answer.attributes.map(Away::from_item).transpose()?.ok_or_else(broken),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Err(broken()),
                _ => Err(store::failure(error)),
            },
        }
    }

    /// A one-time code for the account; none when there is no account and no address to make one with.
    async fn code_for(&self, provider: Provider, profile: &Profile) -> Result<Option<String>> {
        let guard = subject_guard(provider, &profile.subject);
        let linked = self.identity.owner_of(guard.clone()).await?;
        let (effect, user) = match (linked, &profile.email) {
            (Some(user), _) => (Transaction::new(), user),
            (None, None) => return Ok(None),
            (None, Some(email)) => {
                let owner = self.identity.owner_of(email_guard(email)).await?;
                let account = match owner {
                    Some(user) => self.identity.table.get::<Account>(&Account::key_of(user)).await?,
                    None => None,
                };
                let (effect, user) = match account {
                    Some(account) => self.known(account)?,
                    None => self.registered(profile, email.clone())?,
                };
                let linked = Linked {
                    user_id: user,
                    provider,
                    subject: profile.subject.clone(),
                    linked_at: time::now(),
                };
                let table = &self.identity.table;
                let taken = || MEANWHILE.because("never shown");
                let effect = effect.guard(table, &guard, &user.to_string(), taken())?;
                (effect.create(table, &linked, taken())?, user)
            }
        };
        let one =
            OneTime { user_id: user, number: Ulid::generate(), expires_at: time::now() + CODE_GOOD_FOR };
        let taken = Failure::internal("a one-time code used twice");
        effect.create(&self.identity.table, &one, taken)?.commit(&self.identity.table).await?;
        Ok(Some(self.answers.token_of(user, one.number)))
    }

    /// Whoever opened an account with this address and never proved it may be somebody else: their password and their
    /// tokens end here.
    fn known(&self, account: Account) -> Result<(Transaction, UserId)> {
        if account.is_verified() {
            return Ok((
                Transaction::new().check(self.identity.unchanged(&account)?, meanwhile()),
                account.id,
            ));
        }
        let now = time::now();
        let mut proven = Account {
            verified_at: Some(now),
            password_hash: PasswordHash::unusable(),
            password_changed_at: now,
            sessions_valid_from: now,
            token_version: account.token_version + 1,
            ..account
        };
        let effect = Transaction::new()
            .replace(&self.identity.table, &proven)?
            .update(self.registry.rights(&proven)?, Failure::unavailable("rights of a newer version"));
        proven.version += 1;
        Ok((told(effect, &proven)?, proven.id))
    }

    fn registered(&self, profile: &Profile, email: kernel::text::Email) -> Result<(Transaction, UserId)> {
        let name = |name: &Option<String>, otherwise: &str| {
            let short = name.as_deref().map(|name| name.chars().take(60).collect::<String>());
            let name = short.and_then(|name| name.parse().ok());
            name.map_or_else(|| otherwise.parse().map_err(Failure::internal), Ok)
        };
        let local =
            email.as_str().split('@').next().unwrap_or("Traveller").chars().take(60).collect::<String>();
        let (given_name, family_name) =
            (name(&profile.given_name, &local)?, name(&profile.family_name, "-")?);
        let account = Account::vouched_for(email, given_name, family_name, None);
        let table = &self.identity.table;
        let effect = opening(table, &account, meanwhile())?;
        Ok((told(effect, &account)?, account.id))
    }

    fn back(&self, name: &str, value: &str) -> Redirect {
        let over = format!("{COOKIE}=; {}; Max-Age=0", ATTRIBUTES);
        Redirect::to(format!("{}/auth/callback?{name}={value}", self.front_end)).with_cookie(over)
    }
}

impl Issuer {
    /// The front end's code works once, for a minute.
    pub async fn exchange(&self, presented: &OneTimeCode, client: Client) -> Result<Json<SignIn>> {
        let (user, number) = self.answers.read(presented.code.as_str()).ok_or_else(wrong_code)?;
        let key = OneTime::key_of(user, number);
        let [account, one] = self.identity.table.each([Account::key_of(user), key.clone()]).await?;
        let one = one.map(OneTime::from_item).transpose()?.filter(|one| one.expires_at > time::now());
        let account = account.map(Account::from_item).transpose()?.filter(Account::is_active);
        let (Some(_), Some(account)) = (one, account) else { return Err(wrong_code()) };
        let effect = Transaction::new().remove(&self.identity.table, &key, wrong_code())?;
        self.sign_in(effect, &account, client).await.map(Json::new)
    }
}

fn configured(google: &Option<OpenId>, provider: Provider) -> Result<&OpenId> {
    let google = google.as_ref().filter(|_| provider == Provider::Google);
    google.ok_or_else(|| NOT_CONFIGURED.because("Sign in with your password, or with another provider."))
}

fn told(effect: Transaction, account: &Account) -> Result<Transaction> {
    effect
        .publish(&UserVerified {
            user_id: account.id,
            email: account.email.to_string(),
            given_name: account.given_name.to_string(),
        })?
        .publish(&AccountChanged::from(account))
}

fn meanwhile() -> Failure {
    MEANWHILE.because("never shown")
}

fn broken() -> Failure {
    crate::challenge::WRONG_ANSWER.because("Begin the sign-in again, in the same browser.")
}
