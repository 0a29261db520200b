//! What identity does because of what happened: in users, in administration, and to its own accounts.

use contracts::admin::{SecurityAlert, Severity};
use contracts::identity::{TokenReuseDetected, UserLoggedIn};
use contracts::users::{
    EmailChangeRequested, ExportRequested, UserActivated, UserDeactivated, UserDeleted, UserErased,
};
use contracts::{Envelope, Event};
use identity::account::{Account, Status, email_guard};
use identity::challenge::{Answers, Challenge, Purpose, WRONG_ANSWER};
use identity::change_email::ADDRESS_TAKEN;
use identity::count::Countable;
use identity::export::Exporter;
use identity::follow::UserNews;
use identity::group::{GroupForm, Settings};
use identity::groups::Groups;
use identity::guard::Alarm;
use identity::lockout::LOCKED;
use identity::log_in::{Credentials, WRONG_CREDENTIALS};
use identity::membership::Assignment;
use identity::oauth::{Linked, subject_guard};
use identity::operator::Rights;
use identity::provider::Provider;
use identity::refresh::{Exchange, NOT_REFRESHABLE};
use identity::register::NewAccount;
use identity::second_factor::SignIn;
use identity::stats::Stats;
use identity::verify_email::Proof;
use kernel::id::Ulid;
use kernel::page::PageRequest;
use kernel::text::Email;
use kernel::{Problem, Result, Role, Timestamp, UserId, time};
use messaging::Incoming;
use platform::files::Read;
use serde_json::Value;
use store::sdk::types::AttributeValue;
use store::{Key, Pager, Record, Transaction};
use testkit::{
    Cloud, PASSWORD, People, SignedIn, TOKEN_SECRET, body, client, envelope_at, problem, received, taken,
};
use web::{Json, Once, Reply};

use crate::common;

struct Scene {
    cloud: Cloud,
    people: People,
    rights: Rights,
    ada: SignedIn,
}

impl Scene {
    async fn open() -> Self {
        let (cloud, people, ada) = common::open().await;
        let rights = common::rights(&people);
        Self { cloud, people, rights, ada }
    }

    fn user(&self) -> UserId {
        self.ada.account.id
    }

    /// Delivers what users tells, twice, as queues do.
    async fn users_tell<E: Event>(&self, event: &E, at: Timestamp) {
        let news = taken::<UserNews>(envelope_at(event, at));
        self.rights.follow(&news).await.unwrap();
        self.rights.follow(&news).await.unwrap();
    }

    async fn alarm<E: Event>(&self, event: &E, at: Timestamp) {
        let alarm = taken::<Alarm>(envelope_at(event, at));
        self.rights.guard(&alarm).await.unwrap();
        self.rights.guard(&alarm).await.unwrap();
    }

    async fn account(&self) -> Option<Account> {
        self.people.identity.table.get(&self.ada.account.key()).await.unwrap()
    }

    async fn log_in(&self) -> Result<Json<SignIn>> {
        let email = self.ada.account.email.as_str().parse().unwrap();
        let credentials = Credentials { email, password: PASSWORD.parse().unwrap() };
        self.people.issuer.log_in(&credentials, client()).await
    }

    async fn is_signed_in(&self, access: &str, refresh: &str) -> bool {
        let exchange = Exchange { refresh_token: refresh.parse().unwrap() };
        let refreshed = problem(self.people.issuer.refresh(&exchange).await);
        assert!(refreshed.is_none() || refreshed == Some(NOT_REFRESHABLE));
        let accepted = self.people.sessions().caller(access).await.is_ok();
        assert_eq!(accepted, refreshed.is_none(), "one token lives and the other does not");
        accepted
    }

    async fn ada_is_signed_in(&self) -> bool {
        self.is_signed_in(&self.ada.access_token, &self.ada.refresh_token).await
    }

    async fn outbox(&self) -> Vec<Envelope> {
        self.cloud.messages(&self.people.identity.table).await
    }

    async fn told(&self, kind: &str) -> Vec<Value> {
        self.cloud.told(&self.people.identity.table, kind).await
    }

    async fn mails(&self, kind: &str) -> usize {
        self.told("identity.send_mail").await.into_iter().filter(|mail| mail.get(kind).is_some()).count()
    }

