//! The API's document, the pages of its problems, and the page on which people read it: Swagger UI, from our own functions only.

use std::str::FromStr;

use kernel::text::Invalid;
use kernel::{Failure, Result};
use web::Page;

/// Swagger UI sets styles on elements and shows its icons as data.
const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src 'self' data:; script-src 'self'; \
                      style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// A file of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    Bundle,
    Style,
    Start,
}

impl FromStr for File {
    type Err = Invalid;

    fn from_str(name: &str) -> Result<Self, Invalid> {
        match name {
            "swagger-ui-bundle.js" => Ok(Self::Bundle),
            "swagger-ui.css" => Ok(Self::Style),
            "start.js" => Ok(Self::Start),
            _ => Err(Invalid("must be a file of the page".into())),
        }
    }
}

impl std::fmt::Display for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bundle => "swagger-ui-bundle.js",
            Self::Style => "swagger-ui.css",
            Self::Start => "start.js",
        })
    }
}

kernel::text_value!(File, {
    "type": "string",
    "enum": ["swagger-ui-bundle.js", "swagger-ui.css", "start.js"]
});

/// The pages that explain the problems, by code.
const PROBLEMS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/problems.rs"));

/// What the `type` of a problem document leads to.
pub fn problem(code: &str) -> Result<Page> {
    let page = PROBLEMS.iter().find(|(known, _)| *known == code);
    let (_, text) = page.ok_or_else(|| Failure::not_found("problem"))?;
    Ok(Page {
        content_type: "text/markdown; charset=utf-8",
        body: text.as_bytes().to_vec(),
        gzip: false,
        content_security_policy: None,
    })
}

pub fn openapi() -> Page {
    Page {
        content_type: "application/json",
        body: include_bytes!("../../../docs/openapi.json").to_vec(),
        gzip: false,
        content_security_policy: None,
    }
}

pub fn page() -> Page {
    Page {
        content_type: "text/html; charset=utf-8",
        body: include_bytes!("../pages/docs.html").to_vec(),
        gzip: false,
        content_security_policy: Some(POLICY),
    }
}

pub fn file(file: File) -> Page {
    let (content_type, body, gzip): (_, &[u8], _) = match file {
        File::Bundle => {
            ("text/javascript", include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz")), true)
        }
        File::Style => ("text/css", include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz")), true),
        File::Start => ("text/javascript", include_bytes!("../pages/start.js"), false),
    };
    Page { content_type, body: body.to_vec(), gzip, content_security_policy: None }
}
