//! What is said of a trek, and the rules for it.

use deserr::Deserr;
use kernel::money::Currency;
use kernel::text::Prose;
use kernel::text::Text;
use kernel::time::Moment;
use kernel::{FieldErrors, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::getaway::Getaway;
use super::price::{Gateway, Gst, is_percent};
use super::{Season, Seo, TrekCategory, TrekDifficulty};
use crate::region::RegionId;
use crate::section::SectionId;

const LONGEST: u32 = 365;
/// How many elements a list of a trek may have.
const MOST: usize = 50;
/// Beyond it money is a slip of the keyboard: ten billion in a currency of two digits.
const DEAREST: i64 = 1_000_000_000_000;

/// What stands on the trek's own page and in no list.
pub const LONG_FIELDS: &[&str] = &[
    "itinerary",
    "things_to_pack",
    "includes",
    "excludes",
    "custom_fields",
    "faqs",
    "seo",
    "cancellation_policy",
    "partial_payment",
    "add_ons",
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields, rename = "ItineraryDay")]
pub struct Day {
    pub title: Text<1, 200>,
    #[serde(default)]
    #[deserr(default)]
    pub description: Option<Prose<0, 2000>>,
    #[serde(default)]
    #[deserr(default)]
    pub meals: Option<Text<1, 200>>,
    #[serde(default)]
    #[deserr(default)]
    pub accommodation: Option<Text<1, 200>>,
    #[serde(default)]
    #[deserr(default)]
    pub activities: Vec<Text<1, 200>>,
}

/// What each participant is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct CustomField {
    pub name: Text<1, 100>,
    #[serde(rename = "type")]
    #[deserr(rename = "type")]
    #[schemars(rename = "type")]
    pub kind: FieldKind,
    #[serde(default)]
    #[deserr(default)]
    pub required: bool,
    /// Of a `select`.
    #[serde(default)]
    #[deserr(default)]
    pub options: Vec<Text<1, 100>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[deserr(rename_all = lowercase)]
pub enum FieldKind {
    Text,
    Number,
    Select,
    Checkbox,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct AddOn {
    pub name: Text<1, 100>,
    #[serde(default)]
    #[deserr(default)]
    pub description: Option<Text<1, 500>>,
    /// Minor units for one participant.
    #[schemars(range(min = 0))]
    pub price: i64,
    #[serde(default = "yes")]
    #[deserr(default = true)]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Faq {
    pub question: Text<1, 300>,
    pub answer: Prose<0, 2000>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[deserr(rename_all = lowercase)]
pub enum AmountType {
    Fixed,
    Percentage,
}

/// Paying a part first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct PartialPayment {
    pub enabled: bool,
    /// Minor units for each participant, or percent of the total.
    #[schemars(range(min = 0))]
    pub amount: f64,
    pub amount_type: AmountType,
    /// How many days before the start the rest is due.
    #[serde(default = "three")]
    #[deserr(default = 3)]
    #[schemars(range(min = 1, max = 365))]
    pub final_due_days: u32,
    #[serde(default = "yes")]
    #[deserr(default = true)]
    pub auto_cancel: bool,
}

fn three() -> u32 {
    3
}

impl PartialPayment {
    /// Minor units, or hundredths of a percent.
    pub fn amount_for_others(&self) -> i64 {
        let factor = if self.amount_type == AmountType::Percentage { 100.0 } else { 1.0 };
        (self.amount * factor).round() as i64
    }

    fn is_sound(&self) -> bool {
        match self.amount_type {
            AmountType::Percentage => is_percent(self.amount),
            AmountType::Fixed => (0.0..=DEAREST as f64).contains(&self.amount) && self.amount.fract() == 0.0,
        }
    }
}

/// From so many days before the start on, so much is given back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct PolicyTier {
    pub min_days: u32,
    #[schemars(range(min = 0, max = 100))]
    pub percent: u32,
}

/// A trek made for somebody: in no list, and found by its link only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Custom {
    /// How long the link leads to it.
    pub link_expires_at: Moment,
    pub start_date: Moment,
    pub end_date: Moment,
    #[schemars(range(min = 1, max = 1000))]
    pub max_participants: u32,
}