    async fn owner(&self, email: &str) -> Option<String> {
        let key = Key::new(email_guard(&email.parse().unwrap()), "GUARD");
        let item = self.people.identity.table.item(&key, true).await.unwrap()?;
        Some(item["owner"].as_s().unwrap().clone())
    }

    async fn wants(&self, email: &str) {
        let wish = EmailChangeRequested { user_id: self.user(), email: email.into() };
        self.users_tell(&wish, time::now()).await;
    }

    async fn change(&self) -> Option<Challenge> {
        let key = Challenge::key_of(self.user(), Purpose::ChangeEmail);
        self.people.identity.table.get(&key).await.unwrap()
    }

    async fn prove(&self, email: &str, code: &str) -> Result<Json<SignIn>> {
        let (email, code): (Email, _) = (email.parse().unwrap(), code.parse().unwrap());
        let proof = Proof { token: None, email: Some(email), code: Some(code) };
        self.people.issuer.verify_email(&proof, client()).await
    }

    /// Delivers everything that identity has told so far to its own counters, newest first and twice.
    async fn count(&self) {
        let mut told = self.outbox().await;
        told.retain(|envelope| Countable::types().contains(&envelope.kind.as_str()));
        told.reverse();
        for envelope in told {
            let event = taken::<Countable>(envelope);
            self.people.identity.count(&event).await.unwrap();
            self.people.identity.count(&event).await.unwrap();
        }
    }

    async fn stats(&self) -> Stats {
        let answer = self.people.identity.stats().await.unwrap();
        serde_json::from_value(body(&answer)).unwrap()
    }
}

fn tokens(pair: &impl Reply) -> (String, String) {
    (common::token(pair, "access_token"), common::token(pair, "refresh_token"))
}

fn answers() -> Answers {
    Answers::new(TOKEN_SECRET).unwrap()
}

#[tokio::test]
async fn who_is_shut_out_is_out_at_once_and_comes_in_when_taken_back() {
    let scene = Scene::open().await;
    let user_id = scene.user();
    scene.users_tell(&UserDeactivated { user_id }, time::now()).await;
    assert_eq!(scene.account().await.unwrap().status, Status::Suspended);
    assert!(!scene.ada_is_signed_in().await);
    assert_eq!(problem(scene.log_in().await), Some(WRONG_CREDENTIALS));
    scene.users_tell(&UserActivated { user_id }, time::now()).await;
    scene.log_in().await.unwrap();
    assert!(!scene.ada_is_signed_in().await, "an old session came back");
    let states: Vec<_> =
        scene.told("identity.account.changed").await.iter().map(|it| it["active"].clone()).collect();
    assert_eq!(states.len(), 2, "told once each: {states:?}");
}

#[tokio::test]
async fn a_decision_that_was_overtaken_changes_nothing() {
    let scene = Scene::open().await;
    let (user_id, now) = (scene.user(), time::now());
    scene.users_tell(&UserActivated { user_id }, now).await;
    scene.users_tell(&UserDeactivated { user_id }, now - time::seconds(5)).await;
    assert_eq!(scene.account().await.unwrap().status, Status::Active);
    scene.users_tell(&UserDeleted { user_id, erase_at: now }, now - time::seconds(9)).await;
    assert_eq!(scene.account().await.unwrap().status, Status::Deleted, "a deletion is never too late");
    scene.users_tell(&UserActivated { user_id }, now + time::seconds(9)).await;
    assert_eq!(scene.account().await.unwrap().status, Status::Deleted);
}

#[tokio::test]
async fn a_deleted_account_opens_to_nobody_and_keeps_its_names() {
    let scene = Scene::open().await;
    let user_id = scene.user();
    scene.wants("ada-two@example.com").await;
    scene.users_tell(&UserDeleted { user_id, erase_at: time::now() }, time::now()).await;
    assert!(!scene.ada_is_signed_in().await);
    assert_eq!(problem(scene.log_in().await), Some(WRONG_CREDENTIALS));
    assert!(scene.change().await.is_none());
    let account = scene.account().await.unwrap();
    assert!(!account.password_hash.matches(&PASSWORD.parse().unwrap()));
    assert_eq!(scene.owner(account.email.as_str()).await, Some(user_id.to_string()));
}

