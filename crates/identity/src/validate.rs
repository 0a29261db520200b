//! ID-9: what a token is worth right now (RFC 7662, in short).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deserr::Deserr;
use kernel::{Permission, Problem, Result, Role, UserId};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::sessions::Sessions;
use web::{Caller, Json};

#[derive(Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Presented {
    /// An access token.
    #[schemars(length(max = 8192))]
    pub token: String,
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presented(…)")
    }
}

/// Only `active` when the token is not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Validity {
    pub active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// Seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
}

/// Looks at tokens as every function does.
pub struct Inspector(Sessions);

impl State for Inspector {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Sessions::start(aws).await?))
    }
}

impl Inspector {
    pub fn new(sessions: Sessions) -> Self {
        Self(sessions)
    }

    /// A bad token is an answer and no error.
    pub async fn validate(&self, presented: &Presented) -> Result<Json<Validity>> {
        match self.0.caller(&presented.token).await {
            Ok(holder) => Ok(Json::new(active(&holder, &presented.token))),
            Err(failure) if failure.problem == Problem::NOT_SIGNED_IN => Ok(Json::new(Validity::default())),
            Err(failure) => Err(failure),
        }
    }
}

fn active(holder: &Caller, token: &str) -> Validity {
    let allowed = Permission::ALL.iter().copied().filter(|permission| holder.may(*permission));
    Validity {
        active: true,
        sub: Some(holder.user_id),
        roles: Some(holder.roles.clone()),
        permissions: Some(allowed.collect()),
        exp: expiry(token),
    }
}

/// Of a token whose signature was checked.
fn expiry(token: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Expiring {
        exp: i64,
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Expiring>(&claims).ok().map(|claims| claims.exp)
}
