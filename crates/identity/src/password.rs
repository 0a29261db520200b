//! Passwords: which are good enough, and how they are kept.

use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::text::Invalid;
use kernel::{Failure, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A password as it was sent. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// Tells what makes it too easy to guess; `about` are words that the owner is known by.
    ///
    /// The dictionaries of zxcvbn hold the most common passwords of the known breaches, and it knows the
    /// usual patterns. Below 2 of 4 is what an online attacker guesses (10^6 tries).
    pub fn weakness(&self, about: &[&str]) -> Option<String> {
        // An address is known by the part before its @, too.
        let locals = about.iter().filter_map(|word| word.split_once('@')).map(|(local, _)| local);
        let about: Vec<_> = about.iter().copied().chain(locals).collect();
        let estimate = zxcvbn::zxcvbn(&self.0, &about);
        if u8::from(estimate.score()) >= 2 {
            return None;
        }
        let warning = estimate.feedback().and_then(|feedback| feedback.warning());
        Some(
            warning
                .map_or("is too easy to guess".into(), |warning| format!("is too easy to guess: {warning}")),
        )
    }

    /// Takes about 20 ms of a full core, by design.
    pub fn hash(&self) -> Result<PasswordHash> {
        let hash = hasher().hash_password(self.0.as_bytes()).map_err(Failure::internal)?;
        Ok(PasswordHash(hash.to_string()))
    }
}

impl std::str::FromStr for Password {
    type Err = Invalid;

    /// Lengths only: a log-in must accept what was good enough once.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if (8..=128).contains(&text.chars().count()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid("must have 8 to 128 characters".into()))
        }
    }
}

impl fmt::Display for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

kernel::text_value!(Password, {
    "type": "string",
    "format": "password",
    "minLength": 8,
    "maxLength": 128,
    "examples": ["mountain-goat-sings-42"]
});

/// A password's hash in PHC form (`$argon2id$…`), with its own salt and parameters.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasswordHash(String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl PasswordHash {
    pub fn matches(&self, password: &Password) -> bool {
        phc::PasswordHash::new(&self.0)
            .is_ok_and(|hash| hasher().verify_password(password.0.as_bytes(), &hash).is_ok())
    }

    /// Of an account that nobody can log in to with a password, until its owner sets one. A log-in takes as long as any.
    pub fn of_no_password() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(Failure::internal)?;
        Password(STANDARD.encode(bytes)).hash()
    }

    /// Stands in for an account that does not exist, so that its log-in takes as long.
    pub fn of_nobody() -> &'static Self {
        static NOBODY: LazyLock<PasswordHash> = LazyLock::new(|| {
            // Nobody's password: 8 characters at least is all it must be.
            Password("nobody's password".into()).hash().unwrap_or(PasswordHash(String::new()))
        });
        &NOBODY
    }
}

/// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        text.parse().unwrap()
    }

    #[test]
    fn a_hash_matches_its_password_and_no_other() {
        let hash = password("mountain-goat-sings-42").hash().unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hash.matches(&password("mountain-goat-sings-42")));
        assert!(!hash.matches(&password("mountain-goat-sings-43")));
        assert!(!PasswordHash::of_nobody().matches(&password("mountain-goat-sings-42")));
    }

    #[test]
    fn what_everybody_guesses_is_refused() {
        for guess in ["password", "12345678", "qwertyuiop", "iloveyou1", "Passw0rd", "ada.lovelace"] {
            assert!(
                password(guess).weakness(&["ada", "lovelace", "ada.lovelace@example.com"]).is_some(),
                "{guess}"
            );
        }
        assert_eq!(password("mountain-goat-sings-42").weakness(&["ada"]), None);
    }

    #[test]
    fn a_password_is_never_printed() {
        let secret = password("mountain-goat-sings-42");
        assert!(!format!("{secret:?} {secret} {:?}", secret.hash().unwrap()).contains("goat"));
    }
}
