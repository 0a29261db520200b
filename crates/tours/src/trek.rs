//! Treks: guided, in dated departures, each in a region.

pub mod body;
pub mod getaway;
pub mod invite;
pub mod list;
pub mod price;
pub mod show;
pub mod write;

use contracts::tours::{
    AddOnTerms, CancellationTier, CustomDeparture, PartialPaymentTerms, SalesTerms, TrekChanged,
};
use deserr::Deserr;
use kernel::text::Text;
use kernel::{Failure, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Key, Record};

use crate::Tours;
use crate::counters::Counters;
use crate::departures::{Date, Departures};
use crate::listed::Listed;
use crate::rating::{Rating, json};
use crate::reviews::Reviews;
use crate::shelf::{Place, Shelf};

pub use body::TrekFacts;

kernel::typed_id!(TrekId, "A trek.");

kernel::words! {
    TrekDifficulty { Easy "Easy", Moderate "Moderate", Challenging "Challenging", Difficult "Difficult", Extreme "Extreme" }
}

kernel::words! {
    Season { Spring "Spring", Summer "Summer", Monsoon "Monsoon", Autumn "Autumn", Winter "Winter", YearRound "Year-round" }
}

kernel::words! {
    TrekCategory { Mountains "mountains", Coastal "coastal", Desert "desert", Adventure "adventure", Relaxing "relaxing", Cultural "cultural" }
}

/// What search engines are told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Seo {
    #[serde(default)]
    #[deserr(default)]
    pub title: Option<Text<1, 120>>,
    #[serde(default)]
    #[deserr(default)]
    pub description: Option<Text<1, 300>>,
    #[serde(default)]
    #[deserr(default)]
    pub keywords: Vec<Text<1, 60>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trek {
    pub id: TrekId,
    pub slug: String,
    pub facts: TrekFacts,
    /// Whether it is on sale: then it is public as soon as it has a departure with seats.
    pub is_enabled: bool,
    pub rating: Rating,
    /// Bookings that were confirmed and not cancelled; below zero while a cancellation has overtaken its confirmation.
    #[serde(default)]
    pub booking_count: i64,
    /// Leads to a trek that was made for somebody; whoever holds it may see that trek.
    #[serde(default)]
    pub access_token: Option<String>,
    #[serde(default)]
    pub place: Option<Place>,
    pub created_at: Timestamp,
    pub version: u64,
}

impl Record for Trek {
    const KIND: &'static str = "trek";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// A trek in lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrekView {
    pub id: TrekId,
    pub slug: String,
    #[serde(flatten)]
    pub facts: TrekFacts,
    pub is_enabled: bool,
    /// With one decimal; 0 without any rating.
    pub average_rating: f64,
    pub ratings_quantity: u64,
    pub booking_count: u64,
    /// Its departures, the earliest first.
    pub dates: Vec<Date>,
    pub created_at: Timestamp,
}

impl TrekView {
    pub fn new(trek: &Trek, departures: &Departures) -> Self {
        Self {
            id: trek.id,
            slug: trek.slug.clone(),
            facts: trek.facts.clone(),
            is_enabled: trek.is_enabled,
            average_rating: trek.rating.average,
            ratings_quantity: trek.rating.quantity,
            booking_count: trek.bookings(),
            dates: departures.dates(),
            created_at: trek.created_at,
        }
    }
}

impl Trek {
    pub fn partition(id: TrekId) -> String {
        format!("TREK#{id}")
    }

    pub fn key_of(id: TrekId) -> Key {
        Key::new(Self::partition(id), "TREK")
    }

    pub fn bookings(&self) -> u64 {
        u64::try_from(self.booking_count).unwrap_or(0)
    }

    /// The one rule for what everybody may see: what is not on sale is for administrators, and what was made for somebody is
    /// for those who hold its link, too.
    pub fn is_public(&self) -> bool {
        self.is_enabled && self.facts.custom.is_none()
    }

    /// Whether a link leads to it now.
    pub fn has_open_link(&self) -> bool {
        let custom = self.facts.custom.as_ref().filter(|_| self.is_enabled);
        custom.is_some_and(|custom| custom.link_expires_at.0 > time::now())
    }

    pub fn shelf(&self) -> Shelf {
        if self.is_public() { Shelf::Treks } else { Shelf::HiddenTreks }
    }
}

impl Listed for Trek {
    const UNRATED: Rating = Rating::OF_A_NEW_TREK;

