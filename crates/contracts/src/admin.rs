//! What administration tells.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Contract;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The account's sessions end.
    Warning,
    /// The account is locked, too.
    Critical,
}

fact!(SecurityAlert, "admin.security.alert", "Something about the account looks like an attack.", {
    severity: Severity,
    /// For the audit.
    reason: String,
});

pub fn events() -> Vec<Contract> {
    vec![Contract::of::<SecurityAlert>()]
}
