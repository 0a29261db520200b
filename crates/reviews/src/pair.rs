//! Two-way reviews are published together: the one who writes second has not read the first (beyond.md, item 21).
//!
//! A job has two sides. Who gave it reviews the worker, who did it reviews the job. Both may write until the fourteen days are
//! over; what one side wrote is held back until the other has written, too, or cannot any more. Then neither can be
//! changed, only deleted.

use std::time::Duration;

use contracts::reviews::ReviewRevealed;
use kernel::{Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::again;
use store::{Key, Record, Transaction};

use crate::Reviews;
use crate::review::{Review, ReviewId};
use crate::settle::Change;
use crate::subject::{Kind, SubjectId};

/// How long both sides may write.
pub const WINDOW: Duration = time::days(14);
/// Jobs of one run, of each partition of the due index.
const ROUND: i32 = 100;
/// In the due index: what is held back is published.
const REVEAL: &str = "REVEAL";

/// The two reviews of one job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    pub job_id: SubjectId,
    pub version: u64,
    pub hirer_id: UserId,
    pub worker_id: UserId,
    pub closes_at: Timestamp,
    pub by_hirer: Option<ReviewId>,
    pub by_worker: Option<ReviewId>,
    /// Both are published, and nobody may write any more.
    pub revealed: bool,
}

impl Record for Pair {
    const KIND: &'static str = "pair";

    fn key(&self) -> Key {
        Self::key_of(&self.job_id.to_string())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let due = || (1, store::due_key(REVEAL, &self.job_id, self.closes_at));
        (!self.revealed).then(due).into_iter().collect()
    }
}

impl Pair {
    pub fn key_of(job: &str) -> Key {
        Key::new(format!("PAIR#{job}"), "PAIR")
    }

    /// The side that reviews subjects of this kind, and the other one.
    pub fn sides(&mut self, kind: Kind) -> (&mut Option<ReviewId>, Option<ReviewId>) {
        match kind {
            Kind::Worker => (&mut self.by_hirer, self.by_worker),
            _ => (&mut self.by_worker, self.by_hirer),
        }
    }
}

impl Reviews {
    /// Publishes what was held back until its time was over. One failure does not hold up the others, and is told in the
    /// end.
    pub async fn reveal_due(&self) -> Result<usize> {
        let (mut done, mut failed) = (0, None);
        for item in self.table.due(REVEAL, time::now(), ROUND).await? {
            let revealed = match Pair::from_item(item) {
                Ok(pair) => {
                    let key = pair.key();
                    again(|| self.reveal(&key)).await
                }
                Err(failure) => Err(failure),
            };
            match revealed {
                Ok(revealed) => done += usize::from(revealed),
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(done), Err)
    }

    async fn reveal(&self, key: &Key) -> Result<bool> {
        let Some(mut pair) = self.table.get::<Pair>(key).await? else { return Ok(false) };
        if pair.revealed || pair.closes_at > time::now() {
            return Ok(false);
        }
        pair.revealed = true;
        let mut changes = Vec::new();
        let mut effect = Transaction::new().replace(&self.table, &pair)?;
        for id in [pair.by_hirer, pair.by_worker].into_iter().flatten() {
            let Some(review) = self.review(id).await? else { continue };
            let (change, revealed) = reveal(review);
            changes.push(change);
            effect = effect.publish(&revealed)?;
        }
        self.settle(effect, &changes).await?.commit(&self.table).await?;
        Ok(true)
    }
}

/// A review that is held back no longer.
pub(crate) fn reveal(held: Review) -> (Change, ReviewRevealed) {
    let review = Review { held: false, ..held.clone() };
    let revealed = ReviewRevealed { review: review.facts() };
    (Change::from(held, review), revealed)
}