#[tokio::test]
async fn an_erased_person_is_nowhere_and_their_address_is_free() {
    let scene = Scene::open().await;
    let (user_id, email) = (scene.user(), scene.ada.account.email.to_string());
    scene.log_in().await.unwrap();
    scene.users_tell(&UserDeleted { user_id, erase_at: time::now() }, time::now()).await;
    scene.users_tell(&UserErased { user_id }, time::now()).await;
    assert!(scene.account().await.is_none());
    assert_eq!(scene.owner(&email).await, None);
    assert!(!scene.ada_is_signed_in().await);
    let left = scene.cloud.items(&scene.people.identity.table).await;
    let own = |item: &&store::Item| item["pk"].as_s().unwrap().contains(&format!("USER#{user_id}"));
    assert_eq!(left.iter().filter(own).count(), 0);
    let parts = scene.told("users.part_done").await;
    assert_eq!(parts.len(), 1, "answered once: {parts:?}");
    assert_eq!(parts[0]["context"], "identity");
    let anonymous = scene.told("identity.account.changed").await;
    assert!(anonymous.iter().any(|it| it["email"].as_str().unwrap().ends_with("@erased.invalid")));
    // Erased before, or never here: the answer comes all the same.
    scene.users_tell(&UserErased { user_id }, time::now()).await;
    scene.users_tell(&UserErased { user_id: UserId::new() }, time::now()).await;
    assert_eq!(scene.told("users.part_done").await.len(), 3);

    let new = NewAccount {
        given_name: "Ada".parse().unwrap(),
        family_name: "Second".parse().unwrap(),
        email: email.parse().unwrap(),
        username: None,
        password: PASSWORD.parse().unwrap(),
        password_confirm: None,
        role: None,
        terms_accepted: true,
    };
    scene.people.identity.register(Once::default(), &new).await.unwrap();
    assert_eq!(scene.mails("verify_email").await, 1);
}

#[tokio::test]
async fn erasing_takes_the_account_elsewhere_and_the_place_in_a_group_along() {
    let scene = Scene::open().await;
    let (user_id, table) = (scene.user(), &scene.people.identity.table);
    let groups = Groups { identity: scene.people.identity.clone(), pager: Pager::new(&"c".repeat(64)) };
    let form = GroupForm {
        name: "Guides".parse().unwrap(),
        description: None,
        parent_group: None,
        is_active: true,
        settings: Settings::default(),
    };
    let group = scene.rights.create_group(Once::default(), &form).await.unwrap().body.id;
    let admin = scene.people.sign_in(&[Role::Admin]).await;
    let assignment = Assignment { group_id: Some(group) };
    scene.rights.assign(&admin.caller(), user_id, &assignment).await.unwrap();
    let linked =
        Linked { user_id, provider: Provider::Google, subject: "ada-there".into(), linked_at: time::now() };
    let guard = subject_guard(Provider::Google, "ada-there");
    let taken = || kernel::Failure::internal("taken");
    let effect = Transaction::new().guard(table, &guard, &user_id.to_string(), taken()).unwrap();
    effect.create(table, &linked, taken()).unwrap().commit(table).await.unwrap();
    let guard = Key::new(guard, "GUARD");
    assert!(table.item(&guard, true).await.unwrap().is_some());

    // Without the deletion before it, as when that message is late.
    scene.users_tell(&UserErased { user_id }, time::now()).await;
    assert!(table.item(&guard, true).await.unwrap().is_none());
    let members = groups.members(group, &PageRequest { limit: 10, cursor: None }).await.unwrap();
    assert_eq!(body(&members)["data"], serde_json::json!([]));
    let left = scene.cloud.items(table).await;
    let names = |item: &&store::Item| {
        let key = format!("{:?}{:?}", item["pk"], item["sk"]);
        key.contains(&user_id.to_string())
            && !item["kind"].as_s().is_ok_and(|kind| kind == "processed" || kind == "outbox")
    };
    assert_eq!(
        left.iter().filter(names).map(|it| &it["sk"]).collect::<Vec<_>>(),
        Vec::<&AttributeValue>::new()
    );
}

