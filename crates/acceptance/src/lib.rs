//! What the acceptance tests share: a client at the front door, its mailbox, and waiting with a deadline.
//!
//! `cargo xtask test` deploys everything into an account of its own, opens the door, and says where it is.

pub mod stripe;
pub mod tours;
pub mod treks;

use std::future::Future;
use std::io::Write;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use kernel::id::Ulid;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::Cloud;

/// Good enough for everybody here.
pub const PASSWORD: &str = "mountain-goat-sings-42";

/// How long anything that happens behind the door may take: far longer than it does, because a busy machine is no fault.
pub const SOON: Duration = Duration::from_secs(90);

/// As long as a function may believe what it read before, and some more.
pub const UNTIL_NOTICED: Duration = Duration::from_secs(40);

/// A picture of one pixel.
pub const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xDE, 0x00,
    0x00, 0x00, 0x0C, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0xF8, 0xCF, 0xC0, 0x00, 0x00, 0x03, 0x01,
    0x01, 0x00, 0xC9, 0xFE, 0x92, 0xEF, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60,
    0x82,
];

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON; `null` when there is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where what was made is, as the methods of a visitor take it.
    pub fn place(&self) -> &str {
        self.header("location").strip_prefix("/api/v1").expect("a place below /api/v1")
    }

    /// A text field of the body.
    pub fn field(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }

    /// Fails unless this is a problem document of that status and code.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let body = self.json();
        assert_eq!(body["code"], code, "{}", self.text);
        assert_eq!(body["status"], status);
        for field in ["type", "title", "detail", "request_id"] {
            assert!(body[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {}", self.text);
        }
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

/// One visitor.
#[derive(Debug, Clone)]
pub struct Visitor {
    client: reqwest::Client,
    token: Option<String>,
}

impl Default for Visitor {
    fn default() -> Self {
        Self::new()
    }
}

impl Visitor {
    pub fn new() -> Self {
        let client = reqwest::Client::builder().timeout(SOON).build();
        Self { client: client.expect("an HTTP client"), token: None }
    }

    /// The same visitor, signed in.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// A request on a whole path, to be finished by the test.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", setting("CARAVAN_DOOR")));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.bare(Method::GET, path).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.bare(Method::DELETE, path).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.with_body(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.with_body(Method::PUT, path, body).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.with_body(Method::PATCH, path, body).await
    }

    /// Without a body: some deeds say everything by their path. Like all above, below `/api/v1`.
    pub async fn bare(&self, method: Method, path: &str) -> Answer {
        send(self.request(method, &format!("/api/v1{path}"))).await
    }

    async fn with_body(&self, method: Method, path: &str, body: &Value) -> Answer {
        send(self.request(method, &format!("/api/v1{path}")).json(body)).await
    }
}

/// What lies behind a signed link.
pub async fn download(url: &str) -> Vec<u8> {
    let answer = reqwest::get(url).await.expect("the bucket answers");
    assert_eq!(answer.status(), StatusCode::OK, "{url}");
    answer.bytes().await.expect("a whole file").to_vec()
}

/// Sends a file as the link for it says.
pub async fn upload(link: &Value, file: &[u8]) {
    let text = |value: &Value| value.as_str().expect("a link to send a file").to_owned();
    let request = reqwest::Client::new().put(text(&link["upload_url"]));
    let request = request.header("content-type", text(&link["headers"]["content-type"]));
    let answer = send(request.body(file.to_vec())).await;
    assert!(answer.status.is_success(), "{}", answer.text);
}

pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.expect("the front door answers");
    let (status, headers) = (answer.status(), answer.headers().clone());
    Answer { status, headers, text: answer.text().await.expect("the answer is text") }
}

/// Where things are, as `cargo xtask test` says.
pub fn setting(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run these tests with `cargo xtask test`"))
}

