//! PY-6, PY-18: payments and the movements of money, for who they belong to and for administrators.

use kernel::page::{Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::{Failure, Problem, Result, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Listing;
use web::{Caller, Json};

use crate::ledger::{Movement, MovementId};
use crate::payment::{Payment, PaymentId, PaymentView, Provider};
use crate::{Cashier, Lists, user_key};

pub const NOT_PENDING: Problem = Problem::new("payment-not-pending", 409, "It is not pending any more");

/// Whose.
#[derive(Debug)]
pub struct Whose {
    pub user_id: Option<UserId>,
    pub all: bool,
    pub page: PageRequest,
}

impl Parameters for Whose {
    fn take(params: &mut Params) -> Self {
        let all: Option<String> = params.take("all");
        if all.as_ref().is_some_and(|all| !["true", "false"].contains(&all.as_str())) {
            params.refuse("all", "must be true or false");
        }
        Self {
            user_id: params.take_as("user_id"),
            all: all.as_deref() == Some("true"),
            page: PageRequest::take(params),
        }
    }

    fn parameters() -> Vec<Parameter> {
        let own = [
            Parameter::new("user_id", "Somebody else's; for administrators.", json!({"type": "string"})),
            Parameter::new("all", "Everybody's; for administrators.", json!({"type": "boolean"})),
        ];
        own.into_iter().chain(PageRequest::parameters()).collect()
    }
}

impl Whose {
    /// The partition of the list, and the index it stands in.
    fn list(&self, caller: &Caller, everybody: &str) -> Result<(u8, String)> {
        let user = self.user_id.unwrap_or(caller.user_id);
        match (self.all, caller.is_admin()) {
            (true, true) => Ok((3, everybody.to_owned())),
            (false, _) if caller.owns(user) => Ok((2, user_key(user))),
            _ => Err(Problem::FORBIDDEN.because("Only administrators see what is others'.")),
        }
    }
}

/// A movement of money as its owner sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TransactionView {
    pub id: MovementId,
    pub kind: crate::ledger::Movements,
    pub payment_id: PaymentId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<String>,
    pub subject_kind: String,
    pub subject_id: String,
    pub instalment: u32,
    pub amount: i64,
    pub currency: kernel::money::Currency,
    /// Which accounts it went from and to.
    pub entries: Vec<crate::ledger::Entry>,
    pub at: kernel::Timestamp,
}

impl From<Movement> for TransactionView {
    fn from(movement: Movement) -> Self {
        Self {
            id: movement.id,
            kind: movement.movement,
            payment_id: movement.payment_id,
            refund_id: movement.refund_id,
            subject_kind: movement.subject_kind,
            subject_id: movement.subject_id,
            instalment: movement.instalment,
            amount: movement.amount,
            currency: movement.currency,
            entries: movement.entries,
            at: movement.at,
        }
    }
}

impl Lists {
    pub async fn list_payments(&self, caller: &Caller, whose: &Whose) -> Result<Page<PaymentView>> {
        let (index, pk) = whose.list(caller, "PAYMENTS")?;
        let prefix = if index == 2 { "PAYMENT#" } else { "" };
        let listing = Listing { index: Some(index), pk: &pk, prefix, newest_first: true };
        let page = self.pager.page::<Payment>(&self.payments.table, listing, &whose.page).await?;
        Ok(page.map(PaymentView::from))
    }

    pub async fn list_transactions(&self, caller: &Caller, whose: &Whose) -> Result<Page<TransactionView>> {
        let (index, pk) = whose.list(caller, "MOVEMENTS")?;
        let prefix = if index == 2 { "MOVEMENT#" } else { "" };
        let listing = Listing { index: Some(index), pk: &pk, prefix, newest_first: true };
        let page = self.pager.page::<Movement>(&self.payments.table, listing, &whose.page).await?;
        Ok(page.map(TransactionView::from))
    }
}

impl crate::Payments {
    pub async fn show_transaction(&self, caller: &Caller, id: MovementId) -> Result<Json<TransactionView>> {
        let movement: Option<Movement> = self.table.get(&Movement::key_of(id)).await?;
        let movement = movement.filter(|movement| caller.owns(movement.user_id));
        let movement = movement.ok_or_else(|| Failure::not_found("transaction"))?;
        Ok(Json::new(movement.into()))
    }
}

impl Cashier {
    /// A payment that nothing came of yet is given up; what is due stays due.
    pub async fn cancel_pending(&self, caller: &Caller, id: PaymentId) -> Result<Json<PaymentView>> {
        let payment = self.payments.own_payment(caller, id).await?;
        if !payment.status.is_open() || payment.provider == Provider::Offline {
            return Err(NOT_PENDING.because("Only what is pending can be cancelled."));
        }
        self.cancel(&payment).await?;
        let payment = self.payments.own_payment(caller, id).await?;
        if payment.status.is_open() || payment.captured > 0 {
            return Err(NOT_PENDING.because("The provider is at it, or has the money."));
        }
        Ok(Json::new(payment.into()))
    }
}