#[tokio::test]
async fn a_new_address_counts_when_its_owner_has_proven_it_and_the_old_one_is_free() {
    let scene = Scene::open().await;
    let old = scene.ada.account.email.to_string();
    scene.wants("ada-two@example.com").await;
    assert_eq!(scene.account().await.unwrap().email.as_str(), old);
    assert_eq!(scene.mails("change_email").await, 1);
    let challenge = scene.change().await.unwrap();
    assert_eq!(challenge.email.as_str(), "ada-two@example.com");
    let code = answers().code(&challenge).digits();
    let another = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    assert_eq!(problem(scene.prove("ada-two@example.com", &another).await), Some(WRONG_ANSWER));
    assert_eq!(problem(scene.prove(&old, &code).await), Some(WRONG_ANSWER));

    let pair = scene.prove("ada-two@example.com", &code).await.unwrap();
    let (access, refresh) = tokens(&pair);
    assert!(scene.is_signed_in(&access, &refresh).await);
    assert_eq!(scene.account().await.unwrap().email.as_str(), "ada-two@example.com");
    assert_eq!(scene.owner("ada-two@example.com").await, Some(scene.user().to_string()));
    assert_eq!(scene.owner(&old).await, None);
    assert_eq!(scene.mails("email_changed").await, 1);
    assert_eq!(scene.told("identity.user.email_changed").await.len(), 1);
    assert_eq!(problem(scene.prove("ada-two@example.com", &code).await), Some(WRONG_ANSWER), "used");
}

#[tokio::test]
async fn the_link_to_a_new_address_works_until_somebody_else_has_it() {
    let scene = Scene::open().await;
    scene.wants("ada-two@example.com").await;
    let link = answers().token(&scene.change().await.unwrap());
    let proof = || Proof { token: Some(link.clone()), email: None, code: None };
    let table = &scene.people.identity.table;
    let guard = email_guard(&"ada-two@example.com".parse().unwrap());
    let taken = || kernel::Failure::internal("taken");
    let effect = Transaction::new().guard(table, &guard, &UserId::new().to_string(), taken()).unwrap();
    effect.commit(table).await.unwrap();
    let refused = scene.people.issuer.verify_email(&proof(), client()).await;
    assert_eq!(problem(refused), Some(ADDRESS_TAKEN));
    assert_eq!(scene.owner(scene.ada.account.email.as_str()).await, Some(scene.user().to_string()));
    // A taken address gets no challenge at all.
    scene.wants("ada-three@example.com").await;
    let before = scene.change().await.unwrap();
    scene.wants("ada-two@example.com").await;
    assert_eq!(scene.change().await.unwrap().number, before.number);
    let link = answers().token(&before);
    let proof = Proof { token: Some(link), email: None, code: None };
    scene.people.issuer.verify_email(&proof, client()).await.unwrap();
    assert_eq!(scene.account().await.unwrap().email.as_str(), "ada-three@example.com");
}

#[tokio::test]
async fn a_stolen_token_ends_the_sessions_of_before_and_spares_the_one_after() {
    let scene = Scene::open().await;
    let at = time::now();
    let anew = tokens(&scene.log_in().await.unwrap());
    let reuse = TokenReuseDetected { user_id: scene.user(), session_id: scene.ada.session.id.to_string() };
    scene.alarm(&reuse, at).await;
    assert!(!scene.ada_is_signed_in().await);
    assert!(scene.is_signed_in(&anew.0, &anew.1).await);
    assert_eq!(scene.told("identity.user.locked").await.len(), 0);
    assert_eq!(scene.told("identity.session.ended").await.len(), 1);
    let unknown = TokenReuseDetected { user_id: UserId::new(), session_id: "none".into() };
    scene.alarm(&unknown, at).await;
}

#[tokio::test]
async fn a_critical_alert_ends_every_session_and_locks_the_account() {
    let scene = Scene::open().await;
    let user_id = scene.user();
    let warning = SecurityAlert { user_id, severity: Severity::Warning, reason: "odd".into() };
    scene.alarm(&warning, time::now()).await;
    assert!(!scene.ada_is_signed_in().await);
    let (access, refresh) = tokens(&scene.log_in().await.unwrap());
    let critical = SecurityAlert { user_id, severity: Severity::Critical, reason: "stolen".into() };
    scene.alarm(&critical, time::now() - time::minutes(1)).await;
    assert!(!scene.is_signed_in(&access, &refresh).await);
    assert_eq!(problem(scene.log_in().await), Some(LOCKED));
    assert_eq!(scene.told("identity.user.locked").await.len(), 1);
    assert_eq!(scene.mails("account_locked").await, 1);
    scene.count().await;
    assert_eq!(scene.stats().await.locked, 1);
    let admin = scene.people.sign_in(&[Role::Admin]).await;
    scene.rights.unlock(&admin.caller(), user_id).await.unwrap();
    scene.count().await;
    assert_eq!(scene.stats().await.locked, 0);
    scene.log_in().await.unwrap();
    let audit = scene.cloud.items_of(&scene.people.identity.table, "audit").await;
    assert_eq!(audit.len(), 3);
}

