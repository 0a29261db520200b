//! Profiles: how they come, how they are changed and found, and how they go.

use std::collections::BTreeSet;

use contracts::identity::UserLoggedIn;
use deserr::deserialize;
use kernel::page::PageRequest;
use kernel::{FieldErrors, Problem, Role, UserId, time};
use serde_json::{Value, json};
use testkit::{Fault, Storm, body, eventually, read, received};
use tokio::task::JoinSet;
use users::Users;
use users::closing::{Farewell, NOT_YOURSELF};
use users::directory::{Directory, UserQuery};
use users::me::ProfilePatch;
use users::preferences::{Privacy, Visibility};
use users::wishlist::WishKind;
use web::{CONFIRM_FIRST, Caller, Eventual};

use crate::common::{Scene, account, admin, caller};

fn patch(value: Value) -> ProfilePatch {
    read(value)
}

fn privacy(visibility: Visibility) -> Privacy {
    Privacy { visibility, show_email: false, show_phone: false }
}

fn farewell() -> Farewell {
    Farewell { confirmation: "DELETE".into() }
}

impl Scene {
    fn directory(&self) -> Directory {
        Directory::new(self.users.clone(), "the-cursor-key-of-the-tests-the-cursor-key-of-the-tests")
    }

    async fn find(&self, caller: &Caller, query: UserQuery) -> kernel::Result<Value> {
        self.directory().list(caller, &query).await.map(|page| body(&page))
    }

    async fn names(&self, caller: &Caller, q: &str) -> Vec<String> {
        let page = self.find(caller, UserQuery { q: Some(q.parse().unwrap()), ..everybody() }).await.unwrap();
        let data = page["data"].as_array().unwrap();
        data.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    }

    async fn stats(&self) -> Value {
        body(&self.users.stats().await.unwrap())
    }
}

fn everybody() -> UserQuery {
    let page = PageRequest { limit: 20, cursor: None };
    UserQuery { q: None, search: None, role: None, group: None, is_active: None, page }
}

#[tokio::test]
async fn an_account_becomes_a_profile_once_and_the_newest_news_stay() {
    let scene = Scene::open().await;
    let id = UserId::new();
    let mut all = JoinSet::new();
    for version in (1..=20).rev() {
        let environment = scene.cloud.environment();
        environment.faults.storm(version, Storm { conflicts: 10, lost_replies: 5, ..Storm::default() });
        let users = Users { table: environment.table(scene.table()) };
        let mut account = account(id, version);
        account.email = format!("version-{version}@example.com");
        all.spawn(async move {
            // What fails comes again, as from the queue.
            while users.keep(&account).await.is_err() {}
        });
    }
    all.join_all().await;
    let profile = scene.profile(id).await.unwrap();
    assert_eq!((profile.identity_version, profile.email.as_str()), (20, "version-20@example.com"));
    assert_eq!(scene.told().await["users.user.created"], 1);
    let stats = scene.stats().await;
    assert_eq!((&stats["total"], &stats["by_role"]["user"]), (&json!(1), &json!(1)));
    let postings = scene.cloud.items_of(scene.table(), "posting").await;
    assert_eq!(postings.len(), profile.postings().len(), "an old address finds nobody");
}

#[tokio::test]
async fn names_are_the_owners_after_the_first_time_and_a_proven_address_replaces_the_one_before() {
    let scene = Scene::open().await;
    let ada = scene.join().await;
    let change = patch(json!({"given_name": "Augusta", "bio": "Line\nline", "email": "new@example.com"}));
    let me = body(&scene.users.change_me(&ada, &change).await.unwrap());
    assert_eq!(
        (&me["display_name"], &me["pending_email"]),
        (&json!("Augusta Lovelace"), &json!("new@example.com"))
    );
    assert_ne!(me["email"], "new@example.com");
    assert_eq!(scene.told().await["users.user.email_change_requested"], 1);

    let mut proven = account(ada.user_id, 2);
    proven.email = "new@example.com".into();
    scene.users.keep(&proven).await.unwrap();
    let profile = scene.profile(ada.user_id).await.unwrap();
    assert_eq!(profile.given_name.as_str(), "Augusta");
    assert_eq!((profile.email.as_str(), profile.pending_email), ("new@example.com", None));

    let cleared = body(&scene.users.change_me(&ada, &patch(json!({"bio": null}))).await.unwrap());
    assert_eq!(cleared.get("bio"), None);
}

