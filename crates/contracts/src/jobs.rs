//! What jobs tells.

use kernel::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Contract, Event, Message, Nature};

/// A job is done: who gave it and who did it may say how it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JobCompleted {
    pub job_id: String,
    pub title: String,
    /// Who gave it.
    pub hirer_id: UserId,
    /// Who did it.
    pub worker_id: UserId,
}

impl Message for JobCompleted {
    const TYPE: &'static str = "jobs.job.completed";

    fn subject(&self) -> String {
        self.job_id.clone()
    }
}

impl Event for JobCompleted {
    const NATURE: Nature = Nature::Fact;
}

pub fn events() -> Vec<Contract> {
    vec![Contract::of::<JobCompleted>()]
}
