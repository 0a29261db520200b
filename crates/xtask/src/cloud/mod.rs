//! The offline cloud: an emulator of our own, or the one that `AWS_ENDPOINT_URL` names.

mod emulator;
mod provider;
pub mod stripe;

pub use emulator::{Emulator, Settings, free_port, stop_left_over, wait_for_end};

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::aws::{Aws, http};
use crate::progress;
use provider::Provider;
use stripe_offline::{Offline, WEBHOOK_SECRET, Webhook};

/// The account of `cargo xtask up`; a test run takes one of its own.
pub const ACCOUNT: &str = "000000000000";
/// The port that LocalStack made customary.
pub const PORT: u16 = 4566;

/// A running offline cloud.
pub struct Cloud {
    pub endpoint: String,
    /// Present when it is ours to stop.
    emulator: Option<Emulator>,
    provider: Option<Provider>,
    stripe: Option<Offline>,
}

impl Cloud {
    /// Uses the cloud of `AWS_ENDPOINT_URL` when that is set, else starts one on the usual port.
    pub async fn open() -> Result<Self> {
        if let Some(endpoint) = given() {
            wait_until_ready(&endpoint, None).await?;
            return Ok(Self { endpoint, emulator: None, provider: None, stripe: None });
        }
        stop_left_over("cloud").await?;
        Self::start(&Settings { stripe: stripe::port()?, ..Settings::new("cloud", port()?) }).await
    }

    /// Starts an emulator of our own.
    pub async fn start(settings: &Settings) -> Result<Self> {
        let endpoint = format!("http://127.0.0.1:{}", settings.port);
        let mut emulator = Emulator::start(settings, &endpoint).await?;
        wait_until_ready(&endpoint, Some(&mut emulator)).await?;
        let (provider, stripe) = tokio::join!(
            Provider::start(settings.name, settings.provider),
            stripe::start(settings.name, settings.stripe)
        );
        // Everything else works without them.
        let provider = provider.inspect_err(|error| progress::say(error)).ok();
        let stripe = stripe.inspect_err(|error| progress::say(format!("{error:#}"))).ok();
        Ok(Self { endpoint, emulator: Some(emulator), provider, stripe })
    }

    /// An account in this cloud.
    pub fn account(&self, account: &str) -> Aws {
        Aws::offline(&self.endpoint, account)
    }

    /// The OpenID provider's address, when there is one.
    pub fn issuer(&self) -> Option<&str> {
        self.provider.as_ref().map(|provider| provider.issuer.as_str())
    }

    /// The payment provider's address, when there is one.
    pub fn stripe(&self) -> Option<&str> {
        self.stripe.as_ref().map(Offline::url)
    }

    /// Has the payment provider tell this front door what happens.
    pub fn tell_payments_to(&self, door: &str) {
        if let Some(stripe) = &self.stripe {
            stripe.send_to(Webhook::all(&format!("{door}/api/v1/webhooks/stripe"), WEBHOOK_SECRET));
        }
    }

    /// The process group of the emulator and of all functions that it started, when it is ours.
    pub fn group(&self) -> Option<String> {
        self.emulator.as_ref().and_then(Emulator::group)
    }

    /// What the emulator has to say when something did not work; nothing when it is not ours.
    pub fn complaints(&self) -> String {
        self.emulator.as_ref().map(Emulator::complaints).unwrap_or_default()
    }

    /// Whether the emulator is ours.
    pub fn is_ours(&self) -> bool {
        self.emulator.is_some()
    }

    /// Waits for the emulator to end by itself, which it should not; for ever when it is not ours.
    pub async fn died(&mut self) -> Result<()> {
        match &mut self.emulator {
            Some(emulator) => emulator.died().await,
            None => std::future::pending().await,
        }
    }

    /// Ends the emulator if it is ours, and waits until it is gone.
    pub async fn stop(self) {
        if let Some(emulator) = self.emulator {
            let name = emulator.name;
            drop(emulator);
            wait_for_end(name).await;
        }
    }
}

/// The endpoint the user gave, for a cloud that somebody else runs.
pub fn given() -> Option<String> {
    std::env::var("AWS_ENDPOINT_URL")
        .ok()
        .filter(|url| !url.is_empty())
        .map(|url| url.trim_end_matches('/').to_owned())
}

/// The endpoint that commands beside a running `up` talk to.
pub fn endpoint() -> Result<String> {
    match given() {
        Some(url) => Ok(url),
        None => Ok(format!("http://127.0.0.1:{}", port()?)),
    }
}

fn port() -> Result<u16> {
    crate::cli::port("CARAVAN_CLOUD_PORT", PORT)
}

async fn wait_until_ready(endpoint: &str, mut emulator: Option<&mut Emulator>) -> Result<()> {
    let started = Instant::now();
    let url = format!("{endpoint}/_localstack/health");
    while http::get(&url).await.is_err() {
        if let Some(emulator) = &mut emulator {
            emulator.check()?;
        }
        if started.elapsed() > Duration::from_secs(30) {
            bail!(
                "no cloud answers at {endpoint}: is it running? (AWS_ENDPOINT_URL names it; unset it to have one started)"
            );
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
