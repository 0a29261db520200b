//! Passwords: which are good enough, and how they are kept.

use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
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
    /// Takes our own hashes and the imported ones: argon2 with other parameters, and bcrypt.
    pub fn matches(&self, password: &Password) -> bool {
        if self.0.starts_with(BCRYPT) {
            return bcrypt::verify(password.0.as_bytes(), &self.0).unwrap_or(false);
        }
        match phc::PasswordHash::new(&self.0) {
            // The parameters are those of the hash.
            Ok(hash) => hasher().verify_password(password.0.as_bytes(), &hash).is_ok(),
            Err(_) => {
                // As long as any other: an account without a password must not show.
                let nobody = Self::of_nobody();
                let _ = self != nobody && nobody.matches(password);
                false
            }
        }
    }

    /// Whether it was made as we make them now.
    pub fn is_ours(&self) -> bool {
        self.0.starts_with(OURS)
    }

    /// Stands for no password at all: nothing matches it, and only a reset replaces it.
    pub fn unusable() -> Self {
        Self("!".into())
    }

    /// A hash that another system made. One that would take us too long to check is refused.
    pub fn foreign(text: &str) -> Result<Self, Invalid> {
        let affordable = if text.starts_with(BCRYPT) {
            text.parse::<bcrypt::HashParts>().is_ok_and(|parts| parts.get_cost() <= BCRYPT_COST)
        } else {
            phc::PasswordHash::new(text).is_ok_and(|hash| {
                let known = Algorithm::try_from(hash.algorithm.as_str()).is_ok() && hash.hash.is_some();
                let params = Params::try_from(&hash);
                known
                    && params.is_ok_and(|params| {
                        params.m_cost() <= ARGON2_KIB && params.t_cost() <= 16 && params.p_cost() <= 16
                    })
            })
        };
        let invalid = || Invalid("must be a bcrypt or argon2 hash; passwords in clear are refused".into());
        if affordable { Ok(Self(text.to_owned())) } else { Err(invalid()) }
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

/// How our own hashes begin.
const OURS: &str = "$argon2id$v=19$m=19456,t=2,p=1$";
const BCRYPT: &str = "$2";
/// The dearest imported hashes: about a second of a full core each.
const BCRYPT_COST: u32 = 14;
const ARGON2_KIB: u32 = 256 * 1024;

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
        assert!(hash.is_ours());
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

    /// Made by other implementations: libxcrypt, and the reference one of argon2 (its own test vectors).
    const FOREIGN: [(&str, &str); 3] = [
        ("mountain-goat-sings-42", "$2y$05$abcdefghijklmnopqrstuu8f8J8hQNDFNcVbs9jxTZ.Bk9N50.lbO"),
        ("password", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8"),
        ("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"),
    ];

    #[test]
    fn hashes_of_other_systems_match_their_passwords_until_they_are_replaced() {
        for (text, hash) in FOREIGN {
            let hash = PasswordHash::foreign(hash).unwrap();
            assert!(hash.matches(&password(text)), "{}", hash.0);
            assert!(!hash.matches(&password("not-the-password")), "{}", hash.0);
            assert!(!hash.is_ours());
        }
    }

    #[test]
    fn passwords_in_clear_and_hashes_that_cost_too_much_are_no_hashes() {
        for text in [
            "",
            "mountain-goat-sings-42",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$2a$05$short",
            "$2a$31$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy",
            "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ",
            "$pbkdf2-sha256$i=1000$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ] {
            assert!(PasswordHash::foreign(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_matches_the_password_of_an_account_that_has_none() {
        for guess in ["!!!!!!!!", "nobody's password", "mountain-goat-sings-42"] {
            assert!(!PasswordHash::unusable().matches(&password(guess)));
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let secret = password("mountain-goat-sings-42");
        assert!(!format!("{secret:?} {secret} {:?}", secret.hash().unwrap()).contains("goat"));
    }
}
