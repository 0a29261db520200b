//! Pictures that people upload: each comes by a signed link of its own, is checked before it is decoded, and is cut to
//! a size.

mod cut;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use deserr::Deserr;
use kernel::text::Invalid;
use kernel::{FieldErrors, Result, Timestamp, time};
use platform::files::Files;
use schemars::JsonSchema;
use serde::Serialize;

pub use cut::{BROKEN, NO_PICTURE, Refusal, TOO_LARGE, TOO_MANY_PIXELS, cut};

/// The size of a file that is taken.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// How long an upload may be begun.
const UPLOAD_LINK: Duration = time::minutes(10);

/// What kind of file somebody says it is; what it really is, is looked at later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureType {
    Jpeg,
    Png,
    Webp,
}

impl PictureType {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

impl fmt::Display for PictureType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PictureType {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = [Self::Jpeg, Self::Png, Self::Webp].into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| Invalid("must be one of image/jpeg image/png image/webp".into()))
    }
}

kernel::text_value!(PictureType, {"type": "string", "enum": ["image/jpeg", "image/png", "image/webp"]});

/// A file that somebody is about to send.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewPicture {
    pub content_type: PictureType,
    /// Bytes; 5 MB at most. The upload must have exactly this size.
    #[schemars(range(min = 1, max = 5_242_880))]
    pub size: u64,
}

impl NewPicture {
    /// Names the mistake below `at`, the pointer of this file in the body.
    pub fn check(&self, at: &str, errors: &mut FieldErrors) {
        if self.size == 0 || self.size > MOST_BYTES as u64 {
            errors.push(format!("{at}/size"), format!("must be from 1 to {MOST_BYTES}"));
        }
    }

    /// A link that takes this file and no other.
    pub async fn link(&self, files: &Files, key: &str) -> Result<UploadLink> {
        let url = files.upload_link(key, self.content_type.name(), self.size, UPLOAD_LINK).await?;
        Ok(UploadLink {
            upload_url: url,
            method: "PUT",
            headers: UploadHeaders { content_type: self.content_type },
            expires_at: time::now() + UPLOAD_LINK,
        })
    }
}

/// How to send the file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UploadLink {
    pub upload_url: String,
    #[schemars(extend("const" = "PUT"))]
    pub method: &'static str,
    /// To be sent as they are.
    pub headers: UploadHeaders,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UploadHeaders {
    #[serde(rename = "content-type")]
    pub content_type: PictureType,
}
