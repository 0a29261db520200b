//! What a backend needs of Stripe, tried through the API.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use stripe_offline::{Offline, PUBLISHABLE_KEY, SECRET_KEY, Settings, WEBHOOK_SECRET, Webhook};

/// A backend of Stripe's: asks, and gets events.
struct Backend {
    stripe: Offline,
    http: ureq::Agent,
    events: Mutex<Receiver<(String, String)>>,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    body: Value,
    text: String,
    location: Option<String>,
    replayed: bool,
}

fn header(answer: &ureq::http::Response<ureq::Body>, name: &str) -> Option<String> {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Answer {
    let text = answer.body_mut().read_to_string().unwrap();
    Answer {
        status: answer.status().as_u16(),
        body: serde_json::from_str(&text).unwrap_or_default(),
        location: header(&answer, "location"),
        replayed: header(&answer, "idempotent-replayed").is_some(),
        text,
    }
}

impl Backend {
    /// The receiver refuses its first `refusals` events.
    fn refusing(refusals: usize) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let url = format!("http://{}/hook", server.server_addr().to_ip().unwrap());
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for (number, mut request) in server.incoming_requests().enumerate() {
                let signature = request.headers().iter().find(|it| it.field.equiv("stripe-signature"));
                let signature = signature.map(|it| it.value.to_string()).unwrap_or_default();
                let mut body = String::new();
                request.as_reader().read_to_string(&mut body).unwrap();
                let refused = number < refusals;
                let _ = request.respond(tiny_http::Response::empty(if refused { 500 } else { 200 }));
                if !refused {
                    let _ = sender.send((signature, body));
                }
            }
        });
        let tools =
            stripe_offline::tools(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")));
        let webhooks = vec![Webhook::all(&url, WEBHOOK_SECRET)];
        let stripe = Offline::start(&Settings { tools, webhooks, ..Settings::default() }).unwrap();
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        Self { stripe, http: config.build().into(), events: Mutex::new(events) }
    }

    fn new() -> Self {
        Self::refusing(0)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.stripe.url())
    }

    fn post_as(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.at(path)).header("authorization", format!("Bearer {key}"));
        read(request.send_form(form.iter().copied()).unwrap())
    }

    fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_as(SECRET_KEY, path, form)
    }

    fn post_once(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.at(path)).header("authorization", format!("Bearer {SECRET_KEY}"));
        read(request.header("idempotency-key", key).send_form(form.iter().copied()).unwrap())
    }

    fn get(&self, path: &str) -> Answer {
        read(
            self.http
                .get(self.at(path))
                .header("authorization", format!("Bearer {SECRET_KEY}"))
                .call()
                .unwrap(),
        )
    }

    #[track_caller]
    fn ok(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let answer = self.post(path, form);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.body
    }

    /// A PaymentIntent that is paid.
    fn paid(&self, amount: &str, method: &str) -> String {
        let form = [("amount", amount), ("currency", "EUR"), ("payment_method", method), ("confirm", "true")];
        id(&self.ok("/v1/payment_intents", &form))
    }

    /// Waits for events of these types, whatever their order, and checks who signed them.
    fn events(&self, types: &[&str]) -> Vec<Value> {
        let receiver = self.events.lock().unwrap();
        let mut found: Vec<Option<Value>> = vec![None; types.len()];
        let end = Instant::now() + Duration::from_secs(15);
        while found.iter().any(Option::is_none) {
            let left = end.saturating_duration_since(Instant::now());
            let (signature, body) =
                receiver.recv_timeout(left).unwrap_or_else(|_| panic!("{types:?}: {found:?}"));
            assert_eq!(signature, expected(&signature, &body), "{body}");
            let event: Value = serde_json::from_str(&body).unwrap();
            if let Some(place) = types.iter().position(|kind| event["type"] == *kind) {
                found[place].get_or_insert(event);
            }
        }
        found.into_iter().flatten().collect()
    }
}

