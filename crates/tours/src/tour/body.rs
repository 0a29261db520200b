//! What may be sent of a tour, and the rules for it.

use deserr::Deserr;
use kernel::money::Currency;
use kernel::text::Prose;
use kernel::text::Text;
use kernel::time::Moment;
use kernel::{FieldErrors, Result, UserId};
use schemars::JsonSchema;

use super::{Difficulty, Facts, Image, TourName};
use crate::geo::Location;

/// A tour of more days or people is a slip of the keyboard.
const LONGEST: u32 = 365;
const LARGEST: u32 = 1000;
/// How many pictures, dates, places and guides a tour may have.
const MOST: usize = 50;

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields, rename_all = camelCase)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewTour {
    #[schemars(example = &"The Forest Hiker")]
    pub name: TourName,
    /// Days.
    #[schemars(range(min = 1, max = 365), example = &5)]
    pub duration: u32,
    #[schemars(range(min = 1, max = 1000), example = &25)]
    pub max_group_size: u32,
    pub difficulty: Difficulty,
    /// Minor units.
    #[schemars(range(min = 0), example = &39_700)]
    pub price: i64,
    /// Less than the price; 0 is none.
    #[deserr(default)]
    #[schemars(range(min = 0), example = &9_700)]
    pub price_discount: Option<i64>,
    /// `USD` unless said otherwise.
    #[deserr(default)]
    pub currency: Option<Currency>,
    pub summary: Text<1, 300>,
    #[deserr(default)]
    pub description: Option<Prose<0, 4000>>,
    pub image_cover: Image,
    #[deserr(default)]
    #[schemars(length(max = 50))]
    pub images: Option<Vec<Image>>,
    /// Each becomes a departure.
    #[deserr(default)]
    #[schemars(length(max = 50))]
    pub start_dates: Option<Vec<Moment>>,
    /// A secret tour is in no list.
    #[deserr(default)]
    pub secret_tour: Option<bool>,
    #[deserr(default)]
    pub start_location: Option<Location>,
    #[deserr(default)]
    #[schemars(length(max = 50))]
    pub locations: Option<Vec<Location>>,
    /// Accounts; those with the role of a guide are shown by name.
    #[deserr(default)]
    #[schemars(length(max = 50))]
    pub guides: Option<Vec<UserId>>,
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields, rename_all = camelCase)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
pub struct TourPatch {
    #[deserr(default)]
    #[schemars(example = &"The Forest Hiker")]
    pub name: Option<TourName>,
    /// Days.
    #[deserr(default)]
    #[schemars(range(min = 1, max = 365), example = &5)]
    pub duration: Option<u32>,
    #[deserr(default)]
    #[schemars(range(min = 1, max = 1000), example = &25)]
    pub max_group_size: Option<u32>,
    #[deserr(default)]
    pub difficulty: Option<Difficulty>,
    /// Minor units.
    #[deserr(default)]
    #[schemars(range(min = 0), example = &39_700)]
    pub price: Option<i64>,
    /// Less than the price; 0 is none.
    #[deserr(default)]
    #[schemars(range(min = 0), example = &9_700)]
    pub price_discount: Option<i64>,
    #[deserr(default)]
    pub currency: Option<Currency>,
    #[deserr(default)]
    pub summary: Option<Text<1, 300>>,
    #[deserr(default)]
    pub description: Option<Prose<0, 4000>>,
    #[deserr(default)]
    pub image_cover: Option<Image>,
    #[deserr(default)]
    #[schemars(length(max = 50))]
    pub images: Option<Vec<Image>>,
    #[deserr(default)]
    #[schemars(length(max = 50))]
    pub start_dates: Option<Vec<Moment>>,
    #[deserr(default)]
    pub secret_tour: Option<bool>,
    #[deserr(default)]
    pub start_location: Option<Location>,
    #[deserr(default)]
    #[schemars(length(max = 50))]
    pub locations: Option<Vec<Location>>,
    #[deserr(default)]
    #[schemars(length(max = 50))]
    pub guides: Option<Vec<UserId>>,
}

impl NewTour {
    pub fn facts(&self) -> Facts {
        let new = self.clone();
        Facts {
            name: new.name,
            duration: new.duration,
            max_group_size: new.max_group_size,
            difficulty: new.difficulty,
            price: new.price,
            price_discount: discount(new.price_discount),
            currency: new.currency.unwrap_or(Currency::USD),
            summary: new.summary,
            description: new.description,
            image_cover: new.image_cover,
            images: new.images.unwrap_or_default(),
            start_dates: new.start_dates.unwrap_or_default(),
            secret: new.secret_tour.unwrap_or(false),
            start_location: new.start_location,
            locations: new.locations.unwrap_or_default(),
            guides: new.guides.unwrap_or_default(),
        }
    }
}

