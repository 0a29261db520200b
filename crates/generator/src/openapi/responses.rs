//! What an endpoint can answer: its own reply and the problems that can really happen to it.

use std::collections::BTreeMap;

use kernel::Problem;
use platform::describe::{Access, Http};
use serde_json::{Map, Value, json};

use crate::schemas::Schemas;

pub fn of(http: &Http, schemas: &mut Schemas) -> Value {
    let mut responses = Map::new();
    responses.insert(http.reply.status.to_string(), success(http, schemas));
    let mut by_status: BTreeMap<u16, Vec<Problem>> = BTreeMap::new();
    for problem in problems(http) {
        by_status.entry(problem.status).or_default().push(problem);
    }
    for (status, problems) in by_status {
        let response = match *problems.as_slice() {
            [one] if shared_by_many(one) => json!({"$ref": format!("#/components/responses/{}", name(one))}),
            _ => problem_response(&problems, &problem_schema()),
        };
        responses.insert(status.to_string(), response);
    }
    for status in &http.reply.also {
        also(&mut responses, *status, http, schemas);
    }
    Value::Object(responses)
}

/// The body of the reply under another status, beside the problem that may come with it.
fn also(responses: &mut Map<String, Value>, status: u16, http: &Http, schemas: &mut Schemas) {
    let own = success(http, schemas);
    let mut problems: Vec<_> = problems(http);
    problems.retain(|problem| problem.status == status);
    let mut response =
        if problems.is_empty() { own.clone() } else { problem_response(&problems, &problem_schema()) };
    response["content"][http.reply.content_type] = own["content"][http.reply.content_type].clone();
    responses.insert(status.to_string(), response);
}

fn problem_schema() -> Value {
    json!({"$ref": "#/components/schemas/Problem"})
}

/// Every problem that the endpoint can answer, its own and those of what stands before it.
pub fn problems(http: &Http) -> Vec<Problem> {
    let mut all = vec![Problem::INVALID_REQUEST, Problem::INTERNAL, Problem::UNAVAILABLE];
    all.extend(&http.problems);
    let mut when = |happens: bool, problems: &[Problem]| {
        if happens {
            all.extend(problems);
        }
    };
    // Who is signed in may still be refused what takes a role, or what is somebody else's.
    when(http.access != Access::Public, &[Problem::NOT_SIGNED_IN, Problem::FORBIDDEN]);
    when(http.parameters.iter().any(|parameter| parameter.place == "path"), &[Problem::NOT_FOUND]);
    when(http.body.is_some(), &[Problem::TOO_LARGE, Problem::NOT_JSON]);
    when(http.idempotent, &[Problem::IN_PROGRESS, Problem::KEY_REUSED]);
    when(http.limit.is_some(), &[Problem::RATE_LIMITED]);
    let mut seen = Vec::new();
    all.retain(|problem| {
        let new = !seen.contains(&problem.code);
        seen.push(problem.code);
        new
    });
    all
}

fn success(http: &Http, schemas: &mut Schemas) -> Value {
    let reply = &http.reply;
    let mut headers = json!({"X-Request-Id": header("RequestId")});
    if http.limit.is_some() {
        headers["RateLimit"] = header("RateLimit");
        headers["RateLimit-Policy"] = header("RateLimitPolicy");
    }
    if [201, 302].contains(&reply.status) {
        headers["Location"] = header("Location");
    }
    let description = match reply.status {
        201 => "Created",
        202 => "Accepted: it will be done",
        204 => "Done",
        302 => "Go on there",
        _ => "OK",
    };
    let mut response = json!({"description": description, "headers": headers});
    if !reply.content_type.is_empty() {
        let media = reply.schema.map_or_else(|| json!({}), |schema| json!({"schema": schemas.sent(schema)}));
        response["content"] = json!({reply.content_type: media});
    }
    response
}

/// The responses to common problems, written once.
pub fn shared(problem: &Value) -> Value {
    let common = Problem::COMMON.into_iter().filter(|common| shared_by_many(*common));
    let named = common.map(|common| (name(common), problem_response(&[common], problem)));
    Value::Object(named.collect())
}

fn shared_by_many(problem: Problem) -> bool {
    let rare = [Problem::CONFLICT, Problem::IN_PROGRESS];
    Problem::COMMON.contains(&problem) && !rare.contains(&problem)
}

fn name(problem: Problem) -> String {
    crate::names::pascal(problem.code)
}

fn problem_response(problems: &[Problem], schema: &Value) -> Value {
    let titles: Vec<_> = problems.iter().map(|problem| problem.title).collect();
    let examples =
        problems.iter().map(|problem| (problem.code.to_owned(), json!({"value": example(*problem)})));
    let mut headers = json!({"X-Request-Id": header("RequestId")});
    let after = [Problem::RATE_LIMITED, Problem::UNAVAILABLE, Problem::IN_PROGRESS];
    if problems.iter().any(|problem| after.contains(problem)) {
        headers["Retry-After"] = header("RetryAfter");
    }
    if problems.iter().any(|problem| problem.status == 401) {
        headers["WWW-Authenticate"] = header("Authenticate");
    }
    json!({
        "description": titles.join(". Or: "),
        "headers": headers,
        "content": {
            "application/problem+json": {"schema": schema, "examples": Value::Object(examples.collect())},
        },
    })
}

fn example(problem: Problem) -> Value {
    let mut example = json!({
        "type": format!("https://caravan.example/problems/{}", problem.code),
        "title": problem.title,
        "status": problem.status,
        "detail": "What happened here and what to do.",
        "code": problem.code,
        "request_id": "JKJaXmPLvHcESHA=",
    });
    if problem == Problem::INVALID_REQUEST {
        example["detail"] = json!("Correct the fields named in `errors` and send it again.");
        example["errors"] = json!([{"pointer": "/email", "message": "must be an e-mail address"}]);
    }
    example
}

fn header(name: &str) -> Value {
    json!({"$ref": format!("#/components/headers/{name}")})
}

pub fn headers() -> Value {
    let header = |description: &str, kind: &str, example: Value| json!({"description": description, "schema": {"type": kind}, "example": example});
    json!({
        "RequestId": header("Names this request when you ask for help.", "string", json!("JKJaXmPLvHcESHA=")),
        "RateLimit": header("What is left of the limit and the seconds until it is whole again.", "string", json!("\"login\";r=4;t=180")),
        "RateLimitPolicy": header("The limit that holds here.", "string", json!("\"login\";q=5;w=900")),
        "RetryAfter": header("Seconds to wait before the next try.", "integer", json!(1)),
        "Location": header("Where the new thing is.", "string", json!("/api/v1/tours/01JD2QK8N4M5V6W7X8Y9ZABCDE")),
        "Authenticate": header("How to sign in.", "string", json!("Bearer")),
    })
}
