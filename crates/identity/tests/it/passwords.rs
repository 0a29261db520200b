//! New passwords: for who forgot the old one, for who knows it, and for who must prove it again.

use identity::TokenPair;
use identity::account::{Account, Status};
use identity::challenge::{Answers, Challenge, Purpose, WRONG_ANSWER};
use identity::change_password::PasswordChange;
use identity::confirm::OwnPassword;
use identity::lockout::LOCKED;
use identity::log_in::{Credentials, WRONG_CREDENTIALS};
use identity::password::PasswordHash;
use identity::proof::WRONG_PASSWORD;
use identity::refresh::{Exchange, NOT_REFRESHABLE};
use identity::reset_password::{LinkToken, NewPassword};
use identity::second_factor::SignIn;
use identity::validate::{Inspector, Presented, Validity};
use identity::verify_email::{Address, Proof};
use kernel::{Problem, Result, Role, time};
use store::{Record, Transaction};
use testkit::{
    Cloud, Fault, PASSWORD, People, SignedIn, Storm, TOKEN_SECRET, body, client, client_at, problem,
};
use tokio::task::JoinSet;
use web::Json;

use crate::common::{self, token};

const ANOTHER: &str = "walrus-paints-the-shed-77";

fn new_password(password: &str) -> NewPassword {
    NewPassword { password: password.parse().unwrap(), password_confirm: None }
}

fn change(current: &str, new: &str) -> PasswordChange {
    let (current_password, password) = (current.parse().unwrap(), new.parse().unwrap());
    PasswordChange { current_password, password, password_confirm: None }
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

    async fn log_in(&self, password: &str, address: &str) -> Result<Json<SignIn>> {
        let email = self.ada.account.email.as_str().parse().unwrap();
        let credentials = Credentials { email, password: password.parse().unwrap() };
        self.people.issuer.log_in(&credentials, client_at(address)).await
    }

    async fn account(&self) -> Account {
        self.people.identity.table.get(&self.ada.account.key()).await.unwrap().unwrap()
    }

    async fn save(&self, account: &Account) {
        common::save(&self.people, account).await;
    }

    async fn told(&self, kind: &str) -> usize {
        self.cloud.told(&self.people.identity.table, kind).await.len()
    }

    /// Asks for a link, as the consumer of the mail queue carries it out; each wish comes twice.
    async fn forget(&self, email: &str) {
        let address = Address { email: email.parse().unwrap() };
        self.people.identity.forgot_password(&address).await.unwrap();
        common::deliver_wishes(&self.cloud, &self.people, "forgot_password").await;
    }

    async fn challenge(&self) -> Option<Challenge> {
        let key = Challenge::key_of(self.ada.account.id, Purpose::ResetPassword);
        self.people.identity.table.get(&key).await.unwrap()
    }

    /// The token of the link that was mailed to Ada.
    async fn link(&self) -> LinkToken {
        self.forget(self.ada.account.email.as_str()).await;
        let answers = Answers::new(TOKEN_SECRET).unwrap();
        answers.token(&self.challenge().await.unwrap()).parse().unwrap()
    }

    async fn reset(&self, token: &LinkToken, password: &str) -> Result<Json<SignIn>> {
        self.people.issuer.reset_password(token, &new_password(password), client()).await
    }

    async fn change(&self, change: &PasswordChange) -> Result<Json<TokenPair>> {
        self.people.issuer.change_password(&self.ada.caller(), change, client()).await
    }

    async fn confirm(&self, password: &str) -> Result<Json<TokenPair>> {
        let own = OwnPassword { password: password.parse().unwrap() };
        self.people.issuer.confirm(&self.ada.caller(), &own, client()).await
    }

    /// That Ada's first session is over, with both its tokens.
    async fn first_session_is_over(&self) {
        let exchange = Exchange { refresh_token: self.ada.refresh_token.parse().unwrap() };
        assert_eq!(problem(self.people.issuer.refresh(&exchange).await), Some(NOT_REFRESHABLE));
        assert!(self.people.sessions().caller(&self.ada.access_token).await.is_err());
    }
}

