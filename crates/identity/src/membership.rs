//! US-10 and US-20: who is in which group.

use aws_sdk_dynamodb::types::Update;
use contracts::identity::{AccountChanged, UserGroupChanged};
use deserr::Deserr;
use kernel::page::{Page, PageRequest};
use kernel::text::Email;
use kernel::{Failure, Problem, Result, Role, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, values};
use store::{Listing, Record, Transaction};
use web::{Caller, Json};

use crate::account::{Account, GroupId, Name, Status};
use crate::group::{Group, MEMBER, Member};
use crate::groups::{Groups, no_such_group};
use crate::operator::Rights;

/// The group somebody is to be in; null for none.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Assignment {
    #[schemars(required)]
    pub group_id: Option<GroupId>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Assigned {
    pub user_id: UserId,
    /// Null when in none.
    pub group_id: Option<GroupId>,
}

impl Rights {
    /// Puts an account into a group, or takes it out. Nobody can hand out more than they have.
    pub async fn assign(&self, caller: &Caller, user: UserId, to: &Assignment) -> Result<Json<Assigned>> {
        let account = self.identity.table.get::<Account>(&Account::key_of(user)).await?;
        let account = account.filter(|account| account.status != Status::Deleted);
        let account = account.ok_or_else(|| Failure::not_found("account"))?;
        let reply = Json::new(Assigned { user_id: user, group_id: to.group_id });
        if account.group_id == to.group_id {
            return Ok(reply);
        }
        if !caller.is_admin() {
            self.may_assign(caller, &account, to.group_id).await?;
        }
        self.move_to(account, to.group_id).await?;
        Ok(reply)
    }

    async fn may_assign(&self, caller: &Caller, account: &Account, to: Option<GroupId>) -> Result<()> {
        let tree = self.tree().await?;
        let allowed = to.map(|group| tree.effective(group)).unwrap_or_default();
        if account.roles.contains(&Role::Admin) || !allowed.iter().all(|permission| caller.may(*permission)) {
            return Err(Problem::FORBIDDEN.because("Only an administrator may give more than you have."));
        }
        Ok(())
    }

    async fn move_to(&self, account: Account, to: Option<GroupId>) -> Result<()> {
        let table = &self.identity.table;
        let from = account.group_id;
        let mut changed = Account { group_id: to, token_version: account.token_version + 1, ..account };
        let mut effect = Transaction::new()
            .replace(table, &changed)?
            .update(self.registry.rights(&changed)?, Failure::unavailable("rights of a newer version"));
        changed.version += 1;
        if let Some(group) = from {
            effect = self.leave(effect, group, changed.id)?;
        }
        if let Some(group) = to {
            let member = Member { group_id: group, user_id: changed.id, joined_at: time::now() };
            let full = Failure::internal("a member who is in no group");
            effect = effect
                .update(self.count(group, 1, "is_active = :active")?, no_such_active_group())
                .create(table, &member, full)?;
        }
        effect
            .publish(&UserGroupChanged { user_id: changed.id, group_id: to.map(|group| group.to_string()) })?
            .publish(&AccountChanged::from(&changed))?
            .commit(table)
            .await
    }

    /// Takes an account off a group's members: needed, too, by whatever deletes an account.
    pub fn leave(&self, effect: Transaction, group: GroupId, user: UserId) -> Result<Transaction> {
        let gone = || Failure::unavailable("moved to another group at this moment");
        let effect = effect.update(self.count(group, -1, "members > :none")?, gone());
        effect.remove(&self.identity.table, &Member::key_of(group, user), gone())
    }

    /// The number of members is part of the group, so it makes a new version: who deletes the group has read it.
    fn count(&self, group: GroupId, difference: i8, condition: &str) -> Result<Update> {
        let mut bindings = values([(":one", number(1)), (":more", number(difference))]).unwrap_or_default();
        if condition.contains(":active") {
            bindings.insert(":active".into(), aws_sdk_dynamodb::types::AttributeValue::Bool(true));
        } else {
            bindings.insert(":none".into(), number(0));
        }
        Update::builder()
            .table_name(&self.identity.table.name)
            .set_key(Some(Group::key_of(group).to_item()))
            .update_expression("SET members = members + :more, version = version + :one")
            .condition_expression(condition)
            .set_expression_attribute_values(Some(bindings))
            .build()
            .map_err(Failure::internal)
    }
}

fn no_such_active_group() -> Failure {
    Failure::field("/group_id", "is no active group")
}

/// Somebody in a group.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct MemberView {
    pub user_id: UserId,
    pub email: Email,
    pub given_name: Name,
    pub family_name: Name,
    pub roles: Vec<Role>,
    pub is_active: bool,
    pub joined_at: Timestamp,
}

impl Groups {
    /// In the order in which their accounts were opened.
    pub async fn members(&self, id: GroupId, request: &PageRequest) -> Result<Json<Page<MemberView>>> {
        let pk = Group::key_of(id).pk;
        let listing = Listing { index: None, pk: &pk, prefix: MEMBER, newest_first: false };
        let page = self.pager.page::<Member>(&self.identity.table, listing, request).await?;
        if page.data.is_empty() {
            // Nobody in it, or no such group.
            self.identity.table.get::<Group>(&Group::key_of(id)).await?.ok_or_else(no_such_group)?;
        }
        let accounts = self.accounts(&page.data).await?;
        let view = |member: &Member| {
            let account = accounts.iter().find(|account| account.id == member.user_id)?;
            Some(MemberView {
                user_id: account.id,
                email: account.email.clone(),
                given_name: account.given_name.clone(),
                family_name: account.family_name.clone(),
                roles: account.roles.clone(),
                is_active: account.is_active(),
                joined_at: member.joined_at,
            })
        };
        let data = page.data.iter().filter_map(view).collect();
        Ok(Json::new(Page { data, meta: page.meta }))
    }

    /// A page holds no more members than one call reads.
    async fn accounts(&self, members: &[Member]) -> Result<Vec<Account>> {
        let keys: Vec<_> = members.iter().map(|member| Account::key_of(member.user_id)).collect();
        let items = self.identity.table.items(&keys, false).await?;
        items.into_values().map(Account::from_item).collect()
    }
}