/// What is said of a trek. Both what is sent and what is kept; an update sends all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct TrekFacts {
    #[schemars(example = &"Kedarkantha")]
    pub name: Text<3, 120>,
    pub description: Prose<0, 6000>,
    pub region_id: RegionId,
    /// The section of the catalogue that it stands in.
    #[serde(default)]
    #[deserr(default)]
    pub section_id: Option<SectionId>,
    pub difficulty: TrekDifficulty,
    /// Days.
    #[schemars(range(min = 1, max = 365), example = &6)]
    pub duration: u32,
    #[serde(default)]
    #[deserr(default)]
    pub season: Vec<Season>,
    /// Kilometres.
    #[serde(default)]
    #[deserr(default)]
    #[schemars(range(min = 0, max = 10_000))]
    pub distance: Option<f64>,
    /// Metres.
    #[serde(default)]
    #[deserr(default)]
    #[schemars(range(max = 9000))]
    pub max_altitude: Option<u32>,
    /// Minor units for one participant; a departure may have a price of its own.
    #[schemars(range(min = 0), example = &1_050_000)]
    pub display_price: i64,
    /// Minor units: what it is said to have cost before.
    #[serde(default)]
    #[deserr(default)]
    #[schemars(range(min = 0))]
    pub striked_price: Option<i64>,
    #[serde(default = "inr")]
    #[deserr(default = Currency::INR)]
    pub currency: Currency,
    #[serde(default)]
    #[deserr(default)]
    pub category: Option<TrekCategory>,
    pub start_point: Text<1, 200>,
    pub end_point: Text<1, 200>,
    /// At least one.
    #[schemars(length(min = 1, max = 50))]
    pub highlights: Vec<Text<1, 300>>,
    #[serde(default)]
    #[deserr(default)]
    pub images: Vec<Text<1, 500>>,
    #[serde(default)]
    #[deserr(default)]
    pub itinerary: Vec<Day>,
    #[serde(default)]
    #[deserr(default)]
    pub things_to_pack: Vec<Text<1, 200>>,
    #[serde(default)]
    #[deserr(default)]
    pub includes: Vec<Text<1, 300>>,
    #[serde(default)]
    #[deserr(default)]
    pub excludes: Vec<Text<1, 300>>,
    #[serde(default)]
    #[deserr(default)]
    pub custom_fields: Vec<CustomField>,
    #[serde(default)]
    #[deserr(default)]
    pub add_ons: Vec<AddOn>,
    #[serde(default)]
    #[deserr(default)]
    pub faqs: Vec<Faq>,
    #[serde(default)]
    #[deserr(default)]
    pub gst: Gst,
    #[serde(default)]
    #[deserr(default)]
    pub gateway: Gateway,
    #[serde(default)]
    #[deserr(default)]
    pub partial_payment: Option<PartialPayment>,
    /// In place of the platform's own.
    #[serde(default)]
    #[deserr(default)]
    pub cancellation_policy: Vec<PolicyTier>,
    /// Of a trek made for somebody.
    #[serde(default)]
    #[deserr(default)]
    pub custom: Option<Custom>,
    /// What makes it a weekend away.
    #[serde(default)]
    #[deserr(default)]
    pub weekend_getaway: Option<Getaway>,
    /// The address of the itinerary as a document.
    #[serde(default)]
    #[deserr(default)]
    pub itinerary_pdf: Option<Text<1, 500>>,
    /// Whether it stands in front.
    #[serde(default)]
    #[deserr(default)]
    pub is_featured: bool,
    #[serde(default)]
    #[deserr(default)]
    pub seo: Option<Seo>,
}

fn inr() -> Currency {
    Currency::INR
}

impl TrekFacts {
    /// Its own pictures and those of its weekend.
    pub fn all_images(&self) -> impl Iterator<Item = &Text<1, 500>> {
        self.images.iter().chain(self.weekend_getaway.iter().flat_map(Getaway::images))
    }

