//! Accounts and sessions without mails and passwords in between.

use std::sync::OnceLock;

use identity::account::{Account, SecondFactor, Status, email_guard};
use identity::password::{Password, PasswordHash};
use identity::registry::Registry;
use identity::session::Session;
use identity::signing::Signer;
use identity::{Identity, Issuer};
use kernel::{Failure, Role, Timestamp, UserId, time};
use store::{Table, Transaction};
use web::Caller;
use web::sessions::Sessions;

use crate::{Cloud, Environment};

/// The `iss` of tokens in tests.
pub const ISSUER: &str = "https://caravan.test";
/// What identity's keys are derived from in tests; long enough to be taken, and obviously no secret.
pub const SIGNING_SECRET: &str = "the-signing-secret-of-the-tests-the-signing-secret-of-the-tests";
pub const APP_SECRET: &str = "the-app-secret-of-the-tests-the-app-secret-of-the-tests-xxxxxxxx";
pub const TOKEN_SECRET: &str = "the-token-secret-of-the-tests-the-token-secret-of-the-tests-xxx";

/// Identity's tables in a test's cloud, and the means to sign people in.
pub struct People {
    pub identity: Identity,
    pub registry: Table,
    pub issuer: Issuer,
}

/// Somebody with a live session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub account: Account,
    pub session: Session,
    pub access_token: String,
    pub refresh_token: String,
}

impl SignedIn {
    /// As whom an endpoint sees them.
    pub fn caller(&self) -> Caller {
        Caller {
            user_id: self.account.id,
            session_id: self.session.id.to_string(),
            roles: self.account.roles.clone(),
            permissions: Vec::new(),
            authenticated_at: self.session.authenticated_at,
        }
    }
}

impl People {
    /// Creates the tables and publishes the key.
    pub async fn open(cloud: &Cloud) -> Self {
        let (table, registry) = (cloud.table("identity").await, cloud.sessions().await);
        let people = Self::with(table, registry);
        people.issuer.registry.publish(&people.issuer.signer).await.expect("a published key");
        people
    }

    /// The same tables through another environment's client.
    pub fn within(&self, environment: &Environment) -> Self {
        Self::with(environment.table(&self.identity.table), environment.table(&self.registry))
    }

    fn with(table: Table, registry: Table) -> Self {
        let identity = Identity { table };
        let signer = Signer::derive(SIGNING_SECRET, 0).expect("a key");
        let own = Registry(registry.clone());
        let issuer = Issuer::new(identity.clone(), own, signer, TOKEN_SECRET, APP_SECRET, ISSUER.to_owned());
        Self { identity, registry, issuer: issuer.expect("an issuer") }
    }

    /// What endpoints check tokens with.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(self.registry.clone(), ISSUER.to_owned())
    }

    /// A verified account with these roles, in a session of its own.
    pub async fn sign_in(&self, roles: &[Role]) -> SignedIn {
        let account = account(roles);
        let session = Session::new(account.id, "testkit".into(), "203.0.113.7".into());
        let taken = || Failure::internal("an id used twice");
        let (table, id) = (&self.identity.table, account.id.to_string());
        let effect = Transaction::new()
            .guard(table, &email_guard(&account.email), &id, taken())
            .and_then(|effect| effect.create(table, &account, taken()))
            .and_then(|effect| self.issuer.open(effect, &account, &session));
        effect.expect("an effect").commit(table).await.expect("an account");
        let tokens = self.issuer.tokens(&account, &session).expect("tokens");
        SignedIn { account, session, access_token: tokens.access_token, refresh_token: tokens.refresh_token }
    }
}

/// The password of everybody in tests.
pub const PASSWORD: &str = "mountain-goat-sings-42";

fn account(roles: &[Role]) -> Account {
    let now = time::now();
    let id = UserId::new();
    Account {
        id,
        email: format!("{}@example.com", id.to_string().to_lowercase()).parse().expect("an address"),
        username: None,
        given_name: "Ada".parse().expect("a name"),
        family_name: "Lovelace".parse().expect("a name"),
        roles: roles.to_vec(),
        password_hash: password_hash(),
        password_changed_at: now,
        token_version: 1,
        verified_at: Some(now),
        status: Status::Active,
        sessions_valid_from: Timestamp::UNIX_EPOCH,
        group_id: None,
        phone: None,
        second_factor: SecondFactor::None,
        terms_accepted_at: now,
        created_at: now,
        version: 1,
    }
}

/// Hashed once a process: it takes long by design.
fn password_hash() -> PasswordHash {
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    let hash = || PASSWORD.parse::<Password>().expect("a password").hash().expect("a hash");
    HASH.get_or_init(hash).clone()
}
