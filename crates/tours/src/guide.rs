//! Who guides tours: a projection of identity's accounts and users' profiles.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use contracts::identity::AccountChanged;
use contracts::users::ProfileChanged;
use contracts::{Envelope, Message};
use kernel::{Failure, Result, UserId};
use messaging::Incoming;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_dynamo::to_attribute_value;
use store::expression::{number, text, values};
use store::sdk::types::AttributeValue;
use store::{Key, Record};

use crate::Tours;

/// What is known of an account that may guide; each part has the version it came with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Guide {
    pub user_id: UserId,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub roles: Vec<String>,
    #[serde(default)]
    pub photo: Option<String>,
}

/// A guide as visitors of a tour see them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GuideView {
    pub id: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `lead-guide` or `guide`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
}

impl GuideView {
    pub fn unknown(id: UserId) -> Self {
        Self { id, name: None, role: None, photo: None }
    }
}

impl From<Guide> for GuideView {
    fn from(guide: Guide) -> Self {
        let role = ["lead-guide", "guide"].into_iter().find(|role| guide.roles.iter().any(|it| it == role));
        match role {
            Some(role) => {
                Self { id: guide.user_id, name: guide.name, role: Some(role.into()), photo: guide.photo }
            }
            // Whoever writes a tour may name any account: only those who guide are shown to everybody.
            None => Self::unknown(guide.user_id),
        }
    }
}

impl Record for Guide {
    const KIND: &'static str = "guide";

    fn key(&self) -> Key {
        key_of(self.user_id)
    }
}

pub(crate) fn key_of(id: UserId) -> Key {
    Key::new(format!("GUIDE#{id}"), "GUIDE")
}

/// What is told of people.
#[derive(Debug, Clone, PartialEq)]
pub enum PersonTold {
    Account(AccountChanged),
    Profile(ProfileChanged),
}

impl Incoming for PersonTold {
    fn types() -> Vec<&'static str> {
        vec![AccountChanged::TYPE, ProfileChanged::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            AccountChanged::TYPE => AccountChanged::read(envelope).map(Self::Account),
            _ => ProfileChanged::read(envelope).map(Self::Profile),
        }
    }
}

impl Tours {
    /// Keeps the newest of each part. Being told twice, or late, changes nothing; who was erased stays so.
    pub async fn keep_guide(&self, told: &PersonTold) -> Result<()> {
        let list = |roles: &[String]| to_attribute_value(roles).map_err(Failure::internal);
        match told {
            PersonTold::Account(account) => {
                let name = format!("{} {}", account.given_name, account.family_name);
                self.change_guide(
                    account.user_id,
                    "SET #name = :name, #roles = :roles, account_version = :version, user_id = :id, kind = :kind",
                    "attribute_not_exists(erased) AND (attribute_not_exists(account_version) OR account_version < :version)",
                    [(":name", text(name)), (":roles", list(&account.roles)?), (":version", number(account.version))],
                )
                .await
            }
            PersonTold::Profile(profile) => {
                // No photo of whom a profile hides.
                let photo = profile.photo.as_ref().filter(|_| profile.active);
                let photo = photo.map_or(AttributeValue::Null(true), text);
                self.change_guide(
                    profile.user_id,
                    "SET photo = :photo, profile_version = :version, user_id = :id, kind = :kind",
                    "attribute_not_exists(erased) AND (attribute_not_exists(profile_version) OR profile_version < :version)",
                    [(":photo", photo), (":version", number(profile.version))],
                )
                .await
            }
        }
    }

    /// Nothing is known of them any more but that they are gone.
    pub(crate) async fn forget_guide(&self, id: UserId) -> Result<()> {
        self.change_guide(
            id,
            "SET erased = :true, user_id = :id, kind = :kind REMOVE #name, #roles, photo",
            "attribute_not_exists(erased)",
            [(":true", AttributeValue::Bool(true))],
        )
        .await
    }

    async fn change_guide<const N: usize>(
        &self,
        id: UserId,
        update: &str,
        condition: &str,
        bindings: [(&str, AttributeValue); N],
    ) -> Result<()> {
        let mut request = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(key_of(id).to_item()))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_values(values(bindings))
            .expression_attribute_values(":id", text(id))
            .expression_attribute_values(":kind", text(Guide::KIND));
        for name in ["name", "roles"] {
            if update.contains(&format!("#{name}")) {
                request = request.expression_attribute_names(format!("#{name}"), name);
            }
        }
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(store::failure(error)),
            },
        }
    }

    /// The guides of a tour, in its order; in one call.
    pub(crate) async fn guides(&self, ids: &[UserId]) -> Result<Vec<GuideView>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = ids.iter().copied().map(key_of).collect();
        let mut items = self.table.items(&keys, true).await?;
        let guide = |(id, key): (&UserId, &Key)| match items.remove(key) {
            Some(item) => Guide::from_item(item).map(GuideView::from),
            None => Ok(GuideView::unknown(*id)),
        };
        ids.iter().zip(&keys).map(guide).collect()
    }
}