fn expected(signature: &str, body: &str) -> String {
    let at = signature.split_once(',').unwrap().0.strip_prefix("t=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let code: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at},v1={code}")
}

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_payment_is_created_confirmed_and_told() {
    let backend = Backend::new();
    let form = [
        ("amount", "1999"),
        ("currency", "EUR"),
        ("metadata[payment]", "pay_1"),
        ("description", "Tour"),
        ("automatic_payment_methods[enabled]", "true"),
    ];
    let intent = backend.ok("/v1/payment_intents", &form);
    assert_eq!((&intent["status"], &intent["currency"]), (&"requires_payment_method".into(), &"eur".into()));
    assert_eq!((&intent["amount_received"], &intent["description"]), (&0.into(), &"Tour".into()));
    let path = format!("/v1/payment_intents/{}", id(&intent));
    let paid = backend.ok(&format!("{path}/confirm"), &[("payment_method", "pm_card_visa")]);
    assert_eq!((&paid["status"], &paid["amount_received"]), (&"succeeded".into(), &1999.into()));
    assert!(paid["latest_charge"].is_string(), "{paid}");
    let whole = backend.get(&format!("{path}?expand[]=latest_charge")).body;
    assert_eq!(whole["latest_charge"]["amount_captured"], 1999);
    assert_eq!(whole["metadata"]["payment"], "pay_1");
    let event = backend.events(&["payment_intent.succeeded"]).remove(0);
    assert_eq!(event["data"]["object"]["metadata"]["payment"], "pay_1");
    assert_eq!(event["data"]["object"]["amount_received"], 1999);
    assert_eq!(backend.get(&format!("/v1/events/{}", id(&event))).body["type"], "payment_intent.succeeded");
    let again = backend.post(&format!("{path}/confirm"), &[]);
    assert_eq!(
        (again.status, &again.body["error"]["code"]),
        (400, &"payment_intent_unexpected_state".into())
    );
}

#[test]
fn a_browser_pays_with_the_client_secret_and_nothing_else() {
    let backend = Backend::new();
    let intent = backend.ok("/v1/payment_intents", &[("amount", "500"), ("currency", "eur")]);
    let path = format!("/v1/payment_intents/{}/confirm", id(&intent));
    let card = [
        ("payment_method_data[type]", "card"),
        ("payment_method_data[card][number]", "4242424242424242"),
        ("payment_method_data[card][exp_month]", "12"),
        ("payment_method_data[card][exp_year]", "34"),
        ("payment_method_data[card][cvc]", "123"),
    ];
    let guess = [&card[..], &[("client_secret", "guess")]].concat();
    assert_eq!(backend.post_as(PUBLISHABLE_KEY, &path, &guess).status, 400);
    assert_eq!(backend.post_as(PUBLISHABLE_KEY, "/v1/refunds", &[]).status, 401);
    assert_eq!(backend.post_as("sk_live_1", &path, &card).status, 401);
    let secret = intent["client_secret"].as_str().unwrap();
    let mut form = [&card[..], &[("client_secret", secret), ("key", PUBLISHABLE_KEY)]].concat();
    let answer = read(backend.http.post(backend.at(&path)).send_form(form.drain(..)).unwrap());
    assert_eq!((answer.status, &answer.body["status"]), (200, &"succeeded".into()), "{}", answer.text);
    let token = [("payment_method_data[type]", "card"), ("payment_method_data[card][token]", "tok_visa")];
    let intent = backend.ok("/v1/payment_intents", &[("amount", "500"), ("currency", "eur")]);
    let paid = backend.ok(&format!("/v1/payment_intents/{}/confirm", id(&intent)), &token);
    assert_eq!(paid["status"], "succeeded");
}

#[test]
fn a_declined_card_says_why_and_another_one_pays() {
    let backend = Backend::new();
    let intent = backend.ok("/v1/payment_intents", &[("amount", "500"), ("currency", "eur")]);
    let path = format!("/v1/payment_intents/{}", id(&intent));
    let confirm = format!("{path}/confirm");
    for (method, code, decline) in [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ] {
        let refused = backend.post(&confirm, &[("payment_method", method)]);
        let error = &refused.body["error"];
        assert_eq!((refused.status, &error["type"]), (402, &"card_error".into()), "{}", refused.text);
        assert_eq!((&error["code"], &error["decline_code"]), (&code.into(), &decline.into()));
        assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
        let now = backend.get(&path).body;
        assert_eq!(now["last_payment_error"]["decline_code"], decline);
        assert!(now["payment_method"].is_null());
    }
    backend.events(&["payment_intent.payment_failed"]);
    let paid = backend.ok(&confirm, &[("payment_method", "pm_card_mastercard")]);
    assert_eq!(paid["status"], "succeeded");
    assert!(paid["last_payment_error"].is_null());
}