#[test]
fn passwords_and_roles_are_not_known_in_a_change_and_are_named() {
    for field in ["password", "roles", "is_active", "is_verified", "photo", "group_id", "id"] {
        let errors = deserialize::<ProfilePatch, _, FieldErrors>(json!({field: "x"})).unwrap_err();
        assert_eq!(errors.0[0].pointer, format!("/{field}"));
    }
}

#[tokio::test]
async fn a_stranger_changes_nothing_and_an_open_session_alone_changes_no_address() {
    let scene = Scene::open().await;
    let (ada, eve) = (scene.join().await, scene.join().await);
    let change = patch(json!({"bio": "owned"}));
    let refused = scene.users.change_user(&eve, ada.user_id, &change).await.err().unwrap();
    assert_eq!(refused.problem, Problem::FORBIDDEN);
    scene.users.set_privacy(&ada, privacy(Visibility::Private)).await.unwrap();
    let refused = scene.users.change_user(&eve, ada.user_id, &change).await.err().unwrap();
    assert_eq!(refused.problem, Problem::NOT_FOUND);
    scene.users.change_user(&admin(), ada.user_id, &change).await.unwrap();

    let mut stale = ada.clone();
    stale.authenticated_at = time::now() - time::minutes(6);
    let refused = scene.users.change_me(&stale, &patch(json!({"email": "eve@example.com"}))).await;
    assert_eq!(refused.err().unwrap().problem, CONFIRM_FIRST);
    let refused = scene.users.delete_me(&stale, &farewell()).await;
    assert_eq!(refused.err().unwrap().problem, CONFIRM_FIRST);
    let unsure = Farewell { confirmation: "delete".into() };
    let refused = scene.users.delete_me(&ada, &unsure).await;
    assert_eq!(refused.err().unwrap().errors[0].pointer, "/confirmation");
}

#[tokio::test]
async fn the_first_request_of_a_new_account_waits_for_its_profile() {
    let scene = Scene::open().await;
    let id = UserId::new();
    let users = scene.users.clone();
    let asked = tokio::spawn(async move { users.me(&caller(id, &[Role::User])).await });
    let looked = async || (scene.cloud.faults().calls().get("GetItem") >= Some(&2)).then_some(());
    eventually("a second look, after one in vain", looked).await;
    scene.users.keep(&account(id, 1)).await.unwrap();
    assert!(matches!(asked.await.unwrap().unwrap(), Eventual::Ready(_)));
    let never = scene.users.me(&caller(UserId::new(), &[])).await.unwrap();
    assert!(matches!(never, Eventual::Pending { .. }));
}

#[tokio::test]
async fn people_are_found_by_how_a_word_of_their_name_begins() {
    let scene = Scene::open().await;
    let me = scene.join_as("Zoë", "Ångström", &[Role::User]).await;
    scene.join_as("Ana María", "López", &[Role::Worker]).await;
    assert_eq!(scene.names(&me, "lop").await, ["Ana María López"]);
    assert_eq!(scene.names(&me, "ANA  MARI").await, ["Ana María López"]);
    assert_eq!(scene.names(&me, "angs").await, ["Zoë Ångström"]);
    assert_eq!(scene.names(&me, "ría").await, Vec::<String>::new());
    // An address finds nobody but for administrators.
    let address = scene.profile(me.user_id).await.unwrap().email;
    assert_eq!(scene.names(&me, &address).await, Vec::<String>::new());
    assert_eq!(scene.names(&admin(), &address).await, ["Zoë Ångström"]);

    let renamed = patch(json!({"display_name": "The Physicist", "phone": "+46 8 123 456 78"}));
    scene.users.change_me(&me, &renamed).await.unwrap();
    assert_eq!(scene.names(&me, "angs").await, Vec::<String>::new());
    assert_eq!(scene.names(&me, "phys").await, ["The Physicist"]);
    assert_eq!(scene.names(&admin(), "+468123").await, ["The Physicist"]);
}

