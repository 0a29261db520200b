//! Opening an account and proving that an address is one's own.

use identity::account::{Account, Username};
use identity::challenge::{Answers, Challenge, Code, Purpose, WRONG_ANSWER};
use identity::register::{NewAccount, USERNAME_TAKEN};
use identity::verify_email::{Address, Proof};
use identity::{Identity, TokenPair};
use kernel::{Failure, Problem, Result, Role, UserId, time};
use proptest::prelude::*;
use serde_json::Value;
use store::Transaction;
use testkit::{Cloud, Fault, PASSWORD, People, Storm, TOKEN_SECRET, body, client, problem};
use tokio::task::JoinSet;
use web::Once;

use crate::common::{self, another};

fn new_account(email: &str) -> NewAccount {
    NewAccount {
        given_name: "Ada".parse().unwrap(),
        family_name: "Lovelace".parse().unwrap(),
        email: email.parse().unwrap(),
        username: None,
        password: PASSWORD.parse().unwrap(),
        password_confirm: None,
        role: None,
        terms_accepted: true,
    }
}

fn named(email: &str, username: &str) -> NewAccount {
    NewAccount { username: Some(username.parse::<Username>().unwrap()), ..new_account(email) }
}

fn by_code(email: &str, code: &str) -> Proof {
    let code: Code = code.parse().unwrap();
    Proof { token: None, email: Some(email.parse().unwrap()), code: Some(code) }
}

fn by_link(token: &str) -> Proof {
    Proof { token: Some(token.into()), email: None, code: None }
}

struct Scene {
    cloud: Cloud,
    people: People,
    answers: Answers,
}

impl Scene {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let people = People::open(&cloud).await;
        Self { cloud, people, answers: Answers::new(TOKEN_SECRET).unwrap() }
    }

    async fn register(&self, new: &NewAccount) -> Result<()> {
        self.people.identity.register(Once::default(), new).await.map(drop)
    }

    async fn verify(&self, proof: &Proof) -> Result<TokenPair> {
        let tokens = self.people.issuer.verify_email(proof, client()).await?;
        let body = body(&tokens);
        assert!(body["access_token"].is_string() && body["refresh_token"].is_string());
        Ok(TokenPair {
            access_token: body["access_token"].as_str().unwrap().into(),
            refresh_token: body["refresh_token"].as_str().unwrap().into(),
            token_type: identity::issuer::TokenType::Bearer,
            expires_in: 900,
        })
    }

    async fn accounts(&self) -> Vec<Account> {
        self.cloud.all(&self.people.identity.table).await
    }

    /// The commands to send a mail, by their kind.
    async fn mails(&self, kind: &str) -> Vec<Value> {
        let told = self.told("identity.send_mail").await;
        told.into_iter().filter(|data| data.get(kind).is_some()).collect()
    }

    /// What stands in the outbox of one type.
    async fn told(&self, kind: &str) -> Vec<Value> {
        self.cloud.told(&self.people.identity.table, kind).await
    }

    /// Carries out the wishes for another message.
    async fn deliver_wishes(&self) {
        common::deliver_wishes(&self.cloud, &self.people, "verify_again").await;
    }

    async fn challenge(&self) -> Challenge {
        self.cloud.all(&self.people.identity.table).await.remove(0)
    }

    async fn code(&self) -> String {
        self.answers.code(&self.challenge().await).digits()
    }

    async fn replace(&self, challenge: &Challenge) {
        self.cloud.put(&self.people.identity.table, challenge).await;
    }
}

#[tokio::test]
async fn a_new_account_is_unverified_and_its_owner_gets_a_mail_without_the_code_in_any_message() {
    let scene = Scene::open().await;
    scene.register(&named("ada@example.com", "ada")).await.unwrap();
    let account = scene.accounts().await.remove(0);
    assert!(!account.is_verified());
    assert_eq!(account.roles, [Role::User]);
    let mails = scene.mails("verify_email").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(scene.told("identity.user.registered").await.len(), 1);

    let (code, token) = (scene.code().await, scene.answers.token(&scene.challenge().await));
    let stored = format!("{:?}", scene.cloud.items(&scene.people.identity.table).await);
    assert!(!stored.contains(&token) && !stored.contains(PASSWORD));
    assert!(!stored.contains(&format!("\"{code}\"")));
}

