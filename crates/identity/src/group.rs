//! Groups of accounts: what their members may do beyond their roles.

use contracts::identity::GroupChanged;
use deserr::Deserr;
use kernel::permission::Category;
use kernel::text::Text;
use kernel::{Failure, Permission, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record};

use crate::account::GroupId;

pub type GroupName = Text<1, 60>;
pub type Description = Text<1, 300>;

/// More bookings than anybody makes.
const MOST_BOOKINGS: u32 = 1_000;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    pub id: GroupId,
    pub name: GroupName,
    pub description: Option<Description>,
    /// Its own; members also have what its settings imply and what its active parents allow.
    pub permissions: Vec<Permission>,
    pub parent_group: Option<GroupId>,
    pub settings: Settings,
    pub is_active: bool,
    /// Counted in the transactions in which accounts come and go.
    pub members: u64,
    pub created_at: Timestamp,
    /// Grows when members come and go, too.
    pub version: u64,
}

/// What members may do in plain words, as the group's form shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Settings {
    #[deserr(default = true)]
    #[serde(default = "yes")]
    pub can_create_bookings: bool,
    #[deserr(default)]
    #[serde(default)]
    pub can_view_all_bookings: bool,
    #[deserr(default)]
    #[serde(default)]
    pub can_manage_users: bool,
    #[deserr(default)]
    #[serde(default)]
    pub can_manage_treks: bool,
    #[deserr(default)]
    #[serde(default)]
    pub can_view_reports: bool,
    /// At once, for each member.
    #[deserr(default = 10)]
    #[serde(default = "ten")]
    #[schemars(range(max = MOST_BOOKINGS))]
    pub max_bookings_per_user: u32,
}

fn yes() -> bool {
    true
}

fn ten() -> u32 {
    10
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            can_create_bookings: true,
            can_view_all_bookings: false,
            can_manage_users: false,
            can_manage_treks: false,
            can_view_reports: false,
            max_bookings_per_user: 10,
        }
    }
}

impl Settings {
    /// The permissions that the switches stand for. Making a booking of one's own needs none.
    pub fn implied(&self) -> impl Iterator<Item = Permission> {
        [
            (self.can_view_all_bookings, Permission::Bookings),
            (self.can_manage_users, Permission::Users),
            (self.can_manage_treks, Permission::ManageTreks),
            (self.can_view_reports, Permission::Stats),
        ]
        .into_iter()
        .filter_map(|(on, permission)| on.then_some(permission))
    }
}

/// What an administrator says of a group; permissions are given and taken one by one.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct GroupForm {
    #[schemars(example = &"Trek managers")]
    pub name: GroupName,
    #[deserr(default)]
    pub description: Option<Description>,
    /// Members may all that this group's members may, while it is active.
    #[deserr(default)]
    pub parent_group: Option<GroupId>,
    /// An inactive group allows its members nothing and takes no new ones.
    #[deserr(default = true)]
    #[schemars(default = "yes")]
    pub is_active: bool,
    #[deserr(default)]
    #[schemars(default)]
    pub settings: Settings,
}

impl Group {
    pub fn new(form: GroupForm) -> Self {
        Self {
            id: GroupId::new(),
            name: form.name,
            description: form.description,
            permissions: Vec::new(),
            parent_group: form.parent_group,
            settings: form.settings,
            is_active: form.is_active,
            members: 0,
            created_at: time::now(),
            version: 1,
        }
    }

    /// The same group as the form has it.
    pub fn changed(self, form: GroupForm) -> Self {
        let GroupForm { name, description, parent_group, is_active, settings } = form;
        Self { name, description, parent_group, is_active, settings, ..self }
    }

    pub fn key_of(id: GroupId) -> Key {
        Key::new(format!("GROUP#{id}"), "GROUP")
    }

    /// What it allows without its parents.
    pub fn grants(&self) -> Vec<Permission> {
        let mut grants = self.permissions.clone();
        grants.extend(self.settings.implied());
        grants.sort();
        grants.dedup();
        grants
    }

    /// Without what its parents allow: a change of theirs is not one of this group.
    pub fn told(&self, deleted: bool) -> GroupChanged {
        GroupChanged {
            group_id: self.id.to_string(),
            version: self.version,
            name: self.name.to_string(),
            active: self.is_active,
            permissions: self.grants().iter().map(Permission::to_string).collect(),
            deleted,
        }
    }
}

impl GroupForm {
    pub(crate) fn check(&self) -> Result<()> {
        if self.settings.max_bookings_per_user > MOST_BOOKINGS {
            let message = format!("must be at most {MOST_BOOKINGS}");
            return Err(Failure::field("/settings/max_bookings_per_user", message));
        }
        Ok(())
    }
}

impl Record for Group {
    const KIND: &'static str = "group";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        vec![(2, Key::new(ALL, self.name.to_string().to_lowercase()))]
    }
}

/// The partition of index 2 that lists all groups, by name.
pub const ALL: &str = "GROUPS";

pub fn name_guard(name: &GroupName) -> String {
    format!("GROUPNAME#{}", name.as_str().to_lowercase())
}

/// An account in a group.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    pub group_id: GroupId,
    pub user_id: UserId,
    pub joined_at: Timestamp,
}

/// How the sort keys of members begin.
pub const MEMBER: &str = "MEMBER#";

impl Member {
    pub fn key_of(group: GroupId, user: UserId) -> Key {
        Key::new(format!("GROUP#{group}"), format!("{MEMBER}{user}"))
    }
}

impl Record for Member {
    const KIND: &'static str = "member";

    fn key(&self) -> Key {
        Self::key_of(self.group_id, self.user_id)
    }
}

/// A permission as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupPermission {
    pub category: Category,
    pub name: Permission,
    pub description: String,
}

impl From<Permission> for GroupPermission {
    fn from(name: Permission) -> Self {
        Self { category: name.category(), name, description: name.meaning().into() }
    }
}

/// A group as the API shows it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct GroupView {
    pub id: GroupId,
    pub name: GroupName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// Its own, without those of its settings and its parents.
    pub permissions: Vec<GroupPermission>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_group: Option<GroupId>,
    pub settings: Settings,
    pub is_active: bool,
    pub members: u64,
    pub created_at: Timestamp,
}

impl From<Group> for GroupView {
    fn from(group: Group) -> Self {
        Self {
            id: group.id,
            name: group.name,
            description: group.description,
            permissions: group.permissions.into_iter().map(GroupPermission::from).collect(),
            parent_group: group.parent_group,
            settings: group.settings,
            is_active: group.is_active,
            members: group.members,
            created_at: group.created_at,
        }
    }
}
