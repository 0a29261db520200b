//! Roles, groups and what they allow, as endpoints see it.

use identity::account::{Account, GroupId, Status};
use identity::change_role::{NOT_YOURSELF, NewRoles};
use identity::group::{Group, GroupForm, Settings};
use identity::groups::{GROUP_IN_USE, GROUP_NAME_TAKEN, Groups, NewPermission, PERMISSION_PRESENT};
use identity::membership::Assignment;
use identity::operator::Rights;
use kernel::page::PageRequest;
use kernel::{Permission, Problem, Result, Role, UserId};
use serde_json::Value;
use store::Pager;
use testkit::{Cloud, People, SignedIn, body, problem};
use tokio::task::JoinSet;
use web::{Caller, Once};

use crate::common::{self, rights};

struct Scene {
    cloud: Cloud,
    people: People,
    rights: Rights,
    groups: Groups,
    admin: SignedIn,
    ada: SignedIn,
}

fn form(name: &str) -> GroupForm {
    GroupForm {
        name: name.parse().unwrap(),
        description: None,
        parent_group: None,
        is_active: true,
        settings: Settings::default(),
    }
}

fn below(name: &str, parent: GroupId) -> GroupForm {
    GroupForm { parent_group: Some(parent), ..form(name) }
}

fn permission(name: Permission) -> NewPermission {
    NewPermission { category: name.category(), name }
}

impl Scene {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let people = People::open(&cloud).await;
        let (admin, ada) = (people.sign_in(&[Role::Admin]).await, people.sign_in(&[Role::User]).await);
        let groups = Groups { identity: people.identity.clone(), pager: Pager::new(&"c".repeat(64)) };
        Self { rights: rights(&people), groups, cloud, people, admin, ada }
    }

    async fn group(&self, form: &GroupForm) -> GroupId {
        let created = self.rights.create_group(Once::default(), form).await.unwrap();
        assert_eq!(created.location, format!("/api/v1/groups/{}", created.body.id));
        created.body.id
    }

    async fn allow(&self, group: GroupId, name: Permission) -> Result<()> {
        self.rights.add_permission(Once::default(), group, permission(name)).await.map(drop)
    }

    async fn assign(&self, user: UserId, group: Option<GroupId>) -> Result<()> {
        self.rights.assign(&self.admin.caller(), user, &Assignment { group_id: group }).await.map(drop)
    }

    async fn account(&self, user: UserId) -> Account {
        self.people.identity.table.get(&Account::key_of(user)).await.unwrap().unwrap()
    }

    async fn stored(&self, group: GroupId) -> Group {
        self.people.identity.table.get(&Group::key_of(group)).await.unwrap().unwrap()
    }

    /// As an environment sees Ada that has not seen her before, with a token of now.
    async fn ada_now(&self) -> Caller {
        let account = self.account(self.ada.account.id).await;
        let token = self.people.issuer.tokens(&account, &self.ada.session).unwrap().access_token;
        let environment = self.cloud.environment();
        self.people.within(&environment).sessions().caller(&token).await.unwrap()
    }

    async fn told(&self, kind: &str) -> Vec<Value> {
        self.cloud.told(&self.people.identity.table, kind).await
    }
}

#[tokio::test]
async fn a_new_role_holds_at_once_and_the_tokens_of_before_are_worthless() {
    let scene = Scene::open().await;
    let new = NewRoles { roles: Some(vec![Role::Guide, Role::User]), role: None };
    scene.rights.change_roles(&scene.admin.caller(), scene.ada.account.id, &new).await.unwrap();
    assert_eq!(scene.ada_now().await.roles, [Role::User, Role::Guide]);
    let old =
        scene.people.within(&scene.cloud.environment()).sessions().caller(&scene.ada.access_token).await;
    assert_eq!(problem(old), Some(Problem::NOT_SIGNED_IN));
    assert_eq!(scene.told("identity.user.role_changed").await[0]["roles"].as_array().unwrap().len(), 2);
    assert_eq!(scene.told("identity.account.changed").await.last().unwrap()["version"], 2);

    // The same roles again: nothing to do, so nobody is signed out.
    scene.rights.change_roles(&scene.admin.caller(), scene.ada.account.id, &new).await.unwrap();
    assert_eq!(scene.account(scene.ada.account.id).await.version, 2);
}

#[tokio::test]
async fn nobody_changes_their_own_roles_and_nobody_is_left_without_one() {
    let scene = Scene::open().await;
    let caller = scene.admin.caller();
    let role = |role| NewRoles { roles: None, role: Some(role) };
    let own = scene.rights.change_roles(&caller, caller.user_id, &role(Role::User)).await;
    assert_eq!(problem(own), Some(NOT_YOURSELF));
    let stranger = scene.rights.change_roles(&caller, UserId::new(), &role(Role::User)).await;
    assert_eq!(problem(stranger), Some(Problem::NOT_FOUND));
    for broken in [
        NewRoles { roles: Some(Vec::new()), role: None },
        NewRoles { roles: Some(vec![Role::User, Role::User]), role: None },
        NewRoles { roles: Some(vec![Role::User]), role: Some(Role::User) },
        NewRoles { roles: None, role: None },
    ] {
        let answer = scene.rights.change_roles(&caller, scene.ada.account.id, &broken).await;
        assert_eq!(problem(answer), Some(Problem::INVALID_REQUEST));
    }
}

