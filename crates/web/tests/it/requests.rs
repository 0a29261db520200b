//! Bad input: a problem document each, never a 5xx, and nothing changed.

use std::sync::atomic::{AtomicU32, Ordering};

use deserr::Deserr;
use kernel::query::{Parameter, Parameters, Params};
use kernel::text::{Email, Text};
use kernel::{FieldErrors, Result};
use platform::{Aws, StartError, State};
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use testkit::{Answer, Call, forever, in_environment};
use web::{App, Body, Client, Function, Guarded, Json, Query, get, post};

struct Harbour {
    built: &'static AtomicU32,
}

impl State for Harbour {
    async fn start(_: &Aws) -> Result<Self, StartError> {
        Err("tests make it by hand".into())
    }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct NewBoat {
    name: Text<1, 20>,
    owner: Email,
    seats: u8,
    #[deserr(default)]
    tags: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Boat {
    name: String,
    tags: usize,
}

async fn build(app: App<Harbour>, boat: Body<NewBoat>) -> Result<Json<Boat>> {
    app.built.fetch_add(1, Ordering::Relaxed);
    let _ = (&boat.owner, boat.seats);
    Ok(Json::new(Boat { name: boat.name.to_string(), tags: boat.tags.len() }))
}

fn harbour(built: &'static AtomicU32) -> &'static Guarded<Harbour> {
    forever(Guarded::new(Harbour { built }, None, None))
}

fn endpoint() -> impl Function<State = Guarded<Harbour>> {
    post("/boats", build).public().unlimited()
}

fn boat() -> Value {
    json!({"name": "Calypso", "owner": "ada@example.com", "seats": 4})
}

fn call() -> Call {
    Call::post("/api/v1/boats")
}

async fn send(call: Call) -> (Answer, bool) {
    let built: &'static AtomicU32 = forever(AtomicU32::new(0));
    let answer = call.to(&endpoint(), harbour(built)).await;
    (answer, built.load(Ordering::Relaxed) > 0)
}

/// The request is refused with this status and code, and names these fields.
async fn refused(call: Call, status: u16, code: &str, broken: &[&str]) {
    let (answer, built) = send(call).await;
    assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{answer:?}");
    let mut named = answer.broken();
    named.sort();
    assert_eq!(named, broken, "{answer:?}");
    assert!(!built);
}

#[tokio::test]
async fn a_good_request_is_served() {
    let (answer, built) = send(call().json(&boat())).await;
    assert!(built);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({"name": "Calypso", "tags": 0}));
    for name in ["x-request-id", "x-correlation-id", "strict-transport-security", "content-security-policy"] {
        assert!(answer.header(name).is_some(), "{name}");
    }
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn every_broken_field_is_named_at_once() {
    let all = json!({"name": 7, "owner": "nobody", "seats": -1, "tags": ["a", 1], "sails": 3, "a/b": 0});
    let broken = ["/a~1b", "/name", "/owner", "/sails", "/seats", "/tags/1"];
    refused(call().json(&all), 400, "invalid-request", &broken).await;
    refused(call().json(&json!({})), 400, "invalid-request", &["/name", "/owner", "/seats"]).await;
}

#[tokio::test]
async fn wrong_types_are_refused() {
    for body in ["null", "true", "7", "\"text\"", "[]", "[{}]"] {
        refused(call().body("application/json", body), 400, "invalid-request", &[""]).await;
    }
    for (seats, why) in
        [(json!("4"), "text"), (json!(4.5), "a fraction"), (json!(256), "too many"), (json!(null), "null")]
    {
        let mut body = boat();
        body["seats"] = seats;
        let (answer, _) = send(call().json(&body)).await;
        assert_eq!((answer.status, answer.broken()), (400, vec!["/seats".to_owned()]), "{why}");
    }
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let bodies: [&[u8]; 9] = [
        b"",
        b" ",
        b"{",
        b"{\"name\": NaN}",
        b"{'name': 'Calypso'}",
        b"name=Calypso",
        b"{\"name\":\"\\ud800\"}",
        b"{\"name\":\"\xff\xfe\"}",
        b"\xef\xbb\xbf{}",
    ];
    for body in bodies.into_iter().chain([deep.as_bytes()]) {
        refused(call().body("application/json", body), 400, "invalid-request", &[""]).await;
    }
}

#[tokio::test]
async fn another_content_type_is_refused_and_parameters_of_the_right_one_are_not() {
    for kind in
        ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json5"]
    {
        refused(call().body(kind, boat().to_string()), 415, "not-json", &[]).await;
    }
    refused(call(), 415, "not-json", &[]).await;
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        assert_eq!(send(call().body(kind, boat().to_string())).await.0.status, 200, "{kind}");
    }
}

#[tokio::test]
async fn a_huge_body_is_refused_before_it_is_read() {
    let mut body = boat();
    body["tags"] = json!(["x".repeat(10 * 1024)]);
    refused(call().json(&body), 413, "body-too-large", &[]).await;
    refused(call().body("application/json", vec![b'['; 6_000_000]), 413, "body-too-large", &[]).await;
    body["tags"] = json!(["x".repeat(10 * 1024 - 100)]);
    assert_eq!(send(call().json(&body)).await.0.status, 200);
}

#[tokio::test]
async fn absurd_unicode_is_counted_stored_as_sent_or_refused() {
    for name in ["\u{0}", "a\u{0}b", "a\nb", "\u{7f}", "\u{85}", "", "   ", &"🛶".repeat(21)] {
        let mut body = boat();
        body["name"] = json!(name);
        refused(call().json(&body), 400, "invalid-request", &["/name"]).await;
    }
    for name in ["🛶🛶", "Z͑ͫ̓ͪ̂ͫ", "\u{202e}ospylac", "𐏿", "\u{fdfa}", "ﷺ", "'; DROP TABLE boats", "<b>"]
    {
        let mut body = boat();
        body["name"] = json!(name);
        let (answer, _) = send(call().json(&body)).await;
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.json()["name"], name.trim());
    }
}

#[tokio::test]
async fn query_parameters_that_nobody_reads_are_refused_by_name() {
    let good = || call().json(&boat());
    refused(good().query("colour=red&size=1"), 400, "invalid-request", &["colour", "size"]).await;
    for raw in ["%ff=1", "a=%ff", "%", "a=%zz", "=", "&&&", "a=\u{0}"] {
        let (answer, _) = send(good().query(raw)).await;
        assert!(answer.status < 500, "{raw}: {answer:?}");
    }
}

struct Search {
    name: Option<Text<1, 20>>,
    owner: Option<Email>,
}

impl Parameters for Search {
    fn take(params: &mut Params) -> Self {
        Self { name: params.take_required("name"), owner: params.take_as("owner") }
    }

