//! Logging in, staying in and getting out.

use identity::issuer::TokenPair;
use identity::lockout::{FAILURES_A_DAY, LOCKED, Lockout};
use identity::log_in::{Credentials, NOT_VERIFIED, WRONG_CREDENTIALS};
use identity::log_out::OwnSessions;
use identity::refresh::{Exchange, NOT_REFRESHABLE};
use identity::registry::Registry;
use identity::second_factor::SignIn;
use identity::session::Session;
use kernel::{Problem, Result, Role, time};
use proptest::prelude::*;
use std::time::Duration;
use store::Record;
use testkit::{Cloud, Fault, PASSWORD, People, SignedIn, Storm, client_at, problem};
use tokio::task::JoinSet;
use web::{Caller, Json, Reply};

use crate::common;

fn credentials(name: &str, password: &str) -> Credentials {
    Credentials { email: name.parse().unwrap(), password: password.parse().unwrap() }
}

fn refresh_token(pair: &impl Reply) -> String {
    common::token(pair, "refresh_token")
}

fn access_token(pair: &impl Reply) -> String {
    common::token(pair, "access_token")
}

struct Scene {
    cloud: Cloud,
    people: People,
    ada: SignedIn,
}

impl Scene {
    async fn open() -> Self {
        let (cloud, people, ada) = common::open().await;
        Self { cloud, people, ada }
    }

    async fn log_in(&self, name: &str, password: &str, address: &str) -> Result<Json<SignIn>> {
        self.people.issuer.log_in(&credentials(name, password), client_at(address)).await
    }

    async fn log_ada_in(&self, password: &str, address: &str) -> Result<Json<SignIn>> {
        self.log_in(self.ada.account.email.as_str(), password, address).await
    }

    async fn refresh(&self, token: &str) -> Result<Json<TokenPair>> {
        refreshed(&self.people, token).await
    }

    async fn session(&self) -> Option<Session> {
        self.people.identity.table.get(&self.ada.session.key()).await.unwrap()
    }

    /// As when so much time has passed since the session's last use.
    async fn let_pass(&self, ago: Duration) {
        let Some(mut session) = self.session().await else { return };
        for at in session.rotated_at.iter_mut().chain([
            &mut session.created_at,
            &mut session.last_used_at,
            &mut session.expires_at,
            &mut session.ends_at,
        ]) {
            *at -= ago;
        }
        self.cloud.put(&self.people.identity.table, &session).await;
    }

    async fn told(&self, kind: &str) -> usize {
        self.cloud.told(&self.people.identity.table, kind).await.len()
    }

    /// Whether the registry still lets the session's access tokens in.
    async fn is_registered(&self) -> bool {
        let environment = self.cloud.environment();
        self.people.within(&environment).sessions().caller(&self.ada.access_token).await.is_ok()
    }

    fn caller(&self) -> Caller {
        self.ada.caller()
    }
}

async fn refreshed(people: &People, token: &str) -> Result<Json<TokenPair>> {
    people.issuer.refresh(&Exchange { refresh_token: token.parse().unwrap() }).await
}

#[tokio::test]
async fn the_right_password_opens_a_session_that_endpoints_accept() {
    let scene = Scene::open().await;
    let tokens = scene.log_ada_in(PASSWORD, "203.0.113.7").await.unwrap();
    let caller = scene.people.sessions().caller(&access_token(&tokens)).await.unwrap();
    assert_eq!(caller.user_id, scene.ada.account.id);
    assert_ne!(caller.session_id, scene.ada.session.id.to_string());
}

#[tokio::test]
async fn an_unknown_name_a_wrong_password_and_an_inactive_account_are_answered_alike_and_cost_the_same() {
    let scene = Scene::open().await;
    let inactive = scene.people.sign_in(&[Role::User]).await.account;
    let mut changed = inactive.clone();
    changed.status = identity::account::Status::Deactivated;
    common::save(&scene.people, &changed).await;

    let mut seen = Vec::new();
    for (name, password) in [
        (scene.ada.account.email.as_str(), "not-the-password"),
        ("nobody@example.com", PASSWORD),
        ("nobody-of-this-name", PASSWORD),
        (inactive.email.as_str(), PASSWORD),
    ] {
        scene.cloud.faults().forget();
        let failure = scene.log_in(name, password, "203.0.113.7").await.err().unwrap();
        assert_eq!(failure.problem, WRONG_CREDENTIALS);
        seen.push((failure.detail, scene.cloud.faults().calls()));
    }
    assert!(seen.windows(2).all(|two| two[0] == two[1]), "{seen:?}");
}