impl TourPatch {
    pub fn apply(&self, facts: Facts) -> Facts {
        let patch = self.clone();
        Facts {
            name: patch.name.unwrap_or(facts.name),
            duration: patch.duration.unwrap_or(facts.duration),
            max_group_size: patch.max_group_size.unwrap_or(facts.max_group_size),
            difficulty: patch.difficulty.unwrap_or(facts.difficulty),
            price: patch.price.unwrap_or(facts.price),
            price_discount: match patch.price_discount {
                None => facts.price_discount,
                sent => discount(sent),
            },
            currency: patch.currency.unwrap_or(facts.currency),
            summary: patch.summary.unwrap_or(facts.summary),
            description: patch.description.or(facts.description),
            image_cover: patch.image_cover.unwrap_or(facts.image_cover),
            images: patch.images.unwrap_or(facts.images),
            start_dates: patch.start_dates.unwrap_or(facts.start_dates),
            secret: patch.secret_tour.unwrap_or(facts.secret),
            start_location: patch.start_location.or(facts.start_location),
            locations: patch.locations.unwrap_or(facts.locations),
            guides: patch.guides.unwrap_or(facts.guides),
        }
    }
}

fn discount(sent: Option<i64>) -> Option<i64> {
    sent.filter(|amount| *amount != 0)
}

impl Facts {
    /// The rules that concern more than one field, or a number's size. They hold for what an update makes, too.
    pub fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if !(1..=LONGEST).contains(&self.duration) {
            errors.push("/duration", format!("must be from 1 to {LONGEST}"));
        }
        if !(1..=LARGEST).contains(&self.max_group_size) {
            errors.push("/maxGroupSize", format!("must be from 1 to {LARGEST}"));
        }
        if self.price < 0 {
            errors.push("/price", "must be at least 0");
        }
        if self.price_discount.is_some_and(|discount| !(0..self.price).contains(&discount)) {
            errors.push("/priceDiscount", "must be less than the price");
        }
        let sizes = [
            ("/images", self.images.len()),
            ("/startDates", self.start_dates.len()),
            ("/locations", self.locations.len()),
            ("/guides", self.guides.len()),
        ];
        for (pointer, size) in sizes {
            if size > MOST {
                errors.push(pointer, format!("must have at most {MOST} elements"));
            }
        }
        if self.guides.iter().enumerate().any(|(at, guide)| self.guides[..at].contains(guide)) {
            errors.push("/guides", "names somebody twice");
        }
        let nowhere = "must be longitude and latitude, in this order";
        if self.start_location.as_ref().is_some_and(|place| place.point().is_none()) {
            errors.push("/startLocation/coordinates", nowhere);
        }
        for (at, place) in self.locations.iter().enumerate() {
            if place.point().is_none() {
                errors.push(format!("/locations/{at}/coordinates"), nowhere);
            }
        }
        errors.or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(change: impl FnOnce(&mut Value)) -> Result<Facts> {
        let mut body = json!({
            "name": "The Forest Hiker", "duration": 5, "maxGroupSize": 25, "difficulty": "easy", "price": 39_700,
            "summary": "Breathtaking hike", "imageCover": "tour-1-cover.jpg",
        });
        change(&mut body);
        let facts = deserr::deserialize::<NewTour, _, FieldErrors>(body)?.facts();
        facts.check().map(|()| facts)
    }

    fn broken(change: impl FnOnce(&mut Value)) -> Vec<String> {
        read(change).unwrap_err().errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn the_smallest_tour_is_a_tour() {
        let facts = read(|_| ()).unwrap();
        assert_eq!((facts.currency, facts.secret, facts.price_discount), (Currency::USD, false, None));
    }

    #[test]
    fn nobody_sends_a_rating() {
        let pointers = broken(|it| {
            it["ratingsAverage"] = json!(5);
            it["ratingsQuantity"] = json!(1000);
            it["slug"] = json!("mine");
        });
        assert_eq!(pointers, ["/ratingsAverage", "/ratingsQuantity", "/slug"]);
    }

    #[test]
    fn bounds_are_kept() {
        assert_eq!(broken(|it| it["name"] = json!("Too short")), ["/name"]);
        assert_eq!(broken(|it| it["difficulty"] = json!("hard")), ["/difficulty"]);
        assert_eq!(broken(|it| it["duration"] = json!(0)), ["/duration"]);
        assert_eq!(broken(|it| it["maxGroupSize"] = json!(0)), ["/maxGroupSize"]);
        assert_eq!(broken(|it| it["price"] = json!(-1)), ["/price"]);
        let nowhere = json!({"coordinates": [34.1, -118.1]});
        assert_eq!(broken(|it| it["startLocation"] = nowhere), ["/startLocation/coordinates"]);
    }

    #[test]
    fn a_discount_is_less_than_the_price_and_also_after_an_update() {
        assert_eq!(broken(|it| it["priceDiscount"] = json!(39_700)), ["/priceDiscount"]);
        let facts = read(|it| it["priceDiscount"] = json!(10_000)).unwrap();
        let patch = |body| deserr::deserialize::<TourPatch, _, FieldErrors>(body).unwrap();
        assert!(patch(json!({"price": 10_000})).apply(facts.clone()).check().is_err());
        assert!(patch(json!({"price": 10_001})).apply(facts.clone()).check().is_ok());
        let without = patch(json!({"price": 10_000, "priceDiscount": 0})).apply(facts);
        assert_eq!((without.check().is_ok(), without.price_discount), (true, None));
    }
}