#[tokio::test]
async fn who_hides_or_has_blocked_the_caller_is_found_by_administrators_only() {
    let scene = Scene::open().await;
    let (ada, eve) = (scene.join_as("Ada", "Byron", &[Role::User]).await, scene.join().await);
    let users = &scene.users;
    assert!(users.user(&eve, ada.user_id).await.is_ok());
    users.block(&ada, web::Once::default(), eve.user_id).await.unwrap();
    assert_eq!(scene.names(&eve, "byron").await, Vec::<String>::new());
    assert_eq!(users.user(&eve, ada.user_id).await.err().unwrap().problem, Problem::NOT_FOUND);
    let again = users.block(&ada, web::Once::default(), eve.user_id).await.err().unwrap();
    assert_eq!(again.problem.status, 409);
    users.unblock(&ada, eve.user_id).await.unwrap();
    assert_eq!(users.unblock(&ada, eve.user_id).await.err().unwrap().problem, Problem::NOT_FOUND);
    assert_eq!(scene.names(&eve, "byron").await, ["Ada Byron"]);

    for hidden in [Visibility::Private, Visibility::Contacts] {
        users.set_privacy(&ada, privacy(hidden)).await.unwrap();
        assert_eq!(scene.names(&eve, "byron").await, Vec::<String>::new());
        assert_eq!(users.user(&eve, ada.user_id).await.err().unwrap().problem, Problem::NOT_FOUND);
        assert_eq!(scene.names(&admin(), "byron").await, ["Ada Byron"]);
    }
    let bookmark = users::wishlist::NewWish {
        kind: WishKind::Worker,
        target_id: eve.user_id.to_string().parse().unwrap(),
    };
    users.wish(&ada, web::Once::default(), &bookmark).await.unwrap();
    assert!(users.user(&eve, ada.user_id).await.is_ok(), "a contact sees the card");
    let twice = users.wish(&ada, web::Once::default(), &bookmark).await.err().unwrap();
    assert_eq!(twice.problem, users::wishlist::ALREADY_LISTED);
}

#[tokio::test]
async fn a_card_shows_address_and_number_only_when_the_owner_wants_it() {
    let scene = Scene::open().await;
    let (ada, eve) = (scene.join().await, scene.join().await);
    scene.users.change_me(&ada, &patch(json!({"phone": "+4915112345678"}))).await.unwrap();
    let card = body(&scene.users.user(&eve, ada.user_id).await.unwrap());
    for secret in ["email", "phone", "preferences", "privacy", "pending_email", "date_of_birth", "address"] {
        assert_eq!(card.get(secret), None, "{secret}");
    }
    let open = Privacy { visibility: Visibility::Public, show_email: true, show_phone: true };
    scene.users.set_privacy(&ada, open).await.unwrap();
    let card = body(&scene.users.user(&eve, ada.user_id).await.unwrap());
    assert_eq!(card["phone"], "+4915112345678");
    assert!(card["email"].is_string());
}

