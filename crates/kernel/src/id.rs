//! Typed, sortable ids: a ULID, so that the newest sorts last and nobody can guess one.

/// Declares an id type: `typed_id!(TourId, "A tour.")`.
#[macro_export]
macro_rules! typed_id {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($crate::id::Ulid);

        impl $name {
            /// A new id; it sorts after those made in earlier milliseconds.
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self($crate::id::Ulid::generate())
            }

            pub const fn from_ulid(ulid: $crate::id::Ulid) -> Self {
                Self(ulid)
            }

            pub const fn ulid(self) -> $crate::id::Ulid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::id::parse(text).map(Self)
            }
        }

        $crate::text_value!($name, {
            "type": "string",
            "description": $doc,
            "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$",
            "examples": ["01JD2QK8N4M5V6W7X8Y9ZABCDE"]
        });
    };
}

pub use ulid::Ulid;

use crate::text::Invalid;

/// Reads the one spelling of an id: 26 capital letters and digits (Crockford's base 32).
pub fn parse(text: &str) -> Result<Ulid, Invalid> {
    let canonical = !text.bytes().any(|b| b.is_ascii_lowercase());
    Ulid::from_string(text)
        .ok()
        .filter(|id| canonical && id.to_string() == text)
        .ok_or(Invalid("must be an id: 26 capital letters and digits".into()))
}

typed_id!(UserId, "An account.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_itself_and_in_one_spelling_only() {
        let id = UserId::new();
        let text = id.to_string();
        assert_eq!(text.parse::<UserId>(), Ok(id));
        assert!(text.to_lowercase().parse::<UserId>().is_err());
        assert!("".parse::<UserId>().is_err());
        assert!("8ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<UserId>().is_err());
    }
}
