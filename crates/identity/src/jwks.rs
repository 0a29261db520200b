//! ID-10: the public keys, so that anybody can check a token.

use kernel::Result;
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::Json;
use web::sessions::Sessions;

/// How long clients may keep the keys, in seconds. One that meets an unknown key id should ask again.
const CACHED: u32 = 300;

/// RFC 7517.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PublicKeySet {
    pub keys: Vec<JsonWebKey>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct JsonWebKey {
    pub kty: String,
    pub crv: String,
    pub alg: String,
    #[serde(rename = "use")]
    pub usage: String,
    pub kid: String,
    pub x: String,
    pub y: String,
}

/// The public keys in the session registry.
pub struct Keys(Sessions);

impl State for Keys {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self(Sessions::start(aws).await?))
    }
}

impl Keys {
    pub async fn public(&self) -> Result<Json<PublicKeySet>> {
        let keys = self.0.public_keys().await?.into_iter().map(|(kid, key)| JsonWebKey {
            kty: "EC".into(),
            crv: "P-256".into(),
            alg: "ES256".into(),
            usage: "sig".into(),
            kid,
            x: key.x,
            y: key.y,
        });
        Ok(Json::new(PublicKeySet { keys: keys.collect() }).cached(CACHED))
    }
}
