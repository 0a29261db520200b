//! What identity writes into the session registry, which every function reads ([`web::sessions`]).

use aws_sdk_dynamodb::types::{Delete, Put, Update};
use kernel::{Failure, Permission, Result, UserId, time};
use platform::{Aws, StartError};
use store::Table;
use store::expression::{number, text, values};
use web::sessions;

use crate::account::{Account, GroupId};
use crate::session::{Session, SessionId};

/// The registry's table.
#[derive(Debug, Clone)]
pub struct Registry(pub Table);

impl Registry {
    pub fn start(aws: &Aws) -> Result<Self, StartError> {
        sessions::table(aws).map(Self)
    }

    /// A new session.
    pub fn session(&self, session: &Session) -> Result<Put> {
        let mut item = sessions::key(sessions::session_key(&session.id.to_string()));
        item.insert("user_id".into(), text(session.user_id));
        item.insert("expires".into(), number(time::expiry_seconds(session.ends_at)));
        let put = Put::builder().table_name(&self.0.name).set_item(Some(item));
        put.condition_expression("attribute_not_exists(pk)").build().map_err(Failure::internal)
    }

    /// Ends a session: from then on its access tokens are worthless.
    pub fn end(&self, session: SessionId) -> Result<Delete> {
        Delete::builder()
            .table_name(&self.0.name)
            .set_key(Some(sessions::key(sessions::session_key(&session.to_string()))))
            .build()
            .map_err(Failure::internal)
    }

    /// The account's rights as they are now. An older state never overwrites a newer one.
    pub fn rights(&self, account: &Account) -> Result<Update> {
        let group = account.group_id.map(|group| group.to_string());
        Update::builder()
            .table_name(&self.0.name)
            .set_key(Some(sessions::key(sessions::user_key(account.id))))
            .update_expression("SET token_version = :version, #roles = :roles, #group = :group")
            .condition_expression("attribute_not_exists(pk) OR token_version <= :version")
            .expression_attribute_names("#roles", "roles")
            .expression_attribute_names("#group", "group")
            .set_expression_attribute_values(values([
                (":version", number(account.token_version)),
                (":roles", serde_dynamo::to_attribute_value(&account.roles).map_err(Failure::internal)?),
                (":group", serde_dynamo::to_attribute_value(group).map_err(Failure::internal)?),
            ]))
            .build()
            .map_err(Failure::internal)
    }

    /// Takes the account's rights away, when the account is no more.
    pub fn forget(&self, user: UserId) -> Result<Delete> {
        Delete::builder()
            .table_name(&self.0.name)
            .set_key(Some(sessions::key(sessions::user_key(user))))
            .build()
            .map_err(Failure::internal)
    }

    /// What a group allows its members, at once for all of them; an inactive one allows nothing.
    pub fn group(&self, group: GroupId, permissions: &[Permission]) -> Result<Put> {
        let mut item = sessions::key(sessions::group_key(&group.to_string()));
        let permissions = serde_dynamo::to_attribute_value(permissions).map_err(Failure::internal)?;
        item.insert("permissions".into(), permissions);
        Put::builder().table_name(&self.0.name).set_item(Some(item)).build().map_err(Failure::internal)
    }
}
