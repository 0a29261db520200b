//! The second step of a log-in, codes for who is signed in, and everything that must not get past them.

use identity::account::{Account, SecondFactor};
use identity::challenge::{Answers, WRONG_ANSWER};
use identity::lockout::{FAILURES_A_DAY, LOCKED, Lockout};
use identity::log_in::{Credentials, WRONG_CREDENTIALS};
use identity::mfa::{FACTOR_OFF, FACTOR_ON, Factor, FirstCode, SetUp, TurnOff};
use identity::operator::Member;
use identity::otp::{Otp, Use};
use identity::second_factor::{SecondAnswer, SecondQuestion};
use identity::step_up::{CodeAnswer, CodeWish, Purpose};
use kernel::{Problem, Result, Role, time};
use serde_json::Value;
use store::Record;
use testkit::{Cloud, PASSWORD, People, SignedIn, TOKEN_SECRET, body, client, client_at, problem};
use tokio::task::JoinSet;
use totp_rs::Totp;
use web::{CONFIRM_FIRST, Caller};

use crate::common::{self, another};

struct Scene {
    cloud: Cloud,
    people: People,
    answers: Answers,
    ada: SignedIn,
}

fn answer(token: &str, code: &str) -> SecondAnswer {
    SecondAnswer { challenge_token: token.parse().unwrap(), code: code.parse().unwrap() }
}

impl Scene {
    async fn open() -> Self {
        let (cloud, people, ada) = common::open().await;
        Self { cloud, people, answers: Answers::new(TOKEN_SECRET).unwrap(), ada }
    }

    /// Ada's account asks for a mailed code.
    async fn with_mail() -> Self {
        let scene = Self::open().await;
        let wants = Account { second_factor: SecondFactor::EmailOtp, ..scene.account().await };
        common::save(&scene.people, &wants).await;
        scene
    }

    /// Ada's account asks for a code of her app.
    async fn with_app() -> (Self, Totp, Vec<String>) {
        let scene = Self::open().await;
        let wish = SetUp { kind: Factor::Totp };
        let prepared = body(&scene.people.issuer.set_up_factor(&scene.caller(), &wish).await.unwrap());
        let totp = Totp::from_url(prepared["otpauth_uri"].as_str().unwrap()).unwrap();
        assert_eq!(totp.secret().to_base32(), prepared["secret"].as_str().unwrap());
        let codes = prepared["backup_codes"].as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        // The step before this one, so that the present code is still good for a log-in.
        let first = code_of(&totp, -30);
        scene.enable(&first).await.unwrap();
        (scene, totp, codes)
    }

    async fn enable(&self, code: &str) -> Result<()> {
        let first = FirstCode { code: code.parse().unwrap() };
        self.people.issuer.enable_factor(&self.caller(), &first).await.map(drop)
    }

    fn caller(&self) -> Caller {
        self.ada.caller()
    }

    async fn account(&self) -> Account {
        self.people.identity.table.get(&Account::key_of(self.ada.account.id)).await.unwrap().unwrap()
    }

    async fn log_in(&self) -> Result<Value> {
        let email = self.ada.account.email.as_str().parse().unwrap();
        let credentials = Credentials { email, password: PASSWORD.parse().unwrap() };
        self.people.issuer.log_in(&credentials, client()).await.map(|reply| body(&reply))
    }

    /// The token of a log-in that waits for its second step.
    async fn challenged(&self) -> String {
        let asked = self.log_in().await.unwrap();
        assert_eq!(asked["mfa_required"], true);
        assert!(asked.get("access_token").is_none());
        asked["challenge_token"].as_str().unwrap().to_owned()
    }

    async fn verify(&self, token: &str, code: &str) -> Result<Value> {
        self.people.issuer.verify_log_in(&answer(token, code), client()).await.map(|reply| body(&reply))
    }

    async fn otps(&self) -> Vec<Otp> {
        self.cloud.all(&self.people.identity.table).await
    }

