//! Signs access tokens and opens sessions. Only the functions that issue tokens can read its secrets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::identity::UserLoggedIn;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::id::Ulid;
use kernel::{Failure, Result, UserId, time};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::EncodePrivateKey;
use platform::{Aws, StartError, State, config};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Table, Transaction};
use web::sessions::{self, AUDIENCE, Claims, KEY_PREFIX, KEYS, PublicKey, TOKEN_TYPE};

use crate::account::Account;
use crate::challenge::Answers;
use crate::registry::Registry;
use crate::session::{self, Session, SessionId};
use crate::{Identity, SIGNING_KEY, TOKEN_KEY, keys};

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

/// Identity with its secrets.
pub struct Issuer {
    pub identity: Identity,
    pub answers: Answers,
    pub registry: Registry,
    refresh_key: keys::Key,
    signing_key: EncodingKey,
    public_key: PublicKey,
    key_id: String,
    issuer: String,
}

impl State for Issuer {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        let (signing, token) = (aws.secret(SIGNING_KEY).await?, aws.secret(TOKEN_KEY).await?);
        let identity = Identity::start(aws).await?;
        let issuer = Self::new(identity, sessions::table(aws)?, &signing, &token, config::public_url()?)?;
        issuer.publish_key().await?;
        Ok(issuer)
    }
}

impl Issuer {
    pub fn new(
        identity: Identity,
        registry: Table,
        signing_secret: &str,
        token_secret: &str,
        issuer: String,
    ) -> Result<Self, StartError> {
        let secret = SecretKey::from_slice(&keys::derive_bytes(signing_secret, "es256")?)?;
        let point = secret.public_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let (x, y) = coordinate(point.x()).zip(coordinate(point.y())).ok_or("a public key at infinity")?;
        Ok(Self {
            identity,
            answers: Answers::new(token_secret)?,
            registry: Registry(registry),
            refresh_key: keys::Key::derive(token_secret, "refresh")?,
            signing_key: EncodingKey::from_ec_der(secret.to_pkcs8_der()?.as_bytes()),
            key_id: thumbprint(&x, &y),
            public_key: PublicKey { x, y },
            issuer,
        })
    }

    /// Makes the public key known before anything is signed with the private one.
    pub async fn publish_key(&self) -> Result<()> {
        let key = serde_dynamo::to_attribute_value(&self.public_key).map_err(Failure::internal)?;
        let Registry(registry) = &self.registry;
        registry
            .client
            .update_item()
            .table_name(&registry.name)
            .set_key(Some(sessions::key(KEYS)))
            .update_expression("SET #id = :key")
            .expression_attribute_names("#id", format!("{KEY_PREFIX}{}", self.key_id))
            .expression_attribute_values(":key", key)
            .send()
            .await
            .map_err(store::failure)?;
        Ok(())
    }

    /// Adds a new session to a change: its row, its line in the registry, the event.
    pub fn open(&self, effect: Transaction, account: &Account, session: &Session) -> Result<Transaction> {
        let taken = || Failure::internal("session id used twice");
        let signed_in = UserLoggedIn { user_id: account.id, session_id: session.id.to_string() };
        effect
            .create(&self.identity.table, session, taken())?
            .put(self.registry.session(session)?, taken())
            .update(self.registry.rights(account)?, taken())
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
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(TOKEN_TYPE.into());
        header.kid = Some(self.key_id.clone());
        jsonwebtoken::encode(&header, claims, &self.signing_key).map_err(Failure::internal)
    }

    pub(crate) fn refresh_key(&self) -> &keys::Key {
        &self.refresh_key
    }
}

/// RFC 7638: the key's id is the hash of the key, so two keys never share one.
fn thumbprint(x: &str, y: &str) -> String {
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
}

/// Where a session belongs, by the ids in a caller's token.
pub fn session_key(user: UserId, session: &str) -> Option<(store::Key, SessionId)> {
    let id = session.parse().ok()?;
    Some((Session::key_of(user, id), id))
}
