//! Codes of authenticator apps (RFC 6238), and the backup codes for when the phone is lost.

use std::fmt;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use kernel::text::{Email, Invalid};
use kernel::{Failure, Result, Timestamp, UserId};
use platform::StartError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use totp_rs::Totp;

use crate::challenge::Code;
use crate::keys;

/// What apps show beside the code.
const ISSUER: &str = "Caravan";
/// RFC 4226 wants 128 bits at least and recommends 160.
const SECRET_BYTES: usize = 20;
const NONCE_BYTES: usize = 12;
const BACKUP_CODES: usize = 10;
const BACKUP_LENGTH: usize = 10;
/// 32 signs that nobody mistakes for each other.
const BACKUP_SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

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

/// A new app, with what its owner must see once.
pub struct Enrolment {
    pub enrolled: Enrolled,
    /// In base 32, to be typed where nothing can be scanned.
    pub secret: String,
    /// For a QR code.
    pub uri: String,
    pub backup_codes: Vec<String>,
}

/// Keeps the secrets of authenticator apps.
pub struct Apps {
    cipher: Aes256Gcm,
    backup_key: keys::Key,
}

impl Apps {
    pub fn new(secret: &str) -> Result<Self, StartError> {
        let key = keys::derive_bytes(secret, "totp")?;
        let cipher = Aes256Gcm::new_from_slice(&key).map_err(|error| error.to_string())?;
        Ok(Self { cipher, backup_key: keys::Key::derive(secret, "backup-code")? })
    }

    pub fn enrol(&self, user: UserId, email: &Email) -> Result<Enrolment> {
        let secret: [u8; SECRET_BYTES] = random()?;
        let totp = totp(&secret, Some(email))?;
        let mut backup_codes = Vec::new();
        for _ in 0..BACKUP_CODES {
            let bytes: [u8; BACKUP_LENGTH] = random()?;
            backup_codes.push(bytes.map(|byte| char::from(BACKUP_SIGNS[usize::from(byte % 32)])));
        }
        let plain: Vec<String> = backup_codes.into_iter().map(|signs| signs.iter().collect()).collect();
        Ok(Enrolment {
            enrolled: Enrolled {
                secret: self.seal(user, &secret)?,
                last_step: 0,
                backup_codes: plain.iter().map(|code| self.backup_hash(user, code)).collect(),
            },
            secret: totp.secret().to_base32(),
            uri: totp.to_url().map_err(Failure::internal)?,
            backup_codes: plain.iter().map(|code| format!("{}-{}", &code[..5], &code[5..])).collect(),
        })
    }

    /// The app after this code was used; none when it is wrong or was used before.
    pub fn used(
        &self,
        user: UserId,
        app: &Enrolled,
        code: &FactorCode,
        now: Timestamp,
    ) -> Result<Option<Enrolled>> {
        match code {
            FactorCode::Digits(code) => {
                let totp = totp(&self.open(user, &app.secret)?, None)?;
                let now = u64::try_from(now.as_second()).unwrap_or(0);
                let step = totp.check(&code.digits(), now).filter(|step| *step > app.last_step);
                Ok(step.map(|last_step| Enrolled { last_step, ..app.clone() }))
            }
            FactorCode::Backup(code) => {
                let hash = self.backup_hash(user, code);
                let mut left = app.clone();
                left.backup_codes.retain(|other| *other != hash);
                Ok((left.backup_codes.len() < app.backup_codes.len()).then_some(left))
            }
        }
    }

    fn backup_hash(&self, user: UserId, code: &str) -> String {
        STANDARD_NO_PAD.encode(self.backup_key.code(&[&user.ulid().to_bytes(), code.as_bytes()]))
    }

