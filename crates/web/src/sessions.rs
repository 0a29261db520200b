//! Sign-in: every function is its own guard.
//!
//! The access token's signature is checked with identity's public keys, and its session is looked up in
//! the session registry: one small table that identity writes and all may read.
//!
//! | question | key | consistency |
//! |---|---|---|
//! | which keys sign? | `KEYS` | eventual, kept until an unknown key id comes |
//! | is this session alive? | `SESSION#<id>` | strong, kept ≤ 30 s |
//! | with which rights? | `USER#<id>`, `GROUP#<id>` | strong, in the same call |

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kernel::{Failure, Permission, Result, Role, Timestamp, UserId, time};
use platform::{Aws, StartError, config};
use serde::{Deserialize, Serialize};
use store::{Item, Table};

use crate::Caller;
use crate::extract::not_signed_in;

/// The `aud` of access tokens.
pub const AUDIENCE: &str = "caravan";
/// The `typ` of access tokens (RFC 9068).
pub const TOKEN_TYPE: &str = "at+jwt";
/// How long a looked-up session is believed.
const BELIEVED: Duration = time::seconds(30);
/// Sessions that an environment keeps at most.
const KEPT: usize = 1_000;
/// Clocks of two of our own functions differ by less.
const SKEW: i64 = 5;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    pub sub: UserId,
    pub roles: Vec<Role>,
    /// The account's token version: a change of rights or password makes older tokens worthless.
    pub tv: u64,
    /// The account's group, whose permissions stand in the registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grp: Option<String>,
    /// When the session's owner last proved who they are, in seconds since 1970.
    pub auth_time: i64,
    /// The session.
    pub sid: String,
    pub jti: String,
    pub iat: i64,
    pub exp: i64,
    pub aud: String,
    pub iss: String,
}

/// A session and the rights of its account, as the registry has them.
#[derive(Debug, Clone, Default, PartialEq)]
struct Registered {
    user: Option<RegisteredUser>,
    group: Option<RegisteredGroup>,
    session: Option<RegisteredSession>,
}

/// An account's line in the registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegisteredUser {
    pub token_version: u64,
    pub roles: Vec<Role>,
    #[serde(default)]
    pub group: Option<String>,
}

/// A group's line in the registry: what it allows every member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegisteredGroup {
    pub permissions: Vec<Permission>,
}

/// A live session's line in the registry: gone when the session has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegisteredSession {
    pub user_id: UserId,
    /// Seconds since 1970; DynamoDB removes the line some time after.
    pub expires: i64,
}

/// A public key, as in a JWK.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    pub x: String,
    pub y: String,
    /// Which of the keys it is, counted from the first.
    #[serde(default)]
    pub generation: u32,
    /// When it signed for the last time, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<i64>,
}

/// The key of the item that holds the public keys, each as an attribute `key#<key id>`.
pub const KEYS: &str = "KEYS";
/// Before the key id, in the names of that item's attributes.
pub const KEY_PREFIX: &str = "key#";

/// The key of an account's line.
pub fn user_key(user: UserId) -> String {
    format!("USER#{user}")
}

/// The key of a group's line.
pub fn group_key(group: &str) -> String {
    format!("GROUP#{group}")
}

/// The key of a session's line.
pub fn session_key(session: &str) -> String {
    format!("SESSION#{session}")
}

/// A key of the registry, which has no sort key.
pub fn key(pk: impl Into<String>) -> Item {
    Item::from([("pk".into(), AttributeValue::S(pk.into()))])
}

/// Reads the registry and believes what it read for a while.
pub struct Sessions {
    table: Table,
    issuer: String,
    keys: Mutex<BTreeMap<String, PublicKey>>,
    keys_read: Mutex<Option<Instant>>,
    known: Mutex<HashMap<String, (Instant, Registered)>>,
}

/// The registry's table.
pub fn table(aws: &Aws) -> Result<Table, StartError> {
    Ok(Table::new(aws.dynamodb(), config::required("SESSIONS_TABLE_NAME")?))
}

impl Sessions {
    pub async fn start(aws: &Aws) -> Result<Self, StartError> {
        let sessions = Self::new(table(aws)?, config::public_url()?);
        // Opens the connection and brings what the first request needs.
        sessions.read(true, None).await?;
        Ok(sessions)
    }

    pub fn new(table: Table, issuer: String) -> Self {
        Self { table, issuer, keys: Mutex::default(), keys_read: Mutex::default(), known: Mutex::default() }
    }