#[tokio::test]
async fn a_link_sets_the_password_once_ends_every_session_and_signs_the_owner_in() {
    let scene = Scene::open().await;
    let link = scene.link().await;
    let pair = scene.reset(&link, ANOTHER).await.unwrap();
    scene.people.sessions().caller(&token(&pair, "access_token")).await.unwrap();
    scene.first_session_is_over().await;
    let account = scene.account().await;
    assert!(account.password_changed_at < account.sessions_valid_from);
    assert_eq!(problem(scene.log_in(PASSWORD, "203.0.113.7").await), Some(WRONG_CREDENTIALS));
    scene.log_in(ANOTHER, "203.0.113.7").await.unwrap();
    assert_eq!(problem(scene.reset(&link, "a-third-one-for-the-thief-5").await), Some(WRONG_ANSWER));
    scene.log_in(ANOTHER, "203.0.113.7").await.unwrap();
    assert_eq!(scene.told("identity.password.changed").await, 1);
    assert_eq!(scene.told("identity.password.reset_requested").await, 1);
    assert_eq!(scene.told("identity.user.verified").await, 0);
}

#[tokio::test]
async fn asking_for_a_link_costs_and_answers_the_same_for_every_address() {
    let scene = Scene::open().await;
    let mut seen = Vec::new();
    for email in [scene.ada.account.email.as_str(), "nobody@example.com"] {
        scene.cloud.faults().forget();
        let address = Address { email: email.parse().unwrap() };
        let notice = scene.people.identity.forgot_password(&address).await.unwrap();
        seen.push((notice.0.message, scene.cloud.faults().calls()));
    }
    assert_eq!(seen[0], seen[1]);
    scene.forget("nobody@example.com").await;
    let stored = format!("{:?}", scene.cloud.items(&scene.people.identity.table).await);
    let answers = Answers::new(TOKEN_SECRET).unwrap();
    let token = answers.token(&scene.challenge().await.unwrap());
    assert!(!stored.contains(&token), "nothing that can be presented is stored");
    assert_eq!(scene.told("identity.password.reset_requested").await, 1, "one wish for Ada, none for nobody");
}

#[tokio::test]
async fn a_newer_link_voids_the_one_before_and_an_old_one_is_nothing() {
    let scene = Scene::open().await;
    let first = scene.link().await;
    let second = scene.link().await;
    assert_eq!(problem(scene.reset(&first, ANOTHER).await), Some(WRONG_ANSWER));
    let mut challenge = scene.challenge().await.unwrap();
    assert!(challenge.expires_at <= time::now() + time::minutes(10));
    challenge.expires_at = time::now() - time::seconds(1);
    scene.cloud.put(&scene.people.identity.table, &challenge).await;
    assert_eq!(problem(scene.reset(&second, ANOTHER).await), Some(WRONG_ANSWER));
    for nonsense in ["", "nonsense", "AAAA"] {
        assert_eq!(problem(scene.reset(&nonsense.parse().unwrap(), ANOTHER).await), Some(WRONG_ANSWER));
    }
}

#[tokio::test]
async fn a_link_is_no_proof_of_an_address_nor_the_other_way_round() {
    let scene = Scene::open().await;
    scene.forget(scene.ada.account.email.as_str()).await;
    let answers = Answers::new(TOKEN_SECRET).unwrap();
    let reset = answers.token(&scene.challenge().await.unwrap());
    let proof = Proof { token: Some(reset), email: None, code: None };
    let verified = scene.people.issuer.verify_email(&proof, client()).await;
    assert_eq!(problem(verified), Some(WRONG_ANSWER));
    let (id, email) = (scene.ada.account.id, scene.ada.account.email.clone());
    let other = Challenge::new(id, Purpose::VerifyEmail, email);
    let table = &scene.people.identity.table;
    let effect = Transaction::new().create(table, &other, kernel::Failure::internal("taken")).unwrap();
    effect.commit(table).await.unwrap();
    let verify: LinkToken = answers.token(&other).parse().unwrap();
    assert_eq!(problem(scene.reset(&verify, ANOTHER).await), Some(WRONG_ANSWER));
}