    async fn find(tours: &Tours, id: &str) -> Result<Option<(Self, Departures)>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        tours.trek(id).await
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn entry(&self, departures: &Departures) -> Result<Option<(Shelf, Value)>> {
        let mut entry = json(&TrekView::new(self, departures))?;
        // What only the page of the trek shows would make every list slower.
        if let Some(members) = entry.as_object_mut() {
            members.retain(|name, _| !body::LONG_FIELDS.contains(&name.as_str()));
            let away = self.facts.weekend_getaway.as_ref().is_some_and(|it| it.enabled);
            members.insert("is_weekend_getaway".into(), away.into());
        }
        Ok(Some((self.shelf(), entry)))
    }

    fn place(&mut self) -> &mut Option<Place> {
        &mut self.place
    }

    fn rating(&mut self) -> &mut Rating {
        &mut self.rating
    }
}

impl TryFrom<&Trek> for TrekChanged {
    type Error = Failure;

    fn try_from(trek: &Trek) -> Result<Self> {
        let facts = &trek.facts;
        Ok(Self {
            trek_id: trek.id.to_string(),
            version: trek.version,
            name: facts.name.to_string(),
            slug: trek.slug.clone(),
            enabled: trek.is_enabled,
            price: facts.display_price,
            currency: facts.currency.to_string(),
            duration: facts.duration,
            terms: SalesTerms {
                add_ons: facts
                    .add_ons
                    .iter()
                    .map(|it| AddOnTerms { name: it.name.to_string(), price: it.price, enabled: it.enabled })
                    .collect(),
                gst_rate: facts.gst.rate(),
                gst_included: facts.gst.kind == price::TaxKind::Included,
                gateway_rate: facts.gateway.rate(),
                gateway_by_customer: facts.gateway.kind == price::FeePayer::Customer,
                partial_payment: facts.partial_payment.as_ref().filter(|it| it.enabled).map(|it| {
                    PartialPaymentTerms {
                        amount: it.amount_for_others(),
                        percentage: it.amount_type == body::AmountType::Percentage,
                        final_due_days: it.final_due_days,
                        auto_cancel: it.auto_cancel,
                    }
                }),
                cancellation_policy: facts
                    .cancellation_policy
                    .iter()
                    .map(|it| CancellationTier { min_days: it.min_days, percent: it.percent })
                    .collect(),
                custom_fields: json(&facts.custom_fields)?,
            },
            custom: facts.custom.as_ref().map(|it| CustomDeparture {
                start_date: it.start_date.0,
                end_date: it.end_date.0,
                max_participants: it.max_participants,
                token_digest: trek.access_token.as_deref().map(kernel::text::digest),
                link_expires_at: Some(it.link_expires_at.0),
            }),
            deleted: false,
        })
    }
}

/// A trek with what other contexts tell of it.
pub(crate) struct Told {
    pub trek: Trek,
    pub departures: Departures,
    pub counters: Counters,
    pub reviews: Reviews,
}

impl Tours {
    /// A trek with its departures, as they are now.
    pub(crate) async fn trek(&self, id: TrekId) -> Result<Option<(Trek, Departures)>> {
        let partition = Trek::partition(id);
        let keys = [Trek::key_of(id), Departures::key_of(&partition)];
        let mut items = self.table.items(&keys, true).await?;
        let Some(trek) = items.remove(&keys[0]) else { return Ok(None) };
        let departures = items.remove(&keys[1]).map(Departures::from_item).transpose()?;
        Ok(Some((Trek::from_item(trek)?, departures.unwrap_or_else(|| Departures::of(partition)))))
    }

    /// The same with what was counted of it and the newest of its reviews.
    pub(crate) async fn trek_with_all(&self, id: TrekId) -> Result<Option<Told>> {
        let partition = Trek::partition(id);
        let keys = [
            Trek::key_of(id),
            Departures::key_of(&partition),
            Counters::key_of(&partition),
            Reviews::key_of(&partition),
        ];
        let mut items = self.table.items(&keys, true).await?;
        let Some(trek) = items.remove(&keys[0]) else { return Ok(None) };
        let departures = items.remove(&keys[1]).map(Departures::from_item).transpose()?;
        let counters = items.get(&keys[2]).map(Counters::of);
        let reviews = items.remove(&keys[3]).map(Reviews::from_item).transpose()?;
        Ok(Some(Told {
            trek: Trek::from_item(trek)?,
            departures: departures.unwrap_or_else(|| Departures::of(partition)),
            counters: counters.unwrap_or_default(),
            reviews: reviews.unwrap_or_default(),
        }))
    }
}
