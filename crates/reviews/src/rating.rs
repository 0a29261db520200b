//! How something is rated: one small item that changes with its reviews, in their transactions (RV-13).

use contracts::reviews::RatingRecalculated;
use kernel::{Failure, Problem, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Key, Listing, Record, Transaction};
use web::Caller;

use crate::Reviews;
use crate::list::Reader;
use crate::review::Review;
use crate::subject::{Kind, Known, Subject, SubjectId};

/// How many of the newest make the recent average.
const RECENT: u32 = 10;

/// All ratings of a subject that everybody may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rating {
    // Every item's `kind` says what it is.
    #[serde(rename = "subject_kind")]
    pub kind: Kind,
    pub id: SubjectId,
    /// Grows with every change; 0 before the first.
    pub version: u64,
    pub sum: u64,
    pub count: u64,
    /// How many gave one star, two stars, and so on.
    pub distribution: [u64; 5],
}

impl Record for Rating {
    const KIND: &'static str = "rating";

    fn key(&self) -> Key {
        Self::key_of(&Subject::new(self.kind, self.id.clone()))
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Rating {
    pub fn none(subject: &Subject) -> Self {
        let (kind, id) = (subject.kind, subject.id.clone());
        Self { kind, id, version: 0, sum: 0, count: 0, distribution: [0; 5] }
    }

    pub fn key_of(subject: &Subject) -> Key {
        Key::new(subject.partition(), "RATING")
    }

    /// One review of so many stars more, or less. Less than none is a fault of ours.
    pub fn count(&mut self, stars: u8, more: bool) -> Result<()> {
        let wrong = || Failure::internal(format!("a rating of {stars} that was never counted"));
        let place = self.distribution.get_mut(usize::from(stars).wrapping_sub(1)).ok_or_else(wrong)?;
        let step = |count: u64, by: u64| if more { count.checked_add(by) } else { count.checked_sub(by) };
        *place = step(*place, 1).ok_or_else(wrong)?;
        self.count = step(self.count, 1).ok_or_else(wrong)?;
        self.sum = step(self.sum, stars.into()).ok_or_else(wrong)?;
        Ok(())
    }

    /// How many have one of these numbers of stars.
    pub fn count_of(&self, stars: &[u8]) -> u64 {
        stars.iter().filter_map(|stars| self.distribution.get(usize::from(*stars) - 1)).sum()
    }
}

impl From<&Rating> for RatingRecalculated {
    fn from(rating: &Rating) -> Self {
        Self {
            subject_kind: rating.kind.to_string(),
            subject_id: rating.id.to_string(),
            version: rating.version,
            sum: rating.sum,
            count: rating.count,
        }
    }
}

/// The mean with one decimal, rounded once, half up, in whole numbers; 0 without any.
pub fn average(sum: u64, count: u64) -> f64 {
    if count == 0 {
        return 0.0;
    }
    let tenths = (20 * u128::from(sum) + u128::from(count)) / (2 * u128::from(count));
    f64::from(u32::try_from(tenths).unwrap_or(50).min(50)) / 10.0
}

/// How something is rated, as everybody may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RatingView {
    pub subject_kind: Kind,
    pub subject_id: SubjectId,
    /// With one decimal; 0 without any review.
    pub average: f64,
    pub count: u64,
    /// How many gave `1` to `5` stars.
    pub distribution: BTreeMap<String, u64>,
    /// How many percent gave four or five stars, rounded half up.
    pub recommend_rate: u64,
    /// Of the newest ten, with one decimal.
    pub recent_average: f64,
}

impl RatingView {
    pub fn new(rating: Rating, recent: &[Review]) -> Self {
        let stars = (1_u8..=5).zip(rating.distribution);
        let recommended = rating.count_of(&[4, 5]);
        Self {
            average: average(rating.sum, rating.count),
            distribution: stars.map(|(stars, count)| (stars.to_string(), count)).collect(),
            recommend_rate: (200 * recommended + rating.count).checked_div(2 * rating.count).unwrap_or(0),
            recent_average: average(
                recent.iter().map(|review| u64::from(review.rating)).sum(),
                recent.len() as u64,
            ),
            count: rating.count,
            subject_kind: rating.kind,
            subject_id: rating.id,
        }
    }
}

impl Reader {
    /// RV-10.
    pub async fn rating(&self, subject: &Subject, caller: Option<&Caller>) -> Result<RatingView> {
        let keys = [Known::key_of(subject), Rating::key_of(subject)];
        let mut items = self.reviews.table.items(&keys, true).await?;
        let known = items.remove(&keys[0]).map(Known::from_item).transpose()?;
        known.filter(|known| known.is_shown_to(caller)).ok_or_else(|| subject.unknown())?;
        let rating = items.remove(&keys[1]).map(Rating::from_item).transpose()?;
        let pk = Review::shown_key(subject);
        let listing = Listing { index: Some(2), pk: &pk, prefix: "", newest_first: true };
        let recent = self.newest(listing, RECENT).await?;
        Ok(RatingView::new(rating.unwrap_or_else(|| Rating::none(subject)), &recent))
    }
}

impl Reviews {
    pub(crate) async fn load_rating(&self, subject: &Subject) -> Result<Rating> {
        let found = self.table.get(&Rating::key_of(subject)).await?;
        Ok(found.unwrap_or_else(|| Rating::none(subject)))
    }

    /// Writes the next version of what was read, and tells it; refused when somebody else was faster.
    pub(crate) fn save_rating(&self, effect: Transaction, mut rating: Rating) -> Result<Transaction> {
        let effect = match rating.version {
            0 => {
                rating.version = 1;
                let faster = Problem::CONFLICT.because("Read it again and repeat your change.");
                effect.create(&self.table, &rating, faster)?
            }
            _ => {
                let effect = effect.replace(&self.table, &rating)?;
                rating.version += 1;
                effect
            }
        };
        effect.publish(&RatingRecalculated::from(&rating))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn subject() -> Subject {
        "tour:abc".parse().unwrap()
    }

    fn rated(stars: &[u8]) -> Rating {
        let mut rating = Rating::none(&subject());
        stars.iter().for_each(|stars| rating.count(*stars, true).unwrap());
        rating
    }

    #[test]
    fn an_average_is_rounded_half_up() {
        assert_eq!([average(17, 4), average(13, 3), average(89, 20), average(0, 0)], [4.3, 4.3, 4.5, 0.0]);
    }

    #[test]
    fn four_and_five_stars_recommend() {
        let view = RatingView::new(rated(&[5, 4, 3]), &[]);
        assert_eq!((view.recommend_rate, view.average, view.count), (67, 4.0, 3));
        assert_eq!(view.distribution["3"], 1);
        let none = RatingView::new(Rating::none(&subject()), &[]);
        assert_eq!((none.recommend_rate, none.average, none.recent_average), (0, 0.0, 0.0));
    }

    #[test]
    fn what_was_never_counted_is_not_taken_away() {
        assert!(rated(&[5]).count(4, false).is_err());
        assert!(rated(&[]).count(0, true).is_err());
        assert!(rated(&[]).count(6, true).is_err());
    }

    proptest! {
        #[test]
        fn what_comes_and_goes_leaves_what_stays(
            stay in proptest::collection::vec(1..=5u8, 0..50),
            go in proptest::collection::vec(1..=5u8, 0..50),
        ) {
            let mut rating = rated(&[stay.clone(), go.clone()].concat());
            go.iter().for_each(|stars| rating.count(*stars, false).unwrap());
            prop_assert_eq!(rating, rated(&stay));
        }
    }
}