#[tokio::test]
async fn a_weak_or_mistyped_password_is_refused_and_the_link_stays_good() {
    let scene = Scene::open().await;
    let link = scene.link().await;
    let wrong = NewPassword {
        password: "lovelace".parse().unwrap(),
        password_confirm: Some("lovelace1".parse().unwrap()),
    };
    let failure = scene.people.issuer.reset_password(&link, &wrong, client()).await.err().unwrap();
    let broken: Vec<_> = failure.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(broken, ["/password", "/password_confirm"]);
    scene.reset(&link, ANOTHER).await.unwrap();
}

#[tokio::test]
async fn a_reset_verifies_the_address_and_ends_the_lockout() {
    let scene = Scene::open().await;
    scene.save(&Account { verified_at: None, ..scene.ada.account.clone() }).await;
    for _ in 0..5 {
        let _ = scene.log_in("not-the-password", "203.0.113.7").await;
    }
    assert_eq!(problem(scene.log_in(PASSWORD, "203.0.113.7").await), Some(LOCKED));
    let link = scene.link().await;
    scene.reset(&link, ANOTHER).await.unwrap();
    assert!(scene.account().await.is_verified());
    assert_eq!(scene.told("identity.user.verified").await, 1);
    scene.log_in(ANOTHER, "203.0.113.7").await.unwrap();
}

#[tokio::test]
async fn a_closed_account_gets_no_link_and_an_old_link_opens_none() {
    let scene = Scene::open().await;
    let link = scene.link().await;
    scene.save(&Account { status: Status::Suspended, ..scene.account().await }).await;
    assert_eq!(problem(scene.reset(&link, ANOTHER).await), Some(WRONG_ANSWER));
    let before = scene.told("identity.password.reset_requested").await;
    scene.forget(scene.ada.account.email.as_str()).await;
    assert_eq!(scene.told("identity.password.reset_requested").await, before);
}

#[tokio::test]
async fn of_ten_resets_with_one_link_one_has_an_effect() {
    let scene = Scene::open().await;
    let link = scene.link().await;
    let mut all = JoinSet::new();
    for turn in 0..10 {
        let environment = scene.cloud.environment();
        environment.faults.storm(turn, Storm { conflicts: 20, ..Storm::default() });
        let (people, link) = (scene.people.within(&environment), link.clone());
        all.spawn(async move {
            let new = new_password(&format!("{ANOTHER}-{turn}"));
            people.issuer.reset_password(&link, &new, client()).await.map(drop)
        });
    }
    let (won, lost): (Vec<_>, Vec<_>) = all.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for lost in lost {
        let problem = problem(lost);
        assert!(problem == Some(WRONG_ANSWER) || problem == Some(Problem::CONFLICT), "{problem:?}");
    }
    assert_eq!(scene.account().await.token_version, 2);
}

#[tokio::test]
async fn a_reset_whose_reply_is_lost_is_done_once() {
    let scene = Scene::open().await;
    let link = scene.link().await;
    scene.cloud.faults().next("TransactWriteItems", Fault::LostReply);
    scene.reset(&link, ANOTHER).await.unwrap();
    assert!(scene.cloud.faults().are_spent());
    assert_eq!(scene.account().await.token_version, 2);
}

#[tokio::test]
async fn who_knows_the_password_sets_another_and_only_the_new_session_lives() {
    let scene = Scene::open().await;
    let elsewhere = scene.log_in(PASSWORD, "198.51.100.1").await.unwrap();
    let pair = scene.change(&change(PASSWORD, ANOTHER)).await.unwrap();
    scene.people.sessions().caller(&token(&pair, "access_token")).await.unwrap();
    let exchange = Exchange { refresh_token: token(&pair, "refresh_token").parse().unwrap() };
    scene.people.issuer.refresh(&exchange).await.unwrap();
    scene.first_session_is_over().await;
    let exchange = Exchange { refresh_token: token(&elsewhere, "refresh_token").parse().unwrap() };
    assert_eq!(problem(scene.people.issuer.refresh(&exchange).await), Some(NOT_REFRESHABLE));
    scene.log_in(ANOTHER, "203.0.113.7").await.unwrap();
    assert_eq!(scene.told("identity.password.changed").await, 1);
}

