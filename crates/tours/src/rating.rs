//! How tours and treks are rated, as reviews tells (TO-40).

use contracts::reviews::RatingRecalculated;
use kernel::{Failure, Result};
use messaging::Received;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;

use crate::listed::Listed;
use crate::tour::Tour;
use crate::trek::Trek;
use crate::{Tours, again};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rating {
    /// With one decimal.
    pub average: f64,
    pub quantity: u64,
    /// Of what reviews told last: the newest wins.
    pub version: u64,
}

impl Rating {
    /// What a tour has before anybody rated it (natours).
    pub const OF_A_NEW_TOUR: Self = Self { average: 4.5, quantity: 0, version: 0 };
    pub const OF_A_NEW_TREK: Self = Self { average: 0.0, quantity: 0, version: 0 };

    /// Rounded once, half up, in whole numbers: 4.25 is 4.3, whatever a binary fraction makes of it.
    fn of(told: &RatingRecalculated, unrated: Self) -> Self {
        if told.count == 0 {
            return Self { version: told.version, ..unrated };
        }
        let (sum, count) = (u128::from(told.sum), u128::from(told.count));
        let tenths = (20 * sum + count) / (2 * count);
        let average = f64::from(u32::try_from(tenths).unwrap_or(50).min(50)) / 10.0;
        Self { average, quantity: told.count, version: told.version }
    }
}

impl Tours {
    /// Keeps the newest rating. Being told twice, or late, or of what is gone, changes nothing.
    pub async fn follow_rating(&self, told: &Received<RatingRecalculated>) -> Result<()> {
        match told.subject_kind.as_str() {
            "tour" => again(|| self.rate::<Tour>(told)).await,
            "trek" => again(|| self.rate::<Trek>(told)).await,
            _ => Ok(()),
        }
    }

    async fn rate<T: Listed>(&self, told: &Received<RatingRecalculated>) -> Result<()> {
        let head = self.catalogue.head().await?;
        let Some((mut rated, departures)) = T::find(self, &told.subject_id).await? else { return Ok(()) };
        if rated.rating().version >= told.version {
            return Ok(());
        }
        *rated.rating() = Rating::of(told, T::UNRATED);
        let effect = self.relist(Transaction::new(), head, &mut rated, &departures).await?;
        told.commit(&self.table, effect).await.map(drop)
    }
}

/// An entity's form in the catalogue.
pub(crate) fn json(view: &impl Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(view).map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rated(sum: u64, count: u64) -> f64 {
        let told = RatingRecalculated {
            subject_kind: "tour".into(),
            subject_id: String::new(),
            version: 3,
            sum,
            count,
        };
        Rating::of(&told, Rating::OF_A_NEW_TOUR).average
    }

    #[test]
    fn an_average_is_rounded_half_up() {
        assert_eq!(rated(17, 4), 4.3);
        assert_eq!(rated(13, 3), 4.3);
        assert_eq!(rated(14, 3), 4.7);
        assert_eq!(rated(89, 20), 4.5);
        assert_eq!(rated(5, 1), 5.0);
        assert_eq!(rated(0, 0), 4.5);
    }

    proptest! {
        #[test]
        fn an_average_has_one_decimal_and_is_near(stars in proptest::collection::vec(1..=5u64, 1..200)) {
            let (sum, count) = (stars.iter().sum::<u64>(), stars.len() as u64);
            let average = rated(sum, count);
            prop_assert!((average - sum as f64 / count as f64).abs() <= 0.05 + 1e-9);
            prop_assert!((1.0..=5.0).contains(&average));
            prop_assert!(((average * 10.0).round() - average * 10.0).abs() < 1e-9);
        }
    }
}
