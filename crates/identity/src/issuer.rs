//! Signs access tokens and opens sessions. Only the functions that issue tokens can read its secrets.

use contracts::identity::UserLoggedIn;
use kernel::id::Ulid;
use kernel::{Failure, Result, Role, UserId, time};
use platform::{Aws, StartError, State, config};
use schemars::JsonSchema;
use serde::Serialize;
use store::Transaction;
use web::sessions::{AUDIENCE, Claims};
use web::{Action, Grant};

use crate::account::Account;
use crate::challenge::Answers;
use crate::mfa;
use crate::registry::Registry;
use crate::session::{self, Session, SessionId};
use crate::signing::Signer;
use crate::totp::Apps;
use crate::{APP_KEY, Identity, SIGNING_KEY, TOKEN_KEY, keys};

/// How long an access token is good (identity.md).
pub const ACCESS_GOOD_FOR: std::time::Duration = time::minutes(15);

/// What a successful sign-in gets.
#[derive(Clone, Serialize, JsonSchema)]
pub struct TokenPair {
    /// For `Authorization: Bearer`: a JWT, good for 15 minutes.
    pub access_token: String,
    /// For `POST /auth/refresh`: works once, and is good for 30 days.
    pub refresh_token: String,
    pub token_type: TokenType,
    /// Seconds that the access token is good for.
    pub expires_in: u64,
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
pub enum TokenType {
    Bearer,
}

/// What a function may touch that issues tokens, beside identity's table.
pub const ISSUES_TOKENS: [Grant; 4] = [
    Grant::Sessions(&[Action::Get, Action::Put, Action::Update]),
    Grant::Secret(SIGNING_KEY),
    Grant::Secret(TOKEN_KEY),
    Grant::Secret(APP_KEY),
];

/// Identity with its secrets.
pub struct Issuer {
    pub identity: Identity,
    pub answers: Answers,
    pub registry: Registry,
    pub apps: Apps,
    /// Whom the stage asks for a mailed code after the password, whatever they want themselves.
    pub second_factor_roles: Vec<Role>,
    refresh_key: keys::Key,
    pub signer: Signer,
    issuer: String,
}

impl State for Issuer {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        let (signing, token, app) =
            tokio::try_join!(aws.secret(SIGNING_KEY), aws.secret(TOKEN_KEY), aws.secret(APP_KEY))?;
        let (identity, registry) = (Identity::start(aws).await?, Registry::start(aws)?);
        let published = registry.published().await?;
        let signer = Signer::derive(&signing, published.current)?;
        if !published.keys.iter().any(|(id, _)| *id == signer.id) {
            registry.publish(&signer).await?;
        }
        Self::new(identity, registry, signer, &token, &app, config::public_url()?)
    }
}

impl Issuer {
    pub fn new(
        identity: Identity,
        registry: Registry,
        signer: Signer,
        token_secret: &str,
        app_secret: &str,
        issuer: String,
    ) -> Result<Self, StartError> {
        Ok(Self {
            identity,
            answers: Answers::new(token_secret)?,
            registry,
            apps: Apps::new(app_secret)?,
            second_factor_roles: mfa::roles_of_policy(config::optional("SECOND_FACTOR_ROLES").as_deref()),
            refresh_key: keys::Key::derive(token_secret, "refresh")?,
            signer,
            issuer,
        })
    }

    /// Adds a new session to a change: its row, its line in the registry, the event.
    pub fn open(&self, effect: Transaction, account: &Account, session: &Session) -> Result<Transaction> {
        let taken = || Failure::internal("session id used twice");
        let signed_in = UserLoggedIn { user_id: account.id, session_id: session.id.to_string() };
        effect
            .create(&self.identity.table, session, taken())?
            .put(self.registry.session(session)?, taken())
            .update(self.registry.rights(account)?, Failure::unavailable("rights of a newer version"))
            .publish(&signed_in)
    }

    /// The tokens of a session as it is now.
    pub fn tokens(&self, account: &Account, session: &Session) -> Result<TokenPair> {
        let now = time::now();
        let claims = Claims {
            sub: account.id,
            roles: account.roles.clone(),
            tv: account.token_version,
            grp: account.group_id.map(|group| group.to_string()),
            auth_time: session.authenticated_at.as_second(),
            sid: session.id.to_string(),
            jti: Ulid::generate().to_string(),
            iat: now.as_second(),
            exp: (now + ACCESS_GOOD_FOR).as_second(),
            aud: AUDIENCE.into(),
            iss: self.issuer.clone(),
        };
        Ok(TokenPair {
            access_token: self.sign(&claims)?,
            refresh_token: session::token(session, &self.refresh_key),
            token_type: TokenType::Bearer,
            expires_in: ACCESS_GOOD_FOR.as_secs(),
        })
    }

    /// An access token with these claims.
    pub fn sign(&self, claims: &Claims) -> Result<String> {
        self.signer.sign(claims)
    }

    pub(crate) fn refresh_key(&self) -> &keys::Key {
        &self.refresh_key
    }
}

/// Where a session belongs, by the ids in a caller's token.
pub fn session_key(user: UserId, session: &str) -> Option<(store::Key, SessionId)> {
    let id = session.parse().ok()?;
    Some((Session::key_of(user, id), id))
}