#[tokio::test]
async fn lists_show_everybody_once_over_all_pages_and_filter_exactly() {
    let scene = Scene::open().await;
    let mut workers = BTreeSet::new();
    for at in 0..23 {
        let roles = if at % 2 == 0 { vec![Role::User, Role::Worker] } else { vec![Role::User] };
        let member = scene.join_as("Ada", &format!("No{at}"), &roles).await;
        if at % 2 == 0 {
            workers.insert(member.user_id.to_string());
        }
    }
    let (admin, mut seen, mut cursor) = (admin(), Vec::new(), None);
    loop {
        let page = PageRequest { limit: 5, cursor };
        let query = UserQuery { role: Some(Role::Worker), page, ..everybody() };
        let page = scene.find(&admin, query).await.unwrap();
        let data = page["data"].as_array().unwrap();
        seen.extend(data.iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        match page["meta"]["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned().into()),
            None => break,
        }
    }
    assert_eq!(seen.len(), workers.len());
    assert!(seen.is_sorted_by(|one, next| one > next), "the newest first");
    assert_eq!(seen.iter().cloned().collect::<BTreeSet<_>>(), workers);

    let shut: UserId = workers.first().unwrap().parse().unwrap();
    scene.users.deactivate(&admin, shut).await.unwrap();
    for (is_active, count) in [(true, workers.len() - 1), (false, 1)] {
        let query = UserQuery { role: Some(Role::Worker), is_active: Some(is_active), ..everybody() };
        let page = scene.find(&admin, query).await.unwrap();
        assert_eq!(page["data"].as_array().unwrap().len(), count);
    }
    assert_eq!(scene.stats().await["active"], 22);

    let stranger = caller(UserId::new(), &[Role::User]);
    let refused = scene.find(&stranger, UserQuery { role: Some(Role::Worker), ..everybody() }).await;
    assert_eq!(refused.err().unwrap().problem, Problem::FORBIDDEN);
    assert_eq!(scene.find(&stranger, everybody()).await.err().unwrap().errors[0].pointer, "q");
}

#[tokio::test]
async fn who_left_is_hidden_from_everything_at_once_and_late_news_change_nothing() {
    let scene = Scene::open().await;
    let (ada, eve) = (scene.join_as("Ada", "Byron", &[Role::User]).await, scene.join().await);
    scene.users.delete_me(&ada, &farewell()).await.unwrap();
    let again = scene.users.delete_me(&ada, &farewell()).await.err().unwrap();
    assert_eq!(again.problem, Problem::NOT_FOUND);
    scene.users.keep(&account(ada.user_id, 9)).await.unwrap();
    let users = &scene.users;
    for refused in [
        users.me(&ada).await.err(),
        users.user(&eve, ada.user_id).await.err(),
        users.user(&admin(), ada.user_id).await.err(),
        users.preferences(&ada).await.err(),
        users.activity(&ada).await.err(),
        users.addresses(&ada).await.err(),
        users.delete_user(&admin(), ada.user_id).await.err(),
        users.activate(&admin(), ada.user_id).await.err(),
    ] {
        assert_eq!(refused.unwrap().problem, Problem::NOT_FOUND);
    }
    assert_eq!(scene.names(&admin(), "byron").await, Vec::<String>::new());
    let listed = scene.find(&admin(), everybody()).await.unwrap();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let stats = scene.stats().await;
    assert_eq!((&stats["total"], &stats["active"], &stats["verified"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(scene.told().await["users.user.deleted"], 1);
}

#[tokio::test]
async fn nobody_shuts_out_or_deletes_themselves_as_an_administrator() {
    let scene = Scene::open().await;
    let boss = scene.join_as("The", "Boss", &[Role::Admin]).await;
    let users = &scene.users;
    for refused in [
        users.delete_user(&boss, boss.user_id).await.err(),
        users.activate(&boss, boss.user_id).await.err(),
        users.deactivate(&boss, boss.user_id).await.err(),
    ] {
        assert_eq!(refused.unwrap().problem, NOT_YOURSELF);
    }
}

#[tokio::test]
async fn shut_out_is_shut_out_whatever_older_news_say() {
    let scene = Scene::open().await;
    let (ada, eve) = (scene.join().await, scene.join().await);
    scene.users.deactivate(&admin(), ada.user_id).await.unwrap();
    // Identity told this before it heard of it.
    scene.users.keep(&account(ada.user_id, 2)).await.unwrap();
    assert!(scene.users.user(&eve, ada.user_id).await.is_err());
    scene.users.deactivate(&admin(), ada.user_id).await.unwrap();
    let told = scene.told().await;
    assert_eq!(told["users.user.deactivated"], 1);
    scene.users.activate(&admin(), ada.user_id).await.unwrap();
    assert!(scene.users.user(&eve, ada.user_id).await.is_ok());
}

#[tokio::test]
async fn log_ins_are_remembered_once_and_wait_for_the_profile() {
    let scene = Scene::open().await;
    let early = received(UserLoggedIn { user_id: UserId::new(), session_id: "s".into() });
    assert_eq!(scene.users.keep_log_in(&early).await.err().unwrap().problem, Problem::UNAVAILABLE);
    let ada = scene.join().await;
    let event = received(UserLoggedIn { user_id: ada.user_id, session_id: "s".into() });
    for _ in 0..3 {
        scene.users.keep_log_in(&event).await.unwrap();
    }
    let activity = body(&scene.users.activity(&ada).await.unwrap());
    assert_eq!(activity["log_ins"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn changes_at_the_same_moment_are_all_kept() {
    let scene = Scene::open().await;
    let ada = scene.join().await;
    let change = patch(json!({"bio": "both"}));
    let (one, other, news) = tokio::join!(
        scene.users.change_me(&ada, &change),
        scene.users.set_privacy(&ada, privacy(Visibility::Private)),
        async { scene.users.keep(&account(ada.user_id, 7)).await },
    );
    assert!(one.is_ok() && other.is_ok() && news.is_ok());
    let profile = scene.profile(ada.user_id).await.unwrap();
    assert_eq!(profile.bio.map(|bio| bio.to_string()).as_deref(), Some("both"));
    assert_eq!((profile.privacy.visibility, profile.identity_version), (Visibility::Private, 7));
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_made_once() {
    let scene = Scene::open().await;
    let ada = scene.join().await;
    scene.cloud.faults().next("TransactWriteItems", Fault::LostReply);
    scene.users.change_me(&ada, &patch(json!({"bio": "once"}))).await.unwrap();
    let changed = eventually("the change", async || scene.profile(ada.user_id).await).await;
    assert_eq!(changed.version, 2);
}
