//! The one way in which reviews change: with everything that follows from it, in one transaction.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::Delete;
use contracts::reviews::ReviewChanged;
use kernel::{Failure, Problem, Result};
use store::expression::text;
use store::{Record, Table, Transaction};

use crate::Reviews;
use crate::counters::{self, Tally};
use crate::rating::Rating;
use crate::review::{Authorship, Review};
use crate::subject::Subject;

pub const ALREADY_REVIEWED: Problem = Problem::new("already-reviewed", 409, "You have reviewed it before");

/// A review before and after; none before it is written, and none after it is deleted.
#[derive(Debug, Clone)]
pub struct Change {
    before: Option<Review>,
    after: Option<Review>,
}

impl Change {
    pub fn new(review: Review) -> Self {
        Self { before: None, after: Some(review) }
    }

    /// `after` has the version that was read.
    pub fn from(before: Review, after: Review) -> Self {
        Self { before: Some(before), after: Some(after) }
    }

    pub fn gone(review: Review) -> Self {
        Self { before: Some(review), after: None }
    }

    fn subject(&self) -> Option<Subject> {
        self.after.as_ref().or(self.before.as_ref()).map(Review::subject)
    }
}

impl Reviews {
    /// Adds to a transaction what these changes need: the reviews, who has written them, the ratings of their subjects,
    /// the counters, and the events. Refused as a conflict when anything of it changed after it was read.
    pub(crate) async fn settle(&self, mut effect: Transaction, changes: &[Change]) -> Result<Transaction> {
        let table = &self.table;
        let mut ratings = BTreeMap::new();
        let mut tally = Tally::default();
        for change in changes {
            tally.changed(change.before.as_ref(), change.after.as_ref());
            effect = authorship(effect, table, change)?;
            effect = match (&change.before, &change.after) {
                (None, Some(new)) => {
                    let new = Review { version: 1, ..new.clone() };
                    effect
                        .create(table, &new, Failure::internal("review id used twice"))?
                        .publish(&ReviewChanged::from(&new))?
                }
                (Some(old), Some(new)) => {
                    effect = effect.replace(table, new)?;
                    let new = Review { version: new.version + 1, ..new.clone() };
                    // Who shows reviews has nothing to do when nothing of it is seen.
                    if old.shown() == new.shown() {
                        effect
                    } else {
                        effect.publish(&ReviewChanged::from(&new))?
                    }
                }
                (Some(old), None) => {
                    let changed = ReviewChanged::from(old);
                    effect.discard(table, old, changed_meanwhile())?.publish(&ReviewChanged {
                        version: old.version + 1,
                        shown: None,
                        ..changed
                    })?
                }
                (None, None) => effect,
            };
            if let (stars, Some(subject)) = (stars(change), change.subject())
                && stars.0 != stars.1
            {
                let rating = match ratings.remove(&subject) {
                    Some(rating) => rating,
                    None => self.load_rating(&subject).await?,
                };
                ratings.insert(subject, counted(rating, stars)?);
            }
        }
        for rating in ratings.into_values() {
            effect = self.save_rating(effect, rating)?;
        }
        counters::count(effect, table, tally)
    }
}

/// What counts of a review before and after.
fn stars(change: &Change) -> (Option<u8>, Option<u8>) {
    let stars = |review: &Option<Review>| {
        review.as_ref().filter(|review| review.is_visible()).map(|review| review.rating)
    };
    (stars(&change.before), stars(&change.after))
}

fn counted(mut rating: Rating, (before, after): (Option<u8>, Option<u8>)) -> Result<Rating> {
    before.map_or(Ok(()), |stars| rating.count(stars, false))?;
    after.map_or(Ok(()), |stars| rating.count(stars, true))?;
    Ok(rating)
}

/// The place of an author among those who have reviewed the subject: taken, given back, or as it was.
fn authorship(effect: Transaction, table: &Table, change: &Change) -> Result<Transaction> {
    let place = |review: &Review| {
        review.author_key.clone().map(|author_key| Authorship {
            subject_kind: review.subject_kind,
            subject_id: review.subject_id.clone(),
            author_key,
            review_id: review.id,
        })
    };
    let (before, after) = (change.before.as_ref().and_then(place), change.after.as_ref().and_then(place));
    match (before, after) {
        (None, Some(new)) => {
            effect.create(table, &new, ALREADY_REVIEWED.because("Change the review that you have written."))
        }
        (Some(old), None) => {
            let delete = Delete::builder()
                .table_name(&table.name)
                .set_key(Some(old.key().to_item()))
                .condition_expression("review_id = :id")
                .expression_attribute_values(":id", text(old.review_id))
                .build()
                .map_err(Failure::internal)?;
            Ok(effect.delete(delete, changed_meanwhile()))
        }
        _ => Ok(effect),
    }
}

pub(crate) fn changed_meanwhile() -> Failure {
    Problem::CONFLICT.because("Read it again and repeat your change.")
}