#[tokio::test]
async fn who_has_not_verified_the_address_is_told_so_and_only_with_the_right_password() {
    let scene = Scene::open().await;
    let mut account = scene.ada.account.clone();
    account.verified_at = None;
    common::save(&scene.people, &account).await;
    assert_eq!(problem(scene.log_ada_in(PASSWORD, "203.0.113.7").await), Some(NOT_VERIFIED));
    assert_eq!(problem(scene.log_ada_in("not-the-password", "203.0.113.7").await), Some(WRONG_CREDENTIALS));
}

#[tokio::test]
async fn five_failures_lock_the_account_for_that_address_and_for_no_other() {
    let scene = Scene::open().await;
    for _ in 0..5 {
        assert_eq!(
            problem(scene.log_ada_in("not-the-password", "203.0.113.7").await),
            Some(WRONG_CREDENTIALS)
        );
    }
    let locked = scene.log_ada_in(PASSWORD, "203.0.113.7").await.err().unwrap();
    assert_eq!(locked.problem, LOCKED);
    assert!(locked.retry_after.unwrap() <= time::minutes(30));
    scene.log_ada_in(PASSWORD, "198.51.100.1").await.unwrap();

    let [here, _] = Lockout::keys(&scene.ada.account.id.to_string(), "203.0.113.7");
    scene.cloud.set_number(&scene.people.identity.table, &here, "window_ends_ms", 1).await;
    scene.log_ada_in(PASSWORD, "203.0.113.7").await.unwrap();
}

#[tokio::test]
async fn a_name_that_nobody_has_is_locked_like_one_that_somebody_has() {
    let scene = Scene::open().await;
    for _ in 0..5 {
        let failure = scene.log_in("nobody@example.com", PASSWORD, "203.0.113.7").await;
        assert_eq!(problem(failure), Some(WRONG_CREDENTIALS));
    }
    assert_eq!(problem(scene.log_in("nobody@example.com", PASSWORD, "203.0.113.7").await), Some(LOCKED));
}

#[tokio::test]
async fn a_success_forgets_the_failures_before() {
    let scene = Scene::open().await;
    for _ in 0..3 {
        for _ in 0..4 {
            let _ = scene.log_ada_in("not-the-password", "203.0.113.7").await;
        }
        scene.log_ada_in(PASSWORD, "203.0.113.7").await.unwrap();
    }
}

#[tokio::test]
async fn fifty_failures_a_day_lock_the_account_everywhere_and_its_owner_is_told_once() {
    let scene = Scene::open().await;
    let _ = scene.log_ada_in("not-the-password", "203.0.113.1").await;
    let [_, day] = Lockout::keys(&scene.ada.account.id.to_string(), "");
    let nearly = i64::from(FAILURES_A_DAY) - 1;
    scene.cloud.set_number(&scene.people.identity.table, &day, "failures", nearly).await;
    assert_eq!(scene.told("identity.user.locked").await, 0);
    let _ = scene.log_ada_in("not-the-password", "203.0.113.2").await;
    assert_eq!(problem(scene.log_ada_in(PASSWORD, "203.0.113.3").await), Some(LOCKED));
    assert_eq!(scene.told("identity.user.locked").await, 1);
    assert_eq!(scene.told("identity.send_mail").await, 1);
}

#[tokio::test]
async fn of_failures_at_once_each_that_is_answered_is_counted() {
    let scene = Scene::open().await;
    let mut all = JoinSet::new();
    for at in 0..12 {
        let people = scene.people.within(&scene.cloud.environment());
        let wrong = credentials(scene.ada.account.email.as_str(), "not-the-password");
        all.spawn(async move {
            problem(people.issuer.log_in(&wrong, client_at(&format!("203.0.113.{at}"))).await)
        });
    }
    let answers = all.join_all().await;
    let wrong = answers.iter().filter(|answer| **answer == Some(WRONG_CREDENTIALS)).count();
    assert!(answers.iter().all(|it| *it == Some(WRONG_CREDENTIALS) || *it == Some(Problem::UNAVAILABLE)));
    let [_, day] = Lockout::keys(&scene.ada.account.id.to_string(), "");
    let counted = scene.people.identity.table.item(&day, true).await.unwrap().unwrap();
    assert_eq!(counted["failures"].as_n().unwrap(), &wrong.to_string());
}

#[tokio::test]
async fn each_refresh_token_is_exchanged_for_the_next() {
    let scene = Scene::open().await;
    let mut token = scene.ada.refresh_token.clone();
    for _ in 0..5 {
        let pair = scene.refresh(&token).await.unwrap();
        let next = refresh_token(&pair);
        assert_ne!(next, token);
        scene.people.sessions().caller(&access_token(&pair)).await.unwrap();
        token = next;
    }
    assert_eq!(scene.session().await.unwrap().generation, 5);
}

