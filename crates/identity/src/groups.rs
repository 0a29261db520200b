//! US-18 to US-20: groups, and what they allow.

use contracts::identity::GroupChanged;
use deserr::Deserr;
use kernel::page::{Page, PageRequest};
use kernel::permission::Category;
use kernel::text::Invalid;
use kernel::{Failure, Permission, Problem, Result};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use store::{Key, Listing, Pager, Record, Transaction};
use web::{Created, Json, NoContent, Once};

use crate::Identity;
use crate::account::GroupId;
use crate::group::{ALL, Group, GroupForm, GroupPermission, GroupView, name_guard};
use crate::group_tree::{Node, TREE_CHANGED, Tree};
use crate::operator::Rights;

pub const GROUP_NAME_TAKEN: Problem = Problem::new("group-name-taken", 409, "Another group has this name");
pub const GROUP_IN_USE: Problem = Problem::new("group-in-use", 409, "Somebody or something is in this group");
pub const PERMISSION_PRESENT: Problem =
    Problem::new("permission-present", 409, "The group has this permission already");

/// Changes of groups at once that take turns before one gives up.
const TURNS: usize = 5;

/// One more permission of a group.
#[derive(Debug, Clone, Copy, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewPermission {
    /// The permission's own.
    #[schemars(example = &"stats")]
    pub category: Category,
    #[schemars(example = &"stats")]
    pub name: Permission,
}

impl Rights {
    /// A new group, without members and without permissions of its own.
    pub async fn create_group(&self, once: Once, form: &GroupForm) -> Result<Created<GroupView>> {
        form.check()?;
        let group = Group::new(form.clone());
        let (guard, id) = (name_guard(&group.name), group.id.to_string());
        let reply = || Created {
            location: format!("/api/v1/groups/{}", group.id),
            body: GroupView::from(group.clone()),
        };
        for _ in 0..TURNS {
            let tree = self.tree().await?;
            let next = tree.with(Node::from(&group))?;
            let taken = || Failure::internal("group id used twice");
            let effect = Transaction::new().guard(&self.identity.table, &guard, &id, name_taken())?.create(
                &self.identity.table,
                &group,
                taken(),
            )?;
            let effect = self.apply(effect, &next, group.id)?;
            let effect = effect.publish(&group.told(false))?;
            match once.clone().commit(&self.identity.table, effect, reply()).await {
                Err(failure) if failure.problem == TREE_CHANGED => {}
                answer => return answer,
            }
        }
        Err(storm())
    }

    /// The group as the form has it; its members and its permissions stay.
    pub async fn update_group(&self, id: GroupId, form: &GroupForm) -> Result<Json<GroupView>> {
        form.check()?;
        self.change(id, |group| Ok(group.changed(form.clone()))).await.map(|group| Json::new(group.into()))
    }

    pub async fn add_permission(
        &self,
        once: Once,
        id: GroupId,
        new: NewPermission,
    ) -> Result<Json<GroupView>> {
        let NewPermission { category, name } = new;
        if name.category() != category {
            return Err(Failure::field("/category", format!("must be {}, that of {name}", name.category())));
        }
        for _ in 0..TURNS {
            let (group, tree) = self.group_in_tree(id).await?;
            if group.permissions.contains(&name) {
                return Err(PERMISSION_PRESENT.because("There is nothing to do."));
            }
            let mut changed = group.clone();
            changed.permissions.push(name);
            let (effect, changed) = self.regrouped(&group, changed, &tree)?;
            let reply = Json::new(changed.into());
            match once.clone().commit(&self.identity.table, effect, reply).await {
                Err(failure) if failure.problem == TREE_CHANGED => {}
                answer => return answer,
            }
        }
        Err(storm())
    }

    pub async fn remove_permission(&self, id: GroupId, name: Permission) -> Result<NoContent> {
        let without = |mut group: Group| {
            let before = group.permissions.len();
            group.permissions.retain(|own| *own != name);
            let gone = group.permissions.len() < before;
            gone.then_some(group).ok_or_else(|| Failure::not_found("permission of this group"))
        };
        self.change(id, without).await.map(|_| NoContent)
    }

    /// Only an empty one: nobody loses rights by surprise.
    pub async fn delete_group(&self, id: GroupId) -> Result<NoContent> {
        for _ in 0..TURNS {
            let (group, tree) = self.group_in_tree(id).await?;
            if group.members > 0 || !tree.below(id).is_empty() {
                return Err(GROUP_IN_USE.because("Move its members and the groups below it elsewhere first."));
            }
            let told = GroupChanged { version: group.version + 1, ..group.told(true) };
            let effect = Transaction::new()
                .put(tree.without(id).put(&self.identity.table)?, TREE_CHANGED.because("never shown"))
                .discard(&self.identity.table, &group, TREE_CHANGED.because("never shown"))?
                .forget(&self.identity.table, &Key::new(name_guard(&group.name), "GUARD"))?
                .delete(self.registry.forget_group(id)?, Failure::internal("unconditional"))
                .publish(&told)?;
            match effect.commit(&self.identity.table).await {
                Err(failure) if failure.problem == TREE_CHANGED => {}
                answer => return answer.map(|()| NoContent),
            }
        }
        Err(storm())
    }