/// Notes something that must not appear in any log line; the run ends with a search for it.
pub fn secret(text: &str) {
    let path = setting("CARAVAN_SECRETS_FILE");
    let mut file =
        std::fs::OpenOptions::new().create(true).append(true).open(path).expect("the list of secrets");
    // One write, so that tests side by side do not mix their lines.
    file.write_all(format!("{text}\n").as_bytes()).expect("the list of secrets");
}

/// The account that everything is deployed into, for what no door leads to.
pub fn cloud() -> Cloud {
    Cloud::of(setting("CARAVAN_ACCOUNT"))
}

pub async fn queue_url(cloud: &Cloud, name: &str) -> String {
    let request = cloud.aside().sqs().get_queue_url().queue_name(format!("caravan-local-{name}"));
    request.send().await.expect("a queue").queue_url.expect("its address")
}

/// Tells a queue what another context would.
pub async fn tell_queue(name: &str, kind: &str, data: Value) {
    put_into_queue(name, &envelope(kind, data)).await;
}

/// What another context tells, for a test that changes it or sends it twice.
pub fn envelope(kind: &str, data: Value) -> Value {
    json!({
        "id": Ulid::generate().to_string(), "type": kind, "version": 1, "occurred_at": "2026-01-01T00:00:00Z",
        "producer": "test", "subject_id": "test", "correlation_id": "test", "data": data,
    })
}

pub async fn put_into_queue(name: &str, message: &Value) {
    let cloud = cloud();
    let request = cloud.aside().sqs().send_message().queue_url(queue_url(&cloud, name).await);
    request.message_body(message.to_string()).send().await.expect("a message on its way");
}

/// An address that nobody has.
pub fn address(name: &str) -> String {
    format!("{name}-{}@example.com", Ulid::generate().to_string().to_lowercase())
}

/// Somebody new, with an address that nobody has.
pub fn somebody() -> Value {
    secret(PASSWORD);
    json!({
        "given_name": "Ada",
        "family_name": "Lovelace",
        "email": address("ada"),
        "password": PASSWORD,
        "terms_accepted": true,
    })
}

/// A registered and verified account with its first tokens.
#[derive(Debug, Clone)]
pub struct Member {
    pub email: String,
    pub access_token: String,
    pub refresh_token: String,
    pub visitor: Visitor,
}

impl Member {
    pub async fn join() -> Self {
        Self::join_as("user").await
    }

    /// With one of the roles that anybody may choose.
    pub async fn join_as(role: &str) -> Self {
        let (visitor, mut new) = (Visitor::new(), somebody());
        new["role"] = json!(role);
        visitor.post("/auth/register", &new).await.is(202);
        let email = new["email"].as_str().unwrap_or_default().to_owned();
        let proof = json!({"email": email, "code": code_from_mail(&email).await});
        let answer = visitor.post("/auth/verify-email", &proof).await;
        Self::from(email, answer.is(200))
    }

    pub fn from(email: String, tokens: &Answer) -> Self {
        let (access_token, refresh_token) = (tokens.field("access_token"), tokens.field("refresh_token"));
        secret(&access_token);
        secret(&refresh_token);
        let visitor = Visitor::new().with_token(&access_token);
        Self { email, access_token, refresh_token, visitor }
    }

    /// A worker and their id, once everybody sees the profile.
    pub async fn worker() -> (Self, String) {
        let member = Self::join_as("worker").await;
        let id = member.id().await;
        let profile = format!("/workers/{id}");
        let seen = || async { (Visitor::new().get(&profile).await.status == 200).then_some(()) };
        eventually("a worker's profile", SOON, seen).await;
        (member, id)
    }

    /// An administrator: somebody who joined, and whom the operator's command made one.
    pub async fn admin() -> Self {
        let member = Self::join().await;
        chore(&["make-admin", &member.email]);
        // The tokens of before name the roles of before.
        Self::log_in(&member.email).await
    }