#[tokio::test]
async fn no_session_that_the_old_password_opens_at_that_moment_outlives_a_change() {
    for round in 0..5_u64 {
        let scene = Scene::open().await;
        let mut all = JoinSet::new();
        for turn in 0..6 {
            let people = scene.people.within(&scene.cloud.environment());
            let email = scene.ada.account.email.as_str().parse().unwrap();
            let credentials = Credentials { email, password: PASSWORD.parse().unwrap() };
            all.spawn(async move {
                tokio::time::sleep(std::time::Duration::from_millis(20 * turn + 7 * round)).await;
                people.issuer.log_in(&credentials, client_at(&format!("198.51.100.{turn}"))).await
            });
        }
        let changed = scene.change(&change(PASSWORD, ANOTHER)).await.unwrap();
        for answer in all.join_all().await {
            match answer {
                Ok(pair) => {
                    let exchange = Exchange { refresh_token: token(&pair, "refresh_token").parse().unwrap() };
                    assert_eq!(problem(scene.people.issuer.refresh(&exchange).await), Some(NOT_REFRESHABLE));
                    assert!(scene.people.sessions().caller(&token(&pair, "access_token")).await.is_err());
                }
                Err(failure) => {
                    let refused = [WRONG_CREDENTIALS, Problem::UNAVAILABLE].contains(&failure.problem);
                    assert!(refused, "{failure:?}");
                }
            }
        }
        scene.people.sessions().caller(&token(&changed, "access_token")).await.unwrap();
    }
}

#[tokio::test]
async fn a_change_needs_the_present_password_and_a_good_new_one() {
    let scene = Scene::open().await;
    let refused = scene.change(&change("not-the-password", ANOTHER)).await;
    assert_eq!(problem(refused), Some(WRONG_PASSWORD));
    let refused = scene.change(&change(PASSWORD, "password1")).await;
    assert_eq!(problem(refused), Some(Problem::INVALID_REQUEST));
    assert_eq!(scene.account().await.token_version, 1);
    scene.people.sessions().caller(&scene.ada.access_token).await.unwrap();
}

#[tokio::test]
async fn guessing_at_the_password_in_an_open_session_locks_like_guessing_at_the_door() {
    let scene = Scene::open().await;
    for turn in 0..5 {
        let guess = match turn % 2 {
            0 => problem(scene.confirm("not-the-password").await),
            _ => problem(scene.change(&change("not-the-password", ANOTHER)).await),
        };
        assert_eq!(guess, Some(WRONG_PASSWORD));
    }
    assert_eq!(problem(scene.confirm(PASSWORD).await), Some(LOCKED));
    assert_eq!(problem(scene.change(&change(PASSWORD, ANOTHER)).await), Some(LOCKED));
    assert_eq!(problem(scene.log_in(PASSWORD, "203.0.113.7").await), Some(LOCKED));
}