    /// The code that the mail or the message brings.
    async fn code(&self) -> String {
        let otp = self.otps().await.remove(0);
        self.answers.code_of(otp.user_id, otp.number).digits()
    }

    async fn replace(&self, otp: &Otp) {
        self.cloud.put(&self.people.identity.table, otp).await;
    }

    /// As when half a minute has passed since the last message.
    async fn cool_down(&self) {
        for otp in self.otps().await {
            self.replace(&Otp { sent_at: otp.sent_at - time::seconds(31), ..otp }).await;
        }
    }

    async fn told(&self, kind: &str) -> Vec<Value> {
        self.cloud.told(&self.people.identity.table, kind).await
    }

    async fn sessions(&self) -> usize {
        self.cloud.items_of(&self.people.identity.table, "session").await.len()
    }

    async fn request(&self, purpose: Purpose, phone: Option<&str>) -> Result<Value> {
        let wish = CodeWish { purpose, phone: phone.map(|phone| phone.parse().unwrap()) };
        self.people.identity.request_code(&self.caller(), &wish).await.map(|reply| body(&reply))
    }

    async fn answer_code(&self, purpose: Purpose, code: &str) -> Result<Value> {
        let answer = CodeAnswer { purpose, code: code.parse().unwrap() };
        self.people.issuer.verify_code(&self.caller(), &answer).await.map(|reply| body(&reply))
    }
}

fn code_of(totp: &Totp, shift: i64) -> String {
    totp.generate((time::now().as_second() + shift).cast_unsigned()).to_string()
}