#[test]
fn the_same_key_has_one_effect_and_one_answer() {
    let backend = Backend::new();
    let form = [("amount", "500"), ("currency", "eur"), ("metadata[a]", "1")];
    let first = backend.post_once("k1", "/v1/payment_intents", &form);
    let second = backend.post_once("k1", "/v1/payment_intents", &form);
    assert_eq!(first.text, second.text);
    assert!(!first.replayed && second.replayed);
    let other = backend.post_once("k1", "/v1/payment_intents", &[("amount", "600"), ("currency", "eur")]);
    assert_eq!((other.status, &other.body["error"]["type"]), (400, &"idempotency_error".into()));
    assert_ne!(id(&backend.post_once("k2", "/v1/payment_intents", &form).body), id(&first.body));
    let declined = [
        ("amount", "500"),
        ("currency", "eur"),
        ("confirm", "true"),
        ("payment_method", "pm_card_chargeCustomerFail"),
    ];
    let first = backend.post_once("k3", "/v1/payment_intents", &declined);
    assert_eq!(
        (first.status, &first.text),
        (402, &backend.post_once("k3", "/v1/payment_intents", &declined).text)
    );
    // Wrong parameters are no effect, so that they can be mended.
    assert_eq!(backend.post_once("k4", "/v1/payment_intents", &[("amount", "500")]).status, 400);
    assert_eq!(backend.post_once("k4", "/v1/payment_intents", &form).status, 200);
    // Side by side too.
    let ids: Vec<String> = std::thread::scope(|scope| {
        let ask = || loop {
            let answer = backend.post_once("k5", "/v1/payment_intents", &form);
            if answer.status == 200 {
                return id(&answer.body);
            }
            assert_eq!(
                (answer.status, &answer.body["error"]["code"]),
                (409, &"idempotency_key_in_use".into())
            );
        };
        let all: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        all.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[test]
fn refunds_go_up_to_what_was_paid_and_are_told() {
    let backend = Backend::new();
    let intent = backend.paid("1000", "pm_card_visa");
    let refund = |amount: &str| {
        backend.post(
            "/v1/refunds",
            &[
                ("payment_intent", &intent),
                ("amount", amount),
                ("reason", "requested_by_customer"),
                ("metadata[refund]", "r1"),
            ],
        )
    };
    let first = refund("300");
    assert_eq!((first.status, &first.body["status"]), (200, &"succeeded".into()), "{}", first.text);
    assert_eq!(
        (&first.body["reason"], &first.body["metadata"]["refund"]),
        (&"requested_by_customer".into(), &"r1".into())
    );
    let told = backend.events(&["refund.created", "charge.refunded", "refund.updated"]);
    assert_eq!(told[1]["data"]["object"]["amount_refunded"], 300);
    assert_eq!(
        (&told[2]["data"]["object"]["id"], &told[2]["data"]["object"]["payment_intent"]),
        (&first.body["id"], &intent.clone().into())
    );
    let too_much = refund("701");
    assert_eq!(too_much.status, 400);
    assert!(too_much.text.contains("greater than unrefunded amount"), "{}", too_much.text);
    // Without an amount: the rest.
    let rest = backend.ok("/v1/refunds", &[("payment_intent", &intent)]);
    assert_eq!(rest["amount"], 700);
    let none = backend.post("/v1/refunds", &[("payment_intent", &intent)]);
    assert_eq!(none.body["error"]["code"], "charge_already_refunded");
    let all = backend.get(&format!("/v1/refunds?payment_intent={intent}&limit=100")).body;
    assert_eq!(all["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(backend.get(&format!("/v1/refunds/{}", id(&first.body))).body["amount"], 300);
    // Nothing was paid.
    let unpaid = id(&backend.ok("/v1/payment_intents", &[("amount", "500"), ("currency", "eur")]));
    assert_eq!(backend.post("/v1/refunds", &[("payment_intent", &unpaid)]).status, 400);
    assert_eq!(
        backend.post("/v1/refunds", &[("payment_intent", "pi_none")]).body["error"]["code"],
        "resource_missing"
    );
    // A race for the rest.
    let intent = backend.paid("1000", "pm_card_visa");
    let given: usize = std::thread::scope(|scope| {
        let ask = || {
            usize::from(
                backend.post("/v1/refunds", &[("payment_intent", &intent), ("amount", "600")]).status == 200,
            )
        };
        let all: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        all.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(given, 1);
}

#[test]
fn some_refunds_end_a_moment_later() {
    let backend = Backend::new();
    let pending = backend.paid("1000", "pm_card_pendingRefund");
    assert_eq!(backend.ok("/v1/refunds", &[("payment_intent", &pending)])["status"], "pending");
    let told = backend.events(&["refund.updated"]).remove(0);
    assert_eq!(told["data"]["object"]["status"], "succeeded");
    let failing = backend.paid("1000", "pm_card_refundFail");
    let refund = backend.ok("/v1/refunds", &[("payment_intent", &failing), ("amount", "400")]);
    assert_eq!(refund["status"], "succeeded");
    let told = backend.events(&["refund.failed"]).remove(0);
    let failed = &told["data"]["object"];
    assert_eq!((&failed["status"], &failed["amount"]), (&"failed".into(), &400.into()));
    assert_eq!(failed["failure_reason"], "expired_or_canceled_card");
    // It can be given back once more.
    assert_eq!(backend.ok("/v1/refunds", &[("payment_intent", &failing)])["amount"], 1000);
}

#[test]
fn currencies_have_their_digits() {
    let backend = Backend::new();
    for (amount, currency, status) in [
        ("500", "JPY", 200),
        ("1250", "KWD", 200),
        ("1255", "kwd", 400),
        ("0", "eur", 400),
        ("1.5", "eur", 400),
        ("5", "euro", 400),
    ] {
        let answer = backend.post("/v1/payment_intents", &[("amount", amount), ("currency", currency)]);
        assert_eq!(answer.status, status, "{amount} {currency}: {}", answer.text);
    }
    let unknown =
        backend.post("/v1/payment_intents", &[("amount", "500"), ("currency", "eur"), ("colour", "red")]);
    assert_eq!(unknown.body["error"]["code"], "parameter_unknown");
}

#[test]
fn lists_are_newest_first_in_pages_and_filtered_by_time() {
    let backend = Backend::new();
    let ids: Vec<String> = (0..5).map(|_| backend.paid("1000", "pm_card_visa")).collect();
    let list = |query: &str| {
        let page = backend.get(&format!("/v1/payment_intents?{query}"));
        assert_eq!(page.status, 200, "{}", page.text);
        let found: Vec<String> = page.body["data"].as_array().unwrap().iter().map(id).collect();
        (found, page.body["has_more"].as_bool().unwrap())
    };
    let (first, more) = list("limit=2");
    assert_eq!((first.as_slice(), more), (&[ids[4].clone(), ids[3].clone()][..], true));
    let (rest, more) = list(&format!("limit=3&starting_after={}", first[1]));
    assert_eq!((rest.len(), more), (3, false));
    let created = backend.get(&format!("/v1/payment_intents/{}", ids[0])).body["created"].as_u64().unwrap();
    assert_eq!(list(&format!("created[gte]={created}")).0.len(), 5);
    assert_eq!(list(&format!("created[gt]={}", created + 1000)).0.len(), 0);
    assert_eq!(backend.get("/v1/payment_intents?limit=0").status, 400);
    backend.ok("/v1/refunds", &[("payment_intent", &ids[0])]);
    let ledger = backend.get("/v1/balance_transactions?limit=100&expand[]=data.source").body;
    let ledger = ledger["data"].as_array().unwrap();
    assert_eq!((ledger.len(), &ledger[0]["type"]), (6, &"refund".into()));
    assert_eq!(ledger[0]["source"]["object"], "refund");
    let events = backend.get("/v1/events?type=charge.refunded").body;
    assert_eq!(events["data"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_cancelled_payment_takes_no_money() {
    let backend = Backend::new();
    let intent = id(&backend.ok("/v1/payment_intents", &[("amount", "500"), ("currency", "eur")]));
    let path = format!("/v1/payment_intents/{intent}");
    let gone = backend.ok(&format!("{path}/cancel"), &[("cancellation_reason", "abandoned")]);
    assert_eq!((&gone["status"], &gone["cancellation_reason"]), (&"canceled".into(), &"abandoned".into()));
    backend.events(&["payment_intent.canceled"]);
    assert_eq!(backend.post(&format!("{path}/confirm"), &[("payment_method", "pm_card_visa")]).status, 400);
    let paid = backend.paid("500", "pm_card_visa");
    assert_eq!(backend.post(&format!("/v1/payment_intents/{paid}/cancel"), &[]).status, 400);
}

const SESSION: [(&str, &str); 12] = [
    ("mode", "payment"),
    ("success_url", "https://app.example/done?session={CHECKOUT_SESSION_ID}"),
    ("cancel_url", "https://app.example/tours/1"),
    ("client_reference_id", "tour-1"),
    ("customer_email", "ada@example.com"),
    ("metadata[payment]", "pay_1"),
    ("payment_intent_data[metadata][payment]", "pay_1"),
    ("line_items[0][quantity]", "2"),
    ("line_items[0][price_data][currency]", "EUR"),
    ("line_items[0][price_data][unit_amount]", "19900"),
    ("line_items[0][price_data][product_data][name]", "The <Forest> Hiker"),
    ("line_items[0][price_data][product_data][images][0]", "https://app.example/1.jpg"),
];

#[test]
fn a_checkout_page_is_paid_after_a_declined_card() {
    let backend = Backend::new();
    let session = backend.ok("/v1/checkout/sessions", &SESSION);
    assert_eq!((&session["status"], &session["payment_status"]), (&"open".into(), &"unpaid".into()));
    assert_eq!((&session["amount_total"], &session["currency"]), (&39800.into(), &"eur".into()));
    let url = session["url"].as_str().unwrap();
    let page = read(backend.http.get(url).call().unwrap());
    for text in ["398.00 EUR", "The &lt;Forest&gt; Hiker", "4242424242424242", "ada@example.com"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let pay = |number: &str| read(backend.http.post(url).send_form([("number", number)]).unwrap());
    let declined = pay("4000000000000002");
    assert_eq!(declined.status, 402);
    assert!(declined.text.contains("Your card was declined."), "{}", declined.text);
    assert_eq!(pay("42").status, 402);
    let paid = pay("4242 4242 4242 4242");
    let path = format!("/v1/checkout/sessions/{}", id(&session));
    let done = format!("https://app.example/done?session={}", id(&session));
    assert_eq!((paid.status, paid.location), (303, Some(done)), "{}", paid.text);
    assert_eq!(pay("4242424242424242").status, 409);
    let told = backend.events(&[
        "checkout.session.completed",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
    ]);
    let completed = &told[0]["data"]["object"];
    assert_eq!(
        (&completed["payment_status"], &completed["client_reference_id"]),
        (&"paid".into(), &"tour-1".into())
    );
    assert_eq!(completed["payment_intent"], told[1]["data"]["object"]["id"]);
    // One payment for both cards.
    assert_eq!(told[1]["data"]["object"]["id"], told[2]["data"]["object"]["id"]);
    assert_eq!(told[1]["data"]["object"]["metadata"]["payment"], "pay_1");
    let now = backend.get(&format!("{path}?expand[]=line_items&expand[]=payment_intent")).body;
    assert_eq!(
        (&now["status"], &now["payment_intent"]["amount_received"]),
        (&"complete".into(), &39800.into())
    );
    assert_eq!(now["line_items"]["data"][0]["quantity"], 2);
    assert_eq!(backend.post(&format!("{path}/expire"), &[]).status, 400);
}

#[test]
fn an_expired_session_cannot_be_paid() {
    let backend = Backend::new();
    let session = backend.ok("/v1/checkout/sessions", &SESSION);
    let path = format!("/v1/checkout/sessions/{}", id(&session));
    assert_eq!(backend.ok(&format!("{path}/expire"), &[])["status"], "expired");
    backend.events(&["checkout.session.expired"]);
    let pay = backend.http.post(session["url"].as_str().unwrap()).send_form([("number", "4242424242424242")]);
    assert_eq!(read(pay.unwrap()).status, 409);
    assert_eq!(backend.get("/v1/payment_intents").body["data"].as_array().map(Vec::len), Some(0));
    for (change, value) in
        [("mode", "subscription"), ("expires_at", "5"), ("line_items[0][quantity]", "-1"), ("colour", "red")]
    {
        let form: Vec<_> =
            SESSION.iter().filter(|(name, _)| *name != change).copied().chain([(change, value)]).collect();
        assert_eq!(backend.post("/v1/checkout/sessions", &form).status, 400, "{change}");
    }
    assert_eq!(backend.get("/v1/checkout/sessions/cs_test_none").status, 404);
}

#[test]
fn an_event_that_is_refused_comes_again() {
    let backend = Backend::refusing(1);
    let intent = id(&backend.ok("/v1/payment_intents", &[("amount", "500"), ("currency", "eur")]));
    backend.ok(&format!("/v1/payment_intents/{intent}/cancel"), &[]);
    backend.events(&["payment_intent.canceled"]);
}

#[test]
fn it_ends_with_its_handle() {
    let backend = Backend::new();
    let url = backend.stripe.url().to_owned();
    drop(backend);
    let address = url.strip_prefix("http://").unwrap();
    let began = Instant::now();
    while std::net::TcpStream::connect(address).is_ok() {
        assert!(began.elapsed() < Duration::from_secs(10), "it still listens");
        std::thread::sleep(Duration::from_millis(20));
    }
}
