//! The cost model: each endpoint takes as many AWS calls as its description says.

use identity::challenge::{Answers, Challenge};
use identity_functions as functions;
use platform::describe::{Access, Kind};
use platform::{Aws, Function};
use serde_json::{Value, json};
use testkit::{
    APP_SECRET, Answer, Call, Cloud, ISSUER, PASSWORD, People, SIGNING_SECRET, TOKEN_SECRET, forever,
    in_environment,
};

/// What the stacks set for identity's functions.
const SETTINGS: [(&str, &str); 7] = [
    ("TABLE_NAME", "caravan-local-identity"),
    ("SESSIONS_TABLE_NAME", "caravan-local-sessions"),
    ("PUBLIC_URL", ISSUER),
    ("SECRET_SIGNING_KEY", "signing-key"),
    ("SECRET_TOKEN_KEY", "token-key"),
    ("SECRET_APP_KEY", "app-key"),
    ("CONTEXT", "identity"),
];

/// A started endpoint, and how many calls it may take.
struct Warm<F: Function> {
    endpoint: F,
    state: &'static F::State,
    cloud: &'static Cloud,
    calls: u32,
}

impl<F: Function> Warm<F> {
    async fn start(cloud: &'static Cloud, aws: &Aws, endpoint: F) -> Self {
        let Kind::Endpoint(http) = endpoint.describe().kind else { panic!("not an endpoint") };
        assert!(matches!(http.access, Access::Public | Access::User));
        let state = endpoint.start(aws).await.unwrap_or_else(|why| panic!("it does not start: {why}"));
        Self { endpoint, state: forever(state), cloud, calls: http.calls }
    }

    /// Sends it and holds the calls against the description.
    async fn costs(&self, call: Call, status: u16) -> Answer {
        self.cloud.faults().forget();
        let answer = self.send(call, status).await;
        let calls = self.cloud.faults().calls();
        assert_eq!(calls.values().sum::<u32>(), self.calls, "{calls:?} for {:?}", answer.status);
        answer
    }

    async fn send(&self, call: Call, status: u16) -> Answer {
        let answer = call.to(&self.endpoint, self.state).await;
        assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
        answer
    }
}

fn post(path: &str, body: &Value) -> Call {
    Call::post(&format!("/api/v1/auth/{path}")).json(body)
}

fn token(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().expect("a token").to_owned()
}

#[test]
fn each_endpoint_of_identity_takes_as_many_calls_as_it_says() {
    in_environment(each_endpoint_of_identity_takes_as_many_calls_as_it_says, &SETTINGS, story());
}

/// A life in a few requests, each counted.
async fn story() {
    let cloud: &'static Cloud = forever(Cloud::open().await);
    let people = People::open(cloud).await;
    cloud.secret("signing-key", SIGNING_SECRET).await;
    cloud.secret("token-key", TOKEN_SECRET).await;
    cloud.secret("app-key", APP_SECRET).await;
    let aws = cloud.aws();
    macro_rules! start {
        ($name:ident) => {
            Warm::start(cloud, aws, functions::$name::endpoint()).await
        };
    }

    let register = start!(register);
    let new = json!({
        "given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.com", "username": "ada",
        "password": PASSWORD, "terms_accepted": true,
    });
    register.costs(post("register", &new), 202).await;

    let address = json!({"email": "ada@example.com"});
    start!(resend_verification).costs(post("verify-email/resend", &address), 202).await;

    let challenge: Challenge = cloud.all(&people.identity.table).await.remove(0);
    let code = Answers::new(TOKEN_SECRET).expect("answers").code(&challenge);
    let proof = json!({"email": "ada@example.com", "code": code.digits()});
    start!(verify_email).costs(post("verify-email", &proof), 200).await;

    let credentials = json!({"email": "ada", "password": PASSWORD});
    let answer = start!(log_in).costs(post("login", &credentials), 200).await;

    let exchange = json!({"refresh_token": token(&answer, "refresh_token")});
    let answer = start!(refresh_session).costs(post("refresh", &exchange), 200).await;
    let access = token(&answer, "access_token");

    let get_me = start!(get_me);
    let me = || Call::get("/api/v1/auth/me").bearer(&access);
    // The first one looks the session up.
    get_me.send(me(), 200).await;
    let answer = get_me.costs(me(), 200).await;
    assert_eq!(answer.json()["email"], "ada@example.com");
    assert_eq!(answer.json()["email_verified"], true);

    start!(get_keys).costs(Call::get("/.well-known/jwks.json"), 200).await;
    start!(verify_email_page).costs(Call::get("/api/v1/auth/verify-email"), 200).await;
    // Without queues in its settings, so the table's is its only probe.
    let health = start!(identity_health);
    cloud.faults().forget();
    health.send(Call::get("/api/v1/identity/health"), 200).await;
    assert_eq!(cloud.faults().total(), 1);

    let log_out = start!(log_out);
    let other = start!(log_in).send(post("login", &credentials), 200).await;
    let out = |access: &str| Call::post("/api/v1/auth/logout").bearer(access);
    // Warms the environment with a session of its own; the counted one is believed by then.
    log_out.send(out(&token(&other, "access_token")), 204).await;
    log_out.send(out(&access), 204).await;
    log_out.costs(out(&access), 204).await;
}

#[test]
fn the_limits_are_those_of_the_specification() {
    let limits: Vec<_> = functions::functions()
        .into_iter()
        .filter_map(|function| match function.description.kind {
            Kind::Endpoint(http) => http.limit.map(|limit| (function.name, limit)),
            _ => None,
        })
        .filter(|(_, limit)| *limit != web::limit::ANONYMOUS)
        .map(|(name, limit)| (name, limit.count, limit.window.as_secs()))
        .collect();
    let quarter = 900;
    let expected = [
        ("begin-oauth", 20, quarter),
        ("disable-mfa", 10, quarter),
        ("exchange-oauth-code", 10, quarter),
        ("finish-oauth", 20, quarter),
        ("forgot-password", 5, quarter),
        ("log-in", 5, quarter),
        ("reactivate-account", 5, quarter),
        ("refresh-session", 60, quarter),
        ("register", 5, quarter),
        ("request-code", 5, quarter),
        ("resend-log-in-code", 5, quarter),
        ("resend-verification", 5, quarter),
        ("reset-password", 5, quarter),
        ("verify-code", 10, quarter),
        ("verify-email", 10, quarter),
        ("verify-log-in", 10, quarter),
    ];
    assert_eq!(limits, expected);
}