    /// Bound to the account, so that a secret cannot be moved to another.
    fn seal(&self, user: UserId, secret: &[u8]) -> Result<String> {
        let nonce: [u8; NONCE_BYTES] = random()?;
        let payload = Payload { msg: secret, aad: &user.ulid().to_bytes() };
        let sealed =
            self.cipher.encrypt(&nonce.into(), payload).map_err(|_| Failure::internal("not sealed"))?;
        Ok(STANDARD_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    fn open(&self, user: UserId, sealed: &str) -> Result<Vec<u8>> {
        let broken = || Failure::internal("the secret of an authenticator app cannot be opened");
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(broken)?;
        let payload = Payload { msg: sealed, aad: &user.ulid().to_bytes() };
        self.cipher.decrypt(&(*nonce).into(), payload).map_err(|_| broken())
    }
}

/// What all apps understand: SHA-1, six digits, 30 s; one step of skew on each side.
fn totp(secret: &[u8], email: Option<&Email>) -> Result<Totp> {
    let account = email.map(Email::to_string).unwrap_or_default();
    let builder = totp_rs::Builder::new().with_secret(secret.to_vec());
    let builder = builder.with_issuer(Some(ISSUER)).with_account_name(account);
    builder.build().map_err(Failure::internal)
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Failure::internal)?;
    Ok(bytes)
}

/// What somebody answers for a second factor: six digits, or a backup code. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub enum FactorCode {
    Digits(Code),
    Backup(String),
}

impl fmt::Debug for FactorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FactorCode(…)")
    }
}

impl fmt::Display for FactorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl std::str::FromStr for FactorCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bare: String = text.chars().filter(|c| *c != '-' && *c != ' ').collect();
        let bare = bare.to_ascii_lowercase();
        if bare.len() == BACKUP_LENGTH && bare.bytes().all(|sign| BACKUP_SIGNS.contains(&sign)) {
            return Ok(Self::Backup(bare));
        }
        bare.parse().map(Self::Digits).map_err(|_| Invalid("must be six digits or a backup code".into()))
    }
}

kernel::text_value!(FactorCode, {
    "type": "string",
    "description": "Six digits, from the mail or the authenticator app, or a backup code.",
    "pattern": "^([0-9]{6}|[a-km-np-zA-KM-NP-Z2-9]{5}-?[a-km-np-zA-KM-NP-Z2-9]{5})$",
    "examples": ["012345"]
});

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::time;

    fn apps() -> Apps {
        Apps::new(&"k".repeat(64)).unwrap()
    }

    fn digits(enrolment: &Enrolment, at: Timestamp) -> FactorCode {
        let totp = Totp::from_url(&enrolment.uri).unwrap();
        totp.generate(at.as_second().cast_unsigned()).to_string().parse().unwrap()
    }

    #[test]
    fn a_code_of_the_app_counts_once_and_for_a_minute_and_a_half() {
        let (apps, user, now) = (apps(), UserId::new(), time::now());
        let enrolment = apps.enrol(user, &"ada@example.com".parse().unwrap()).unwrap();
        let code = digits(&enrolment, now);
        let used = apps.used(user, &enrolment.enrolled, &code, now).unwrap().unwrap();
        assert_eq!(apps.used(user, &used, &code, now).unwrap(), None);
        let later = now + time::seconds(30);
        assert!(apps.used(user, &used, &digits(&enrolment, later), later).unwrap().is_some());
        assert_eq!(apps.used(user, &enrolment.enrolled, &code, now + time::seconds(90)).unwrap(), None);
    }

    #[test]
    fn each_backup_code_counts_once_however_it_is_written() {
        let (apps, user) = (apps(), UserId::new());
        let enrolment = apps.enrol(user, &"ada@example.com".parse().unwrap()).unwrap();
        let mut app = enrolment.enrolled.clone();
        assert_eq!(enrolment.backup_codes.len(), 10);
        for code in &enrolment.backup_codes {
            let code: FactorCode = code.to_uppercase().parse().unwrap();
            app = apps.used(user, &app, &code, time::now()).unwrap().unwrap();
            assert_eq!(apps.used(user, &app, &code, time::now()).unwrap(), None);
        }
        assert!(app.backup_codes.is_empty());
    }

    #[test]
    fn a_secret_opens_for_its_account_under_its_key_only() {
        let (apps, user) = (apps(), UserId::new());
        let enrolment = apps.enrol(user, &"ada@example.com".parse().unwrap()).unwrap();
        let stored = format!("{:?}", enrolment.enrolled);
        assert!(!stored.contains(&enrolment.secret));
        assert!(apps.open(UserId::new(), &enrolment.enrolled.secret).is_err());
        assert!(Apps::new(&"x".repeat(64)).unwrap().open(user, &enrolment.enrolled.secret).is_err());
    }
}
