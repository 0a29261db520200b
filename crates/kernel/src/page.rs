//! Pages of lists, and the cursors that lead from one to the next.

use std::fmt;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use sha2::Sha256;

use crate::query::{Parameter, Parameters, Params};
use crate::{Failure, Result};

pub const DEFAULT_LIMIT: u32 = 20;
pub const MAX_LIMIT: u32 = 100;

/// Changes when the form of a cursor does, so that an old one is refused and not misread.
const VERSION: u8 = 1;
const TAG_BYTES: usize = 32;
const LEAST_KEY_BYTES: usize = 32;

/// Where a list goes on: opaque to clients, who send back what they got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Cursor(String);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Makes and reads the cursors of one list.
///
/// A cursor is signed, not encrypted: a position holds nothing that the page did not show. It is
/// the version, the tag (HMAC-SHA256) and the position as JSON, in base64url.
pub struct Cursors<'a> {
    key: &'a [u8],
    context: &'a str,
}

impl<'a> Cursors<'a> {
    /// `context` is what makes the list this list: route, filter, and whose it is where that
    /// decides what is in it. A cursor of another context is refused.
    pub fn new(key: &'a [u8], context: &'a str) -> Result<Self> {
        if key.len() < LEAST_KEY_BYTES {
            return Err(Failure::internal("the cursor key is shorter than 256 bits"));
        }
        Ok(Self { key, context })
    }

    pub fn seal(&self, position: &impl Serialize) -> Result<Cursor> {
        let position = serde_json::to_vec(position).map_err(Failure::internal)?;
        let tag = self.mac(&position)?.finalize().into_bytes();
        let bytes = [&[VERSION], tag.as_slice(), &position].concat();
        Ok(Cursor(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The position, or one problem for all that can be wrong with a cursor: a forger learns nothing.
    pub fn open<P: DeserializeOwned>(&self, cursor: &Cursor) -> Result<P> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&cursor.0).map_err(|_| not_ours())?;
        let (version, rest) = bytes.split_first().ok_or_else(not_ours)?;
        let (tag, position) = rest.split_at_checked(TAG_BYTES).ok_or_else(not_ours)?;
        if *version != VERSION {
            return Err(not_ours());
        }
        // Compares in constant time.
        let verified = self.mac(position)?.verify_slice(tag);
        verified.map_err(|_| not_ours())?;
        // Signed by us, and still not a position: the code changed without the version or context.
        serde_json::from_slice(position).map_err(|_| not_ours())
    }

    fn mac(&self, position: &[u8]) -> Result<Hmac<Sha256>> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.key).map_err(Failure::internal)?;
        // The length keeps the end of the context apart from the start of the position.
        mac.update(b"cursor");
        mac.update(&[VERSION]);
        mac.update(&(self.context.len() as u64).to_be_bytes());
        mac.update(self.context.as_bytes());
        mac.update(position);
        Ok(mac)
    }
}

fn not_ours() -> Failure {
    Failure::field("cursor", "is not a cursor of this list; start again without one")
}

/// Which page of an unbounded list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    pub limit: u32,
    pub cursor: Option<Cursor>,
}

impl PageRequest {
    /// Of a list whose only parameters are these.
    pub fn parse(pairs: Vec<(String, String)>) -> Result<Self> {
        let mut params = Params::new(pairs);
        let request = Self::take(&mut params);
        params.finish(request)
    }
}

impl Parameters for PageRequest {
    fn take(params: &mut Params) -> Self {
        Self {
            limit: params.take_number("limit", 1..=MAX_LIMIT, DEFAULT_LIMIT),
            cursor: params.take("cursor").map(Cursor),
        }
    }

    fn parameters() -> Vec<Parameter> {
        vec![
            limit_parameter(DEFAULT_LIMIT),
            Parameter::new(
                "cursor",
                "Where to go on: `meta.next_cursor` of the page before.",
                json!({"type": "string"}),
            ),
        ]
    }
}

