//! Stripe without Stripe: [localstripe](https://github.com/adrienverge/localstripe), a server that keeps state, and in
//! front of it what it lacks of <https://docs.stripe.com/api>: idempotency keys, Checkout Sessions with a page to pay
//! on, cards that are declined, retries with another card, bounds and events of refunds, filters of lists.
//! `docs/testing.md` lists what is whose.

mod cards;
mod checkout;
pub mod client;
mod form;
mod idempotency;
mod intents;
mod lists;
mod page;
mod process;
mod refunds;
mod reply;
mod server;
mod shape;
mod upstream;
mod webhooks;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use process::Process;
use server::{Layer, Threads};

/// The port that localstripe made customary.
pub const PORT: u16 = 8420;
/// Any key that begins like it does.
pub const SECRET_KEY: &str = "sk_test_caravan";
pub const PUBLISHABLE_KEY: &str = "pk_test_caravan";
pub const WEBHOOK_SECRET: &str = "whsec_caravan_local";

/// Where events are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub url: String,
    pub secret: String,
    /// None are all.
    pub events: Option<Vec<String>>,
}

impl Webhook {
    /// All events.
    pub fn all(url: &str, secret: &str) -> Self {
        Self { url: url.to_owned(), secret: secret.to_owned(), events: None }
    }
}

/// How it is started.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The virtual environment in which localstripe is installed; without it the Python on the path.
    pub tools: Option<PathBuf>,
    /// 0 takes any that is free.
    pub port: u16,
    /// Where localstripe's own log goes.
    pub log: Option<PathBuf>,
    pub webhooks: Vec<Webhook>,
}

/// The virtual environment of a checkout of this project, if it is there; `CARAVAN_TOOLS` names another.
pub fn tools(root: &Path) -> Option<PathBuf> {
    let named = std::env::var_os("CARAVAN_TOOLS").map(PathBuf::from);
    named.or_else(|| Some(root.join(".caravan/tools"))).filter(|path| path.exists())
}

/// A running one. It ends when it is dropped, and when this process ends in any way.
pub struct Offline {
    layer: Arc<Layer>,
    _threads: Threads,
    _process: Process,
}

impl Offline {
    /// Starts it; it answers when this returns.
    pub fn start(settings: &Settings) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", settings.port))?;
        let port = listener.local_addr()?.port();
        let log = settings.log.as_deref().unwrap_or(Path::new("/dev/null"));
        let process = Process::start(settings.tools.as_deref(), log)?;
        let layer = Arc::new(Layer::new(format!("http://127.0.0.1:{port}"), &process.url));
        for webhook in &settings.webhooks {
            layer.hooks.add(&webhook.url, webhook.clone());
        }
        let threads = Threads::start(listener, &layer)?;
        layer.listen_to_localstripe().map_err(|refusal| io::Error::other(refusal.message))?;
        Ok(Self { layer, _threads: threads, _process: process })
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.layer.url
    }

    /// Sends events there too, from now on.
    pub fn send_to(&self, webhook: Webhook) {
        let name = webhook.url.clone();
        self.layer.hooks.add(&name, webhook);
    }
}

impl std::fmt::Debug for Offline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Offline({})", self.url())
    }
}
