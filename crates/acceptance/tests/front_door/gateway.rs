//! The gateway's story: health, documents, the answer to everything odd.

use acceptance::{Answer, SOON, Visitor, eventually, send};
use reqwest::Method;
use serde_json::{Value, json};

const CONTEXTS: &str = "bookings gateway identity notifications payments realtime reviews tours users";

/// Asks until all is well: on a busy machine a part may take too long, and health says so.
async fn well(visitor: &Visitor, path: &str) -> Answer {
    let healthy = || async { Some(visitor.get(path).await).filter(|answer| answer.status == 200) };
    eventually(&format!("{path} is well"), SOON, healthy).await
}

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_of_every_context_and_every_context_of_itself() {
    let visitor = Visitor::new();
    let health = well(&visitor, "/health").await;
    let parts = health.json()["parts"].as_array().cloned().unwrap();
    let names: Vec<_> = parts.iter().map(|part| part["name"].as_str().unwrap()).collect();
    for context in CONTEXTS.split(' ') {
        assert!(names.contains(&context), "{names:?}");
    }
    assert!(parts.iter().all(|part| part["status"] == "ok" && part["latency_ms"].is_u64()), "{parts:?}");

    for path in ["/health/gateway", "/identity/health", "/notifications/health"] {
        let answer = well(&visitor, path).await;
        assert_eq!(answer.json()["status"], "ok");
        assert!(!answer.field("version").is_empty());
        assert_eq!(answer.json()["parts"][0]["name"], "table");
    }
    let identity = well(&visitor, "/identity/health").await.json();
    let mail = identity["parts"].as_array().unwrap().iter().find(|part| part["name"] == "identity-mail");
    assert!(mail.is_some_and(|mail| mail["waiting"].is_u64()), "{identity}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_the_one_in_the_repository_and_its_page_needs_no_other_host() {
    let visitor = Visitor::new();
    let document = visitor.get("/openapi.json").await;
    let committed: Value = serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
    assert_eq!(document.is(200).json(), committed);
    let page = visitor.get("/docs").await;
    assert!(!page.is(200).text.contains("://"), "{}", page.text);
    for (file, kind) in [
        ("swagger-ui-bundle.js", "text/javascript"),
        ("swagger-ui.css", "text/css"),
        ("start.js", "text/javascript"),
    ] {
        assert!(page.text.contains(file));
        let answer = visitor.get(&format!("/docs/{file}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind));
    }
    visitor.get("/docs/other.js").await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_nobody_serves_is_a_problem_document() {
    let visitor = Visitor::new();
    for path in
        ["/api/v1/nothing", "/", "/api/v1/auth/nothing", "/api/v1/notifications/nothing", "/api/v2/health"]
    {
        send(visitor.request(Method::GET, path)).await.is_problem(404, "not-found");
    }
    let odd = visitor.delete("/auth/login").await;
    odd.is_problem(404, "not-found");
    assert!(odd.field("detail").contains("DELETE /api/v1/auth/login"), "{}", odd.text);
    let (_, page) = odd
        .field("type")
        .split_once("/api/v1")
        .map(|(host, path)| (host.to_owned(), path.to_owned()))
        .unwrap();
    assert!(visitor.get(&page).await.is(200).text.contains("code `not-found`"));
    visitor.get("/problems/nothing").await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_a_problem_document_that_names_every_broken_field() {
    let visitor = Visitor::new();
    let body = json!({"given_name": 1, "email": "nonsense", "password": "short", "role": "admin", "flags": ["admin"]});
    let answer = visitor.post("/auth/register", &body).await;
    answer.is_problem(400, "invalid-request");
    let mut pointers: Vec<_> = answer.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    pointers.sort();
    assert_eq!(pointers, ["/email", "/family_name", "/flags", "/given_name", "/password", "/terms_accepted"]);

    let post = || visitor.request(Method::POST, "/api/v1/auth/login");
    send(post().body("{}")).await.is_problem(415, "not-json");
    let json_type = ("content-type", "application/json");
    for body in [&b"{"[..], b"", b"\xff\xfe", b"[]", b"\"text\"", b"null", b"{\"email\":\"a\xff@b.c\"}"] {
        send(post().header(json_type.0, json_type.1).body(body.to_vec()))
            .await
            .is_problem(400, "invalid-request");
    }
    let deep = "[".repeat(5_000);
    send(post().header(json_type.0, json_type.1).body(deep)).await.is_problem(400, "invalid-request");
    let huge = json!({"email": "a@example.com", "password": "x".repeat(11_000)});
    visitor.post("/auth/login", &huge).await.is_problem(413, "body-too-large");
    visitor.get("/health/gateway?a=1&a=2").await.is_problem(400, "invalid-request");
    visitor.get("/health/gateway?a=1").await.is_problem(400, "invalid-request");
    let odd = json!({"email": "\u{202e}\u{0}\u{10ffff}@example.com", "password": "\u{1f9ff}".repeat(128)});
    visitor.post("/auth/login", &odd).await.is_problem(400, "invalid-request");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_carry_their_protection_and_their_ids() {
    let request =
        Visitor::new().request(Method::GET, "/api/v1/auth/me").header("x-correlation-id", "my-own-trace-1");
    let answer = send(request).await;
    answer.is_problem(401, "not-signed-in");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("strict-transport-security").contains("max-age"));
    assert_eq!(answer.header("x-correlation-id"), "my-own-trace-1");
    assert_eq!(answer.header("x-request-id"), answer.field("request_id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_of_the_front_end_may_call_and_others_may_not() {
    let preflight = |origin: &str| {
        let request = Visitor::new().request(Method::OPTIONS, "/api/v1/auth/login").header("origin", origin);
        let request = request.header("access-control-request-headers", "content-type,idempotency-key");
        send(request.header("access-control-request-method", "POST"))
    };
    let allowed = preflight(&acceptance::setting("CARAVAN_DOOR")).await;
    assert_eq!(allowed.header("access-control-allow-origin"), acceptance::setting("CARAVAN_DOOR"));
    assert!(allowed.header("access-control-allow-headers").to_lowercase().contains("idempotency-key"));
    assert_eq!(preflight("https://evil.example").await.header("access-control-allow-origin"), "");
}
