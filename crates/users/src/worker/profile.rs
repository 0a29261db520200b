//! US-23: workers write their profile.

use deserr::Deserr;
use kernel::money::Currency;
use kernel::text::Prose;
use kernel::text::Text;
use kernel::{FieldErrors, Result, UserId};
use schemars::JsonSchema;
use store::Transaction;
use web::{Caller, Json, Once};

use super::fields::{Experience, Location, Name, Travel, WorkType};
use super::view::WorkerView;
use super::{Profile, Rate};
use crate::Users;

/// An hour costs at most so many whole units of its currency.
const MOST_RATE: i64 = 10_000;
const MOST_NAMES: usize = 20;
const MOST_YEARS: u32 = 50;
const MOST_RADIUS: u32 = 500;

/// The whole profile: what is left out is empty afterwards.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewProfile {
    /// False hides the worker from the directory and from strangers; true unless said otherwise.
    #[deserr(default)]
    pub listed: Option<bool>,
    #[schemars(example = &"Electrician for old houses")]
    pub title: Text<1, 100>,
    #[deserr(default)]
    pub headline: Option<Text<1, 160>>,
    #[deserr(default)]
    pub bio: Option<Prose<1, 2000>>,
    /// The trade.
    #[deserr(default)]
    #[schemars(example = &"Electrician")]
    pub profession: Option<Name>,
    #[deserr(default)]
    pub rate: Option<NewRate>,
    #[deserr(default)]
    pub location: Option<Location>,
    #[deserr(default)]
    #[schemars(range(min = 1, max = 500))]
    pub service_radius_km: Option<u32>,
    #[deserr(default)]
    pub travel: Option<Travel>,
    #[deserr(default)]
    pub experience_level: Option<Experience>,
    #[deserr(default)]
    #[schemars(range(max = 50))]
    pub years_of_experience: Option<u32>,
    #[deserr(default)]
    #[schemars(length(max = 4))]
    pub work_types: Vec<WorkType>,
    #[deserr(default)]
    #[schemars(length(max = 20))]
    pub specializations: Vec<Name>,
    #[deserr(default)]
    #[schemars(length(max = 20))]
    pub languages: Vec<Name>,
    #[deserr(default)]
    pub insurance: Option<Text<1, 160>>,
    #[deserr(default)]
    pub business: Option<Text<1, 160>>,
}

/// What an hour costs, in minor units: 0 to 10,000 whole units of the currency.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewRate {
    #[schemars(range(min = 0))]
    pub hourly: i64,
    #[deserr(default)]
    #[schemars(range(min = 0))]
    pub min: Option<i64>,
    #[deserr(default)]
    #[schemars(range(min = 0))]
    pub max: Option<i64>,
    pub currency: Currency,
}

impl NewProfile {
    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if let Some(rate) = &self.rate {
            rate.check(&mut errors);
        }
        if self.service_radius_km.is_some_and(|km| !(1..=MOST_RADIUS).contains(&km)) {
            errors.push("/service_radius_km", format!("must be from 1 to {MOST_RADIUS}"));
        }
        if self.years_of_experience.is_some_and(|years| years > MOST_YEARS) {
            errors.push("/years_of_experience", format!("must be from 0 to {MOST_YEARS}"));
        }
        if let Some(geo) = self.location.as_ref().and_then(|it| it.geo) {
            geo.check("/location/geo", &mut errors);
        }
        for (name, count) in
            [("specializations", self.specializations.len()), ("languages", self.languages.len())]
        {
            if count > MOST_NAMES {
                errors.push(format!("/{name}"), format!("may have at most {MOST_NAMES}"));
            }
        }
        if self.work_types.len() > WorkType::NAMES.len() {
            errors.push("/work_types", format!("may have at most {}", WorkType::NAMES.len()));
        }
        errors.or(())
    }

    fn profile(&self) -> Profile {
        let new = self.clone();
        let mut work_types = new.work_types;
        work_types.sort_unstable();
        work_types.dedup();
        Profile {
            listed: new.listed.unwrap_or(true),
            title: Some(new.title),
            headline: new.headline,
            bio: new.bio,
            profession: new.profession,
            rate: new.rate.map(|rate| Rate {
                hourly: rate.hourly,
                min: rate.min,
                max: rate.max,
                currency: rate.currency,
            }),
            location: new.location,
            service_radius_km: new.service_radius_km,
            travel: new.travel,
            experience_level: new.experience_level,
            years_of_experience: new.years_of_experience,
            work_types,
            specializations: new.specializations,
            languages: new.languages,
            insurance: new.insurance,
            business: new.business,
        }
    }
}

impl NewRate {
    fn check(&self, errors: &mut FieldErrors) {
        let most = MOST_RATE * 10_i64.pow(self.currency.minor_digits());
        let amounts = [("hourly", Some(self.hourly)), ("min", self.min), ("max", self.max)];
        for (name, amount) in amounts {
            if amount.is_some_and(|amount| !(0..=most).contains(&amount)) {
                errors.push(format!("/rate/{name}"), format!("must be from 0 to {most} minor units"));
            }
        }
        if self.min.zip(self.max).is_some_and(|(min, max)| min > max) {
            errors.push("/rate/max", "must not be below `min`");
        }
    }
}

impl Users {
    pub async fn update_worker(
        &self,
        caller: &Caller,
        id: UserId,
        new: &NewProfile,
    ) -> Result<Json<WorkerView>> {
        new.check()?;
        self.change_worker(Once::default(), id, |worker| {
            worker.owned_by(caller)?;
            worker.profile = new.profile();
            Ok((Transaction::new(), Json::new(WorkerView::from(&*worker))))
        })
        .await
    }
}
