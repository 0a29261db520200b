//! US-24: how much of a profile is there, and what is missing.

use kernel::{Problem, Result, Role, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use web::Caller;

use super::Worker;
use crate::Users;

/// How complete a worker's profile is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Completeness {
    /// 0 to 100.
    pub score: u32,
    /// What would raise it, the heaviest first.
    pub missing: Vec<&'static str>,
}

impl Completeness {
    pub fn of(worker: &Worker) -> Self {
        let (profile, counts) = (&worker.profile, &worker.counts);
        // Weights add up to 100: what hirers look at first weighs most.
        let parts = [
            ("skills", 15, !worker.skills.is_empty()),
            ("title", 10, profile.title.is_some()),
            ("profession", 10, profile.profession.is_some()),
            ("bio", 10, profile.bio.is_some()),
            ("rate", 10, profile.rate.is_some()),
            ("location", 10, profile.location.is_some()),
            ("headline", 5, profile.headline.is_some()),
            ("experience_level", 5, profile.experience_level.is_some()),
            ("languages", 5, !profile.languages.is_empty()),
            ("availability", 5, worker.availability.is_set),
            ("certificates", 5, counts.certificates > 0),
            ("portfolio", 5, counts.portfolio > 0),
            ("work_history", 5, counts.history > 0),
        ];
        let score = parts.iter().filter(|part| part.2).map(|part| part.1).sum();
        let missing = parts.iter().filter(|part| !part.2).map(|part| part.0).collect();
        Self { score, missing }
    }
}

impl Users {
    /// For the owner, and for who wants to hire.
    pub async fn completeness(&self, caller: &Caller, id: UserId) -> Result<Completeness> {
        let worker = self.seen_worker(Some(caller), id).await?;
        if caller.owns(id) || caller.is(Role::Hirer) {
            return Ok(Completeness::of(&worker));
        }
        Err(Problem::FORBIDDEN.because("Only the worker and hirers see this."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_profile_has_nothing_and_a_full_one_everything() {
        let mut worker = Worker::new(UserId::new());
        let empty = Completeness::of(&worker);
        assert_eq!((empty.score, empty.missing.len()), (0, 13));
        worker.profile.title = Some("Electrician".parse().unwrap());
        worker.counts.portfolio = 2;
        let some = Completeness::of(&worker);
        assert_eq!((some.score, some.missing.len()), (15, 11));
        assert_eq!(some.missing[0], "skills");
    }
}