pub(crate) fn limit_parameter(default: u32) -> Parameter {
    Parameter::new(
        "limit",
        "How many on a page at most.",
        json!({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": default}),
    )
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Page<T> {
    pub data: Vec<T>,
    pub meta: PageMeta,
}

/// What a client needs to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
// `next_cursor` is always there, null at the end; readers of a schema should not have to guess.
#[schemars(extend("required" = ["limit", "next_cursor"]))]
pub struct PageMeta {
    /// How many a page holds at most.
    pub limit: u32,
    /// Send it as `cursor` for the next page; null when this is the last one.
    pub next_cursor: Option<Cursor>,
    /// Number of this page, from 1; only for catalogues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// How many there are on all pages; only for catalogues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// A page of an unbounded list.
    pub fn new(data: Vec<T>, limit: u32, next_cursor: Option<Cursor>) -> Self {
        let meta = PageMeta { limit, next_cursor, page: None, total: None };
        Self { data, meta }
    }

    /// A numbered page of a catalogue.
    pub fn numbered(data: Vec<T>, limit: u32, page: u32, total: u64) -> Self {
        let mut numbered = Self::new(data, limit, None);
        numbered.meta.page = Some(page);
        numbered.meta.total = Some(total);
        numbered
    }

    /// The same page of something else, such as views of stored items.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { data: self.data.into_iter().map(each).collect(), meta: self.meta }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::pairs;
    use proptest::prelude::*;

    const KEY: &[u8] = &[7; 32];
    const CONTEXT: &str = "GET /rooms/{id}/messages?room=1";

    fn sealed(context: &str, position: &(String, i64)) -> Cursor {
        Cursors::new(KEY, context).unwrap().seal(position).unwrap()
    }

    fn opened(key: &[u8], context: &str, cursor: &Cursor) -> Result<(String, i64)> {
        Cursors::new(key, context).unwrap().open(cursor)
    }

    fn names_the_cursor(answer: &Result<(String, i64)>) -> bool {
        let Err(failure) = answer else { return false };
        failure.problem == crate::Problem::INVALID_REQUEST
            && failure.errors == not_ours().errors
            && failure.errors[0].pointer == "cursor"
    }

    proptest! {
        #[test]
        fn a_cursor_leads_back_to_its_position(context: String, text: String, number: i64) {
            let position = (text, number);
            let cursor = sealed(&context, &position);
            prop_assert_eq!(opened(KEY, &context, &cursor).unwrap(), position);
        }

        #[test]
        fn a_cursor_with_another_byte_is_refused(text: String, at: prop::sample::Index, to in "[A-Za-z0-9_=-]") {
            let cursor = sealed(CONTEXT, &(text, 1));
            let at = at.index(cursor.0.len());
            let mut forged = cursor.0.clone();
            forged.replace_range(at..=at, &to);
            prop_assume!(forged != cursor.0);
            prop_assert!(names_the_cursor(&opened(KEY, CONTEXT, &Cursor(forged))));
        }

        #[test]
        fn a_cursor_cut_short_or_made_up_is_refused(text: String, keep: prop::sample::Index, invented in ".*") {
            let cursor = sealed(CONTEXT, &(text, 1));
            let cut = cursor.0[..keep.index(cursor.0.len())].to_owned();
            for forged in [cut, invented, format!("{cursor}AAAA")] {
                prop_assert!(names_the_cursor(&opened(KEY, CONTEXT, &Cursor(forged))));
            }
        }

        #[test]
        fn a_cursor_of_another_list_is_refused(mine: String, theirs: String) {
            prop_assume!(mine != theirs);
            let cursor = sealed(&theirs, &("a".into(), 1));
            prop_assert!(names_the_cursor(&opened(KEY, &mine, &cursor)));
        }
    }

    #[test]
    fn a_cursor_under_an_old_key_is_refused() {
        let cursor = sealed(CONTEXT, &("a".into(), 1));
        assert!(names_the_cursor(&opened(&[8; 32], CONTEXT, &cursor)));
    }

    #[test]
    fn a_position_cannot_lend_its_first_byte_to_the_context() {
        let cursor = Cursors::new(KEY, "room=1").unwrap().seal(&23).unwrap();
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(&cursor.0).unwrap();
        bytes.remove(1 + TAG_BYTES);
        let shifted = Cursor(BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let others = Cursors::new(KEY, "room=12").unwrap();
        assert!(others.open::<u8>(&shifted).is_err());
    }

    #[test]
    fn a_cursor_for_another_kind_of_position_is_refused() {
        let cursors = Cursors::new(KEY, CONTEXT).unwrap();
        let cursor = cursors.seal(&"only text").unwrap();
        assert!(names_the_cursor(&cursors.open(&cursor)));
    }

    #[test]
    fn a_short_key_is_our_fault() {
        let failure = Cursors::new(b"secret", CONTEXT).err().unwrap();
        assert_eq!(failure.problem, crate::Problem::INTERNAL);
    }

    #[test]
    fn a_request_has_a_limit_and_perhaps_a_cursor() {
        let parse = |raw| PageRequest::parse(pairs(raw).unwrap());
        let first = parse("").unwrap();
        assert_eq!((first.limit, first.cursor), (DEFAULT_LIMIT, None));
        let next = parse("cursor=abc&limit=100").unwrap();
        assert_eq!((next.limit, next.cursor), (100, Some(Cursor("abc".into()))));
        for raw in ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "limit=1&limit=1", "page=1"] {
            assert_eq!(parse(raw).unwrap_err().errors.len(), 1, "{raw}");
        }
    }

    #[test]
    fn the_last_page_says_so_and_leaves_out_what_it_has_not() {
        let page = Page::new(vec![1, 2], 20, None).map(|n| n * 2);
        let expected = json!({"data": [2, 4], "meta": {"limit": 20, "next_cursor": null}});
        assert_eq!(serde_json::to_value(page).unwrap(), expected);
        let numbered = Page::numbered(vec![1], 20, 3, 41);
        let expected = json!({"limit": 20, "next_cursor": null, "page": 3, "total": 41});
        assert_eq!(serde_json::to_value(numbered.meta).unwrap(), expected);
    }

    #[test]
    fn the_schema_is_named_after_what_is_listed() {
        assert_eq!(<Page<crate::UserId> as JsonSchema>::schema_name(), "UserIdPage");
        let schema = schemars::schema_for!(PageMeta);
        assert_eq!(schema.get("required"), Some(&json!(["limit", "next_cursor"])));
        let cursor = schema.pointer("/properties/next_cursor/type");
        assert_eq!(cursor, Some(&json!(["string", "null"])));
    }
}
