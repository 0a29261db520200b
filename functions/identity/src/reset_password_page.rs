//! GET /auth/password/reset: the page behind the link in the mail for a forgotten password.
//!
//! The token stands behind the `#`, so opening the page shows it to nobody and uses nothing up.

use kernel::Result;
use web::{App, Function, Page, get};

const PAGE: &str = include_str!("../pages/reset-password.html");

/// The hashes are those of the page's own script and style (a test computes them).
const POLICY: &str = include_str!("../pages/reset-password.policy");

pub fn endpoint() -> impl Function {
    get("/auth/password/reset", handle).public().unlimited()
}

async fn handle(_: App<()>) -> Result<Page> {
    Ok(Page {
        content_type: "text/html; charset=utf-8",
        body: PAGE.into(),
        gzip: false,
        content_security_policy: Some(POLICY.trim_ascii_end()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    fn hash_of(element: &str) -> String {
        let (_, rest) = PAGE.split_once(&format!("<{element}>")).unwrap();
        let (text, _) = rest.split_once(&format!("</{element}>")).unwrap();
        STANDARD.encode(Sha256::digest(text))
    }

    #[test]
    fn the_page_may_run_its_own_script_and_no_other() {
        let (script, style) = (hash_of("script"), hash_of("style"));
        let expected = format!(
            "default-src 'none'; connect-src 'self'; script-src 'sha256-{script}'; \
             style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        assert_eq!(POLICY.trim_ascii_end(), expected);
    }
}
