//! What is due, as the owner of the subject says it: the only place that an amount comes from.

use contracts::payments::{CheckoutPage, DueLapsed, DueRejected, PaymentDue, PromoUse, Subject};
use kernel::money::Currency;
use kernel::{Failure, Result, Timestamp, UserId, time};
use messaging::Received;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::again;
use store::{Key, Record, Transaction};

use crate::payment::PaymentId;
use crate::poll::CancelPayment;
use crate::promo::uses::{Unusable, Use};
use crate::{Payments, subject_key, user_key};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Open,
    Paid,
    Lapsed,
    /// Its promotion cannot be used.
    Rejected,
}

/// What is due for one instalment, as of its newest revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    pub about: Subject,
    pub revision: u64,
    pub standing: Standing,
    /// None where a lapse came before what lapsed.
    #[serde(default)]
    pub terms: Option<Terms>,
    /// Whose use of a promotion is reserved.
    #[serde(default)]
    pub reserved: Option<String>,
    /// The payment that the customer is at.
    #[serde(default)]
    pub current: Option<PaymentId>,
    /// Payments begun for this revision.
    pub attempts: u32,
    /// The payment that brought the money.
    #[serde(default)]
    pub paid_by: Option<PaymentId>,
    /// The page was told of.
    #[serde(default)]
    pub page_told: bool,
    pub version: u64,
}

/// What one revision says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Terms {
    pub user_id: UserId,
    pub amount: i64,
    pub currency: Currency,
    pub description: String,
    pub expires_at: Timestamp,
    #[serde(default)]
    pub promo: Option<PromoUse>,
    #[serde(default)]
    pub checkout: Option<CheckoutPage>,
}

impl Due {
    pub fn key_of(about: &Subject) -> Key {
        Key::new(subject_key(about), format!("DUE#{}", about.instalment))
    }

    pub fn new(about: Subject) -> Self {
        Self {
            about,
            revision: 0,
            standing: Standing::Open,
            terms: None,
            reserved: None,
            current: None,
            attempts: 0,
            paid_by: None,
            page_told: false,
            version: 0,
        }
    }

    /// Writes it: as a new one, or in place of what was read.
    pub(crate) fn write(&self, effect: Transaction, payments: &Payments) -> Result<Transaction> {
        if self.version == 0 {
            let first = Self { version: 1, ..self.clone() };
            let raced = kernel::Problem::CONFLICT.because("It was said a moment ago.");
            return effect.create(&payments.table, &first, raced);
        }
        effect.replace(&payments.table, self)
    }

    /// Whether its money may be asked for right now.
    pub fn is_payable(&self, now: Timestamp) -> bool {
        self.standing == Standing::Open && self.terms.as_ref().is_some_and(|terms| terms.expires_at > now)
    }
}

impl Record for Due {
    const KIND: &'static str = "due";

    fn key(&self) -> Key {
        Self::key_of(&self.about)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let sort = |about: &Subject| format!("DUE#{}#{}#{}", about.kind, about.id, about.instalment);
        let of = self.terms.as_ref().map(|terms| (2, Key::new(user_key(terms.user_id), sort(&self.about))));
        of.into_iter().collect()
    }
}

impl Payments {
    pub async fn due(&self, about: &Subject) -> Result<Option<Due>> {
        self.table.get(&Due::key_of(about)).await
    }

    /// Takes the newest word on what is due. Older ones, and what comes after the money, change nothing.
    pub async fn open_due(&self, told: &Received<PaymentDue>) -> Result<Due> {
        again(|| self.try_open(told)).await
    }

