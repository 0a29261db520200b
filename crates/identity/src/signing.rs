//! The keys that sign access tokens: derived from the context's signing secret, one after the other.
//!
//! The session registry knows which generation signs now. A rotation publishes the next key and begins to use it; the one
//! before stays published for as long as an environment may live that has not heard of it.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::{Failure, Result, Timestamp, time};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::EncodePrivateKey;
use platform::{Aws, StartError, State};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::expression::number;
use web::sessions::{self, Claims, KEY_PREFIX, KEYS, PublicKey, TOKEN_TYPE};

use crate::registry::Registry;
use crate::{SIGNING_KEY, keys};

/// A key signs for so long.
pub const SIGNS_FOR: std::time::Duration = time::days(30);
/// So long a retired key is still believed: longer than its last token (15 minutes), and longer than Lambda lets an
/// environment live, which read at its start which key signs
/// (docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html: "every few hours").
pub const OVERLAP: std::time::Duration = time::days(1);

/// One generation's private key.
pub struct Signer {
    key: EncodingKey,
    pub public: PublicKey,
    /// RFC 7638: the hash of the public key, so two keys never share one.
    pub id: String,
}

impl Signer {
    pub fn derive(secret: &str, generation: u32) -> Result<Self, StartError> {
        let purpose = format!("es256/{generation}");
        let secret = SecretKey::from_slice(&keys::derive_bytes(secret, &purpose)?)?;
        let point = secret.public_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let (x, y) = coordinate(point.x()).zip(coordinate(point.y())).ok_or("a public key at infinity")?;
        Ok(Self {
            key: EncodingKey::from_ec_der(secret.to_pkcs8_der()?.as_bytes()),
            id: thumbprint(&x, &y),
            public: PublicKey { x, y, generation, retired_at: None },
        })
    }

    /// An access token with these claims.
    pub fn sign(&self, claims: &Claims) -> Result<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(TOKEN_TYPE.into());
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.key).map_err(Failure::internal)
    }
}

fn thumbprint(x: &str, y: &str) -> String {
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
}

/// The registry's item of public keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Published {
    /// The generation that signs.
    pub current: u32,
    /// When it began to; none before the first rotation.
    pub rotated_at: Option<Timestamp>,
    pub keys: Vec<(String, PublicKey)>,
}

impl Registry {
    pub async fn published(&self) -> Result<Published> {
        let Self(table) = self;
        let request = table.client.get_item().table_name(&table.name).set_key(Some(sessions::key(KEYS)));
        let answer = request.consistent_read(true).send().await.map_err(store::failure)?;
        let item = answer.item.unwrap_or_default();
        let seconds = |name: &str| item.get(name).and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
        let keys = item.iter().filter_map(|(name, value)| {
            let id = name.strip_prefix(KEY_PREFIX)?.to_owned();
            Some((id, serde_dynamo::from_attribute_value(value.clone()).ok()?))
        });
        Ok(Published {
            current: seconds("current").and_then(|current| current.try_into().ok()).unwrap_or(0),
            rotated_at: seconds("rotated_at").and_then(|at| Timestamp::from_second(at).ok()),
            keys: keys.collect(),
        })
    }

    /// Makes a public key known before anything is signed with the private one.
    pub async fn publish(&self, signer: &Signer) -> Result<()> {
        let Self(table) = self;
        table
            .client
            .update_item()
            .table_name(&table.name)
            .set_key(Some(sessions::key(KEYS)))
            .update_expression("SET #key = if_not_exists(#key, :key)")
            .expression_attribute_names("#key", attribute(&signer.id))
            .expression_attribute_values(":key", stored(&signer.public)?)
            .send()
            .await
            .map_err(store::failure)?;
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    WhenDue,
    Now,
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rotated {
    pub rotated: bool,
    /// Which key signs now.
    pub generation: u32,
}

/// Rotates the keys.
pub struct Rotation {
    pub registry: Registry,
    secret: String,
}

impl State for Rotation {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Registry::start(aws)?, aws.secret(SIGNING_KEY).await?))
    }
}

impl Rotation {
    pub fn new(registry: Registry, secret: String) -> Self {
        Self { registry, secret }
    }

    /// Begins to sign with the next key when it is time, and forgets keys that nobody can hold a token of any more. One
    /// conditional write, so of two rotations at once one does nothing.
    pub async fn rotate(&self, wish: Wish) -> Result<Rotated> {
        let published = self.registry.published().await?;
        let now = time::now();
        let due = published.rotated_at.is_none_or(|at| at + SIGNS_FOR <= now);
        let derive = |generation| {
            Signer::derive(&self.secret, generation).map_err(|error| Failure::internal(error.to_string()))
        };
        if !due && wish == Wish::WhenDue {
            return Ok(Rotated { rotated: false, generation: published.current });
        }
        let next = derive(published.current + 1)?;
        let mut set = vec!["#current = :next".to_owned(), "rotated_at = :now".into(), "#next = :key".into()];
        let mut gone = Vec::new();
        let mut names =
            vec![("#current".to_owned(), "current".to_owned()), ("#next".into(), attribute(&next.id))];
        let mut values = vec![(":key".to_owned(), stored(&next.public)?)];
        for (at, (id, key)) in published.keys.iter().enumerate() {
            let name = format!("#k{at}");
            match key.retired_at {
                Some(retired) if retired + OVERLAP.as_secs().cast_signed() <= now.as_second() => {
                    gone.push(name.clone());
                }
                Some(_) => continue,
                None => {
                    let retired = PublicKey { retired_at: Some(now.as_second()), ..key.clone() };
                    set.push(format!("{name} = :k{at}"));
                    values.push((format!(":k{at}"), stored(&retired)?));
                }
            }
            names.push((name, attribute(id)));
        }
        let remove = if gone.is_empty() { String::new() } else { format!(" REMOVE {}", gone.join(", ")) };
        let Registry(table) = &self.registry;
        let update = table
            .client
            .update_item()
            .table_name(&table.name)
            .set_key(Some(sessions::key(KEYS)))
            .update_expression(format!("SET {}{remove}", set.join(", ")))
            .condition_expression("attribute_not_exists(#current) OR #current = :present")
            .set_expression_attribute_names(Some(names.into_iter().collect()))
            .set_expression_attribute_values(Some(values.into_iter().collect()))
            .expression_attribute_values(":next", number(published.current + 1))
            .expression_attribute_values(":present", number(published.current))
            .expression_attribute_values(":now", number(now.as_second()));
        match store::patiently(|| update.clone().send()).await {
            Ok(_) => Ok(Rotated { rotated: true, generation: published.current + 1 }),
            Err(error) => match error.as_service_error() {
                // Somebody else rotated a moment ago.
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => {
                    Ok(Rotated { rotated: false, generation: published.current + 1 })
                }
                _ => Err(store::failure(error)),
            },
        }
    }
}

fn attribute(key_id: &str) -> String {
    format!("{KEY_PREFIX}{key_id}")
}

fn stored(key: &PublicKey) -> Result<AttributeValue> {
    serde_dynamo::to_attribute_value(key).map_err(Failure::internal)
}