#[tokio::test]
async fn a_token_whose_reply_was_lost_gets_the_same_successor_within_the_grace_window() {
    let scene = Scene::open().await;
    let first = refresh_token(&scene.refresh(&scene.ada.refresh_token).await.unwrap());
    scene.let_pass(time::seconds(25)).await;
    let again = refresh_token(&scene.refresh(&scene.ada.refresh_token).await.unwrap());
    assert_eq!(first, again);
    assert_eq!(scene.session().await.unwrap().generation, 1);
}

#[tokio::test]
async fn a_superseded_token_ends_the_session_for_thief_and_owner_alike() {
    let scene = Scene::open().await;
    let current = refresh_token(&scene.refresh(&scene.ada.refresh_token).await.unwrap());
    scene.let_pass(time::seconds(31)).await;
    assert_eq!(problem(scene.refresh(&scene.ada.refresh_token).await), Some(NOT_REFRESHABLE));
    assert_eq!(problem(scene.refresh(&current).await), Some(NOT_REFRESHABLE));
    assert_eq!(scene.session().await, None);
    assert!(!scene.is_registered().await);
    assert_eq!(scene.told("identity.token.reuse_detected").await, 1);
    assert_eq!(scene.told("identity.session.ended").await, 1);
}

/// One token fifty times at once.
async fn storm(storm: Storm) {
    let scene = Scene::open().await;
    let mut all = JoinSet::new();
    for seed in 0..50 {
        let environment = scene.cloud.environment();
        environment.faults.storm(seed, storm);
        let (people, token) = (scene.people.within(&environment), scene.ada.refresh_token.clone());
        all.spawn(async move { refreshed(&people, &token).await.map(|pair| refresh_token(&pair)) });
    }
    let mut branches = Vec::new();
    for answer in all.join_all().await {
        match answer {
            Ok(token) => branches.push(token),
            Err(failure) => assert_eq!(failure.problem, Problem::UNAVAILABLE, "{failure:?}"),
        }
    }
    assert!(!branches.is_empty());
    branches.dedup();
    assert_eq!(branches.len(), 1, "one live branch");
    assert_eq!(scene.session().await.unwrap().generation, 1);
    assert_eq!(scene.told("identity.session.refreshed").await, 1, "one of them rotated");
    scene.refresh(&branches[0]).await.unwrap();
}

#[tokio::test]
async fn a_storm_of_fifty_refreshes_leaves_exactly_one_live_branch() {
    storm(Storm::default()).await;
}

#[tokio::test]
async fn a_storm_of_refreshes_among_conflicts_and_lost_replies_leaves_exactly_one_live_branch() {
    storm(Storm { conflicts: 20, lost_requests: 2, lost_replies: 5, throttled: 2 }).await;
}

#[tokio::test]
async fn forged_tokens_are_refused_and_end_nobodys_session() {
    let scene = Scene::open().await;
    let good = &scene.ada.refresh_token;
    let another = scene.people.sign_in(&[Role::User]).await.refresh_token;
    let flip = |at: usize| {
        let mut forged = good.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(forged).unwrap()
    };
    // Ids, generation and proof, each a little wrong, and two tokens' halves.
    let mut forged: Vec<_> = (0..good.len() - 1).step_by(5).map(flip).collect();
    forged.extend([String::new(), "nonsense".into(), good[1..].into(), format!("{good}A"), "x".repeat(5000)]);
    forged.push(format!("{}{}", &good[..48], &another[48..]));
    for forged in forged {
        assert_eq!(problem(scene.refresh(&forged).await), Some(NOT_REFRESHABLE), "{forged}");
    }
    assert!(scene.is_registered().await);
    assert_eq!(scene.told("identity.token.reuse_detected").await, 0);
    scene.refresh(good).await.unwrap();
}

#[tokio::test]
async fn a_session_is_over_after_thirty_idle_days_and_that_is_no_theft() {
    let scene = Scene::open().await;
    scene.let_pass(time::days(30)).await;
    assert_eq!(problem(scene.refresh(&scene.ada.refresh_token).await), Some(NOT_REFRESHABLE));
    assert_eq!(scene.told("identity.token.reuse_detected").await, 0);
}

#[tokio::test]
async fn an_inactive_account_gets_no_new_tokens() {
    let scene = Scene::open().await;
    let mut account = scene.ada.account.clone();
    account.status = identity::account::Status::Deactivated;
    common::save(&scene.people, &account).await;
    assert_eq!(problem(scene.refresh(&scene.ada.refresh_token).await), Some(NOT_REFRESHABLE));
}

