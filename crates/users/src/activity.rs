//! US-14: what happened on somebody's account lately.

use kernel::{Result, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::Record;
use store::expression::text;
use web::{Caller, Json};

use crate::Users;
use crate::keep::LogIn;
use crate::profile::Change;

/// Log-ins that are shown.
const SHOWN: i32 = 20;

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Activity {
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The last twenty within three months, the newest first.
    pub log_ins: Vec<Occasion>,
    /// The last ten changes of the profile, the newest first.
    pub changes: Vec<Change>,
}

/// A log-in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Occasion {
    pub at: Timestamp,
    pub session_id: String,
}

impl Users {
    pub async fn activity(&self, caller: &Caller) -> Result<Json<Activity>> {
        let profile = self.own(caller.user_id).await?;
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", text(format!("USER#{}", caller.user_id)))
            .expression_attribute_values(":sk", text(LogIn::PREFIX))
            .scan_index_forward(false)
            .limit(SHOWN)
            .send()
            .await
            .map_err(store::failure)?;
        let log_ins = answer.items.unwrap_or_default().into_iter().map(|item| {
            let log_in = LogIn::from_item(item)?;
            Ok(Occasion { at: log_in.at, session_id: log_in.session_id })
        });
        Ok(Json::new(Activity {
            created_at: profile.created_at,
            updated_at: profile.updated_at,
            log_ins: log_ins.collect::<Result<_>>()?,
            changes: profile.changes.into_iter().rev().collect(),
        }))
    }
}
