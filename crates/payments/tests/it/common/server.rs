//! Stripe, as far as tests need it: `localstripe` behind a door that knows idempotency keys, opens pages to pay on (which
//! `localstripe` does not have), and loses answers on demand.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// Ends with the test's process: the shell waits on a pipe that closes then.
pub struct Server {
    _keeper: Child,
    pub door: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    behind: u16,
    answers: HashMap<String, Vec<u8>>,
    pages: HashMap<String, Value>,
    posts: HashMap<String, u32>,
    lost: u32,
    away: bool,
}

impl Server {
    pub async fn start() -> Self {
        let behind = free_port();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.caravan/tools/bin/localstripe");
        let program = if program.exists() { program } else { "localstripe".into() };
        let script = "\"$0\" --from-scratch --port \"$1\" >/dev/null 2>&1 & pid=$!; read _; kill $pid";
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(program).arg(behind.to_string());
        let keeper = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("a shell");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let door = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State { behind, ..State::default() }));
        let server = Self { _keeper: keeper, door, state: state.clone() };
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", behind)).is_ok() {
                std::thread::spawn(move || serve(&listener, &state));
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("localstripe does not answer: `cargo xtask test` installs it");
    }

    /// The answers of so many next posts get lost; they are done all the same.
    pub fn lose(&self, posts: u32) {
        self.state.lock().unwrap().lost = posts;
    }

    /// Whether the provider is away.
    pub fn away(&self, away: bool) {
        self.state.lock().unwrap().away = away;
    }

    /// What was posted to a path, answers from memory left out.
    pub fn posts(&self, path: &str) -> u32 {
        self.state.lock().unwrap().posts.get(path).copied().unwrap_or(0)
    }

    /// The provider forgets its idempotency keys, as it does after a day.
    pub fn forget(&self) {
        self.state.lock().unwrap().answers.clear();
    }

    /// A customer pays on the page.
    pub async fn pay_page(&self, page: &str) -> Value {
        let (amount, currency, metadata) = {
            let state = self.state.lock().unwrap();
            let page = &state.pages[page];
            (page["amount_total"].clone(), page["currency"].clone(), page["metadata"]["payment_id"].clone())
        };
        let form = format!(
            "amount={amount}&currency={}&metadata[payment_id]={}",
            currency.as_str().unwrap(),
            metadata.as_str().unwrap()
        );
        let intent = self.post("/v1/payment_intents", &form).await;
        let paid = self.pay(intent["id"].as_str().unwrap(), GOOD_CARD).await;
        let mut state = self.state.lock().unwrap();
        let page = state.pages.get_mut(page).unwrap();
        page["status"] = json!("complete");
        page["payment_status"] = json!("paid");
        page["payment_intent"] = paid["id"].clone();
        page.clone()
    }

    /// A customer fills in the form with a card; the payment as it is then.
    pub async fn pay(&self, intent: &str, card: &str) -> Value {
        let form =
            format!("type=card&card[number]={card}&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123");
        let method = self.post("/v1/payment_methods", &form).await;
        let form = format!("payment_method={}", method["id"].as_str().unwrap());
        self.post(&format!("/v1/payment_intents/{intent}"), &form).await;
        self.post(&format!("/v1/payment_intents/{intent}/confirm"), "").await;
        self.get(&format!("/v1/payment_intents/{intent}")).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ask("GET", path, "").await
    }

    pub async fn post(&self, path: &str, form: &str) -> Value {
        self.ask("POST", path, form).await
    }

    async fn ask(&self, method: &str, path: &str, form: &str) -> Value {
        let behind = self.state.lock().unwrap().behind;
        let form = form.replace('[', "%5B").replace(']', "%5D");
        let request = format!(
            "{method} {path} HTTP/1.0\r\nauthorization: Bearer sk_test_caravan\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        );
        let answer = forward(behind, request.as_bytes());
        let text = String::from_utf8_lossy(&answer).into_owned();
        let body = text.split_once("\r\n\r\n").expect("a body").1;
        serde_json::from_str(body).unwrap_or(Value::Null)
    }
}

pub const GOOD_CARD: &str = "4242424242424242";
pub const DECLINED_CARD: &str = "4000000000000341";

pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

fn serve(listener: &TcpListener, state: &Arc<Mutex<State>>) {
    for stream in listener.incoming() {
        let (Ok(stream), state) = (stream, state.clone()) else { return };
        std::thread::spawn(move || one(stream, &state));
    }
}

fn one(mut stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut parts = first.split(' ');
    let (method, path) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let (mut key, mut length) = (None, 0);
    let mut head = format!("{method} {path} HTTP/1.0\r\n");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "idempotency-key" => key = Some(value.to_owned()),
            "content-length" => length = value.parse().ok()?,
            "connection" => continue,
            _ => {}
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    head.push_str("\r\n");
    if state.lock().ok()?.away {
        return stream.write_all(b"HTTP/1.0 503 Away\r\ncontent-length: 0\r\n\r\n").ok();
    }
    let known = key.as_ref().and_then(|key| state.lock().ok()?.answers.get(key).cloned());
    let answer = match known {
        Some(answer) => answer,
        None => {
            if method == "POST" {
                *state.lock().ok()?.posts.entry(path.clone()).or_default() += 1;
            }
            let answer = if path.starts_with("/v1/checkout/sessions") {
                page(&mut *state.lock().ok()?, &method, &path, &String::from_utf8_lossy(&body))
            } else {
                forward(state.lock().ok()?.behind, &[head.as_bytes(), &body].concat())
            };
            if let Some(key) = key {
                state.lock().ok()?.answers.insert(key, answer.clone());
            }
            answer
        }
    };
    {
        let mut state = state.lock().ok()?;
        if method == "POST" && state.lost > 0 {
            state.lost -= 1;
            return None;
        }
    }
    stream.write_all(&answer).ok()
}

fn forward(port: u16, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("localstripe");
    stream.write_all(request).expect("localstripe listens");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("localstripe answers");
    answer
}

/// Pages to pay on.
fn page(state: &mut State, method: &str, path: &str, body: &str) -> Vec<u8> {
    let mut rest = path.trim_start_matches("/v1/checkout/sessions").split('/').skip(1);
    let page = match (method, rest.next(), rest.next()) {
        ("POST", None, _) => {
            let form: HashMap<_, _> = kernel::query::pairs(body).unwrap().into_iter().collect();
            let id = format!("cs_test_{}", state.pages.len() + 1);
            let page = json!({
                "id": id, "object": "checkout.session", "url": format!("https://pay.test/{id}"),
                "status": "open", "payment_status": "unpaid", "payment_intent": null,
                "amount_total": form["line_items[0][price_data][unit_amount]"].parse::<i64>().unwrap(),
                "currency": form["line_items[0][price_data][currency]"],
                "expires_at": form["expires_at"].parse::<i64>().unwrap(),
                "metadata": {"payment_id": form["metadata[payment_id]"]},
            });
            state.pages.insert(id, page.clone());
            page
        }
        ("POST", Some(id), Some("expire")) => {
            let page = state.pages.get_mut(id).unwrap();
            if page["status"] != "open" {
                let refused = json!({"error": {"message": "not open"}}).to_string();
                return response(400, &refused);
            }
            page["status"] = json!("expired");
            page.clone()
        }
        (_, Some(id), _) => state.pages[id].clone(),
        _ => Value::Null,
    };
    response(200, &page.to_string())
}

fn response(status: u16, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.0 {status} OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
