//! Sets of words that the API speaks: one spelling each, in JSON, in schemas and in the table.

/// Declares one: `words! { Status { Queued "queued", Sent "sent" } }`.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
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
                Self::ALL.iter().copied().find(|word| word.name() == text).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|word| word.name()).collect();
                    kernel::text::Invalid(format!("must be one of {}", words.join(", ")))
                })
            }
        }

        kernel::text_value!($name, {
            "type": "string",
            "enum": $name::ALL.iter().map(|word| word.name()).collect::<Vec<_>>()
        });
    };
}

pub(crate) use words;