    /// The rules that concern more than one field, or a number's size.
    pub fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if !(1..=LONGEST).contains(&self.duration) {
            errors.push("/duration", format!("must be from 1 to {LONGEST}"));
        }
        if self.highlights.is_empty() {
            errors.push("/highlights", "must have at least one element");
        }
        self.check_money(&mut errors);
        if let Some(getaway) = &self.weekend_getaway {
            getaway.check("/weekend_getaway", &mut errors);
        }
        if let Some(custom) = &self.custom {
            if custom.end_date <= custom.start_date {
                errors.push("/custom/end_date", "must be after the start");
            }
            if !(1..=1000).contains(&custom.max_participants) {
                errors.push("/custom/max_participants", "must be from 1 to 1000");
            }
        }
        if self.distance.is_some_and(|distance| !(0.0..=10_000.0).contains(&distance)) {
            errors.push("/distance", "must be from 0 to 10000");
        }
        if self.max_altitude.is_some_and(|altitude| altitude > 9000) {
            errors.push("/max_altitude", "must be at most 9000");
        }
        for (at, field) in self.custom_fields.iter().enumerate() {
            if (field.kind == FieldKind::Select) == field.options.is_empty() {
                errors.push(
                    format!("/custom_fields/{at}/options"),
                    "a select has options, and nothing else has",
                );
            }
        }
        for (at, tier) in self.cancellation_policy.iter().enumerate() {
            if tier.percent > 100 {
                errors.push(format!("/cancellation_policy/{at}/percent"), "must be at most 100");
            }
            if self.cancellation_policy[..at].iter().any(|other| other.min_days == tier.min_days) {
                errors.push(format!("/cancellation_policy/{at}/min_days"), "stands here twice");
            }
        }
        let sizes = [
            ("/season", self.season.len()),
            ("/highlights", self.highlights.len()),
            ("/images", self.images.len()),
            ("/itinerary", self.itinerary.len()),
            ("/things_to_pack", self.things_to_pack.len()),
            ("/includes", self.includes.len()),
            ("/excludes", self.excludes.len()),
            ("/custom_fields", self.custom_fields.len()),
            ("/add_ons", self.add_ons.len()),
            ("/faqs", self.faqs.len()),
            ("/cancellation_policy", self.cancellation_policy.len()),
        ];
        for (pointer, size) in sizes {
            if size > MOST {
                errors.push(pointer, format!("must have at most {MOST} elements"));
            }
        }
        errors.or(())
    }

    fn check_money(&self, errors: &mut FieldErrors) {
        let amount = format!("must be from 0 to {DEAREST}");
        if !(0..=DEAREST).contains(&self.display_price) {
            errors.push("/display_price", amount.clone());
        }
        if self.striked_price.is_some_and(|price| !(0..=DEAREST).contains(&price)) {
            errors.push("/striked_price", amount.clone());
        }
        for (at, add_on) in self.add_ons.iter().enumerate() {
            if !(0..=DEAREST).contains(&add_on.price) {
                errors.push(format!("/add_ons/{at}/price"), amount.clone());
            }
        }
        for (pointer, percent) in
            [("/gst/percent", self.gst.percent), ("/gateway/percent", self.gateway.percent)]
        {
            if !is_percent(percent) {
                errors.push(pointer, "must be from 0 to 100, with at most two decimals");
            }
        }
        if let Some(partial) = &self.partial_payment {
            if !partial.is_sound() {
                errors.push(
                    "/partial_payment/amount",
                    "must be whole minor units, or a percent of at most two decimals",
                );
            }
            if !(1..=365).contains(&partial.final_due_days) {
                errors.push("/partial_payment/final_due_days", "must be from 1 to 365");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn broken(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut body = json!({
            "name": "Kedarkantha", "description": "Snow", "region_id": RegionId::new(), "difficulty": "Easy",
            "duration": 6, "display_price": 1_050_000, "start_point": "Sankri", "end_point": "Sankri",
            "highlights": ["The summit"],
        });
        change(&mut body);
        let read = deserr::deserialize::<TrekFacts, _, FieldErrors>(body);
        let errors = match read {
            Ok(facts) => facts.check().map_or_else(|failure| failure.errors, |()| Vec::new()),
            Err(errors) => errors.0,
        };
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn the_smallest_trek_is_a_trek() {
        assert!(broken(|_| ()).is_empty());
    }

    #[test]
    fn each_rule_names_its_field() {
        assert_eq!(broken(|it| it["duration"] = json!(0)), ["/duration"]);
        assert_eq!(broken(|it| it["highlights"] = json!([])), ["/highlights"]);
        assert_eq!(broken(|it| it["highlights"] = json!(["  "])), ["/highlights/0"]);
        assert_eq!(broken(|it| it["difficulty"] = json!("easy")), ["/difficulty"]);
        assert_eq!(broken(|it| it["display_price"] = json!(-1)), ["/display_price"]);
        assert_eq!(broken(|it| it["gst"] = json!({"percent": 100.5})), ["/gst/percent"]);
        assert_eq!(broken(|it| it["is_enabled"] = json!(true)), ["/is_enabled"]);
        assert_eq!(broken(|it| it["average_rating"] = json!(5)), ["/average_rating"]);
        let select = json!([{"name": "Size", "type": "select"}]);
        assert_eq!(broken(|it| it["custom_fields"] = select), ["/custom_fields/0/options"]);
        let twice = json!([{"min_days": 7, "percent": 0}, {"min_days": 7, "percent": 50}]);
        assert_eq!(broken(|it| it["cancellation_policy"] = twice), ["/cancellation_policy/1/min_days"]);
        let half = json!({"enabled": true, "amount": 50.5, "amount_type": "fixed"});
        assert_eq!(broken(|it| it["partial_payment"] = half), ["/partial_payment/amount"]);
    }
}
