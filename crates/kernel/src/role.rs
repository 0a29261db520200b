//! Roles: an account has a set of them.

use std::fmt;
use std::str::FromStr;

use crate::text::Invalid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    User,
    Worker,
    Hirer,
    Vendor,
    Guide,
    LeadGuide,
    Staff,
    Admin,
}

impl Role {
    pub const ALL: [Self; 8] = [
        Self::User,
        Self::Worker,
        Self::Hirer,
        Self::Vendor,
        Self::Guide,
        Self::LeadGuide,
        Self::Staff,
        Self::Admin,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Worker => "worker",
            Self::Hirer => "hirer",
            Self::Vendor => "vendor",
            Self::Guide => "guide",
            Self::LeadGuide => "lead-guide",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| Invalid(format!("must be one of {}", Self::ALL.map(Self::name).join(", "))))
    }
}

crate::text_value!(Role, {
    "type": "string",
    "enum": Role::ALL.map(Role::name)
});