#[tokio::test]
async fn a_refresh_whose_replies_are_lost_can_be_repeated() {
    let scene = Scene::open().await;
    scene.cloud.faults().next("TransactWriteItems", Fault::DeathAfter);
    assert_eq!(problem(scene.refresh(&scene.ada.refresh_token).await), Some(Problem::UNAVAILABLE));
    scene.cloud.faults().calm();
    let token = refresh_token(&scene.refresh(&scene.ada.refresh_token).await.unwrap());
    assert_eq!(scene.session().await.unwrap().generation, 1);
    scene.refresh(&token).await.unwrap();
}

#[tokio::test]
async fn who_logs_out_is_out_and_may_do_it_twice() {
    let scene = Scene::open().await;
    let sessions =
        OwnSessions::new(scene.people.identity.table.clone(), Registry(scene.people.registry.clone()));
    for _ in 0..2 {
        sessions.log_out(&scene.caller()).await.unwrap();
    }
    assert!(!scene.is_registered().await);
    assert_eq!(problem(scene.refresh(&scene.ada.refresh_token).await), Some(NOT_REFRESHABLE));
    assert_eq!(scene.told("identity.session.ended").await, 1);
}

#[tokio::test]
async fn logging_out_ends_no_other_session() {
    let scene = Scene::open().await;
    let other = scene.log_ada_in(PASSWORD, "203.0.113.7").await.unwrap();
    let sessions =
        OwnSessions::new(scene.people.identity.table.clone(), Registry(scene.people.registry.clone()));
    sessions.log_out(&scene.caller()).await.unwrap();
    scene.people.sessions().caller(&access_token(&other)).await.unwrap();
    scene.refresh(&refresh_token(&other)).await.unwrap();
}

#[tokio::test]
async fn a_refresh_and_a_log_out_at_once_never_bring_a_session_back() {
    for _ in 0..5 {
        let scene = Scene::open().await;
        let sessions =
            OwnSessions::new(scene.people.identity.table.clone(), Registry(scene.people.registry.clone()));
        let caller = scene.caller();
        let (out, _) = tokio::join!(sessions.log_out(&caller), scene.refresh(&scene.ada.refresh_token));
        out.unwrap();
        assert_eq!(scene.session().await, None);
        assert_eq!(problem(scene.refresh(&scene.ada.refresh_token).await), Some(NOT_REFRESHABLE));
    }
}

/// What owner and thief do with the tokens they have seen.
#[derive(Debug, Clone)]
enum Act {
    /// Presents the token of that place in the list of all that were ever given out.
    Refresh(prop::sample::Index),
    /// Seconds.
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => any::<prop::sample::Index>().prop_map(Act::Refresh),
        1 => (1_u64..40).prop_map(Act::Wait),
    ]
}

/// The family of one log-in, told in a few lines: when each token was superseded, in seconds.
struct Model {
    superseded: Vec<u64>,
    dead: bool,
    now: u64,
}

impl Model {
    /// The place of the token that must be answered, if any.
    fn refresh(&mut self, presented: usize) -> Option<usize> {
        if self.dead {
            return None;
        }
        match self.superseded.get(presented) {
            None => self.superseded.push(self.now),
            Some(at) if self.now < at + 30 => {}
            Some(_) => self.dead = true,
        }
        (!self.dead).then_some(self.superseded.len())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 16,
        max_shrink_iters: 16,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whoever presents which token when: the answers are those of the model.
    #[test]
    fn owner_and_thief_get_what_the_model_says(acts in prop::collection::vec(act(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let scene = Scene::open().await;
            let mut model = Model { superseded: Vec::new(), dead: false, now: 0 };
            let mut tokens = vec![scene.ada.refresh_token.clone()];
            for act in acts {
                match act {
                    Act::Wait(seconds) => {
                        scene.let_pass(Duration::from_secs(seconds)).await;
                        model.now += seconds;
                    }
                    Act::Refresh(which) => {
                        let presented = which.index(tokens.len());
                        let answer = scene.refresh(&tokens[presented]).await;
                        let Some(expected) = model.refresh(presented) else {
                            assert_eq!(problem(answer), Some(NOT_REFRESHABLE));
                            assert!(!scene.is_registered().await);
                            continue;
                        };
                        let token = refresh_token(&answer.unwrap());
                        match tokens.get(expected) {
                            Some(known) => assert_eq!(*known, token),
                            None => tokens.push(token),
                        }
                    }
                }
            }
        });
    }
}
