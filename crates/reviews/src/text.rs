//! Text that was checked when it was read.

use std::fmt;
use std::str::FromStr;

use kernel::text::Invalid;

/// Text of 1 to `MAX` characters with line breaks, trimmed, without other control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Prose<MAX> {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Prose<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> FromStr for Prose<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if !(1..=MAX).contains(&text.chars().count()) {
            return Err(Invalid(format!("must have 1 to {MAX} characters")));
        }
        if text.chars().any(|letter| letter.is_control() && !['\n', '\r', '\t'].contains(&letter)) {
            return Err(Invalid("must be without control characters".into()));
        }
        Ok(Self(text.to_owned()))
    }
}

kernel::text_value!(Prose<const MAX: usize>, {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX,
    "examples": ["Worth every step."]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_keeps_its_lines_and_nothing_that_moves_a_terminal() {
        assert_eq!(" a\nb ".parse::<Prose<5>>().unwrap().as_str(), "a\nb");
        assert!("a\u{1b}[2J".parse::<Prose<9>>().is_err());
        assert!("abc".parse::<Prose<2>>().is_err());
        assert!(" \n ".parse::<Prose<2>>().is_err());
    }
}
