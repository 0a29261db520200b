//! The payment provider of use-case tests: one offline Stripe for each process, and a receiver of its events for each
//! test that wants one.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use stripe_offline::{Offline, Settings, WEBHOOK_SECRET, Webhook};
use tiny_http::{Response, Server};

pub use stripe_offline::{PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET as SECRET_OF_WEBHOOKS};

/// Events come a second after the fact, and again when they are refused.
const PATIENCE: Duration = Duration::from_secs(20);

/// Its address, without a slash at the end. It starts with the first call and ends with the process.
pub fn url() -> &'static str {
    running().url()
}

fn running() -> &'static Offline {
    static STRIPE: OnceLock<Offline> = OnceLock::new();
    STRIPE.get_or_init(|| {
        let tools = stripe_offline::tools(&crate::emulator::root());
        Offline::start(&Settings { tools, ..Settings::default() }).unwrap_or_else(|why| {
            panic!("these tests need localstripe, which `cargo xtask test` installs: {why}")
        })
    })
}

/// What came, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The header `stripe-signature`.
    pub signature: String,
    /// The raw body, over which it is made.
    pub body: String,
}

impl Delivery {
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).expect("an event")
    }
}

/// A webhook that takes and keeps every event. All tests of a process pay at one Stripe, so look for your own object:
/// by its id or its metadata.
#[derive(Debug, Clone)]
pub struct Receiver(Arc<Mutex<Vec<Delivery>>>);

impl Receiver {
    /// Gets all events from now on, signed with [`SECRET_OF_WEBHOOKS`].
    pub fn open() -> Self {
        let server = Server::http("127.0.0.1:0").expect("a port");
        let port = server.server_addr().to_ip().expect("an address").port();
        let all = Self(Arc::default());
        let kept = all.clone();
        std::thread::spawn(move || {
            for mut request in server.incoming_requests() {
                let signature = request.headers().iter().find(|it| it.field.equiv("stripe-signature"));
                let signature = signature.map(|it| it.value.to_string()).unwrap_or_default();
                let mut body = String::new();
                if request.as_reader().read_to_string(&mut body).is_ok() {
                    kept.all().push(Delivery { signature, body });
                }
                let _ = request.respond(Response::empty(200));
            }
        });
        running().send_to(Webhook::all(&format!("http://127.0.0.1:{port}"), WEBHOOK_SECRET));
        all
    }

    /// What came so far.
    pub fn so_far(&self) -> Vec<Delivery> {
        self.all().clone()
    }

    /// Waits for an event of this type whose body contains `text`, such as the id of a PaymentIntent.
    pub async fn event(&self, kind: &str, text: &str) -> Delivery {
        let began = Instant::now();
        loop {
            let ours = |it: &Delivery| it.body.contains(text) && it.event()["type"] == kind;
            if let Some(found) = self.so_far().into_iter().find(ours) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain for {kind} of {text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Delivery>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pays a PaymentIntent as a browser does, with a payment method for tests such as `pm_card_visa` or
/// `pm_card_visa_chargeDeclined`; answers the status and the body.
pub async fn pay(client_secret: &str, method: &str) -> (u16, Value) {
    let intent = client_secret.split("_secret_").next().unwrap_or_default();
    let form = [("key", PUBLISHABLE_KEY), ("client_secret", client_secret), ("payment_method", method)];
    post(&format!("/v1/payment_intents/{intent}/confirm"), &form).await
}

/// Fills in the page of a Checkout Session. 303 when it is paid, 402 when the card is declined.
pub async fn pay_page(session: &str, card: &str) -> u16 {
    post(&format!("/pay/{session}"), &[("number", card)]).await.0
}

/// Any post with the secret key.
pub async fn ask(path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let with_key = [&[("key", SECRET_KEY)], form].concat();
    post(path, &with_key).await
}

/// In a thread of its own: the client waits where the runtime of a test has only one.
async fn post(path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let path = path.to_owned();
    let form: Vec<_> = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    tokio::task::spawn_blocking(move || stripe_offline::client::post(url(), &path, &form).expect("an answer"))
        .await
        .expect("an answer")
}