    /// Reads, changes and writes, again when another group was changed meanwhile.
    async fn change(&self, id: GroupId, change: impl Fn(Group) -> Result<Group>) -> Result<Group> {
        for _ in 0..TURNS {
            let (group, tree) = self.group_in_tree(id).await?;
            let (effect, changed) = self.regrouped(&group, change(group.clone())?, &tree)?;
            match effect.commit(&self.identity.table).await {
                Err(failure) if failure.problem == TREE_CHANGED => {}
                answer => return answer.map(|()| changed),
            }
        }
        Err(storm())
    }

    fn regrouped(&self, before: &Group, mut after: Group, tree: &Tree) -> Result<(Transaction, Group)> {
        let table = &self.identity.table;
        let next = tree.with(Node::from(&after))?;
        let mut effect = Transaction::new().replace(table, &after)?;
        after.version += 1;
        let (old, new) = (name_guard(&before.name), name_guard(&after.name));
        if old != new {
            effect = effect
                .guard(table, &new, &after.id.to_string(), name_taken())?
                .forget(table, &Key::new(old, "GUARD"))?;
        }
        let effect = self.apply(effect, &next, after.id)?;
        Ok((effect.publish(&after.told(false))?, after))
    }

    /// The tree, and the registry's lines of the group and of all below it: what it allows now holds for all members.
    fn apply(&self, effect: Transaction, tree: &Tree, changed: GroupId) -> Result<Transaction> {
        let put = tree.put(&self.identity.table)?;
        let mut effect = effect.put(put, TREE_CHANGED.because("never shown"));
        for (group, permissions) in tree.lines(changed) {
            effect =
                effect.put(self.registry.group(group, &permissions)?, Failure::internal("unconditional"));
        }
        Ok(effect)
    }

    pub(crate) async fn tree(&self) -> Result<Tree> {
        let tree = self.identity.table.get::<Tree>(&Tree::key_of_all()).await?;
        Ok(tree.unwrap_or_default())
    }

    async fn group_in_tree(&self, id: GroupId) -> Result<(Group, Tree)> {
        let [group, tree] = self.identity.table.each([Group::key_of(id), Tree::key_of_all()]).await?;
        let group = group.map(Group::from_item).transpose()?.ok_or_else(no_such_group)?;
        Ok((group, tree.map(Tree::from_item).transpose()?.unwrap_or_default()))
    }
}

pub(crate) fn no_such_group() -> Failure {
    Failure::not_found("group")
}

fn name_taken() -> Failure {
    GROUP_NAME_TAKEN.because("Choose another name.")
}

fn storm() -> Failure {
    Failure::unavailable("a storm of changes of groups")
}

/// Reading groups and their members.
pub struct Groups {
    pub identity: Identity,
    pub pager: Pager,
}

impl State for Groups {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { identity: Identity::start(aws).await?, pager: Pager::start()? })
    }
}

impl Groups {
    /// By name.
    pub async fn list(&self, request: &PageRequest) -> Result<Json<Page<GroupView>>> {
        let listing = Listing { index: Some(2), pk: ALL, prefix: "", newest_first: false };
        let page = self.pager.page::<Group>(&self.identity.table, listing, request).await?;
        Ok(Json::new(page.map(GroupView::from)))
    }
}

impl Identity {
    pub async fn group(&self, id: GroupId) -> Result<Json<GroupView>> {
        let group = self.table.get::<Group>(&Group::key_of(id)).await?;
        group.map(|group| Json::new(group.into())).ok_or_else(no_such_group)
    }
}

/// Whose usual permissions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Admin,
    Moderator,
    User,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Admin, Self::Moderator, Self::User];

    const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Moderator => "moderator",
            Self::User => "user",
        }
    }

    /// What a new group of such people usually gets.
    pub fn defaults(self) -> Vec<GroupPermission> {
        let names: &[Permission] = match self {
            Self::Admin => Permission::ALL,
            Self::Moderator => &[
                Permission::Stats,
                Permission::Bookings,
                Permission::SupportTickets,
                Permission::ManageBlogs,
                Permission::ManageLeads,
            ],
            Self::User => &[],
        };
        names.iter().copied().map(GroupPermission::from).collect()
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Kind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| Invalid(format!("must be one of {}", Self::ALL.map(Self::name).join(", "))))
    }
}

impl JsonSchema for Kind {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "GroupKind".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "enum": Self::ALL.map(Self::name)})
    }
}
