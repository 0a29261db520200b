//! Signing in with an account elsewhere, through a real OpenID provider and its own pages.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use identity::account::{Account, SecondFactor};
use identity::challenge::{Answers, WRONG_ANSWER};
use identity::log_in::{Credentials, WRONG_CREDENTIALS};
use identity::oauth::{Arrival, Arrivals, Departures, OneTime, OneTimeCode};
use identity::provider::{NOT_CONFIGURED, OpenId, Provider, Unknown};
use identity::registry::Registry;
use kernel::{Problem, Result, Role, time};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use serde_json::{Value, json};
use testkit::{Cloud, PASSWORD, People, TOKEN_SECRET, body, client, problem};
use web::{Cookies, Redirect, Reply};

use crate::common;

const FRONT_END: &str = "https://app.caravan.test";

/// Ends with the test's process.
struct Mock {
    process: Child,
    issuer: String,
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

async fn issuer() -> Mock {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.caravan/tools/bin/python");
    let python = if tools.exists() { tools } else { "python3".into() };
    let mut command = Command::new(python);
    command.args(["-m", "oidc_provider_mock", "--require-nonce", "true", "--port", &port.to_string()]);
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let process = process.expect("an OpenID provider: `cargo xtask test` installs it");
    let mock = Mock { process, issuer: format!("http://127.0.0.1:{port}") };
    for _ in 0..300 {
        if http().get(format!("{}/jwks", mock.issuer)).send().await.is_ok() {
            return mock;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the OpenID provider does not answer: `cargo xtask test` installs it");
}

fn http() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    let client = || reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    CLIENT.get_or_init(client)
}

fn open_id(issuer: &str, client: &str) -> OpenId {
    let redirect = "https://caravan.test/api/v1/auth/oauth/google/callback";
    OpenId::new(issuer.into(), client.into(), "secret".into(), redirect.into()).unwrap()
}

struct Scene {
    cloud: Cloud,
    people: People,
    departures: Departures,
    arrivals: Arrivals,
    mock: Mock,
}

/// A browser that has been at the provider.
struct Browser {
    cookies: Cookies,
    state: String,
    code: String,
}

impl Browser {
    fn arrival(&self) -> Arrival {
        Arrival { state: Some(self.state.clone()), code: Some(self.code.clone()), error: None }
    }
}

fn query(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let pairs = kernel::query::pairs(query).unwrap();
    pairs.into_iter().find(|(own, _)| own == name).map(|(_, value)| value)
}

fn error(redirect: &Redirect) -> Option<String> {
    assert!(redirect.location.starts_with(FRONT_END), "{}", redirect.location);
    query(&redirect.location, "error")
}

impl Scene {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let people = People::open(&cloud).await;
        let mock = issuer().await;
        let identity = people.identity.clone();
        let arrivals = Arrivals {
            identity: identity.clone(),
            registry: Registry(people.registry.clone()),
            answers: Answers::new(TOKEN_SECRET).unwrap(),
            google: Some(open_id(&mock.issuer, "caravan")),
            front_end: FRONT_END.into(),
        };
        let departures = Departures { identity, google: Some(open_id(&mock.issuer, "caravan")) };
        Self { cloud, people, departures, arrivals, mock }
    }

    /// Somebody the provider knows.
    async fn somebody(&self, subject: &str, claims: Value) {
        let url = format!("{}/users/{subject}", self.mock.issuer);
        assert!(http().put(url).json(&claims).send().await.unwrap().status().is_success());
    }

    /// Goes to the provider's page, says who one is, and is sent back.
    async fn travel(&self, subject: &str) -> Browser {
        let departure = self.departures.depart(Provider::Google).await.unwrap();
        let cookie = departure.to_response().header("set-cookie").unwrap().to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
        let (cookie, _) = cookie.split_once(';').unwrap();
        assert!(departure.location.contains("code_challenge_method=S256"));
        let form = http().post(&departure.location).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = form.body(format!("sub={subject}")).send().await.unwrap();
        let back = answer.headers()[LOCATION].to_str().unwrap().to_owned();
        Browser {
            cookies: Cookies(cookie.to_owned()),
            state: query(&back, "state").unwrap(),
            code: query(&back, "code").unwrap(),
        }
    }

    async fn arrive(&self, browser: &Browser) -> Result<Redirect> {
        self.arrivals.arrive(Provider::Google, &browser.arrival(), &browser.cookies).await
    }

    async fn code(&self, subject: &str) -> String {
        let redirect = self.arrive(&self.travel(subject).await).await.unwrap();
        query(&redirect.location, "code").unwrap_or_else(|| panic!("{}", redirect.location))
    }

    async fn exchange(&self, code: &str) -> Result<Value> {
        let presented = OneTimeCode { code: code.parse().unwrap() };
        let reply = self.people.issuer.exchange(&presented, client()).await?;
        Ok(body(&reply))
    }

    async fn sign_in(&self, subject: &str) -> Account {
        let tokens = self.exchange(&self.code(subject).await).await.unwrap();
        let sessions = self.people.within(&self.cloud.environment()).sessions();
        let caller = sessions.caller(tokens["access_token"].as_str().unwrap()).await.unwrap();
        self.people.identity.table.get(&Account::key_of(caller.user_id)).await.unwrap().unwrap()
    }

    async fn change(&self, account: &Account) {
        common::save(&self.people, account).await;
    }

    async fn accounts(&self) -> usize {
        self.cloud.items_of(&self.people.identity.table, "account").await.len()
    }

    async fn log_in(&self, email: &str) -> Result<()> {
        let credentials = Credentials { email: email.parse().unwrap(), password: PASSWORD.parse().unwrap() };
        self.people.issuer.log_in(&credentials, client()).await.map(drop)
    }
}

fn ada() -> Value {
    json!({"email": "ada@example.com", "email_verified": true, "given_name": "Ada", "family_name": "Lovelace"})
}

#[tokio::test]
async fn somebody_new_gets_a_verified_account_and_the_same_one_again() {
    let scene = Scene::open().await;
    scene.somebody("ada", ada()).await;
    let account = scene.sign_in("ada").await;
    assert!(account.is_verified());
    assert_eq!((account.given_name.as_str(), account.family_name.as_str()), ("Ada", "Lovelace"));
    assert_eq!(account.roles, [Role::User]);
    // The person is who they are, whatever address they have elsewhere by now.
    scene.somebody("ada", json!({"email": "other@example.com", "email_verified": true})).await;
    assert_eq!(scene.sign_in("ada").await.id, account.id);
    scene.somebody("bob", json!({"email": "bob@example.com", "email_verified": true})).await;
    assert_eq!(scene.sign_in("bob").await.given_name.as_str(), "bob");
    assert_eq!(scene.accounts().await, 2);
    assert_eq!(problem(scene.log_in("ada@example.com").await), Some(WRONG_CREDENTIALS));
}

#[tokio::test]
async fn a_code_for_the_front_end_works_once_and_for_a_minute() {
    let scene = Scene::open().await;
    scene.somebody("ada", ada()).await;
    let code = scene.code("ada").await;
    scene.exchange(&code).await.unwrap();
    assert_eq!(problem(scene.exchange(&code).await), Some(WRONG_ANSWER));

    let late = scene.code("ada").await;
    let one: OneTime = scene.cloud.all(&scene.people.identity.table).await.remove(0);
    assert!(one.expires_at <= time::now() + time::seconds(60));
    let expired = OneTime { expires_at: time::now(), ..one };
    scene.cloud.put(&scene.people.identity.table, &expired).await;
    assert_eq!(problem(scene.exchange(&late).await), Some(WRONG_ANSWER));
    assert_eq!(problem(scene.exchange("nonsense").await), Some(WRONG_ANSWER));
}

#[tokio::test]
async fn a_verified_account_with_the_address_is_linked_and_a_second_factor_still_asked_for() {
    let scene = Scene::open().await;
    let known = scene.people.sign_in(&[Role::User]).await.account;
    scene
        .somebody("ada", json!({"email": known.email.as_str().to_uppercase(), "email_verified": true}))
        .await;
    assert_eq!(scene.sign_in("ada").await.id, known.id);
    scene.log_in(known.email.as_str()).await.unwrap();
    scene.change(&Account { second_factor: SecondFactor::EmailOtp, ..known }).await;
    let asked = scene.exchange(&scene.code("ada").await).await.unwrap();
    assert_eq!(asked["mfa_required"], true);
}

#[tokio::test]
async fn who_opened_an_account_with_an_address_they_never_proved_loses_it_to_its_owner() {
    let scene = Scene::open().await;
    let squatter = scene.people.sign_in(&[Role::User]).await;
    scene.change(&Account { verified_at: None, ..squatter.account.clone() }).await;
    let email = squatter.account.email.as_str();
    scene.somebody("ada", json!({"email": email, "email_verified": true})).await;
    let account = scene.sign_in("ada").await;
    assert_eq!(account.id, squatter.account.id);
    assert!(account.is_verified());
    assert_eq!(problem(scene.log_in(email).await), Some(WRONG_CREDENTIALS));
    let sessions = scene.people.within(&scene.cloud.environment()).sessions();
    assert_eq!(problem(sessions.caller(&squatter.access_token).await), Some(Problem::NOT_SIGNED_IN));
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_verified_leads_nowhere() {
    let scene = Scene::open().await;
    let known = scene.people.sign_in(&[Role::User]).await.account;
    for claims in [
        json!({"email": known.email}),
        json!({"email": known.email, "email_verified": false}),
        json!({"email_verified": true}),
    ] {
        scene.somebody("eve", claims).await;
        let redirect = scene.arrive(&scene.travel("eve").await).await.unwrap();
        assert_eq!(error(&redirect).as_deref(), Some("email-not-verified"));
    }
    assert_eq!(scene.accounts().await, 1);
}

#[tokio::test]
async fn the_way_back_is_open_once_and_to_the_browser_that_went() {
    let scene = Scene::open().await;
    scene.somebody("ada", ada()).await;
    let browser = scene.travel("ada").await;
    let strangers = Browser { cookies: scene.travel("ada").await.cookies, ..scene.travel("ada").await };
    assert_eq!(problem(scene.arrive(&strangers).await), Some(WRONG_ANSWER));
    let without = Browser { cookies: Cookies::default(), ..scene.travel("ada").await };
    assert_eq!(problem(scene.arrive(&without).await), Some(WRONG_ANSWER));
    scene.arrive(&browser).await.unwrap();
    assert_eq!(problem(scene.arrive(&browser).await), Some(WRONG_ANSWER));

    let declined = scene.travel("ada").await;
    let arrival = Arrival { code: None, error: Some("access_denied".into()), ..declined.arrival() };
    let redirect = scene.arrivals.arrive(Provider::Google, &arrival, &declined.cookies).await.unwrap();
    assert_eq!(error(&redirect).as_deref(), Some("refused"));
}

#[tokio::test]
async fn a_code_that_is_used_or_made_up_is_refused() {
    let scene = Scene::open().await;
    scene.somebody("ada", ada()).await;
    let made_up = Browser { code: "made-up".into(), ..scene.travel("ada").await };
    assert_eq!(error(&scene.arrive(&made_up).await.unwrap()).as_deref(), Some("refused"));
    // Another's code, brought along to one's own way back: its nonce is not ours.
    let (eve, ada) = (scene.travel("eve").await, scene.travel("ada").await);
    let injected = Browser { code: ada.code.clone(), ..eve };
    assert_eq!(error(&scene.arrive(&injected).await.unwrap()).as_deref(), Some("refused"));
    assert_eq!(scene.accounts().await, 0);
}

#[tokio::test]
async fn a_provider_that_is_not_set_up_is_said_to_be() {
    let scene = Scene::open().await;
    for provider in [Provider::Facebook, Provider::Linkedin] {
        assert_eq!(problem(scene.departures.depart(provider).await), Some(NOT_CONFIGURED));
    }
    let without = Departures { identity: scene.people.identity.clone(), google: None };
    assert_eq!(problem(without.depart(Provider::Google).await), Some(NOT_CONFIGURED));
}

#[tokio::test]
async fn a_provider_that_is_down_is_left_alone_after_five_failures() {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let down = open_id(&format!("http://127.0.0.1:{port}"), "caravan");
    for _ in 0..5 {
        let failure = down.departure().await.err().unwrap();
        assert_eq!(failure.problem, Problem::UNAVAILABLE);
        assert!(!failure.for_operator().unwrap().contains("circuit"), "{failure:?}");
    }
    let failure = down.departure().await.err().unwrap();
    assert!(failure.for_operator().unwrap().contains("circuit"), "{failure:?}");
    assert!(matches!(down.identify("code", "verifier", "nonce").await, Err(Unknown::Failed(_))));
}
