//! US-9: which roles an account has.

use deserr::Deserr;
use kernel::{Failure, Problem, Result, Role, UserId};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use web::{Caller, Json};

use crate::account::{Account, Status};
use crate::operator::Rights;

pub const NOT_YOURSELF: Problem = Problem::new("not-yourself", 400, "You cannot do this to yourself");

/// All roles that an account is to have, or the only one.
#[derive(Debug, Clone, Deserr)]
#[deserr(deny_unknown_fields)]
pub struct NewRoles {
    #[deserr(default)]
    pub roles: Option<Vec<Role>>,
    #[deserr(default)]
    pub role: Option<Role>,
}

impl JsonSchema for NewRoles {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NewRoles".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let role = generator.subschema_for::<Role>();
        schemars::json_schema!({
            "description": "All roles that the account is to have, or the only one.",
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"roles": {"type": "array", "items": role, "minItems": 1, "maxItems": Role::ALL.len(), "uniqueItems": true}},
                    "required": ["roles"],
                    "additionalProperties": false,
                },
                {
                    "type": "object",
                    "properties": {"role": role},
                    "required": ["role"],
                    "additionalProperties": false,
                },
            ],
            "examples": [{"roles": ["user", "guide"]}],
        })
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AccountRoles {
    pub user_id: UserId,
    pub roles: Vec<Role>,
}

impl Rights {
    /// The account's tokens name the old roles: its owner gets new ones by refreshing, and the new rights with them.
    pub async fn change_roles(
        &self,
        caller: &Caller,
        user: UserId,
        new: &NewRoles,
    ) -> Result<Json<AccountRoles>> {
        let roles = new.read()?;
        if user == caller.user_id {
            return Err(NOT_YOURSELF.because("Another administrator can change your roles."));
        }
        let account = self.identity.table.get::<Account>(&Account::key_of(user)).await?;
        let account = account.filter(|account| account.status != Status::Deleted);
        let account = account.ok_or_else(|| Failure::not_found("account"))?;
        if account.roles != roles {
            self.give(account, roles.clone()).await?;
        }
        Ok(Json::new(AccountRoles { user_id: user, roles }))
    }
}

impl NewRoles {
    fn read(&self) -> Result<Vec<Role>> {
        match (&self.roles, self.role) {
            (Some(roles), None) => {
                let mut sorted = roles.clone();
                sorted.sort();
                sorted.dedup();
                match (sorted.is_empty(), sorted.len() == roles.len()) {
                    (true, _) => Err(Failure::field("/roles", "must name at least one role")),
                    (_, false) => Err(Failure::field("/roles", "must name each role once")),
                    _ => Ok(sorted),
                }
            }
            (None, Some(role)) => Ok(vec![role]),
            (None, None) => Err(Failure::field("/roles", "is required, or role")),
            (Some(_), Some(_)) => Err(Failure::field("/role", "must be sent alone")),
        }
    }
}
