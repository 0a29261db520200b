//! What needs the provider's keys and not the provider.

use kernel::Result;
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::Serialize;
use store::Table;

use crate::Payments;
use crate::keys::{Keys, STRIPE_KEYS, needed};
use crate::webhook::Taken;

/// The keys and the table.
pub struct Online {
    keys: Option<Keys>,
    payments: Payments,
}

impl State for Online {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Table::start(aws)?, Keys::read(&aws.secret(STRIPE_KEYS).await?)))
    }
}

/// What clients need to know to talk to the provider.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PaymentConfig {
    pub stripe: PublicKey,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PublicKey {
    pub publishable_key: String,
}

impl Online {
    pub fn new(table: Table, keys: Option<Keys>) -> Self {
        Self { keys, payments: Payments { table } }
    }

    pub fn config(&self) -> Result<PaymentConfig> {
        let publishable_key = needed(self.keys.as_ref())?.publishable_key.clone();
        Ok(PaymentConfig { stripe: PublicKey { publishable_key } })
    }

    pub async fn receive(&self, body: &[u8], header: Option<&str>) -> Result<Taken> {
        self.payments.receive(needed(self.keys.as_ref())?, body, header).await
    }
}
