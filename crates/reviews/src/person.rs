//! Who writes, as users tells of them.

use contracts::users::ProfileChanged;
use kernel::{Result, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::number;
use store::{Key, Record};

use crate::Reviews;
use crate::subject::unless_refused;

/// What is shown of somebody who writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    pub user_id: UserId,
    pub version: u64,
    pub name: Option<String>,
    pub photo: Option<String>,
    /// Set when they are gone for good: late news must not bring them back.
    #[serde(default)]
    pub erased: Option<bool>,
}

impl Record for Person {
    const KIND: &'static str = "person";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }
}

impl Person {
    pub fn key_of(user: UserId) -> Key {
        Key::new(format!("PERSON#{user}"), "PERSON")
    }

    pub fn nobody(user_id: UserId) -> Self {
        Self { user_id, version: 0, name: None, photo: None, erased: Some(true) }
    }
}

impl Reviews {
    /// Keeps the newest. What is written from now on carries it; what was written keeps what it had.
    pub async fn keep_person(&self, told: &ProfileChanged) -> Result<()> {
        let person = Person {
            user_id: told.user_id,
            version: told.version,
            name: Some(told.display_name.clone()),
            // No photo of whom a profile hides.
            photo: told.photo.clone().filter(|_| told.active),
            erased: None,
        };
        let put = self.table.client.put_item().table_name(&self.table.name);
        let put = put
            .set_item(Some(person.to_item()?))
            .condition_expression(
                "attribute_not_exists(pk) OR (attribute_not_exists(erased) AND version < :version)",
            )
            .expression_attribute_values(":version", number(told.version));
        unless_refused(put.send().await)
    }
}