#[tokio::test]
async fn a_taken_address_gets_the_same_answer_and_its_owner_another_mail() {
    let scene = Scene::open().await;
    let first =
        scene.people.identity.register(Once::default(), &new_account("ada@example.com")).await.unwrap();
    let second =
        scene.people.identity.register(Once::default(), &new_account("Ada@Example.com ")).await.unwrap();
    assert_eq!(first.0.message, second.0.message);
    assert_eq!(scene.accounts().await.len(), 1);
    let owner = scene.accounts().await[0].id.to_string();
    let mails = scene.mails("address_taken").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["address_taken"]["user_id"], owner);
}

#[tokio::test]
async fn a_new_and_a_taken_address_cost_the_same_calls() {
    let scene = Scene::open().await;
    let mut calls = Vec::new();
    for _ in 0..2 {
        scene.cloud.faults().forget();
        scene.register(&new_account("ada@example.com")).await.unwrap();
        calls.push(scene.cloud.faults().calls());
    }
    assert_eq!(calls[0], calls[1]);
}

#[tokio::test]
async fn a_taken_username_is_refused_whoever_has_the_address() {
    let scene = Scene::open().await;
    scene.register(&named("ada@example.com", "ada")).await.unwrap();
    scene.register(&new_account("grace@example.com")).await.unwrap();
    // Were only one of the two refused, a taken name would tell which address has an account.
    for email in ["new@example.com", "grace@example.com", "ada@example.com"] {
        assert_eq!(problem(scene.register(&named(email, "ADA")).await), Some(USERNAME_TAKEN), "{email}");
    }
    assert_eq!(scene.accounts().await.len(), 2);
    assert!(scene.mails("address_taken").await.is_empty());
}

