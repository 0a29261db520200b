//! What reviews tells.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Contract, Event, Message, Nature};

/// How something is rated, from all its approved reviews; sent with every change of it, and by a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RatingRecalculated {
    /// `tour`, `trek`, `product`, `worker` or `job`.
    pub subject_kind: String,
    pub subject_id: String,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    /// Of all ratings from 1 to 5.
    pub sum: u64,
    /// How many ratings.
    pub count: u64,
}

impl Message for RatingRecalculated {
    const TYPE: &'static str = "reviews.rating.recalculated";

    fn subject(&self) -> String {
        self.subject_id.clone()
    }
}

impl Event for RatingRecalculated {
    const NATURE: Nature = Nature::Snapshot;
}

pub fn events() -> Vec<Contract> {
    vec![Contract::of::<RatingRecalculated>()]
}
