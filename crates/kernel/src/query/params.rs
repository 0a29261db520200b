//! Query strings: decoding them, and reading them parameter by parameter.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde_json::Value as Json;

use crate::text::Invalid;
use crate::{FieldErrors, Result};

/// Decodes a raw query string.
///
/// `+` is a blank, and a `%` that starts no escape stays as it is, both as browsers do. Text that is
/// not UTF-8 is refused, because a replaced character would be another value than the one sent.
pub fn pairs(raw: &str) -> Result<Vec<(String, String)>> {
    let mut errors = FieldErrors::default();
    let mut pairs = Vec::new();
    for part in raw.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match (decode(name), decode(value)) {
            (Some(name), Some(value)) => pairs.push((name, value)),
            (name, _) => errors.push(name.unwrap_or_else(|| name_as_sent(part)), "must be UTF-8"),
        }
    }
    errors.or(pairs)
}

fn decode(text: &str) -> Option<String> {
    let blanks = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&blanks).decode_utf8();
    decoded.ok().map(|text| text.into_owned())
}

fn name_as_sent(part: &str) -> String {
    part.split('=').next().unwrap_or_default().to_owned()
}

/// The parameters of a request while they are read: each reader takes its own, mistakes are
/// collected, and what nobody took is refused in the end.
///
/// ```
/// # use kernel::{page::PageRequest, query::{Parameters, Params}};
/// let mut params = Params::read("q=lake&limit=5")?;
/// let search = params.take("q");
/// let page = PageRequest::take(&mut params);
/// let (search, page) = params.finish((search, page))?;
/// # assert_eq!((search.as_deref(), page.limit), (Some("lake"), 5));
/// # Ok::<_, kernel::Failure>(())
/// ```
#[derive(Debug)]
pub struct Params {
    left: BTreeMap<String, Vec<String>>,
    known: Vec<String>,
    errors: FieldErrors,
}

impl Params {
    pub fn read(raw: &str) -> Result<Self> {
        Ok(Self::new(pairs(raw)?))
    }

    pub fn new(pairs: Vec<(String, String)>) -> Self {
        let mut left = BTreeMap::<_, Vec<_>>::new();
        for (name, value) in pairs {
            left.entry(name).or_default().push(value);
        }
        Self { left, known: Vec::new(), errors: FieldErrors::default() }
    }

    /// The parameter, which may come once.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let mut values = self.take_all(name);
        if values.len() > 1 {
            self.refuse(name, "may be given only once");
        }
        values.pop()
    }

    /// The parameter as a checked value. What could not be read is `None` and an error.
    pub fn take_as<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Option<T> {
        match self.take(name)?.parse() {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.refuse(name, invalid.0);
                None
            }
        }
    }

    /// The same, for one that must be there: when it is `None`, [`Params::finish`] fails.
    pub fn take_required<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Option<T> {
        if !self.left.contains_key(name) {
            self.refuse(name, "is required");
        }
        self.take_as(name)
    }

    /// Each value of a parameter that may be repeated.
    pub fn take_all(&mut self, name: &str) -> Vec<String> {
        self.known.push(name.to_owned());
        self.remove(name)
    }

    /// Like `take_all`, for a name too many to be listed among the known ones.
    pub(super) fn remove(&mut self, name: &str) -> Vec<String> {
        self.left.remove(name).unwrap_or_default()
    }

    pub fn refuse(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(name, message);
    }

    /// `value`, when nothing was refused and nothing is left.
    pub fn finish<T>(mut self, value: T) -> Result<T> {
        for name in self.left.into_keys() {
            let message = match self.known.as_slice() {
                [] => "is not known here; there are no parameters".to_owned(),
                known => format!("is not known here; known are {}", known.join(", ")),
            };
            self.errors.push(name, message);
        }
        self.errors.or(value)
    }

    /// A whole number in a range, or `default` when it is absent.
    pub fn take_number(&mut self, name: &str, range: RangeInclusive<u32>, default: u32) -> u32 {
        let Some(text) = self.take(name) else {
            return default;
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.unwrap_or_else(|| {
            let (least, most) = (range.start(), range.end());
            let bounds = match *most {
                u32::MAX => format!("of at least {least}"),
                most => format!("from {least} to {most}"),
            };
            self.refuse(name, format!("must be a whole number {bounds}"));
            default
        })
    }

    /// Refuses what is still left under a name that starts like this.
    pub(super) fn refuse_left(&mut self, prefix: &str, message: &str) {
        let left = self.left.extract_if(.., |name, _| name.starts_with(prefix));
        for (name, _) in left {
            self.errors.push(name, message);
        }
    }
}

/// One query parameter as OpenAPI describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub description: String,
    pub required: bool,
    pub schema: Json,
    /// For a list: repeated parameters (true) or one with commas (false).
    pub explode: bool,
}

impl Parameter {
    pub fn new(name: impl Into<String>, description: impl Into<String>, schema: Json) -> Self {
        Self { name: name.into(), description: description.into(), required: false, schema, explode: true }
    }

    /// Its values stand in one parameter, with commas between them.
    pub fn with_commas(self) -> Self {
        Self { explode: false, ..self }
    }

    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(text: &str) -> String {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(sent in proptest::collection::vec(("\\PC+", ".*"), 0..6)) {
            let raw: Vec<_> = sent.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
            prop_assert_eq!(pairs(&raw.join("&")).unwrap(), sent);
        }

        #[test]
        fn no_query_string_panics(raw in ".*") {
            let _ = pairs(&raw);
        }
    }

    #[test]
    fn brackets_blanks_and_missing_values_are_read_as_browsers_send_them() {
        let read = pairs("price%5Bgte%5D=5&q=two+words%2B&flag&&a=b=c&odd=%zz").unwrap();
        let expected = [
            pair("price[gte]", "5"),
            pair("q", "two words+"),
            pair("flag", ""),
            pair("a", "b=c"),
            pair("odd", "%zz"),
        ];
        assert_eq!(read, expected);
        assert_eq!(pairs("").unwrap(), []);
    }

    #[test]
    fn every_parameter_that_is_not_utf8_is_named() {
        let failure = pairs("a=%FF&ok=1&%C3=2").unwrap_err();
        let pointers: Vec<_> = failure.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["a", "%C3"]);
    }

    #[test]
    fn repeated_unknown_and_broken_parameters_are_all_named() {
        let mut params = Params::read("q=1&q=2&mail=x&other=3").unwrap();
        assert_eq!(params.take("q").as_deref(), Some("2"));
        assert_eq!(params.take_as::<crate::text::Email>("mail"), None);
        assert_eq!(params.take("absent"), None);
        let failure = params.finish(()).unwrap_err();
        let pointers: Vec<_> = failure.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["q", "mail", "other"]);
        assert!(failure.errors[2].message.ends_with("q, mail, absent"));
    }
}
