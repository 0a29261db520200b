//! Text that was checked when it was read: a value of such a type is always valid.

use std::fmt;

use sha2::{Digest, Sha256};

/// Why a text is not a value of its type, for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(pub String);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

/// Gives a type with `FromStr<Err = Invalid>` and `Display` its form in JSON, in bodies and in schemas.
#[macro_export]
macro_rules! text_value {
    ($name:ident $(<$(const $g:ident : $t:ty),+>)?, {$($schema:tt)*}) => {
        impl $(<$(const $g: $t),+>)? serde::Serialize for $name $(<$($g),+>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de $($(, const $g: $t)+)?> serde::Deserialize<'de> for $name $(<$($g),+>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl<E: deserr::DeserializeError $($(, const $g: $t)+)?> deserr::Deserr<E> for $name $(<$($g),+>)? {
            fn deserialize_from_value<V: deserr::IntoValue>(
                value: deserr::Value<V>,
                at: deserr::ValuePointerRef<'_>,
            ) -> Result<Self, E> {
                let text = <String as deserr::Deserr<E>>::deserialize_from_value(value, at)?;
                text.parse().map_err(|invalid: $crate::text::Invalid| {
                    deserr::take_cf_content(E::error::<V>(
                        None,
                        deserr::ErrorKind::Unexpected { msg: invalid.to_string() },
                        at,
                    ))
                })
            }
        }

        impl $(<$(const $g: $t),+>)? schemars::JsonSchema for $name $(<$($g),+>)? {
            fn inline_schema() -> bool {
                // Text<1, 60> is no name for a component.
                false $($(|| { let _ = $g; true })+)?
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            // Two types of one name are told apart by this.
            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({$($schema)*})
            }
        }
    };
}

/// 128 bits of SHA-256 in hex: for keys that must not show what they are made of.
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// One line of text of `MIN` to `MAX` characters, trimmed, without control characters.
///
/// It is stored as sent and escaped on output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize> std::str::FromStr for Text<MIN, MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let length = text.chars().count();
        if !(MIN..=MAX).contains(&length) {
            return Err(Invalid(format!("must have {MIN} to {MAX} characters")));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid("must be one line without control characters".into()));
        }
        Ok(Self(text.to_owned()))
    }
}

/// No control characters, and no blanks at the ends.
const ONE_LINE: &str = r"^[^\s\x00-\x1F\x7F-\x9F]([^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F])?$";

crate::text_value!(Text<const MIN: usize, const MAX: usize>, {
    "type": "string",
    "minLength": MIN,
    "maxLength": MAX,
    "pattern": ONE_LINE
});

/// Text of several lines, of `MIN` to `MAX` characters, trimmed; of the control characters only line breaks and tabs.
///
/// It is stored with line feeds only, and escaped on output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Prose<MIN, MAX> {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Prose<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize> std::str::FromStr for Prose<MIN, MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().replace("\r\n", "\n");
        if !(MIN..=MAX).contains(&text.chars().count()) {
            return Err(Invalid(format!("must have {MIN} to {MAX} characters")));
        }
        if text.chars().any(|letter| letter.is_control() && !['\n', '\t'].contains(&letter)) {
            return Err(Invalid("must be without control characters other than line breaks and tabs".into()));
        }
        Ok(Self(text))
    }
}

crate::text_value!(Prose<const MIN: usize, const MAX: usize>, {
    "type": "string",
    "minLength": MIN,
    "maxLength": MAX,
    "pattern": if MIN == 0 { LINES_OR_NONE } else { LINES }
});

/// No control characters but those that make lines.
const LINES_OR_NONE: &str = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$";
/// The same, and not only blanks.
const LINES: &str = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$";

/// An e-mail address, trimmed and in lower case, so that one mailbox is one account.
///
/// The form is that of the HTML standard's `type=email`, which is what browsers accept, with the
/// length limit of RFC 5321 (254 characters). Whether it exists is found out by mailing it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Email {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_lowercase();
        if is_email(&text) { Ok(Self(text)) } else { Err(Invalid("must be an e-mail address".into())) }
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let local_ok = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b));
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 254 && local_ok && domain.contains('.') && domain.split('.').all(label_ok)
}

crate::text_value!(Email, {
    "type": "string",
    "format": "email",
    "maxLength": 254,
    "examples": ["ada@example.com"]
});

/// A phone number in E.164 form: `+` and 8 to 15 digits (ITU-T E.164), without blanks and dashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Phone {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
        let digits = number.strip_prefix('+').unwrap_or_default();
        let international = (8..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0');
        let invalid = || Invalid("must be an international number, like +4915112345678".into());
        if international { Ok(Self(number)) } else { Err(invalid()) }
    }
}

crate::text_value!(Phone, {
    "type": "string",
    "pattern": r"^\+[ ().-]*[1-9]([ ().-]*[0-9]){7,14}[ ().-]*$",
    "examples": ["+4915112345678"]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_whatever_its_case_and_blanks() {
        let email: Email = " Ada.Lovelace+tours@Example.COM ".parse().unwrap();
        assert_eq!(email.as_str(), "ada.lovelace+tours@example.com");
    }

    #[test]
    fn what_no_browser_would_accept_is_no_address() {
        for text in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "ada@-example.com",
            "a b@example.com",
            "ada@exa_mple.com",
            "ada@example..com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ädä@example.com",
        ] {
            assert!(text.parse::<Email>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn text_counts_characters_and_refuses_control_characters() {
        assert_eq!("  Zoë ".parse::<Text<1, 3>>().unwrap().as_str(), "Zoë");
        assert!("".parse::<Text<1, 3>>().is_err());
        assert!("four".parse::<Text<1, 3>>().is_err());
        assert!("a\nb".parse::<Text<1, 3>>().is_err());
    }

    #[test]
    fn prose_keeps_its_lines_and_nothing_that_moves_a_terminal() {
        assert_eq!(" a\r\nb\t".parse::<Prose<1, 5>>().unwrap().as_str(), "a\nb");
        assert_eq!(" ".parse::<Prose<0, 5>>().unwrap().as_str(), "");
        for text in ["a\u{1b}[2J", "123456", " \n ", "a\rb"] {
            assert!(text.parse::<Prose<1, 5>>().is_err(), "{text:?}");
        }
    }
}
