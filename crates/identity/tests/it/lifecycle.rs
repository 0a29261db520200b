//! Where people are signed in, closing an account and coming back, what administrators do, and importing.

use identity::Identity;
use identity::account::{Account, Status, email_guard};
use identity::confirm::OwnPassword;
use identity::deactivate::Comeback;
use identity::import::{Import, Imported, MOST, Outcome};
use identity::lockout::{FAILURES_A_DAY, LOCKED, Lockout};
use identity::log_in::{Credentials, WRONG_CREDENTIALS};
use identity::operator::Rights;
use identity::own_sessions::{CURRENT_SESSION, SessionList};
use identity::proof::WRONG_PASSWORD;
use identity::refresh::{Exchange, NOT_REFRESHABLE};
use identity::second_factor::SignIn;
use identity::session::{Session, SessionId};
use kernel::page::PageRequest;
use kernel::{Problem, Result, Role, UserId, time};
use serde_json::{Value, json};
use store::{Pager, Record, Transaction};
use testkit::{Cloud, PASSWORD, People, SignedIn, Storm, body, problem};
use tokio::task::JoinSet;
use web::{Client, Json, Reply};

use crate::common::{self, rights};

fn from(address: &str) -> Client {
    Client { address: address.into(), user_agent: "curl/8.5.0".into() }
}

fn own(password: &str) -> OwnPassword {
    OwnPassword { password: password.parse().unwrap() }
}

struct Scene {
    cloud: Cloud,
    people: People,
    rights: Rights,
    ada: SignedIn,
}

impl Scene {
    async fn open() -> Self {
        let (cloud, people, ada) = common::open().await;
        let rights = rights(&people);
        Self { cloud, people, rights, ada }
    }

    async fn log_in(&self, password: &str) -> Result<SignedIn> {
        let email = self.ada.account.email.as_str().parse().unwrap();
        let credentials = Credentials { email, password: password.parse().unwrap() };
        let pair = self.people.issuer.log_in(&credentials, from("198.51.100.1")).await?;
        self.as_signed_in(&pair).await
    }

    async fn as_signed_in(&self, pair: &impl Reply) -> Result<SignedIn> {
        let tokens = body(pair);
        let access_token = tokens["access_token"].as_str().unwrap().to_owned();
        let caller = self.people.sessions().caller(&access_token).await?;
        let key = Session::key_of(caller.user_id, caller.session_id.parse().unwrap());
        let session = self.people.identity.table.get(&key).await?.unwrap();
        let refresh_token = tokens["refresh_token"].as_str().unwrap().to_owned();
        Ok(SignedIn { account: self.account().await, session, access_token, refresh_token })
    }

    async fn is_signed_in(&self, who: &SignedIn) -> bool {
        let exchange = Exchange { refresh_token: who.refresh_token.parse().unwrap() };
        let access = self.people.sessions().caller(&who.access_token).await;
        let refresh = problem(self.people.issuer.refresh(&exchange).await);
        assert!(refresh.is_none() || refresh == Some(NOT_REFRESHABLE));
        assert_eq!(access.is_ok(), refresh.is_none(), "one token lives and the other does not");
        access.is_ok()
    }

    async fn sessions(&self, who: &SignedIn, limit: u32) -> Value {
        let pager = Pager::new(&"c".repeat(64));
        let list = SessionList::new(self.people.identity.clone(), pager);
        body(&list.page(&who.caller(), &PageRequest { limit, cursor: None }).await.unwrap())
    }

    async fn account(&self) -> Account {
        self.people.identity.table.get(&self.ada.account.key()).await.unwrap().unwrap()
    }

    async fn told(&self, kind: &str) -> usize {
        self.cloud.told(&self.people.identity.table, kind).await.len()
    }

    async fn come_back(&self, email: &str, password: &str) -> Result<Json<SignIn>> {
        let comeback = Comeback { email: email.parse().unwrap(), password: password.parse().unwrap() };
        self.people.issuer.reactivate(&comeback, from("198.51.100.1")).await
    }

    async fn import(&self, accounts: Value) -> Imported {
        let Value::Array(accounts) = accounts else { panic!("a list") };
        let answer = self.people.identity.import(&Import { accounts }).await.unwrap();
        serde_json::from_value(body(&answer)).unwrap()
    }
}

