//! Keys that are derived from the context's one token secret (HKDF, RFC 5869).

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use platform::StartError;
use sha2::Sha256;

/// A key for one purpose. It cannot be printed.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    pub fn derive(secret: &str, purpose: &str) -> Result<Self, StartError> {
        let bytes = derive_bytes(secret, purpose)?;
        Ok(Self(Hmac::new_from_slice(&bytes).map_err(|error| error.to_string())?))
    }

    /// The code of these parts; they are separated by their lengths, so no two lists share one.
    pub fn code(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.keyed(parts).finalize().into_bytes().into()
    }

    /// Compares in constant time.
    pub fn verify(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        self.keyed(parts).verify_slice(code).is_ok()
    }

    fn keyed(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

pub fn derive_bytes(secret: &str, purpose: &str) -> Result<[u8; 32], StartError> {
    if secret.len() < 32 {
        return Err("a secret of the context is shorter than 32 characters".into());
    }
    let mut bytes = [0; 32];
    Hkdf::<Sha256>::new(None, secret.as_bytes())
        .expand(purpose.as_bytes(), &mut bytes)
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}