    async fn try_open(&self, told: &PaymentDue) -> Result<Due> {
        let before = self.due(&told.about).await?.unwrap_or_else(|| Due::new(told.about.clone()));
        let known = before.version > 0 && before.revision >= told.revision;
        if known || self.is_kept(&before).await? {
            return Ok(before);
        }
        let terms = Terms {
            user_id: told.user_id,
            amount: told.amount,
            currency: told.currency.parse().map_err(|why| Failure::internal(format!("currency {why}")))?,
            description: told.description.clone(),
            expires_at: told.expires_at,
            promo: told.promo.clone(),
            checkout: told.checkout.clone(),
        };
        if terms.amount <= 0 {
            return Err(Failure::internal(format!("{} of {} are due", terms.amount, told.about.id)));
        }
        let mut due = Due {
            revision: told.revision,
            standing: Standing::Open,
            attempts: 0,
            current: None,
            page_told: false,
            paid_by: None,
            terms: Some(terms),
            ..before.clone()
        };
        // What the older revision asked for must not be paid any more.
        let mut effect = Transaction::new();
        if let Some(payment_id) = before.current {
            effect = effect.command(&CancelPayment { payment_id })?;
        }
        let wanted = told.promo.as_ref().map(|promo| promo.code.to_uppercase());
        match self.shift_use(before.reserved.as_deref(), wanted.as_deref(), told).await? {
            Ok(uses) => {
                due.reserved = wanted;
                effect = write_uses(effect, &uses, self)?;
            }
            Err((unusable, given_back)) => {
                (due.reserved, due.standing) = (None, Standing::Rejected);
                let code = unusable.code().to_owned();
                effect = write_uses(effect, &given_back, self)?;
                effect = effect.publish(&DueRejected {
                    about: told.about.clone(),
                    revision: told.revision,
                    code,
                })?;
            }
        }
        due.write(effect, self)?.commit(&self.table).await?;
        due.version += 1;
        Ok(due)
    }

    /// Whether money came and did not go back: then nothing more can be due for this instalment.
    async fn is_kept(&self, due: &Due) -> Result<bool> {
        let Some(by) = due.paid_by else { return Ok(false) };
        Ok(self.payment(by).await?.is_none_or(|payment| payment.left() > 0))
    }

    /// What changes of the uses of promotions when `wanted` takes the place of `held`.
    async fn shift_use(
        &self,
        held: Option<&str>,
        wanted: Option<&str>,
        told: &PaymentDue,
    ) -> Result<Result<Vec<Use>, (Unusable, Vec<Use>)>> {
        if held == wanted {
            return Ok(Ok(Vec::new()));
        }
        let mut uses: Vec<_> = held.map(Use::given_back).into_iter().collect();
        let Some(code) = wanted else { return Ok(Ok(uses)) };
        Ok(match self.usable(code, told, time::now()).await? {
            Ok(reserved) => {
                uses.push(reserved);
                Ok(uses)
            }
            Err(unusable) => Err((unusable, uses)),
        })
    }

    /// Nothing more is to be asked for. It may come before what it ends, and ends it all the same.
    pub async fn close_due(&self, told: &Received<DueLapsed>) -> Result<()> {
        again(|| self.try_close(told)).await
    }

    async fn try_close(&self, told: &DueLapsed) -> Result<()> {
        let before = self.due(&told.about).await?.unwrap_or_else(|| Due::new(told.about.clone()));
        let newer = before.version > 0 && before.revision > told.revision;
        let over = before.version > 0 && before.standing != Standing::Open;
        if newer || over && before.revision == told.revision || before.standing == Standing::Paid {
            return Ok(());
        }
        let mut effect = Transaction::new();
        if let Some(payment_id) = before.current {
            effect = effect.command(&CancelPayment { payment_id })?;
        }
        let uses: Vec<_> = before.reserved.as_deref().map(Use::given_back).into_iter().collect();
        effect = write_uses(effect, &uses, self)?;
        let due =
            Due { revision: told.revision, standing: Standing::Lapsed, reserved: None, ..before.clone() };
        due.write(effect, self)?.commit(&self.table).await
    }
}

fn write_uses(effect: Transaction, uses: &[Use], payments: &Payments) -> Result<Transaction> {
    uses.iter().try_fold(effect, |effect, one| one.write(effect, &payments.table))
}