#[tokio::test]
async fn members_may_what_their_group_its_settings_and_its_parents_allow() {
    let scene = Scene::open().await;
    let staff = scene.group(&form("Staff")).await;
    let treks = scene.group(&below("Trek managers", staff)).await;
    scene.assign(scene.ada.account.id, Some(treks)).await.unwrap();
    assert_eq!(scene.ada_now().await.permissions, []);

    scene.allow(treks, Permission::ManageTreks).await.unwrap();
    assert_eq!(scene.ada_now().await.permissions, [Permission::ManageTreks]);
    // A change above reaches those below.
    scene.allow(staff, Permission::Orders).await.unwrap();
    assert!(scene.ada_now().await.may(Permission::Orders));
    let reports = Settings { can_view_reports: true, ..Settings::default() };
    scene.rights.update_group(staff, &GroupForm { settings: reports, ..form("Staff") }).await.unwrap();
    assert!(scene.ada_now().await.may(Permission::Stats));

    let me = body(&scene.people.identity.me(&scene.ada_now().await).await.unwrap());
    assert_eq!(me["group_id"], treks.to_string());
    assert_eq!(me["permissions"].as_array().unwrap().len(), 3);
    assert_eq!(me["second_factor"], "none");

    scene.rights.update_group(staff, &GroupForm { is_active: false, ..form("Staff") }).await.unwrap();
    assert_eq!(scene.ada_now().await.permissions, [Permission::ManageTreks]);
    scene.rights.remove_permission(treks, Permission::ManageTreks).await.unwrap();
    assert_eq!(scene.ada_now().await.permissions, []);
    assert!(scene.told("identity.group.changed").await.len() >= 6);
}

#[tokio::test]
async fn a_permission_stands_in_a_group_once_and_under_its_own_category() {
    let scene = Scene::open().await;
    let group = scene.group(&form("Staff")).await;
    scene.allow(group, Permission::Stats).await.unwrap();
    assert_eq!(problem(scene.allow(group, Permission::Stats).await), Some(PERMISSION_PRESENT));
    let odd = NewPermission { category: Permission::Stats.category(), name: Permission::Users };
    let answer = scene.rights.add_permission(Once::default(), group, odd).await;
    assert_eq!(answer.err().unwrap().errors[0].pointer, "/category");
    let absent = scene.rights.remove_permission(group, Permission::Users).await;
    assert_eq!(problem(absent), Some(Problem::NOT_FOUND));
    assert_eq!(problem(scene.allow(GroupId::new(), Permission::Users).await), Some(Problem::NOT_FOUND));
}

#[tokio::test]
async fn a_group_has_a_name_of_its_own_whatever_its_case() {
    let scene = Scene::open().await;
    let staff = scene.group(&form("Staff")).await;
    let again = scene.rights.create_group(Once::default(), &form("STAFF")).await;
    assert_eq!(problem(again), Some(GROUP_NAME_TAKEN));
    let other = scene.group(&form("Others")).await;
    assert_eq!(problem(scene.rights.update_group(other, &form("staff")).await), Some(GROUP_NAME_TAKEN));
    // A name that is given up can be taken.
    scene.rights.update_group(staff, &form("Crew")).await.unwrap();
    scene.rights.update_group(other, &form("staff")).await.unwrap();
    scene.rights.update_group(other, &form("Staff")).await.unwrap();
    let list = scene.groups.list(&PageRequest { limit: 20, cursor: None }).await.unwrap();
    let names: Vec<_> = body(&list)["data"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["Crew", "Staff"]);
}

#[tokio::test]
async fn a_circle_of_groups_is_refused() {
    let scene = Scene::open().await;
    let top = scene.group(&form("Top")).await;
    let low = scene.group(&below("Low", top)).await;
    let circle = scene.rights.update_group(top, &below("Top", low)).await;
    assert_eq!(circle.err().unwrap().errors[0].pointer, "/parent_group");
}