#[tokio::test]
async fn accounts_are_counted_by_state_whatever_order_the_events_come_in() {
    let scene = Scene::open().await;
    let user_id = scene.user();
    for email in ["one@example.com", "two@example.com"] {
        let new = NewAccount {
            given_name: "Ada".parse().unwrap(),
            family_name: "Lovelace".parse().unwrap(),
            email: email.parse().unwrap(),
            username: None,
            password: PASSWORD.parse().unwrap(),
            password_confirm: None,
            role: None,
            terms_accepted: true,
        };
        scene.people.identity.register(Once::default(), &new).await.unwrap();
    }
    scene.users_tell(&UserDeactivated { user_id }, time::now()).await;
    scene.count().await;
    scene.count().await;
    let stats = scene.stats().await;
    assert_eq!((stats.accounts.unverified, stats.accounts.suspended, stats.accounts.active), (2, 1, 0));
    scene.users_tell(&UserActivated { user_id }, time::now()).await;
    scene.count().await;
    let stats = scene.stats().await;
    assert_eq!((stats.accounts.unverified, stats.accounts.suspended, stats.accounts.active), (2, 0, 1));
    scene.users_tell(&UserErased { user_id }, time::now()).await;
    scene.count().await;
    let stats = scene.stats().await;
    assert_eq!((stats.accounts.unverified, stats.accounts.deleted, stats.accounts.active), (2, 0, 0));
}

#[tokio::test]
async fn log_ins_are_counted_by_day_once_each() {
    let scene = Scene::open().await;
    let told = UserLoggedIn { user_id: scene.user(), session_id: "one".into() };
    let now = time::now();
    for (ago, times) in [(0, 3), (1, 2), (29, 1), (30, 5)] {
        for _ in 0..times {
            let envelope = envelope_at(&told, now - time::days(ago));
            let event = taken::<Countable>(envelope);
            scene.people.identity.count(&event).await.unwrap();
            scene.people.identity.count(&event).await.unwrap();
        }
    }
    let log_ins = scene.stats().await.log_ins;
    assert_eq!(log_ins.len(), 30);
    let counts: Vec<_> = log_ins.iter().map(|day| day.count).collect();
    assert_eq!((counts[29], counts[28], counts[0]), (3, 2, 1));
    assert_eq!(counts.iter().sum::<u64>(), 6);
    assert_eq!(log_ins[29].day, now.to_string()[..10]);
    scene.cloud.faults().forget();
    scene.stats().await;
    assert_eq!(scene.cloud.faults().total(), 2);
}

#[tokio::test]
async fn a_person_gets_what_identity_knows_and_no_secret_of_it() {
    let scene = Scene::open().await;
    let files = scene.cloud.bucket().await;
    let exporter = Exporter { identity: scene.people.identity.clone(), files: files.clone() };
    let export = Ulid::generate().to_string();
    let wish = ExportRequested { user_id: scene.user(), export_id: export.clone() };
    let wish = received(wish);
    exporter.export(&wish).await.unwrap();
    exporter.export(&wish).await.unwrap();
    let file = files.read(&format!("exports/{export}/identity.json"), 1_000_000).await.unwrap();
    let Some(Read::File(bytes)) = file else { panic!("no file") };
    let text = String::from_utf8(bytes).unwrap();
    let bundle: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(bundle["account"]["email"], scene.ada.account.email.as_str());
    assert_eq!(bundle["sessions"][0]["address"], "203.0.113.7");
    for secret in ["argon2", "hash", "seed", &scene.ada.session.seed.to_string()] {
        assert!(!text.contains(secret), "{secret}");
    }
    let parts = scene.told("users.part_done").await;
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0]["export_id"], export);
    let elsewhere = ExportRequested { user_id: scene.user(), export_id: "../secrets".into() };
    let elsewhere = received(elsewhere);
    assert_eq!(problem(exporter.export(&elsewhere).await), Some(Problem::INTERNAL));
}