#[tokio::test]
async fn a_mailed_code_finishes_the_log_in_once() {
    let scene = Scene::with_mail().await;
    let token = scene.challenged().await;
    assert_eq!(scene.sessions().await, 1, "no session before the code");
    assert!(scene.told("identity.user.logged_in").await.len() == 1, "only that of the scene itself");
    let code = scene.code().await;
    let everything = format!("{:?}", scene.cloud.items(&scene.people.identity.table).await);
    assert!(!everything.contains(&format!("\"{code}\"")), "a code is never stored");

    assert_eq!(problem(scene.verify(&token, &another(&code)).await), Some(WRONG_ANSWER));
    let tokens = scene.verify(&token, &code).await.unwrap();
    let caller = scene.people.sessions().caller(tokens["access_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(caller.user_id, scene.ada.account.id);
    assert_eq!(problem(scene.verify(&token, &code).await), Some(WRONG_ANSWER));
}

#[tokio::test]
async fn a_challenge_takes_five_answers_also_at_once_and_lasts_ten_minutes() {
    let scene = Scene::with_mail().await;
    let token = scene.challenged().await;
    let code = scene.code().await;
    let mut all = JoinSet::new();
    for at in 0..5 {
        let people = scene.people.within(&scene.cloud.environment());
        let answer = answer(&token, &another(&code));
        all.spawn(async move {
            problem(people.issuer.verify_log_in(&answer, client_at(&format!("198.51.100.{at}"))).await)
        });
    }
    assert!(
        all.join_all().await.iter().all(|it| *it == Some(WRONG_ANSWER) || *it == Some(Problem::UNAVAILABLE))
    );
    assert_eq!(problem(scene.verify(&token, &code).await), Some(WRONG_ANSWER));

    let late = scene.challenged().await;
    let otp = scene.otps().await.into_iter().find(|otp| otp.tries == 0).unwrap();
    let code = scene.answers.code_of(otp.user_id, otp.number).digits();
    scene.replace(&Otp { expires_at: time::now() - time::seconds(1), ..otp }).await;
    assert_eq!(problem(scene.verify(&late, &code).await), Some(WRONG_ANSWER));
}

#[tokio::test]
async fn a_code_without_the_token_of_the_password_step_is_worth_nothing() {
    let scene = Scene::with_mail().await;
    let token = scene.challenged().await;
    let code = scene.code().await;
    let eve = scene.people.sign_in(&[Role::User]).await.account;
    let otp = scene.otps().await.remove(0);
    let forged = Answers::new(&"x".repeat(64)).unwrap().token_of(otp.user_id, otp.id);
    let others = scene.answers.token_of(eve.id, otp.id);
    // The message's number travels through queues; the log-in's own does not make a token either way.
    let message = scene.answers.token_of(otp.user_id, otp.number);
    for wrong in ["nonsense", &forged, &others, &message] {
        assert_eq!(problem(scene.verify(wrong, &code).await), Some(WRONG_ANSWER));
    }
    scene.verify(&token, &code).await.unwrap();
}

#[tokio::test]
async fn a_new_code_voids_the_old_one_and_comes_after_half_a_minute() {
    let scene = Scene::with_mail().await;
    let token = scene.challenged().await;
    let old = scene.code().await;
    let question = SecondQuestion { challenge_token: token.parse().unwrap() };
    let early = scene.people.issuer.resend_code(&question).await.err().unwrap();
    assert_eq!(early.problem, Problem::RATE_LIMITED);
    assert!(early.retry_after.unwrap() <= time::seconds(30));
    assert_eq!(problem(scene.verify(&token, &another(&old)).await), Some(WRONG_ANSWER));
    scene.cool_down().await;
    scene.people.issuer.resend_code(&question).await.unwrap();
    let new = scene.code().await;
    assert_eq!(scene.otps().await[0].tries, 1, "tries stay counted");
    if old != new {
        assert_eq!(problem(scene.verify(&token, &old).await), Some(WRONG_ANSWER));
    }
    scene.verify(&token, &new).await.unwrap();
    assert_eq!(problem(scene.people.issuer.resend_code(&question).await), Some(WRONG_ANSWER));
}

#[tokio::test]
async fn wrong_codes_lock_like_wrong_passwords() {
    let scene = Scene::with_mail().await;
    let token = scene.challenged().await;
    let code = scene.code().await;
    let _ = scene.verify(&token, &another(&code)).await;
    let [_, day] = Lockout::keys(&scene.ada.account.id.to_string(), "");
    let all = i64::from(FAILURES_A_DAY);
    scene.cloud.set_number(&scene.people.identity.table, &day, "failures", all).await;
    assert_eq!(problem(scene.verify(&token, &code).await), Some(LOCKED));
    assert_eq!(problem(scene.log_in().await), Some(LOCKED));
}

#[tokio::test]
async fn a_code_used_at_once_on_many_devices_opens_one_session() {
    let scene = Scene::with_mail().await;
    let token = scene.challenged().await;
    let code = scene.code().await;
    let mut all = JoinSet::new();
    for _ in 0..5 {
        let people = scene.people.within(&scene.cloud.environment());
        let answer = answer(&token, &code);
        all.spawn(async move { people.issuer.verify_log_in(&answer, client()).await.map(drop) });
    }
    let won = all.join_all().await.into_iter().filter(Result::is_ok).count();
    assert_eq!(won, 1);
    assert_eq!(scene.sessions().await, 2);
}

#[tokio::test]
async fn a_stage_may_ask_a_role_for_a_code_whatever_its_holder_wants() {
    let mut scene = Scene::open().await;
    scene.people.issuer.second_factor_roles = identity::mfa::roles_of_policy(Some("admin, user"));
    let token = scene.challenged().await;
    scene.verify(&token, &scene.code().await).await.unwrap();
    assert_eq!(identity::mfa::roles_of_policy(Some("none")), []);
}

#[tokio::test]
async fn an_app_is_on_after_its_first_code_and_each_of_its_codes_counts_once() {
    let (scene, totp, _) = Scene::with_app().await;
    assert_eq!(scene.told("identity.mfa.enabled").await[0]["kind"], "totp");
    let token = scene.challenged().await;
    let code = code_of(&totp, 0);
    scene.verify(&token, &code).await.unwrap();
    let again = scene.challenged().await;
    assert_eq!(problem(scene.verify(&again, &code).await), Some(WRONG_ANSWER));
    scene.verify(&again, &code_of(&totp, 30)).await.unwrap();
    // No mail for who has an app.
    assert!(scene.told("identity.send_mail").await.is_empty());
    let question = SecondQuestion { challenge_token: scene.challenged().await.parse().unwrap() };
    assert_eq!(problem(scene.people.issuer.resend_code(&question).await), Some(WRONG_ANSWER));
}

#[tokio::test]
async fn one_code_of_the_app_opens_one_of_two_log_ins_at_once() {
    let (scene, totp, _) = Scene::with_app().await;
    let (one, other) = (scene.challenged().await, scene.challenged().await);
    let code = code_of(&totp, 0);
    let (first, second) = tokio::join!(scene.verify(&one, &code), scene.verify(&other, &code));
    assert_ne!(first.is_ok(), second.is_ok());
}

#[tokio::test]
async fn a_backup_code_replaces_the_app_once() {
    let (scene, _, codes) = Scene::with_app().await;
    let token = scene.challenged().await;
    scene.verify(&token, &codes[3]).await.unwrap();
    let token = scene.challenged().await;
    assert_eq!(problem(scene.verify(&token, &codes[3]).await), Some(WRONG_ANSWER));
    scene.verify(&token, &codes[4].to_uppercase().replace('-', "")).await.unwrap();
    let SecondFactor::Totp(app) = scene.account().await.second_factor else { panic!("no app") };
    assert_eq!(app.backup_codes.len(), 8);
}

#[tokio::test]
async fn an_operator_takes_a_lost_factor_off_and_the_sessions_end() {
    let (scene, _, _) = Scene::with_app().await;
    scene.challenged().await;
    let rights = common::rights(&scene.people);
    let member = Member { email: scene.ada.account.email.clone() };
    rights.remove_second_factor(&member).await.unwrap();
    let version = scene.account().await.version;
    rights.remove_second_factor(&member).await.unwrap();
    assert_eq!(scene.account().await.version, version, "done twice, it is done once");
    assert!(scene.log_in().await.unwrap().get("access_token").is_some());
    let elsewhere = scene.people.within(&scene.cloud.environment());
    assert!(elsewhere.sessions().caller(&scene.ada.access_token).await.is_err());
}

#[tokio::test]
async fn turning_it_on_takes_a_fresh_proof_and_a_right_code() {
    let scene = Scene::open().await;
    let wish = SetUp { kind: Factor::Totp };
    let stale = Caller { authenticated_at: time::now() - time::minutes(6), ..scene.caller() };
    assert_eq!(problem(scene.people.issuer.set_up_factor(&stale, &wish).await), Some(CONFIRM_FIRST));
    assert_eq!(problem(scene.enable("000000").await), Some(WRONG_ANSWER));

    let prepared = body(&scene.people.issuer.set_up_factor(&scene.caller(), &wish).await.unwrap());
    let totp = Totp::from_url(prepared["otpauth_uri"].as_str().unwrap()).unwrap();
    let right = code_of(&totp, 0);
    assert_eq!(problem(scene.enable(&another(&right)).await), Some(WRONG_ANSWER));
    let backup = prepared["backup_codes"][0].as_str().unwrap();
    assert_eq!(problem(scene.enable(backup).await), Some(WRONG_ANSWER), "the app must be tried");
    assert_eq!(scene.account().await.second_factor, SecondFactor::None);
    scene.log_in().await.unwrap()["access_token"].as_str().unwrap();
    scene.enable(&right).await.unwrap();
    assert_eq!(problem(scene.people.issuer.set_up_factor(&scene.caller(), &wish).await), Some(FACTOR_ON));
    let stored = format!("{:?}", scene.cloud.items(&scene.people.identity.table).await);
    assert!(!stored.contains(prepared["secret"].as_str().unwrap()));
    assert!(!stored.contains(backup));
}

#[tokio::test]
async fn mailed_codes_are_turned_on_with_one_and_off_with_the_password_and_another() {
    let scene = Scene::open().await;
    let wish = SetUp { kind: Factor::EmailOtp };
    scene.people.issuer.set_up_factor(&scene.caller(), &wish).await.unwrap();
    assert_eq!(
        problem(scene.people.issuer.set_up_factor(&scene.caller(), &wish).await),
        Some(Problem::RATE_LIMITED)
    );
    scene.enable(&scene.code().await).await.unwrap();
    assert_eq!(scene.account().await.second_factor, SecondFactor::EmailOtp);

    scene.request(Purpose::StepUp, None).await.unwrap();
    let turn_off = |password: &str, code: &str| TurnOff {
        password: password.parse().unwrap(),
        code: code.parse().unwrap(),
    };
    let off =
        async |wish: TurnOff| scene.people.issuer.disable_factor(&scene.caller(), &wish, &client()).await;
    let code = scene.code().await;
    assert_eq!(problem(off(turn_off("not-the-password", &code)).await), Some(WRONG_ANSWER));
    assert_eq!(problem(off(turn_off(PASSWORD, &another(&code))).await), Some(WRONG_ANSWER));
    off(turn_off(PASSWORD, &code)).await.unwrap();
    assert_eq!(scene.account().await.second_factor, SecondFactor::None);
    assert_eq!(scene.told("identity.mfa.disabled").await.len(), 1);
    assert_eq!(problem(off(turn_off(PASSWORD, &code)).await), Some(FACTOR_OFF));
}

#[tokio::test]
async fn an_app_is_turned_off_with_the_password_and_a_code_and_guesses_are_counted() {
    let (scene, totp, codes) = Scene::with_app().await;
    let off = async |password: &str, code: &str| {
        let wish = TurnOff { password: password.parse().unwrap(), code: code.parse().unwrap() };
        scene.people.issuer.disable_factor(&scene.caller(), &wish, &client()).await
    };
    for _ in 0..5 {
        assert_eq!(problem(off("not-the-password", &code_of(&totp, 0)).await), Some(WRONG_ANSWER));
    }
    assert_eq!(problem(off(PASSWORD, &code_of(&totp, 0)).await), Some(LOCKED));
    let [here, _] = Lockout::keys(&scene.ada.account.id.to_string(), "203.0.113.7");
    scene.cloud.set_number(&scene.people.identity.table, &here, "window_ends_ms", 1).await;
    off(PASSWORD, &codes[0]).await.unwrap();
    scene.log_in().await.unwrap()["access_token"].as_str().unwrap();
}

#[tokio::test]
async fn a_phone_is_proven_by_the_code_of_a_text_message() {
    let scene = Scene::open().await;
    let sent = scene.request(Purpose::PhoneVerify, Some("+49 151 12345678")).await.unwrap();
    assert_eq!(sent["by"], "sms");
    assert_eq!(scene.told("identity.send_text").await.len(), 1);
    let again = scene.request(Purpose::PhoneVerify, Some("+4915112345679")).await;
    assert_eq!(problem(again), Some(Problem::RATE_LIMITED));
    let code = scene.code().await;
    assert_eq!(problem(scene.answer_code(Purpose::StepUp, &code).await), Some(WRONG_ANSWER));
    assert_eq!(problem(scene.answer_code(Purpose::PhoneVerify, &another(&code)).await), Some(WRONG_ANSWER));
    let proven = scene.answer_code(Purpose::PhoneVerify, &code).await.unwrap();
    assert_eq!(proven["phone"], "+4915112345678");
    assert_eq!(problem(scene.answer_code(Purpose::PhoneVerify, &code).await), Some(WRONG_ANSWER));
    assert_eq!(scene.account().await.phone.unwrap().as_str(), "+4915112345678");
    assert_eq!(scene.told("identity.phone.verified").await.len(), 1);
    assert_eq!(scene.told("identity.account.changed").await[0]["phone"], "+4915112345678");
    for broken in [(Purpose::PhoneVerify, None), (Purpose::StepUp, Some("+4915112345678"))] {
        assert_eq!(problem(scene.request(broken.0, broken.1).await), Some(Problem::INVALID_REQUEST));
    }
}

#[tokio::test]
async fn who_proves_again_who_they_are_gets_tokens_that_say_when() {
    let scene = Scene::open().await;
    let long_ago = (time::now() - time::hours(1)).to_string();
    let key = scene.ada.session.key();
    let update = scene.cloud.aside().dynamodb().update_item().table_name(&scene.people.identity.table.name);
    let update = update.set_key(Some(key.to_item())).update_expression("SET authenticated_at = :then");
    update.expression_attribute_values(":then", store::expression::text(long_ago)).send().await.unwrap();

    assert_eq!(scene.request(Purpose::StepUp, None).await.unwrap()["by"], "mail");
    let code = scene.code().await;
    for _ in 0..4 {
        assert_eq!(problem(scene.answer_code(Purpose::StepUp, &another(&code)).await), Some(WRONG_ANSWER));
    }
    let tokens = scene.answer_code(Purpose::StepUp, &code).await.unwrap();
    let caller = scene.people.sessions().caller(tokens["access_token"].as_str().unwrap()).await.unwrap();
    caller.must_be_fresh().unwrap();
    assert_eq!(caller.session_id, scene.ada.session.id.to_string());
    assert_eq!(tokens["refresh_token"], scene.ada.refresh_token);

    scene.request(Purpose::StepUp, None).await.unwrap();
    let code = scene.code().await;
    for _ in 0..5 {
        let _ = scene.answer_code(Purpose::StepUp, &another(&code)).await;
    }
    assert_eq!(problem(scene.answer_code(Purpose::StepUp, &code).await), Some(WRONG_ANSWER));
}

#[tokio::test]
async fn who_has_an_app_proves_it_with_the_app() {
    let (scene, totp, _) = Scene::with_app().await;
    assert_eq!(scene.request(Purpose::StepUp, None).await.unwrap()["by"], "app");
    let code = code_of(&totp, 0);
    scene.answer_code(Purpose::StepUp, &code).await.unwrap();
    scene.cool_down().await;
    scene.request(Purpose::StepUp, None).await.unwrap();
    assert_eq!(problem(scene.answer_code(Purpose::StepUp, &code).await), Some(WRONG_ANSWER));
    // Neither is a wrong password told apart from an account with a second factor.
    let email = scene.ada.account.email.as_str().parse().unwrap();
    let guess = Credentials { email, password: "not-the-password".parse().unwrap() };
    assert_eq!(problem(scene.people.issuer.log_in(&guess, client()).await), Some(WRONG_CREDENTIALS));
}

#[tokio::test]
async fn codes_of_one_purpose_are_worth_nothing_for_another() {
    let scene = Scene::with_mail().await;
    scene.request(Purpose::StepUp, None).await.unwrap();
    let code = scene.code().await;
    let token = scene.challenged().await;
    let step_up: Otp = scene
        .people
        .identity
        .table
        .get(&Otp::key_of(scene.ada.account.id, Use::StepUp))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(problem(scene.verify(&token, &code).await), Some(WRONG_ANSWER));
    let for_step_up = scene.answers.token_of(step_up.user_id, step_up.id);
    assert_eq!(problem(scene.verify(&for_step_up, &code).await), Some(WRONG_ANSWER));
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_finishes_no_log_in() {
    let scene = Scene::with_mail().await;
    let token = scene.challenged().await;
    let code = scene.code().await;
    let changed = Account { sessions_valid_from: time::now() + time::seconds(1), ..scene.account().await };
    common::save(&scene.people, &changed).await;
    assert_eq!(problem(scene.verify(&token, &code).await), Some(WRONG_ANSWER));
}
