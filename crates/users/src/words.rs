//! Values out of a short list, and text of several lines.

use std::fmt;

use kernel::text::Invalid;

/// An enum whose values are words: declared once, with its form in JSON, in bodies and in paths.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$each:meta])* $variant:ident $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$each])* $variant,)*
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = kernel::text::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.name() == text);
                found.ok_or_else(|| kernel::text::Invalid(concat!("must be one of", $(" ", $word),*).into()))
            }
        }

        kernel::text_value!($name, {"type": "string", "enum": [$($word),*]});
    };
}

pub(crate) use words;

/// Text of several lines, trimmed; of the control characters only line breaks and tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> fmt::Display for Prose<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> std::str::FromStr for Prose<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().replace("\r\n", "\n");
        if text.chars().count() > MAX {
            return Err(Invalid(format!("must have at most {MAX} characters")));
        }
        if text.chars().any(|c| c.is_control() && !"\n\t".contains(c)) {
            return Err(Invalid("must not have control characters".into()));
        }
        Ok(Self(text))
    }
}

kernel::text_value!(Prose<const MAX: usize>, {
    "type": "string",
    "maxLength": MAX,
    "pattern": r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$"
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_may_have_lines_and_nothing_that_moves_a_terminal() {
        assert_eq!(" a\r\nb\t".parse::<Prose<5>>().unwrap().to_string(), "a\nb");
        assert!("a\u{1b}[2J".parse::<Prose<20>>().is_err());
        assert!("123456".parse::<Prose<5>>().is_err());
    }
}
