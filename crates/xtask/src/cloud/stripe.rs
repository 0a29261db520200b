//! The payment provider of the offline cloud, in Stripe's place.

use anyhow::{Context, Result};
use stripe_offline::{Offline, Settings};

use crate::{project, tools};

/// The usual port, or the one of the environment.
pub fn port() -> Result<u16> {
    crate::cli::port("CARAVAN_STRIPE_PORT", stripe_offline::PORT)
}

/// Starts it; its log lies beside the emulator's. It ends with its handle, and with us, however we end.
pub async fn start(name: &str, port: u16) -> Result<Offline> {
    let log = project::state().join(format!("{name}-stripe.log"));
    std::fs::write(&log, "")?;
    let settings = Settings { tools: Some(tools::folder()), port, log: Some(log), ..Settings::default() };
    tokio::task::spawn_blocking(move || Offline::start(&settings))
        .await?
        .with_context(|| format!("no Stripe on port {port}, so nobody can pay here (CARAVAN_STRIPE_PORT)"))
}