#[tokio::test]
async fn the_count_of_members_is_exact_and_a_group_with_members_stays() {
    let scene = Scene::open().await;
    let (one, other) = (scene.group(&form("One")).await, scene.group(&form("Other")).await);
    let mut all = vec![scene.ada.account.id];
    for _ in 0..4 {
        all.push(scene.people.sign_in(&[Role::User]).await.account.id);
    }
    let mut moves = JoinSet::new();
    for user in all.clone() {
        let (rights, caller) = (rights(&scene.people), scene.admin.caller());
        moves.spawn(async move {
            rights.assign(&caller, user, &Assignment { group_id: Some(one) }).await.map(drop)
        });
    }
    for answer in moves.join_all().await {
        answer.unwrap();
    }
    assert_eq!(scene.stored(one).await.members, 5);
    // Of two moves of one account at once one wins, or both one after the other.
    let caller = scene.admin.caller();
    let (to_other, to_none) = (Assignment { group_id: Some(other) }, Assignment { group_id: None });
    let (first, second) = tokio::join!(
        scene.rights.assign(&caller, all[0], &to_other),
        scene.rights.assign(&caller, all[0], &to_none)
    );
    assert!(first.is_ok() || second.is_ok());
    let moved = scene.account(all[0]).await.group_id;
    assert_eq!(scene.stored(one).await.members, 4);
    assert_eq!(scene.stored(other).await.members, u64::from(moved == Some(other)));

    assert_eq!(problem(scene.rights.delete_group(one).await), Some(GROUP_IN_USE));
    let page = scene.groups.members(one, &PageRequest { limit: 3, cursor: None }).await.unwrap();
    let page = body(&page);
    assert_eq!(page["data"].as_array().unwrap().len(), 3);
    let cursor = page["meta"]["next_cursor"].as_str().unwrap().to_owned();
    let next = PageRequest { limit: 3, cursor: Some(cursor.into()) };
    assert_eq!(body(&scene.groups.members(one, &next).await.unwrap())["data"].as_array().unwrap().len(), 1);

    for user in &all[1..] {
        scene.assign(*user, None).await.unwrap();
    }
    scene.rights.delete_group(one).await.unwrap();
    let gone = scene.groups.members(one, &PageRequest { limit: 3, cursor: None }).await;
    assert_eq!(problem(gone), Some(Problem::NOT_FOUND));
    assert_eq!(problem(scene.rights.delete_group(one).await), Some(Problem::NOT_FOUND));
    assert_eq!(problem(scene.assign(all[1], Some(one)).await), Some(Problem::INVALID_REQUEST));
    scene.group(&form("One")).await;
}

#[tokio::test]
async fn joining_and_deleting_at_once_never_leave_a_member_of_nothing() {
    for _ in 0..5 {
        let scene = Scene::open().await;
        let group = scene.group(&form("Staff")).await;
        let ada = scene.ada.account.id;
        let (joined, deleted) =
            tokio::join!(scene.assign(ada, Some(group)), scene.rights.delete_group(group));
        assert_ne!(joined.is_ok(), deleted.is_ok());
        assert_eq!(scene.account(ada).await.group_id.is_some(), joined.is_ok());
    }
}

#[tokio::test]
async fn an_inactive_group_takes_nobody_in() {
    let scene = Scene::open().await;
    let group = scene.group(&GroupForm { is_active: false, ..form("Asleep") }).await;
    let refused = scene.assign(scene.ada.account.id, Some(group)).await.err().unwrap();
    assert_eq!(refused.errors[0].pointer, "/group_id");
    assert_eq!(scene.account(scene.ada.account.id).await.version, 1);
}

#[tokio::test]
async fn who_is_no_administrator_hands_out_no_more_than_they_have() {
    let scene = Scene::open().await;
    let (managers, owners) = (scene.group(&form("Managers")).await, scene.group(&form("Owners")).await);
    scene.allow(managers, Permission::Users).await.unwrap();
    scene.allow(owners, Permission::Sales).await.unwrap();
    scene.assign(scene.ada.account.id, Some(managers)).await.unwrap();
    let (ada, bob) = (scene.ada_now().await, scene.people.sign_in(&[Role::User]).await.account.id);
    let to = |group| Assignment { group_id: Some(group) };
    scene.rights.assign(&ada, bob, &to(managers)).await.unwrap();
    assert_eq!(problem(scene.rights.assign(&ada, bob, &to(owners)).await), Some(Problem::FORBIDDEN));
    let admin = scene.rights.assign(&ada, scene.admin.account.id, &to(managers)).await;
    assert_eq!(problem(admin), Some(Problem::FORBIDDEN));
    scene.assign(bob, Some(owners)).await.unwrap();
}

#[tokio::test]
async fn a_deleted_account_is_in_no_group_and_has_no_roles() {
    let scene = Scene::open().await;
    let group = scene.group(&form("Staff")).await;
    let deleted = Account { status: Status::Deleted, ..scene.account(scene.ada.account.id).await };
    common::save(&scene.people, &deleted).await;
    assert_eq!(problem(scene.assign(deleted.id, Some(group)).await), Some(Problem::NOT_FOUND));
    let role = NewRoles { roles: None, role: Some(Role::Guide) };
    let answer = scene.rights.change_roles(&scene.admin.caller(), deleted.id, &role).await;
    assert_eq!(problem(answer), Some(Problem::NOT_FOUND));
}

#[tokio::test]
async fn of_many_changes_at_once_each_is_in_the_end() {
    let scene = Scene::open().await;
    let mut all = JoinSet::new();
    for at in 0..4 {
        let rights = rights(&scene.people);
        all.spawn(async move {
            rights.create_group(Once::default(), &form(&format!("Group {at}"))).await.map(drop)
        });
    }
    let done = all.join_all().await.into_iter().filter(Result::is_ok).count();
    assert!(done >= 1);
    let list = scene.groups.list(&PageRequest { limit: 20, cursor: None }).await.unwrap();
    assert_eq!(body(&list)["data"].as_array().unwrap().len(), done);
}