    pub async fn log_in(email: &str) -> Self {
        Self::from(email.to_owned(), try_log_in(email).await.is(200))
    }

    pub async fn id(&self) -> String {
        self.visitor.get("/auth/me").await.is(200).field("id")
    }

    /// The id, once the profile is there: it comes by event, a moment after the account.
    pub async fn id_with_profile(&self) -> String {
        let me = || async { Some(self.visitor.get("/users/me").await).filter(|answer| answer.status == 200) };
        eventually("the profile", SOON, me).await.field("id")
    }

    /// Waits until the access token opens nothing any more.
    pub async fn loses_access(&self) {
        let out = || async { Some(self.visitor.get("/auth/me").await).filter(|answer| answer.status == 401) };
        eventually("the end of the access token", UNTIL_NOTICED, out).await.is_problem(401, "not-signed-in");
    }
}

/// A log-in with the usual password, however it ends.
pub async fn try_log_in(email: &str) -> Answer {
    Visitor::new().post("/auth/login", &json!({"email": email, "password": PASSWORD})).await
}

/// Runs a chore of `cargo xtask` against the deployed system.
pub fn chore(arguments: &[&str]) -> Output {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let account = setting("CARAVAN_ACCOUNT");
    let environment = [("AWS_ENDPOINT_URL", setting("CARAVAN_CLOUD")), ("AWS_ACCESS_KEY_ID", account)];
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--package", "xtask", "--"]).args(arguments).current_dir(root);
    command.envs(environment).env("AWS_SECRET_ACCESS_KEY", "test").env("AWS_REGION", "us-east-1");
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Asks again until there is an answer, or fails at the deadline.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    within: Duration,
    ask: impl Fn() -> F,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begun.elapsed() < within, "{what} did not happen within {within:?}");
        // A pause of its own after each answer: what is slow is not asked without end.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A mail that was really sent.
#[derive(Debug, Clone)]
pub struct Mail {
    pub subject: String,
    pub text: String,
}

/// All mails so far, as the emulator keeps them.
pub async fn all_mails() -> Vec<Value> {
    let account = setting("CARAVAN_ACCOUNT");
    let url = format!("{}/_ministack/ses/messages?account={account}", setting("CARAVAN_CLOUD"));
    let answer: Value = send(reqwest::Client::new().get(url)).await.json();
    answer["messages"][&account].as_array().cloned().unwrap_or_default()
}

/// All mails to an address so far, oldest first.
pub async fn mails_to(email: &str) -> Vec<Mail> {
    let all = all_mails().await;
    let to = |mail: &Value| mail["To"].as_array().is_some_and(|to| to.iter().any(|address| address == email));
    let text = |mail: &Value, field: &str| mail[field].as_str().unwrap_or_default().to_owned();
    all.iter()
        .filter(|mail| to(mail))
        .map(|mail| Mail { subject: text(mail, "Subject"), text: text(mail, "BodyText") })
        .collect()
}

/// Waits for a mail whose subject contains a text.
pub async fn mail(email: &str, subject: &str) -> Mail {
    let found =
        || async { mails_to(email).await.into_iter().rev().find(|mail| mail.subject.contains(subject)) };
    eventually(&format!("a mail about {subject:?}"), SOON, found).await
}

/// The six digits of the newest code that was mailed.
pub async fn code_from_mail(email: &str) -> String {
    let subject = mail(email, "is your Caravan code").await.subject;
    let code: String = subject.chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 6, "{subject}");
    code
}

/// The token behind the link to a page below `/api/v1/auth`, of the newest mail with that subject.
pub async fn token_from_mail(email: &str, subject: &str, page: &str) -> String {
    let text = mail(email, subject).await.text;
    let (_, token) = text.split_once(&format!("/api/v1/auth/{page}#")).expect("a link in the mail");
    let token = token.split_whitespace().next().unwrap_or_default().to_owned();
    secret(&token);
    token
}
