//! US-12: how many people there are. Counted in the transactions that change them, so they are exact.

use std::collections::BTreeMap;

use kernel::{Result, Role, Timestamp, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use store::Key;
use web::Json;

use crate::Users;

/// Items that the counts are spread over, so that people who join at once do not wait for each other.
const SHARDS: u8 = 16;
/// Before a month's name.
const CREATED: &str = "created_";

/// The counts that somebody's changes go into.
pub fn key_for(id: UserId) -> Key {
    key((id.ulid().random() % u128::from(SHARDS)) as u8)
}

fn key(shard: u8) -> Key {
    Key::new(format!("STATS#{shard}"), "STATS")
}

/// The count of those who joined in that month.
pub fn created_in(at: Timestamp) -> String {
    format!("{CREATED}{}", at.strftime("%Y-%m"))
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "UserStats")]
pub struct Stats {
    pub total: i64,
    pub verified: i64,
    pub active: i64,
    pub by_role: BTreeMap<String, i64>,
    /// By month, such as `2026-11`; whoever was deleted since is still in it.
    pub new_by_month: BTreeMap<String, i64>,
}

impl Stats {
    fn add(&mut self, count: &str, by: i64) {
        let place = if let Some(month) = count.strip_prefix(CREATED) {
            self.new_by_month.entry(month.to_owned()).or_default()
        } else if let Some(role) = count.strip_prefix("role_") {
            self.by_role.entry(role.to_owned()).or_default()
        } else {
            match count {
                "total" => &mut self.total,
                "verified" => &mut self.verified,
                "active" => &mut self.active,
                _ => return,
            }
        };
        *place += by;
    }
}

impl Users {
    /// One call, whatever the number of people.
    pub async fn stats(&self) -> Result<Json<Stats>> {
        let keys: Vec<_> = (0..SHARDS).map(key).collect();
        let items = self.table.items(&keys, false).await?;
        let mut stats = Stats::default();
        stats.by_role.extend(Role::ALL.map(|role| (role.to_string(), 0)));
        for (name, value) in items.values().flatten() {
            if let Some(by) = value.as_n().ok().and_then(|by| by.parse().ok()) {
                stats.add(name, by);
            }
        }
        Ok(Json::new(stats))
    }
}
