//! By what the provider and we know each other.

use std::fmt;

use kernel::{Problem, Result};
use serde::Deserialize;

/// The secret that holds [`Keys`] as JSON. Born as noise: until an operator fills it, nobody can pay.
pub const STRIPE_KEYS: &str = "stripe-keys";

pub const NOT_CONFIGURED: Problem = Problem::new("payments-not-configured", 501, "Nobody can pay online yet");

/// The account's keys. They cannot be printed.
#[derive(Clone, Deserialize)]
pub struct Keys {
    pub secret_key: String,
    pub publishable_key: String,
    /// Two while one takes the other's place.
    pub webhook_secrets: Vec<String>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// None for the noise that the secret is born with.
    pub fn read(secret: &str) -> Option<Self> {
        serde_json::from_str(secret).ok()
    }
}

/// What is asked of the provider needs its keys.
pub(crate) fn needed(keys: Option<&Keys>) -> Result<&Keys> {
    keys.ok_or_else(|| NOT_CONFIGURED.because("The operator has not filled in the provider's keys."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_no_key_and_keys_are_not_printed() {
        assert!(Keys::read("8sdf7sd8f7sd9f87sd9f").is_none());
        let keys =
            r#"{"secret_key":"sk_test_1","publishable_key":"pk_test_1","webhook_secrets":["whsec_1"]}"#;
        let keys = Keys::read(keys).unwrap();
        assert_eq!(format!("{keys:?}"), "Keys(…)");
    }
}