    /// Who holds this token, if it is good and its session lives.
    pub async fn caller(&self, token: &str) -> Result<Caller> {
        let header = jsonwebtoken::decode_header(token).map_err(refuse)?;
        if header.alg != Algorithm::ES256 || header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(not_signed_in());
        }
        let key_id = header.kid.ok_or_else(not_signed_in)?;
        if self.key(&key_id).is_none() && self.may_read_keys() {
            self.read(true, None).await?;
        }
        let key = self.key(&key_id).ok_or_else(not_signed_in)?;
        let claims = self.verify(token, &key)?;
        // A token of a newer version than we believe in says that our belief is old.
        let believed = self.believed(&claims.sid).filter(|known| known.token_version() >= Some(claims.tv));
        let registered = match believed {
            Some(registered) => registered,
            None => self.read(false, Some(&claims)).await?,
        };
        registered.caller(claims)
    }

    /// The public keys as they are now.
    pub async fn public_keys(&self) -> Result<BTreeMap<String, PublicKey>> {
        self.read(true, None).await?;
        Ok(self.keys.lock().map(|keys| keys.clone()).unwrap_or_default())
    }

    fn verify(&self, token: &str, key: &PublicKey) -> Result<Claims> {
        let mut rules = Validation::new(Algorithm::ES256);
        rules.leeway = 0;
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        let key = DecodingKey::from_ec_components(&key.x, &key.y).map_err(Failure::internal)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules).map_err(refuse)?.claims;
        if claims.iat > time::now().as_second() + SKEW {
            return Err(not_signed_in());
        }
        Ok(claims)
    }

    fn key(&self, id: &str) -> Option<PublicKey> {
        self.keys.lock().ok()?.get(id).cloned()
    }

    /// Tokens with invented key ids must not cost a read each.
    fn may_read_keys(&self) -> bool {
        // Before the first key there is nobody to sign in, and then the first one at once.
        if self.keys.lock().is_ok_and(|keys| keys.is_empty()) {
            return true;
        }
        let read = self.keys_read.lock().ok().and_then(|at| *at);
        read.is_none_or(|at| at.elapsed() > Duration::from_secs(1))
    }

    fn believed(&self, session: &str) -> Option<Registered> {
        let known = self.known.lock().ok()?;
        let (at, registered) = known.get(session)?;
        (at.elapsed() < BELIEVED).then(|| registered.clone())
    }

    /// Reads the keys, or a session with its account, or both, in one call.
    async fn read(&self, keys: bool, claims: Option<&Claims>) -> Result<Registered> {
        let mut wanted = Vec::new();
        if keys {
            wanted.push(key(KEYS));
        }
        if let Some(claims) = claims {
            wanted.extend([key(user_key(claims.sub)), key(session_key(&claims.sid))]);
            wanted.extend(claims.grp.as_deref().map(|group| key(group_key(group))));
        }
        let wanted = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(wanted));
        let answer = self
            .table
            .client
            .batch_get_item()
            .request_items(&self.table.name, wanted.build().map_err(Failure::internal)?)
            .send()
            .await
            .map_err(store::failure)?;
        if answer.unprocessed_keys().is_some_and(|left| !left.is_empty()) {
            return Err(Failure::unavailable("the session registry is throttled"));
        }
        let mut registered = Registered::default();
        for item in answer.responses.unwrap_or_default().remove(&self.table.name).unwrap_or_default() {
            match item.get("pk").and_then(|pk| pk.as_s().ok()).map(String::as_str) {
                Some(KEYS) => self.keep_keys(item),
                Some(pk) if pk.starts_with("USER#") => registered.user = Some(from(item)?),
                Some(pk) if pk.starts_with("GROUP#") => registered.group = Some(from(item)?),
                _ => registered.session = Some(from(item)?),
            }
        }
        if keys && let Ok(mut at) = self.keys_read.lock() {
            *at = Some(Instant::now());
        }
        if let Some(claims) = claims {
            self.believe(&claims.sid, &registered);
        }
        Ok(registered)
    }

    fn keep_keys(&self, item: Item) {
        let read = item.into_iter().filter_map(|(name, value)| {
            let id = name.strip_prefix(KEY_PREFIX)?.to_owned();
            Some((id, serde_dynamo::from_attribute_value(value).ok()?))
        });
        if let Ok(mut known) = self.keys.lock() {
            *known = read.collect();
        }
    }

    fn believe(&self, session: &str, registered: &Registered) {
        if let Ok(mut known) = self.known.lock() {
            if known.len() >= KEPT {
                known.clear();
            }
            known.insert(session.to_owned(), (Instant::now(), registered.clone()));
        }
    }
}

fn from<T: serde::de::DeserializeOwned>(item: Item) -> Result<T> {
    serde_dynamo::from_item(item).map_err(Failure::internal)
}

impl Registered {
    fn token_version(&self) -> Option<u64> {
        self.user.as_ref().map(|user| user.token_version)
    }

    fn caller(self, claims: Claims) -> Result<Caller> {
        let (Some(user), Some(session)) = (self.user, self.session) else {
            return Err(not_signed_in());
        };
        let alive = session.expires > time::now().as_second();
        if !alive || session.user_id != claims.sub || user.token_version != claims.tv {
            return Err(not_signed_in());
        }
        // A change of group makes a new token version, so the token names the group of that version.
        let group = self.group.filter(|_| user.group == claims.grp);
        Ok(Caller {
            user_id: claims.sub,
            session_id: claims.sid,
            roles: user.roles,
            permissions: group.map(|group| group.permissions).unwrap_or_default(),
            authenticated_at: Timestamp::from_second(claims.auth_time).map_err(Failure::internal)?,
        })
    }
}

fn refuse(error: jsonwebtoken::errors::Error) -> Failure {
    not_signed_in().with_cause(format!("{:?}", error.kind()))
}