#[tokio::test]
async fn everybody_sees_their_own_live_sessions_and_which_one_asks() {
    let scene = Scene::open().await;
    let here = scene.log_in(PASSWORD).await.unwrap();
    scene.people.sign_in(&[Role::User]).await;
    let mut old = scene.log_in(PASSWORD).await.unwrap().session;
    old.expires_at = time::now() - time::seconds(1);
    scene.cloud.put(&scene.people.identity.table, &old).await;

    let page = scene.sessions(&here, 20).await;
    let seen: Vec<_> = page["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(seen, [json!(here.session.id), json!(scene.ada.session.id)], "newest first, live ones only");
    assert_eq!(page["data"][0]["current"], true);
    assert_eq!(page["data"][1]["current"], false);
    assert_eq!(page["data"][0]["device"]["browser"], "curl");
    assert_eq!(page["data"][0]["address"], "198.51.100.1");
    assert!(!page.to_string().contains(&here.session.seed.to_string()));
    assert!(scene.sessions(&here, 1).await["meta"]["next_cursor"].is_string());
}

#[tokio::test]
async fn one_of_ones_own_sessions_ends_and_neither_the_current_nor_a_strangers() {
    let scene = Scene::open().await;
    let (here, eve) = (scene.log_in(PASSWORD).await.unwrap(), scene.people.sign_in(&[Role::User]).await);
    let caller = here.caller();
    let current = scene.rights.end_session(&caller, here.session.id).await;
    assert_eq!(problem(current), Some(CURRENT_SESSION));
    for stranger in [eve.session.id, SessionId::new()] {
        assert_eq!(problem(scene.rights.end_session(&caller, stranger).await), Some(Problem::NOT_FOUND));
    }
    scene.rights.end_session(&caller, scene.ada.session.id).await.unwrap();
    let again = scene.rights.end_session(&caller, scene.ada.session.id).await;
    assert_eq!(problem(again), Some(Problem::NOT_FOUND));
    assert!(!scene.is_signed_in(&scene.ada).await);
    assert!(scene.is_signed_in(&here).await && scene.is_signed_in(&eve).await);
    assert_eq!(scene.told("identity.session.ended").await, 1);
}

#[tokio::test]
async fn all_other_sessions_end_however_many_they_are() {
    let scene = Scene::open().await;
    let (table, user) = (&scene.people.identity.table, scene.ada.account.id);
    for _ in 0..101 {
        let session = Session::new(user, "testkit".into(), "203.0.113.7".into());
        let effect = scene.people.issuer.open(Transaction::new(), &scene.ada.account, &session).unwrap();
        effect.commit(table).await.unwrap();
    }
    let here = scene.log_in(PASSWORD).await.unwrap();
    scene.rights.end_other_sessions(&here.caller()).await.unwrap();
    let left = scene.cloud.items_of(table, "session").await;
    assert_eq!(left.len(), 1);
    assert!(!scene.is_signed_in(&scene.ada).await);
    assert!(scene.is_signed_in(&here).await);
    assert_eq!(scene.told("identity.session.ended").await, 102);
    scene.rights.end_other_sessions(&here.caller()).await.unwrap();
}

#[tokio::test]
async fn a_closed_account_is_shut_until_its_owner_comes_back() {
    let scene = Scene::open().await;
    let elsewhere = scene.log_in(PASSWORD).await.unwrap();
    let client = from("203.0.113.7");
    let wrong = scene.rights.deactivate(&scene.ada.caller(), &own("not-the-password"), &client).await;
    assert_eq!(problem(wrong), Some(WRONG_PASSWORD));
    scene.rights.deactivate(&scene.ada.caller(), &own(PASSWORD), &client).await.unwrap();
    assert!(!scene.is_signed_in(&scene.ada).await && !scene.is_signed_in(&elsewhere).await);
    assert_eq!(problem(scene.log_in(PASSWORD).await), Some(WRONG_CREDENTIALS));

    let email = scene.ada.account.email.to_string();
    let pair = scene.come_back(&email, PASSWORD).await.unwrap();
    assert!(scene.is_signed_in(&scene.as_signed_in(&pair).await.unwrap()).await);
    assert_eq!(scene.account().await.status, Status::Active);
    scene.log_in(PASSWORD).await.unwrap();
    assert!(!scene.is_signed_in(&elsewhere).await, "an old session came back");
    assert_eq!(scene.told("identity.user.deactivated").await, 1);
    assert_eq!(scene.told("identity.user.reactivated").await, 1);
}

#[tokio::test]
async fn whatever_does_not_fit_a_comeback_is_answered_alike_and_costs_the_same() {
    let scene = Scene::open().await;
    let mut closed = Vec::new();
    for status in [Status::Deactivated, Status::Suspended, Status::Deleted] {
        let account = Account { status, ..scene.people.sign_in(&[Role::User]).await.account };
        common::save(&scene.people, &account).await;
        closed.push(account.email.to_string());
    }
    let mut seen = Vec::new();
    for (email, password) in [
        (closed[0].as_str(), "not-the-password"),
        (scene.ada.account.email.as_str(), PASSWORD),
        (closed[1].as_str(), PASSWORD),
        (closed[2].as_str(), PASSWORD),
        ("nobody@example.com", PASSWORD),
    ] {
        scene.cloud.faults().forget();
        let failure = scene.come_back(email, password).await.err().unwrap();
        assert_eq!(failure.problem, WRONG_CREDENTIALS);
        seen.push((failure.detail, scene.cloud.faults().calls()));
    }
    assert!(seen.windows(2).all(|two| two[0] == two[1]), "{seen:?}");
    for _ in 0..4 {
        let _ = scene.come_back(&closed[0], "not-the-password").await;
    }
    assert_eq!(problem(scene.come_back(&closed[0], PASSWORD).await), Some(LOCKED));
}

#[tokio::test]
async fn of_two_who_come_back_at_once_nobody_breaks_anything() {
    let scene = Scene::open().await;
    scene.rights.deactivate(&scene.ada.caller(), &own(PASSWORD), &from("203.0.113.7")).await.unwrap();
    let mut all = JoinSet::new();
    for turn in 0..4 {
        let environment = scene.cloud.environment();
        environment.faults.storm(turn, Storm { conflicts: 20, lost_replies: 5, ..Storm::default() });
        let (people, email) = (scene.people.within(&environment), scene.ada.account.email.clone());
        all.spawn(async move {
            let comeback = Comeback { email, password: PASSWORD.parse().unwrap() };
            people.issuer.reactivate(&comeback, from(&format!("198.51.100.{turn}"))).await.map(drop)
        });
    }
    let won = all.join_all().await.into_iter().filter(Result::is_ok).count();
    assert_eq!(won, 1, "the account is open for the others already");
    assert_eq!(scene.told("identity.user.reactivated").await, 1);
}

#[tokio::test]
async fn an_administrator_unlocks_an_account_for_every_address() {
    let scene = Scene::open().await;
    let admin = scene.people.sign_in(&[Role::Admin]).await.caller();
    let user = scene.ada.account.id;
    for _ in 0..5 {
        let _ = scene.log_in("not-the-password").await;
    }
    let [_, day] = Lockout::keys(&user.to_string(), "");
    scene.cloud.set_number(&scene.people.identity.table, &day, "failures", i64::from(FAILURES_A_DAY)).await;
    assert_eq!(problem(scene.log_in(PASSWORD).await), Some(LOCKED));
    scene.rights.unlock(&admin, user).await.unwrap();
    scene.log_in(PASSWORD).await.unwrap();
    assert_eq!(scene.told("identity.user.unlocked").await, 1);
    let audit = scene.cloud.items_of(&scene.people.identity.table, "audit").await;
    assert_eq!(audit.len(), 1);
    assert_eq!(audit[0]["actor_id"].as_s().unwrap(), &admin.user_id.to_string());
    assert_eq!(audit[0]["action"].as_s().unwrap(), "unlocked");
}

#[tokio::test]
async fn an_administrator_signs_somebody_out_everywhere_and_nobody_else() {
    let scene = Scene::open().await;
    let admin = scene.people.sign_in(&[Role::Admin]).await;
    let elsewhere = scene.log_in(PASSWORD).await.unwrap();
    scene.rights.revoke_sessions(&admin.caller(), scene.ada.account.id).await.unwrap();
    assert!(!scene.is_signed_in(&scene.ada).await && !scene.is_signed_in(&elsewhere).await);
    assert!(scene.is_signed_in(&admin).await);
    assert_eq!(scene.told("identity.session.ended").await, 2);
    let anew = scene.log_in(PASSWORD).await.unwrap();
    assert!(scene.is_signed_in(&anew).await);
    let nobody = UserId::new();
    assert_eq!(problem(scene.rights.unlock(&admin.caller(), nobody).await), Some(Problem::NOT_FOUND));
    let unknown = scene.rights.revoke_sessions(&admin.caller(), nobody).await;
    assert_eq!(problem(unknown), Some(Problem::NOT_FOUND));
}

/// Of [`PASSWORD`], made by libxcrypt.
const BCRYPT: &str = "$2y$05$abcdefghijklmnopqrstuu8f8J8hQNDFNcVbs9jxTZ.Bk9N50.lbO";

fn imported(email: &str, more: &Value) -> Value {
    let mut account = json!({
        "email": email, "given_name": "Grace", "family_name": "Hopper", "roles": ["user"], "verified": true,
    });
    for (name, value) in more.as_object().unwrap() {
        account[name] = value.clone();
    }
    account
}

#[tokio::test]
async fn imported_accounts_log_in_with_their_passwords_and_are_made_once() {
    let scene = Scene::open().await;
    let rows = json!([
        imported(
            "grace@example.com",
            &json!({
                "password_hash": BCRYPT, "created_at": "2020-02-29T12:00:00Z", "phone": "+49 151 12345678",
            })
        ),
        imported("no-password@example.com", &json!({"verified": false})),
        imported(scene.ada.account.email.as_str(), &json!({})),
        imported("Grace@Example.com", &json!({})),
    ]);
    let outcomes = |imported: &Imported| imported.accounts.iter().map(|row| row.outcome).collect::<Vec<_>>();
    let first = scene.import(rows.clone()).await;
    assert_eq!(outcomes(&first), [Outcome::Created, Outcome::Created, Outcome::Exists, Outcome::Exists]);
    assert_eq!(first.accounts[2].user_id, Some(scene.ada.account.id));
    assert_eq!(first.accounts[3].user_id, first.accounts[0].user_id);
    let second = scene.import(rows).await;
    assert_eq!(outcomes(&second), [Outcome::Exists; 4]);
    assert_eq!(scene.told("identity.user.registered").await, 2);
    assert_eq!(scene.told("identity.account.changed").await, 2);
    assert_eq!(scene.told("identity.send_mail").await, 0);

    log_in_as(&scene.people, "grace@example.com").await.unwrap();
    let nothing = log_in_as(&scene.people, "no-password@example.com").await;
    assert_eq!(problem(nothing), Some(WRONG_CREDENTIALS));
    let key = Account::key_of(first.accounts[0].user_id.unwrap());
    let grace: Account = scene.people.identity.table.get(&key).await.unwrap().unwrap();
    assert_eq!(grace.created_at.to_string(), "2020-02-29T12:00:00Z");
    assert!(grace.password_hash.is_ours());
}

async fn log_in_as(people: &People, email: &str) -> Result<()> {
    let credentials = Credentials { email: email.parse().unwrap(), password: PASSWORD.parse().unwrap() };
    people.issuer.log_in(&credentials, from("203.0.113.7")).await.map(drop)
}

#[tokio::test]
async fn each_bad_row_of_an_import_says_what_is_wrong_and_harms_no_other() {
    let scene = Scene::open().await;
    let cases = [
        (imported("a@example.com", &json!({"password": PASSWORD})), "/password"),
        (imported("b@example.com", &json!({"password_hash": PASSWORD})), "/password_hash"),
        (imported("c@example.com", &json!({"roles": []})), "/roles"),
        (imported("d@example.com", &json!({"roles": ["emperor"]})), "/roles/0"),
        (imported("no address", &json!({})), "/email"),
        (imported("e@example.com", &json!({"created_at": "2999-01-01T00:00:00Z"})), "/created_at"),
        (imported("f@example.com", &json!({"second_name": "B."})), "/second_name"),
        (json!("a text"), ""),
    ];
    let mut rows: Vec<_> = cases.iter().map(|(row, _)| row.clone()).collect();
    rows.push(imported("good@example.com", &json!({})));
    let answer = scene.import(Value::Array(rows)).await;
    for (row, (_, pointer)) in answer.accounts.iter().zip(&cases) {
        assert_eq!(row.outcome, Outcome::Invalid);
        assert_eq!(row.errors[0].pointer, *pointer);
        assert!(!row.errors[0].message.contains(PASSWORD));
    }
    assert_eq!(answer.accounts.last().unwrap().outcome, Outcome::Created);
    let identity = &scene.people.identity;
    for accounts in [Vec::new(), vec![json!({}); MOST + 1]] {
        assert_eq!(problem(identity.import(&Import { accounts }).await), Some(Problem::INVALID_REQUEST));
    }
}

#[tokio::test]
async fn of_two_imports_at_once_each_account_is_made_by_one() {
    let scene = Scene::open().await;
    let rows: Vec<_> = (0..10).map(|at| imported(&format!("person-{at}@example.com"), &json!({}))).collect();
    let mut all = JoinSet::new();
    for _ in 0..2 {
        let identity = Identity { table: scene.cloud.environment().table(&scene.people.identity.table) };
        let import = Import { accounts: rows.clone() };
        all.spawn(async move { body(&identity.import(&import).await.unwrap()) });
    }
    let answers: Vec<Imported> =
        all.join_all().await.into_iter().map(|body| serde_json::from_value(body).unwrap()).collect();
    for at in 0..10 {
        let made = answers.iter().filter(|it| it.accounts[at].outcome == Outcome::Created).count();
        assert_eq!(made, 1);
        assert_eq!(answers[0].accounts[at].user_id, answers[1].accounts[at].user_id);
        let guard = email_guard(&format!("person-{at}@example.com").parse().unwrap());
        let key = store::Key::new(guard, "GUARD");
        assert!(scene.people.identity.table.item(&key, true).await.unwrap().is_some());
    }
}
