//! What is known here of somebody: a copy for themselves, and no name on it once they are erased.
//!
//! Bookkeeping has to stay: payments, refunds and movements lose whose they are, and what they said of the person.

use contracts::users::{ExportRequested, PartDone, UserErased};
use kernel::{Failure, Result, UserId};
use messaging::Received;
use platform::files::Files;
use platform::{Aws, StartError, State};
use serde_json::{Map, Value};
use store::expression::{number, text};
use store::{Item, Record, Transaction};

use crate::due::Due;
use crate::{Payments, user_key};

const CONTEXT: &str = "payments";

/// What a copy needs.
pub struct Copier {
    pub payments: Payments,
    pub files: Files,
}

impl State for Copier {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { payments: Payments::start(aws).await?, files: Files::start(aws)? })
    }
}

impl Copier {
    pub async fn export(&self, asked: &Received<ExportRequested>) -> Result<()> {
        let items = self.payments.of_person(asked.user_id).await?;
        let known = items.into_iter().map(fields).collect::<Result<Vec<_>>>()?;
        asked.export(CONTEXT, &known, &self.files, &self.payments.table).await
    }
}

impl Payments {
    /// Whoever dies in between begins again with what still has the name.
    pub async fn anonymise(&self, erased: &Received<UserErased>) -> Result<()> {
        let nobody = UserId::new();
        for item in self.of_person(erased.user_id).await? {
            self.take_name_off(&item, erased.user_id, nobody).await?;
        }
        let done = PartDone::erased(erased.user_id, CONTEXT);
        erased.commit(&self.table, Transaction::new().command(&done)?).await.map(drop)
    }

    async fn of_person(&self, user: UserId) -> Result<Vec<Item>> {
        let query = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name("gsi2")
            .key_condition_expression("gsi2pk = :pk")
            .expression_attribute_values(":pk", text(user_key(user)));
        let mut items = query.into_paginator().items().send();
        let mut all = Vec::new();
        while let Some(item) = items.next().await {
            all.push(item.map_err(store::failure)?);
        }
        Ok(all)
    }

    async fn take_name_off(&self, item: &Item, user: UserId, nobody: UserId) -> Result<()> {
        let key = ["pk", "sk"].map(|name| item.get(name).cloned().map(|value| (name.to_owned(), value)));
        let is_due = item.get("kind").and_then(|kind| kind.as_s().ok()).is_some_and(|it| it == Due::KIND);
        // A new version, so that nobody writes the name back who has read it before.
        let update = if is_due {
            "SET gsi2pk = :list, terms.user_id = :nobody, terms.description = :empty REMOVE terms.checkout ADD version :one"
        } else {
            "SET gsi2pk = :list, user_id = :nobody ADD version :one"
        };
        let request = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(key.into_iter().flatten().collect()))
            .update_expression(update)
            .condition_expression("gsi2pk = :before")
            .expression_attribute_values(":list", text(user_key(nobody)))
            .expression_attribute_values(":before", text(user_key(user)))
            .expression_attribute_values(":nobody", text(nobody))
            .expression_attribute_values(":one", number(1));
        let request = if is_due { request.expression_attribute_values(":empty", text("")) } else { request };
        match store::patiently(|| request.clone().send()).await {
            Ok(_) => Ok(()),
            // Somebody took it off meanwhile: another delivery of the same message.
            Err(error) if is_refusal(&error) => Ok(()),
            Err(error) => Err(store::failure(error)),
        }
    }
}

type Refused = store::sdk::error::SdkError<store::sdk::operation::update_item::UpdateItemError>;

fn is_refusal(error: &Refused) -> bool {
    error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception())
}

/// Without keys and what else only the table needs.
fn fields(item: Item) -> Result<Map<String, Value>> {
    let fields: Map<String, Value> = serde_dynamo::from_item(item).map_err(Failure::internal)?;
    let inner = |name: &str| ["pk", "sk", "schema_version"].contains(&name) || name.starts_with("gsi");
    Ok(fields.into_iter().filter(|(name, _)| !inner(name)).collect())
}