#[tokio::test]
async fn a_proof_makes_the_session_fresh_and_keeps_it() {
    let scene = Scene::open().await;
    let mut session = scene.ada.session.clone();
    session.authenticated_at -= time::hours(2);
    scene.cloud.put(&scene.people.identity.table, &session).await;
    let stale = scene.people.issuer.tokens(&scene.ada.account, &session).unwrap().access_token;
    let caller = scene.people.sessions().caller(&stale).await.unwrap();
    assert_eq!(problem(caller.must_be_fresh()), Some(web::CONFIRM_FIRST));

    let pair = scene.confirm(PASSWORD).await.unwrap();
    let caller = scene.people.sessions().caller(&token(&pair, "access_token")).await.unwrap();
    caller.must_be_fresh().unwrap();
    assert_eq!(caller.session_id, scene.ada.session.id.to_string());
    // A refresh keeps the moment of the proof, and the session its refresh token.
    assert_eq!(token(&pair, "refresh_token"), scene.ada.refresh_token);
    let exchange = Exchange { refresh_token: scene.ada.refresh_token.parse().unwrap() };
    let next = scene.people.issuer.refresh(&exchange).await.unwrap();
    let caller = scene.people.sessions().caller(&token(&next, "access_token")).await.unwrap();
    caller.must_be_fresh().unwrap();
}

#[tokio::test]
async fn an_ended_session_is_not_made_fresh() {
    let scene = Scene::open().await;
    scene.reset(&scene.link().await, ANOTHER).await.unwrap();
    assert_eq!(problem(scene.confirm(ANOTHER).await), Some(Problem::NOT_SIGNED_IN));
}

#[tokio::test]
async fn the_first_log_in_replaces_an_imported_hash_and_the_next_ones_keep_it() {
    let scene = Scene::open().await;
    let hash = "$2y$05$abcdefghijklmnopqrstuu8f8J8hQNDFNcVbs9jxTZ.Bk9N50.lbO";
    let hash = PasswordHash::foreign(hash).unwrap();
    scene.save(&Account { password_hash: hash.clone(), ..scene.ada.account.clone() }).await;
    let version = scene.account().await.version;
    assert_eq!(problem(scene.log_in("not-the-password", "203.0.113.7").await), Some(WRONG_CREDENTIALS));
    assert!(!scene.account().await.password_hash.is_ours());
    scene.log_in(PASSWORD, "203.0.113.7").await.unwrap();
    let ours = scene.account().await.password_hash;
    assert!(ours.is_ours() && ours != hash);
    scene.log_in(PASSWORD, "203.0.113.7").await.unwrap();
    assert_eq!(scene.account().await.password_hash, ours);
    assert_eq!(scene.account().await.version, version);
}

async fn validity(scene: &Scene, token: &str) -> Validity {
    let inspector = Inspector::new(scene.people.sessions());
    let answer = inspector.validate(&Presented { token: token.to_owned() }).await.unwrap();
    serde_json::from_value(body(&answer)).unwrap()
}

#[tokio::test]
async fn a_token_is_worth_what_its_holder_may_and_a_bad_one_nothing() {
    let scene = Scene::open().await;
    let good = validity(&scene, &scene.ada.access_token).await;
    assert!(good.active);
    assert_eq!((good.sub, good.roles), (Some(scene.ada.account.id), Some(vec![Role::User])));
    assert_eq!(good.permissions, Some(Vec::new()));
    assert!(good.exp.unwrap() > time::now().as_second());
    let admin = scene.people.sign_in(&[Role::Admin]).await;
    let admins = validity(&scene, &admin.access_token).await;
    assert_eq!(admins.permissions, Some(kernel::Permission::ALL.to_vec()));

    scene.change(&change(PASSWORD, ANOTHER)).await.unwrap();
    let forged = format!("{}x", scene.ada.access_token);
    for bad in [scene.ada.access_token.as_str(), &forged, &scene.ada.refresh_token, "", "a.b.c"] {
        assert_eq!(validity(&scene, bad).await, Validity::default(), "{bad}");
    }
}

#[test]
fn no_secret_stands_in_what_is_printed_for_developers() {
    let link: LinkToken = "the-link-token".parse().unwrap();
    let printed = [
        format!("{:?} {link:?} {link}", new_password(PASSWORD)),
        format!("{:?}", change(PASSWORD, ANOTHER)),
        format!("{:?}", OwnPassword { password: PASSWORD.parse().unwrap() }),
        format!("{:?}", Presented { token: "the-link-token".into() }),
    ];
    for text in printed {
        for secret in [PASSWORD, ANOTHER, "the-link-token"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