    fn parameters() -> Vec<Parameter> {
        let text = || json!({"type": "string"});
        vec![
            Parameter::new("name", "What it is called.", text()).required(),
            Parameter::new("owner", "", text()),
        ]
    }
}

async fn search(_: App<Harbour>, search: Query<Search>) -> Result<Json<Boat>> {
    let _ = &search.owner;
    let name = search.name.as_ref().map(Text::to_string).unwrap_or_default();
    Ok(Json::new(Boat { name, tags: 0 }))
}

#[tokio::test]
async fn query_parameters_are_read_like_a_body_and_named_without_a_pointer() {
    let harbour = harbour(forever(AtomicU32::new(0)));
    let endpoint = get("/boats", search).public().unlimited();
    let ask = async |raw: &str| Call::get("/api/v1/boats").query(raw).to(&endpoint, harbour).await;
    assert_eq!(ask("name=Caly%20pso").await.json()["name"], "Caly pso");
    assert_eq!(ask("name=a%2Bb+c").await.json()["name"], "a+b c");
    for (raw, broken) in
        [("", "name"), ("name=a&owner=b", "owner"), ("name=a&sort=b", "sort"), ("name=a&name=b", "name")]
    {
        let answer = ask(raw).await;
        assert_eq!((answer.status, answer.broken()), (400, vec![broken.to_owned()]), "{raw}");
    }
}

#[tokio::test]
async fn a_correlation_id_is_taken_over_when_it_is_harmless() {
    let (answer, _) = send(call().header("x-correlation-id", "order-4711").json(&boat())).await;
    assert_eq!(answer.header("x-correlation-id"), Some("order-4711"));
    for odd in ["short", "<script>alert(1)</script>", &"a".repeat(65), "two words"] {
        let (answer, _) = send(call().header("x-correlation-id", odd).json(&boat())).await;
        assert_eq!(answer.header("x-correlation-id"), Some("test-request"), "{odd}");
    }
}

#[tokio::test]
async fn every_path_that_nobody_serves_is_a_problem_too() {
    let nobody = forever(Guarded::new((), None, None));
    for path in ["/api/v1/nothing", "/", "/api/v1/%00", "/../../etc/passwd"] {
        let answer = Call::new("PATCH", path).query("a=1").to(&web::not_found(), nobody).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not-found"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_at_all_are_answered_and_never_with_a_fault(body: Vec<u8>, query in ".{0,40}", kind in "application/json|.{0,20}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let kind: String = kind.chars().filter(|c| (' '..='~').contains(c)).collect();
        let (answer, built) = runtime.block_on(send(call().query(&query).body(&kind, body)));
        prop_assert!((400..500).contains(&answer.status), "{:?}", answer);
        answer.problem();
        prop_assert!(!built);
    }

    #[test]
    fn any_json_at_all_is_answered_and_never_with_a_fault(name: String, owner: String, seats: i64, key: String) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut body = json!({"name": name, "owner": owner, "seats": seats});
        body[key.as_str()] = json!(seats);
        let (answer, _) = runtime.block_on(send(call().json(&body)));
        prop_assert!((400..500).contains(&answer.status), "{:?}", answer);
        answer.problem();
    }
}

