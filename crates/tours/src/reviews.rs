//! The newest reviews of tours and treks, as reviews tells them: for the page of a tour (TO-7). All of them are reviews'
//! matter, and to be had there.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use contracts::reviews::{ReviewChanged, ShownReview};
use kernel::{Result, Timestamp, UserId};
use messaging::Received;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Transaction};

use crate::tour::Tour;
use crate::trek::Trek;
use crate::{Tours, again};

/// How many a page shows.
pub const SHOWN: usize = 20;
/// More are kept, so that there are enough when some of them go.
const KEPT: usize = 30;
/// What is gone is remembered for as many reviews, so that an older message does not bring it back.
const REMEMBERED: usize = 500;

/// The reviews of one tour or trek.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reviews {
    /// The partition of the tour or trek.
    pub owner: String,
    /// The newest first.
    pub newest: Vec<ReviewView>,
    /// The version of each that was told last, also of those that are not shown.
    pub versions: BTreeMap<String, u64>,
    pub version: u64,
}

/// A review on the page of what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TourReview")]
pub struct ReviewView {
    pub id: String,
    /// 1 to 5.
    pub rating: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Absent when the author has no account any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// The author has bought it here.
    pub verified: bool,
    /// It was written where the business was before.
    pub imported: bool,
    /// What was answered to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Author {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
}

impl ReviewView {
    fn new(id: &str, shown: &ShownReview) -> Self {
        let author = Author {
            id: shown.author_id,
            name: shown.author_name.clone(),
            photo: shown.author_photo.clone(),
        };
        Self {
            id: id.to_owned(),
            rating: shown.rating,
            title: shown.title.clone(),
            text: shown.text.clone(),
            author: (author.id.is_some() || author.name.is_some()).then_some(author),
            verified: shown.verified,
            imported: shown.imported,
            response: shown.response.clone(),
            created_at: shown.created_at,
        }
    }
}

impl Record for Reviews {
    const KIND: &'static str = "reviews";

    fn key(&self) -> Key {
        Self::key_of(&self.owner)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Reviews {
    pub fn key_of(owner: &str) -> Key {
        Key::new(owner, "REVIEWS")
    }

    pub fn shown(mut self) -> Vec<ReviewView> {
        self.newest.truncate(SHOWN);
        self.newest
    }

    /// Takes a newer state; `false` when there is nothing new in it.
    fn take(&mut self, told: &ReviewChanged) -> bool {
        if self.versions.get(&told.review_id).is_some_and(|known| *known >= told.version) {
            return false;
        }
        self.versions.insert(told.review_id.clone(), told.version);
        self.newest.retain(|it| it.id != told.review_id);
        self.newest.extend(told.shown.iter().map(|shown| ReviewView::new(&told.review_id, shown)));
        self.newest.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        self.newest.truncate(KEPT);
        self.forget();
        true
    }

    /// The ids sort by time: of what is not shown, the oldest go first.
    fn forget(&mut self) {
        let mut ids: Vec<_> = self.versions.keys().cloned().collect();
        ids.retain(|id| !self.newest.iter().any(|it| it.id == *id));
        ids.sort_by(|a, b| Reverse(a).cmp(&Reverse(b)));
        for id in ids.iter().skip(REMEMBERED) {
            self.versions.remove(id);
        }
    }
}

impl Tours {
    /// Keeps the newest state of a review. Being told twice, or late, or of what is gone, changes nothing.
    pub async fn follow_review(&self, told: &Received<ReviewChanged>) -> Result<()> {
        let owner = match told.subject_kind.as_str() {
            "tour" => told.subject_id.parse().ok().map(Tour::key_of),
            "trek" => told.subject_id.parse().ok().map(Trek::key_of),
            _ => None,
        };
        let Some(owner) = owner else { return Ok(()) };
        again(|| async {
            let keys = [owner.clone(), Reviews::key_of(&owner.pk)];
            let mut items = self.table.items(&keys, true).await?;
            if !items.contains_key(&keys[0]) {
                return Ok(());
            }
            let known = items.remove(&keys[1]).map(Reviews::from_item).transpose()?;
            let none = || Reviews { owner: owner.pk.clone(), ..Reviews::default() };
            let mut reviews = known.unwrap_or_else(none);
            if !reviews.take(told) {
                return Ok(());
            }
            let effect = Transaction::new();
            let effect = match reviews.version {
                0 => {
                    let first = Reviews { version: 1, ..reviews };
                    let faster = kernel::Problem::CONFLICT.because("Somebody was faster.");
                    effect.create(&self.table, &first, faster)?
                }
                _ => effect.replace(&self.table, &reviews)?,
            };
            told.commit(&self.table, effect).await.map(drop)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(number: usize, version: u64, shown: bool) -> ReviewChanged {
        let review = ShownReview {
            author_id: None,
            author_name: Some("Ada".into()),
            author_photo: None,
            rating: 5,
            title: None,
            text: Some(format!("{version}")),
            verified: true,
            imported: false,
            response: None,
            created_at: Timestamp::from_second(number as i64).unwrap(),
        };
        ReviewChanged {
            review_id: format!("{number:04}"),
            version,
            subject_kind: "tour".into(),
            subject_id: "x".into(),
            shown: shown.then_some(review),
        }
    }

    proptest! {
        /// Each review has four states in a row; they come in any order, and some of them twice.
        #[test]
        fn the_newest_state_of_each_wins_in_any_order(
            states in proptest::collection::vec(any::<[bool; 4]>(), 1..8),
            order in proptest::collection::vec(any::<prop::sample::Index>(), 0..40),
        ) {
            let all: Vec<_> = states.iter().enumerate()
                .flat_map(|(number, shown)| (1..).zip(shown).map(move |(version, shown)| told(number, version, *shown)))
                .collect();
            let mut reviews = Reviews::default();
            for at in &order {
                reviews.take(&all[at.index(all.len())]);
            }
            all.iter().rev().for_each(|told| { reviews.take(told); });
            let expected: Vec<_> = states.iter().enumerate().rev()
                .filter(|(_, shown)| shown[3])
                .map(|(number, _)| (format!("{number:04}"), Some("4".to_owned())))
                .collect();
            let found: Vec<_> = reviews.shown().into_iter().map(|it| (it.id, it.text)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn however_many_there_are_the_newest_twenty_are_shown() {
        let mut reviews = Reviews::default();
        for number in 0..1000 {
            reviews.take(&told(number, 1, true));
        }
        assert_eq!((reviews.newest.len(), reviews.versions.len()), (KEPT, KEPT + REMEMBERED));
        assert_eq!(reviews.clone().shown().len(), SHOWN);
        // What is gone is gone, and the next one takes its place.
        reviews.take(&told(999, 2, false));
        reviews.take(&told(999, 1, true));
        let shown = reviews.shown();
        assert_eq!((shown[0].id.as_str(), shown.len()), ("0998", SHOWN));
    }
}
