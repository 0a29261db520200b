//! The table of the front door: which context serves which path. `infra/front-door.json` is generated,
//! and the edge of production works by the same table.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::project;

/// One line: a pattern and whose it is.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    pub pattern: String,
    pub context: String,
}

/// Reads the table, most specific pattern first.
pub fn read() -> Result<Vec<Line>> {
    let path = project::root().join("infra/front-door.json");
    let text = std::fs::read_to_string(&path)
        .context("infra/front-door.json is missing: `cargo xtask generate` writes it")?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// The context that serves a path.
pub fn context<'a>(table: &'a [Line], path: &str) -> Option<&'a str> {
    let line = table.iter().find(|line| matches(&line.pattern, path))?;
    Some(&line.context)
}

/// `*` stands for one segment in the middle and for one or more at the end.
fn matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let mut pattern = pattern.split('/').peekable();
    while let Some(expected) = pattern.next() {
        let Some(segment) = segments.next() else {
            return false;
        };
        if expected == "*" {
            if segment.is_empty() {
                return false;
            }
            if pattern.peek().is_none() {
                return true;
            }
        } else if expected != segment {
            return false;
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_segment_inside_and_any_number_at_the_end() {
        assert!(matches("/api/v1/auth/*", "/api/v1/auth/register"));
        assert!(matches("/api/v1/auth/*", "/api/v1/auth/sessions/12"));
        assert!(!matches("/api/v1/auth/*", "/api/v1/auth"));
        assert!(!matches("/api/v1/auth/*", "/api/v1/auth/"));
        assert!(matches("/api/v1/tours/*/reviews", "/api/v1/tours/7/reviews"));
        assert!(!matches("/api/v1/tours/*/reviews", "/api/v1/tours/7/8/reviews"));
        assert!(matches("/.well-known/jwks.json", "/.well-known/jwks.json"));
    }

    #[test]
    fn the_first_line_that_matches_wins() {
        let line = |pattern: &str, context: &str| Line { pattern: pattern.into(), context: context.into() };
        let table = [line("/tours/*/reviews", "reviews"), line("/tours/*", "tours")];
        assert_eq!(context(&table, "/tours/1/reviews"), Some("reviews"));
        assert_eq!(context(&table, "/tours/1"), Some("tours"));
        assert_eq!(context(&table, "/boats"), None);
    }
}