async fn whence(_: App<Harbour>, client: Client) -> Result<Json<Boat>> {
    Ok(Json::new(Boat { name: client.address, tags: 0 }))
}

async fn asked(headers: &[(&str, &str)]) -> Answer {
    let harbour = harbour(forever(AtomicU32::new(0)));
    let endpoint = get("/whence", whence).public().unlimited();
    let call = Call::get("/api/v1/whence").from("192.0.2.1");
    let call = headers.iter().fold(call, |call, (name, value)| call.header(name, value));
    call.to(&endpoint, harbour).await
}

#[tokio::test]
async fn without_an_edge_nobody_can_say_that_they_come_from_elsewhere() {
    let answer = asked(&[("x-caravan-viewer", "198.51.100.1"), ("x-forwarded-for", "198.51.100.1")]).await;
    assert_eq!(answer.json()["name"], "192.0.2.1");
}

#[test]
fn behind_the_edge_only_the_edge_is_served_and_believed() {
    let this = behind_the_edge_only_the_edge_is_served_and_believed;
    in_environment(this, &[("EDGE_SECRETS", "the-new-one,the-old-one")], async {
        let viewer = ("x-caravan-viewer", "198.51.100.1");
        let wrong = ["", "the-wrong-one", "the-new-one,the-old-one", "THE-NEW-ONE", ","];
        assert_eq!(asked(&[viewer]).await.problem(), "forbidden");
        for secret in wrong {
            let answer = asked(&[("x-caravan-edge", secret), viewer]).await;
            assert_eq!((answer.status, answer.problem().as_str()), (403, "forbidden"), "{secret}");
        }
        for secret in ["the-new-one", "the-old-one"] {
            let answer = asked(&[("x-caravan-edge", secret), viewer]).await;
            assert_eq!(answer.json()["name"], "198.51.100.1", "{secret}");
        }
        assert_eq!(asked(&[("x-caravan-edge", "the-new-one")]).await.json()["name"], "192.0.2.1");
    });
}
