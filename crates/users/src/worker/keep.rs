//! Queue keep-workers: whoever has the role has a worker's profile, and what identity tells of them stands there.

use contracts::identity::AccountChanged;
use contracts::users::WorkerChanged;
use kernel::{Failure, Result, Role, UserId};
use messaging::Received;
use store::sdk::types::ConditionCheck;
use store::{Key, Table, Transaction};

use super::Worker;
use crate::Users;

impl Users {
    /// Keeps the newest state. Being told twice, or late, changes nothing.
    pub async fn keep_worker(&self, account: &Received<AccountChanged>) -> Result<()> {
        let table = &self.table;
        let known = table.get::<Worker>(&Worker::key_of(account.user_id)).await?;
        let has_role = account.roles.iter().any(|role| role == Role::Worker.name());
        let copied = |worker: Worker| Worker {
            display_name: format!("{} {}", account.given_name, account.family_name),
            active: has_role && account.verified && account.active,
            account_version: account.version,
            ..worker
        };
        let effect = match known {
            None if !has_role => return Ok(()),
            None => {
                let worker = copied(Worker::new(account.user_id));
                Transaction::new()
                    .create(table, &worker, Failure::unavailable("another event made the profile"))?
                    .check(not_erased(table, account.user_id)?, gone())
                    .publish(&WorkerChanged::from(&worker))?
            }
            Some(worker) if worker.account_version >= account.version => return Ok(()),
            Some(worker) => copied(worker).saved(table, Transaction::new())?,
        };
        match account.commit(table, effect).await {
            Err(failure) if failure.problem == gone().problem => Ok(()),
            done => done.map(drop),
        }
    }
}

/// Whoever was erased is not made again by an event that comes late.
pub(super) fn gone_key(id: UserId) -> Key {
    Key::new(format!("GONE#{id}"), "WORKER")
}

fn gone() -> Failure {
    Failure::not_found("worker any more")
}

fn not_erased(table: &Table, id: UserId) -> Result<ConditionCheck> {
    ConditionCheck::builder()
        .table_name(&table.name)
        .set_key(Some(gone_key(id).to_item()))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .map_err(Failure::internal)
}