#[tokio::test]
async fn a_refused_username_leaves_the_address_free() {
    let scene = Scene::open().await;
    scene.register(&named("ada@example.com", "ada")).await.unwrap();
    assert!(scene.register(&named("grace@example.com", "ada")).await.is_err());
    scene.register(&named("grace@example.com", "grace")).await.unwrap();
    assert_eq!(scene.accounts().await.len(), 2);
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_all_said_at_once() {
    let scene = Scene::open().await;
    let new = NewAccount {
        password: "password1".parse().unwrap(),
        password_confirm: Some("password2".parse().unwrap()),
        role: Some(Role::Admin),
        terms_accepted: false,
        ..new_account("ada@example.com")
    };
    let failure = scene.register(&new).await.unwrap_err();
    let broken: Vec<_> = failure.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(broken, ["/password", "/password_confirm", "/role", "/terms_accepted"]);
    assert!(scene.cloud.items(&scene.people.identity.table).await.is_empty());
}

/// Several people register one address at the same time, each through an environment of its own.
async fn race(scene: &Scene, round: usize, storm: Option<Storm>) {
    let email = format!("round-{round}@example.com");
    let before = (scene.accounts().await.len(), scene.mails("verify_email").await.len());
    let mut all = JoinSet::new();
    for who in 0..3 {
        let environment = scene.cloud.environment();
        if let Some(storm) = storm {
            environment.faults.storm((round * 10 + who) as u64, storm);
        }
        let identity = Identity { table: environment.table(&scene.people.identity.table) };
        let new = new_account(&email);
        all.spawn(async move {
            identity.register(Once::default(), &new).await.map(|accepted| accepted.0.message)
        });
    }
    for answer in all.join_all().await {
        if let Err(failure) = answer {
            assert!(storm.is_some(), "{failure:?}");
            assert_eq!(failure.problem, Problem::UNAVAILABLE, "{failure:?}");
        }
    }
    // Whoever was told to come back does.
    scene.register(&new_account(&email)).await.unwrap();
    let after = (scene.accounts().await.len(), scene.mails("verify_email").await.len());
    assert_eq!(after, (before.0 + 1, before.1 + 1), "one account, and one code, each round");
}

#[tokio::test]
async fn of_people_who_register_one_address_at_once_one_wins_always() {
    let scene = Scene::open().await;
    for round in 0..10 {
        race(&scene, round, None).await;
    }
}

#[tokio::test]
async fn one_wins_always_among_conflicts_and_lost_replies_too() {
    let scene = Scene::open().await;
    let storm = Storm { conflicts: 25, lost_requests: 3, lost_replies: 7, throttled: 3 };
    for round in 0..10 {
        race(&scene, round, Some(storm)).await;
    }
}

#[tokio::test]
async fn the_code_verifies_the_address_and_signs_its_owner_in() {
    let scene = Scene::open().await;
    scene.register(&new_account("ada@example.com")).await.unwrap();
    let code = scene.code().await;
    let tokens = scene.verify(&by_code("ada@example.com", &code)).await.unwrap();
    assert!(scene.accounts().await[0].is_verified());
    assert_eq!(scene.told("identity.user.verified").await.len(), 1);
    scene.people.sessions().caller(&tokens.access_token).await.unwrap();
    assert_eq!(problem(scene.verify(&by_code("ada@example.com", &code)).await), Some(WRONG_ANSWER), "used");
}

#[tokio::test]
async fn the_link_verifies_the_address_once() {
    let scene = Scene::open().await;
    scene.register(&new_account("ada@example.com")).await.unwrap();
    let token = scene.answers.token(&scene.challenge().await);
    scene.verify(&by_link(&token)).await.unwrap();
    assert_eq!(problem(scene.verify(&by_link(&token)).await), Some(WRONG_ANSWER));
}

#[tokio::test]
async fn after_five_wrong_codes_the_right_one_does_not_help_and_the_link_does() {
    let scene = Scene::open().await;
    scene.register(&new_account("ada@example.com")).await.unwrap();
    let (code, link) = (scene.code().await, scene.answers.token(&scene.challenge().await));
    for _ in 0..5 {
        let wrong = scene.verify(&by_code("ada@example.com", &another(&code))).await;
        assert_eq!(problem(wrong), Some(WRONG_ANSWER));
    }
    assert_eq!(problem(scene.verify(&by_code("ada@example.com", &code)).await), Some(WRONG_ANSWER));
    scene.verify(&by_link(&link)).await.unwrap();
}

#[tokio::test]
async fn a_hundred_guesses_at_once_are_only_five() {
    let scene = Scene::open().await;
    scene.register(&new_account("ada@example.com")).await.unwrap();
    let wrong = another(&scene.code().await);
    let people: &'static People = testkit::forever(scene.people.within(&scene.cloud.environment()));
    let mut all = JoinSet::new();
    for _ in 0..100 {
        let wrong = by_code("ada@example.com", &wrong);
        all.spawn(async move { problem(people.issuer.verify_email(&wrong, client()).await) });
    }
    assert!(all.join_all().await.iter().all(|problem| *problem == Some(WRONG_ANSWER)));
    assert_eq!(scene.challenge().await.tries, 5);
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes_and_a_link_for_a_day() {
    let scene = Scene::open().await;
    scene.register(&new_account("ada@example.com")).await.unwrap();
    let (code, link) = (scene.code().await, scene.answers.token(&scene.challenge().await));
    let mut challenge = scene.challenge().await;
    assert!(challenge.code_expires_at <= time::now() + time::minutes(10));
    assert!(challenge.expires_at <= time::now() + time::hours(24));

    challenge.code_expires_at = time::now() - time::seconds(1);
    scene.replace(&challenge).await;
    assert_eq!(problem(scene.verify(&by_code("ada@example.com", &code)).await), Some(WRONG_ANSWER));
    let expired = Challenge { expires_at: time::now() - time::seconds(1), ..scene.challenge().await };
    scene.replace(&expired).await;
    assert_eq!(problem(scene.verify(&by_link(&link)).await), Some(WRONG_ANSWER));
    scene.replace(&Challenge { expires_at: time::now() + time::hours(1), ..expired }).await;
    scene.verify(&by_link(&link)).await.unwrap();
}

#[tokio::test]
async fn a_code_used_ten_times_at_once_opens_one_session() {
    let scene = Scene::open().await;
    scene.register(&new_account("ada@example.com")).await.unwrap();
    let (code, link) = (scene.code().await, scene.answers.token(&scene.challenge().await));
    let mut all = JoinSet::new();
    for turn in 0..10 {
        let environment = scene.cloud.environment();
        environment.faults.storm(turn, Storm { conflicts: 20, ..Storm::default() });
        let people = scene.people.within(&environment);
        // Five of them may try the code; the link and the code are one challenge.
        let proof = if turn % 2 == 0 { by_code("ada@example.com", &code) } else { by_link(&link) };
        all.spawn(async move { people.issuer.verify_email(&proof, client()).await.map(drop) });
    }
    let (won, lost): (Vec<_>, Vec<_>) = all.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.into_iter().all(|lost| problem(lost) == Some(WRONG_ANSWER)));
    assert_eq!(scene.cloud.items_of(&scene.people.identity.table, "session").await.len(), 1);
}

#[tokio::test]
async fn a_proof_is_a_link_or_a_code_and_what_is_missing_is_named() {
    let scene = Scene::open().await;
    let email = || Some("ada@example.com".parse().unwrap());
    let nothing = || Proof { token: None, email: None, code: None };
    let cases = [
        (nothing(), "/token"),
        (Proof { email: email(), ..nothing() }, "/code"),
        (Proof { code: Some("000000".parse().unwrap()), ..nothing() }, "/email"),
        (Proof { token: Some("x".into()), email: email(), ..nothing() }, "/token"),
    ];
    for (proof, pointer) in cases {
        let failure = scene.verify(&proof).await.err().unwrap();
        assert_eq!(failure.errors[0].pointer, pointer);
    }
    for token in ["", "nonsense", "AAAA"] {
        assert_eq!(problem(scene.verify(&by_link(token)).await), Some(WRONG_ANSWER));
    }
}

#[tokio::test]
async fn a_new_mail_makes_the_old_one_worthless_and_gives_five_new_tries() {
    let scene = Scene::open().await;
    scene.register(&new_account("ada@example.com")).await.unwrap();
    let (old_code, old_link) = (scene.code().await, scene.answers.token(&scene.challenge().await));
    for _ in 0..5 {
        let _ = scene.verify(&by_code("ada@example.com", &another(&old_code))).await;
    }
    let address = Address { email: "ada@example.com".parse().unwrap() };
    scene.people.identity.resend_verification(&address).await.unwrap();
    scene.deliver_wishes().await;
    assert_eq!(scene.mails("verify_email").await.len(), 2);
    let code = scene.code().await;
    if code != old_code {
        assert_eq!(problem(scene.verify(&by_code("ada@example.com", &old_code)).await), Some(WRONG_ANSWER));
    }
    assert_eq!(problem(scene.verify(&by_link(&old_link)).await), Some(WRONG_ANSWER));
    scene.verify(&by_code("ada@example.com", &code)).await.unwrap();
}

#[tokio::test]
async fn asking_for_a_mail_answers_alike_for_every_address_and_writes_only_to_unverified_ones() {
    let scene = Scene::open().await;
    let verified = scene.people.sign_in(&[Role::User]).await.account.email;
    for email in ["nobody@example.com".parse().unwrap(), verified] {
        let notice = scene.people.identity.resend_verification(&Address { email }).await.unwrap();
        assert!(notice.0.message.contains("mail"));
    }
    scene.deliver_wishes().await;
    assert!(scene.mails("verify_email").await.is_empty());
}

#[tokio::test]
async fn a_verification_whose_reply_is_lost_is_done_once() {
    let scene = Scene::open().await;
    scene.register(&new_account("ada@example.com")).await.unwrap();
    let code = scene.code().await;
    scene.cloud.faults().next("TransactWriteItems", Fault::LostReply);
    scene.verify(&by_code("ada@example.com", &code)).await.unwrap();
    assert!(scene.cloud.faults().are_spent());
    assert_eq!(scene.told("identity.user.verified").await.len(), 1);
    assert_eq!(scene.cloud.items_of(&scene.people.identity.table, "session").await.len(), 1);
}

#[tokio::test]
async fn a_challenge_of_somebody_else_is_no_proof() {
    let scene = Scene::open().await;
    scene.register(&new_account("ada@example.com")).await.unwrap();
    let code = scene.code().await;
    let eve = Challenge::new(UserId::new(), Purpose::VerifyEmail, "eve@example.com".parse().unwrap());
    let taken = Failure::internal("taken");
    let table = &scene.people.identity.table;
    Transaction::new().create(table, &eve, taken).unwrap().commit(table).await.unwrap();
    // Known to nobody by that address, so not even the right code helps.
    assert_eq!(problem(scene.verify(&by_code("eve@example.com", &code)).await), Some(WRONG_ANSWER));
}

#[test]
fn no_secret_stands_in_what_is_printed_for_developers() {
    let code = "123456";
    let new =
        NewAccount { password_confirm: Some(PASSWORD.parse().unwrap()), ..new_account("ada@example.com") };
    let printed = [
        format!("{new:?}"),
        format!("{:?}", by_code("ada@example.com", code)),
        format!("{:?}", by_link("the-link-token")),
        format!("{:?}", identity::refresh::Exchange { refresh_token: "the-refresh-token".parse().unwrap() }),
        format!(
            "{:?}",
            identity::log_in::Credentials {
                email: "ada@example.com".parse().unwrap(),
                password: PASSWORD.parse().unwrap(),
            }
        ),
        format!("{:?}", Answers::new(TOKEN_SECRET).unwrap()),
        format!("{:?}", PASSWORD.parse::<identity::password::Password>().unwrap().hash().unwrap()),
    ];
    for text in printed {
        for secret in [PASSWORD, code, "the-link-token", "the-refresh-token", TOKEN_SECRET, "argon2"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_a_link_that_we_made(text in "[A-Za-z0-9_-]{0,100}|.{0,40}") {
        prop_assert!(Answers::new(TOKEN_SECRET).unwrap().read(&text).is_none());
    }
}
