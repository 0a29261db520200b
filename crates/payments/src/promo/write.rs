//! Promotions are made, changed and taken away by administrators and who may manage them.

use deserr::Deserr;
use kernel::money::Currency;
use kernel::page::{Page, PageRequest};
use kernel::text::Text;
use kernel::time::Moment;
use kernel::{Failure, FieldErrors, Problem, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Listing, Transaction};
use web::{Created, Json, NoContent, Once};

use super::{Promo, PromoCode, WHOLE};
use crate::{Lists, Payments};

pub const PROMO_TAKEN: Problem = Problem::new("promo-taken", 409, "There is such a code already");

const MOST: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserr, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[deserr(rename_all = lowercase)]
pub enum PromoKind {
    Percentage,
    Fixed,
}

/// All of a promotion but its code; a change sends all of it.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct PromoFacts {
    #[serde(default)]
    #[deserr(default)]
    pub description: Option<Text<1, 200>>,
    #[schemars(with = "String", extend("enum" = ["percentage", "fixed"]))]
    pub kind: PromoKind,
    /// Hundredths of a percent (1000 is 10 %), or minor units of `currency`.
    #[schemars(range(min = 0), example = &1000)]
    pub value: i64,
    /// Needed for a fixed value.
    #[serde(default)]
    #[deserr(default)]
    pub currency: Option<Currency>,
    pub valid_from: Moment,
    pub valid_until: Moment,
    /// None: as often as one likes.
    #[serde(default)]
    #[deserr(default)]
    pub max_uses: Option<u64>,
    /// Minor units that an order must have at least.
    #[serde(default)]
    #[deserr(default)]
    #[schemars(range(min = 0))]
    pub min_order: i64,
    /// Ids of what it is for; empty: everything.
    #[serde(default)]
    #[deserr(default)]
    pub applicable: Vec<Text<1, 64>>,
    #[serde(default = "yes")]
    #[deserr(default = yes())]
    pub active: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewPromo {
    pub code: PromoCode,
    pub promo: PromoFacts,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PromoView {
    pub code: PromoCode,
    pub description: String,
    pub kind: PromoKind,
    pub value: i64,
    pub currency: Option<Currency>,
    pub valid_from: Timestamp,
    pub valid_until: Timestamp,
    pub max_uses: Option<u64>,
    /// Only where one promotion is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<u64>,
    pub min_order: i64,
    pub applicable: Vec<String>,
    pub active: bool,
    pub created_at: Timestamp,
}

impl PromoView {
    fn of(promo: Promo, used: Option<u64>) -> Self {
        Self {
            code: promo.code,
            description: promo.description,
            kind: if promo.percentage { PromoKind::Percentage } else { PromoKind::Fixed },
            value: promo.value,
            currency: promo.currency,
            valid_from: promo.valid_from,
            valid_until: promo.valid_until,
            max_uses: promo.max_uses,
            used,
            min_order: promo.min_order,
            applicable: promo.applicable,
            active: promo.active,
            created_at: promo.created_at,
        }
    }
}

impl PromoFacts {
    fn check(&self, at: &str) -> Result<()> {
        let mut errors = FieldErrors::default();
        let fixed = self.kind == PromoKind::Fixed;
        if self.value < 0 || (!fixed && self.value > WHOLE) {
            errors.push(
                format!("{at}/value"),
                format!("must be at least 0, and at most {WHOLE} of a percentage"),
            );
        }
        if fixed && self.currency.is_none() {
            errors.push(format!("{at}/currency"), "is required for a fixed value");
        }
        if self.valid_until.0 <= self.valid_from.0 {
            errors.push(format!("{at}/valid_until"), "must be after `valid_from`");
        }
        if self.min_order < 0 {
            errors.push(format!("{at}/min_order"), "must be at least 0");
        }
        if self.applicable.len() > MOST {
            errors.push(format!("{at}/applicable"), format!("must have at most {MOST} elements"));
        }
        errors.or(())
    }

    fn promo(&self, code: &PromoCode, created_at: Timestamp, version: u64) -> Promo {
        let fixed = self.kind == PromoKind::Fixed;
        Promo {
            code: code.clone(),
            description: self.description.as_ref().map(ToString::to_string).unwrap_or_default(),
            percentage: !fixed,
            value: self.value,
            currency: self.currency,
            valid_from: self.valid_from.0,
            valid_until: self.valid_until.0,
            max_uses: self.max_uses,
            min_order: self.min_order,
            applicable: self.applicable.iter().map(ToString::to_string).collect(),
            active: self.active,
            deleted: false,
            created_at,
            version,
        }
    }
}

impl Payments {
    pub async fn create_promo(&self, once: Once, new: &NewPromo) -> Result<Created<PromoView>> {
        new.promo.check("/promo")?;
        let promo = new.promo.promo(&new.code, time::now(), 1);
        let taken = PROMO_TAKEN.because("Choose another code; those of deleted ones stay taken.");
        let effect = Transaction::new().create(&self.table, &promo, taken)?.publish(&promo.told())?;
        let location = format!("/api/v1/promos/{}", promo.code);
        once.commit(&self.table, effect, Created { location, body: PromoView::of(promo, Some(0)) }).await
    }

    pub async fn show_promo(&self, code: &PromoCode) -> Result<Json<PromoView>> {
        let promo = self.promo(code).await?;
        let used = self.used(code.as_str()).await?;
        Ok(Json::new(PromoView::of(promo, Some(used))))
    }

    pub async fn update_promo(&self, code: &PromoCode, facts: &PromoFacts) -> Result<Json<PromoView>> {
        facts.check("")?;
        let before = self.promo(code).await?;
        let promo = facts.promo(code, before.created_at, before.version);
        self.replace_promo(promo.clone()).await?;
        Ok(Json::new(PromoView::of(promo, None)))
    }

    /// Uses that are reserved stay so: what was promised holds.
    pub async fn delete_promo(&self, code: &PromoCode) -> Result<NoContent> {
        let promo = self.promo(code).await?;
        self.replace_promo(Promo { deleted: true, active: false, ..promo }).await?;
        Ok(NoContent)
    }

    async fn replace_promo(&self, promo: Promo) -> Result<()> {
        let told = Promo { version: promo.version + 1, ..promo.clone() }.told();
        Transaction::new().replace(&self.table, &promo)?.publish(&told)?.commit(&self.table).await
    }

    async fn promo(&self, code: &PromoCode) -> Result<Promo> {
        let promo: Option<Promo> = self.table.get(&Promo::key_of(code.as_str())).await?;
        promo.filter(|promo| !promo.deleted).ok_or_else(|| Failure::not_found("promotion"))
    }
}

impl Lists {
    pub async fn promos(&self, request: &PageRequest) -> Result<Json<Page<PromoView>>> {
        let listing = Listing { index: Some(3), pk: "PROMOS", prefix: "", newest_first: false };
        let page = self.pager.page::<Promo>(&self.payments.table, listing, request).await?;
        Ok(Json::new(page.map(|promo| PromoView::of(promo, None))))
    }
}
