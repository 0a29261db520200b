//! What tours tells: tours, treks, and the regions and sections they stand in.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Contract, Event, Message, Nature};

/// Declares an event about one thing, which the field named first says.
macro_rules! about {
    ($name:ident, $kind:literal, $nature:ident, $doc:literal, $subject:ident { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            pub $subject: String,
            $($(#[$meta])* pub $field: $type),*
        }

        impl Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.$subject.clone()
            }
        }

        impl Event for $name {
            const NATURE: Nature = Nature::$nature;
        }
    };
}

about!(TourChanged, "tours.tour.updated", Snapshot, "A tour as others may know it; sent with every change of it.", tour_id {
    /// Grows with every change: a projection keeps the newest.
    version: u64,
    name: String,
    slug: String,
    summary: String,
    image_cover: String,
    /// Minor units for one person, after the discount.
    price: i64,
    currency: String,
    /// Days.
    duration: u32,
    max_group_size: u32,
    /// When it was posted to start; each is to become a departure.
    start_dates: Vec<Timestamp>,
    secret: bool,
    deleted: bool,
});

about!(TourCreated, "tours.tour.created", Fact, "A tour was published.", tour_id { name: String });

about!(TourDeleted, "tours.tour.deleted", Fact, "A tour is no more.", tour_id {});

/// What a booking of a trek costs and how it may be paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SalesTerms {
    pub add_ons: Vec<AddOnTerms>,
    /// Hundredths of a percent: 500 is 5 %.
    pub gst_rate: u32,
    /// Whether the price holds the tax already.
    pub gst_included: bool,
    /// Hundredths of a percent of price and tax.
    pub gateway_rate: u32,
    /// Whether the customer pays it on top.
    pub gateway_by_customer: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial_payment: Option<PartialPaymentTerms>,
    /// From how many days before the start which share is given back; none: the platform's own.
    pub cancellation_policy: Vec<CancellationTier>,
    /// What a participant is asked for, as the trek states it.
    pub custom_fields: serde_json::Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AddOnTerms {
    pub name: String,
    /// Minor units for one participant.
    pub price: i64,
    pub enabled: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartialPaymentTerms {
    /// Minor units for one participant, or hundredths of a percent of the total.
    pub amount: i64,
    pub percentage: bool,
    pub final_due_days: u32,
    pub auto_cancel: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CancellationTier {
    pub min_days: u32,
    pub percent: u32,
}

/// The one departure of a trek that was made for somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CustomDeparture {
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    pub max_participants: u32,
    /// Of the token that leads to it; the token itself is in no event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_digest: Option<String>,
    /// How long the token leads to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_expires_at: Option<Timestamp>,
}

about!(TrekChanged, "tours.trek.updated", Snapshot, "A trek as others may know it; sent with every change of it.", trek_id {
    /// Grows with every change: a projection keeps the newest.
    version: u64,
    name: String,
    slug: String,
    enabled: bool,
    /// Minor units for one participant; a departure may have a price of its own.
    price: i64,
    currency: String,
    /// Days.
    duration: u32,
    terms: SalesTerms,
    /// Made for somebody: it is to have this departure and no other, and is in no list.
    custom: Option<CustomDeparture>,
    deleted: bool,
});

about!(
    TrekCreated,
    "tours.trek.created",
    Fact,
    "A trek was written; it is not on sale yet.",
    trek_id { name: String }
);

about!(TrekEnabled, "tours.trek.enabled", Fact, "A trek is on sale.", trek_id {});

about!(TrekDisabled, "tours.trek.disabled", Fact, "A trek is not on sale any more.", trek_id {});

about!(TrekDeleted, "tours.trek.deleted", Fact, "A trek is no more.", trek_id {});

about!(
    TrekViewed,
    "tours.trek.viewed",
    Fact,
    "Somebody looked at a trek, for the first time that day.",
    trek_id {}
);

about!(
    RegionChanged,
    "tours.region.changed",
    Snapshot,
    "A region as others may know it; sent with every change of it.",
    region_id {
        /// Grows with every change: a projection keeps the newest.
        version: u64,
        name: String,
        slug: String,
        active: bool,
        deleted: bool,
    }
);

about!(
    SectionChanged,
    "tours.section.changed",
    Snapshot,
    "A section of the catalogue or of the home page; sent with every change of it.",
    section_id {
        /// Grows with every change: a projection keeps the newest.
        version: u64,
        name: String,
        slug: String,
        active: bool,
        deleted: bool,
    }
);

pub fn events() -> Vec<Contract> {
    vec![
        Contract::of::<TourChanged>(),
        Contract::of::<TourCreated>(),
        Contract::of::<TourDeleted>(),
        Contract::of::<TrekChanged>(),
        Contract::of::<TrekCreated>(),
        Contract::of::<TrekEnabled>(),
        Contract::of::<TrekDisabled>(),
        Contract::of::<TrekDeleted>(),
        Contract::of::<TrekViewed>(),
        Contract::of::<RegionChanged>(),
        Contract::of::<SectionChanged>(),
    ]
}
