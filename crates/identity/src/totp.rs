//! Codes of authenticator apps (RFC 6238), and the backup codes for when the phone is lost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A confirmed authenticator app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Enrolled {
    /// The shared secret, encrypted under a key that only identity has.
    pub secret: String,
    /// A code counts once: the newest time step that was used.
    pub last_step: u64,
    /// HMACs of the backup codes that are left.
    pub backup_codes: Vec<String>,
}
