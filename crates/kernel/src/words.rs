//! Sets of words that the API speaks.

/// An enum whose values are words: declared once, with its one form in JSON, in bodies, in paths and in schemas.
///
/// `words! { Status { Queued "queued", Sent "sent" } }`
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$each:meta])* $variant:ident $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$each])* $variant,)*
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            /// The words of all, in their order.
            pub const NAMES: &[&str] = &[$($word),*];

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
            type Err = $crate::text::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.name() == text);
                let invalid = || $crate::text::Invalid(format!("must be one of {}", Self::NAMES.join(", ")));
                found.ok_or_else(invalid)
            }
        }

        $crate::text_value!($name, {"type": "string", "enum": $name::NAMES});
    };
}

#[cfg(test)]
mod tests {
    crate::words! {
        Sky { Clear "clear", PartlyCloudy "partly_cloudy" }
    }

    #[test]
    fn a_word_is_read_as_it_is_written_and_a_stranger_is_told_all() {
        for sky in Sky::ALL {
            assert_eq!(sky.to_string().parse(), Ok(*sky));
        }
        assert_eq!("Clear".parse::<Sky>().unwrap_err().0, "must be one of clear, partly_cloudy");
        assert_eq!(serde_json::to_string(&Sky::PartlyCloudy).unwrap(), r#""partly_cloudy""#);
    }
}
