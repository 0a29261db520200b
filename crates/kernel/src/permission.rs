//! Permissions: what a group of accounts may do beyond its roles.

use std::fmt;
use std::str::FromStr;

use crate::text::Invalid;

/// Declares every permission once: its name, its category, and what it allows.
macro_rules! permissions {
    ($($variant:ident $name:literal $category:ident $meaning:literal)*) => {
        /// Something that a group may allow its members. Administrators may everything.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission {
            $(#[doc = $meaning] $variant,)*
        }

        impl Permission {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub const fn category(self) -> Category {
                match self { $(Self::$variant => Category::$category,)* }
            }

            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

permissions! {
    Stats "stats" Stats "See the dashboards."
    Sales "sales" Stats "See what was sold."
    Users "users" System "See and group accounts."
    ManageTreks "manageTreks" Actions "Change treks and their batches."
    ManageRegions "manageRegions" Actions "Change regions."
    TrekSections "trekSections" Actions "Change the sections of the catalogue."
    Bookings "bookings" Actions "See all bookings."
    ManageBookings "manageBookings" Actions "Change bookings and answer requests about them."
    ManagePromos "managePromos" Actions "Change promotions."
    Orders "orders" Actions "See all orders."
    SupportTickets "supportTickets" Actions "Answer support tickets."
    ManageBlogs "manageBlogs" Content "Change the blog."
    ManageCareers "manageCareers" Content "Handle applications for jobs at the company."
    ManageLeads "manageLeads" Content "Handle leads."
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Permission {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.iter().copied().find(|permission| permission.name() == text);
        found.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|permission| permission.name()).collect();
            Invalid(format!("must be one of {}", names.join(", ")))
        })
    }
}

crate::text_value!(Permission, {
    "type": "string",
    "enum": Permission::ALL.iter().map(|permission| permission.name()).collect::<Vec<_>>()
});

/// What a permission is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    Stats,
    Actions,
    Content,
    System,
}

impl Category {
    pub const ALL: [Self; 4] = [Self::Stats, Self::Actions, Self::Content, Self::System];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Stats => "stats",
            Self::Actions => "actions",
            Self::Content => "content",
            Self::System => "system",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Category {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|category| category.name() == text)
            .ok_or_else(|| Invalid(format!("must be one of {}", Self::ALL.map(Self::name).join(", "))))
    }
}

crate::text_value!(Category, {
    "type": "string",
    "enum": Category::ALL.map(Category::name)
});
