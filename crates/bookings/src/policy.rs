//! How much of what was paid is given back, by the days that are left.

use contracts::tours::CancellationTier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From so many days before the start on, so much is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tier {
    pub min_days: u32,
    /// Of what was paid.
    pub percent: u32,
}

impl From<&CancellationTier> for Tier {
    fn from(tier: &CancellationTier) -> Self {
        Self { min_days: tier.min_days, percent: tier.percent.min(100) }
    }
}

/// What holds where a trek says nothing: more than 21 days 100 %, 15 to 21 75 %, 8 to 14 50 %, 7 or less nothing.
pub const DEFAULT: [Tier; 4] = [
    Tier { min_days: 22, percent: 100 },
    Tier { min_days: 15, percent: 75 },
    Tier { min_days: 8, percent: 50 },
    Tier { min_days: 0, percent: 0 },
];

/// The tier that holds so many days before the start; none gives nothing back.
pub fn tier(policy: &[Tier], days_to_start: i64) -> Tier {
    let policy = if policy.is_empty() { &DEFAULT } else { policy };
    let reached = policy.iter().filter(|tier| i64::from(tier.min_days) <= days_to_start);
    reached.max_by_key(|tier| tier.min_days).copied().unwrap_or(Tier { min_days: 0, percent: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_at_the_edges_are_told_by_the_table() {
        let percent = |days| tier(&[], days).percent;
        assert_eq!([365, 22, 21, 15, 14, 8, 7, 0, -1].map(percent), [100, 100, 75, 75, 50, 50, 0, 0, 0]);
    }

    #[test]
    fn a_trek_may_have_a_policy_of_its_own_in_any_order() {
        let own = [Tier { min_days: 2, percent: 10 }, Tier { min_days: 30, percent: 90 }];
        assert_eq!([30, 29, 2, 1].map(|days| tier(&own, days).percent), [90, 10, 10, 0]);
    }
}
