//! How people are reached: a projection of identity's accounts.

use contracts::identity::AccountChanged;
use kernel::{Failure, Result, UserId};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::number;
use store::sdk::operation::put_item::PutItemError;
use store::{Key, Record, Table};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recipient {
    pub user_id: UserId,
    /// Identity's version: the newest wins, whatever order they come in.
    pub version: u64,
    pub email: String,
    pub given_name: String,
    pub family_name: String,
    /// Mail goes to verified addresses of active accounts only.
    pub reachable: bool,
}

impl Recipient {
    pub fn key_of(user: UserId) -> Key {
        Key::new(format!("USER#{user}"), "RECIPIENT")
    }

    /// In place of somebody who was erased: newer than any news.
    pub fn nobody(user_id: UserId) -> Self {
        Self {
            user_id,
            version: u64::MAX,
            email: String::new(),
            given_name: String::new(),
            family_name: String::new(),
            reachable: false,
        }
    }
}

impl Record for Recipient {
    const KIND: &'static str = "recipient";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }
}

impl From<AccountChanged> for Recipient {
    fn from(account: AccountChanged) -> Self {
        Self {
            user_id: account.user_id,
            version: account.version,
            email: account.email,
            given_name: account.given_name,
            family_name: account.family_name,
            reachable: account.verified && account.active,
        }
    }
}

/// The projection.
#[derive(Debug, Clone)]
pub struct Recipients {
    pub table: Table,
}

impl State for Recipients {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

impl Recipients {
    /// Keeps the newest state. Being told twice, or late, changes nothing.
    pub async fn keep(&self, account: AccountChanged) -> Result<()> {
        let recipient = Recipient::from(account);
        let kept = self
            .table
            .client
            .put_item()
            .table_name(&self.table.name)
            .set_item(Some(recipient.to_item()?))
            .condition_expression("attribute_not_exists(pk) OR version < :version")
            .expression_attribute_values(":version", number(recipient.version))
            .send()
            .await;
        match kept {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                Some(_) => Err(store::failure(error)),
                None => Err(Failure::unavailable("DynamoDB did not answer")),
            },
        }
    }
}
