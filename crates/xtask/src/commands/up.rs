//! `up`: from nothing to a running cloud.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, bail};

use super::package;
use crate::aws::Aws;
use crate::binaries::{self, Build};
use crate::cloud::{self, Cloud};
use crate::demo::booking::{self, Booked};
use crate::deploy::{self, Target};
use crate::door::{self, Door};
use crate::follow::{self, Follower};
use crate::watch::Watch;
use crate::{cli, demo, disk, exec, markers, progress, project, tools};

/// Names the marker of a running `up`.
pub const MARKER: &str = "up";

/// Starts everything, then follows the logs and replaces what changes, until it is stopped.
pub async fn run(contexts: &[String]) -> Result<()> {
    let contexts = project::chosen_contexts(contexts)?;
    disk::room(disk::UP)?;
    super::down::stop_running().await?;
    markers::write(MARKER, &std::process::id().to_string())?;
    let answer = tokio::select! {
        answer = serve(&contexts) => answer,
        signal = exec::stopped() => signal,
    };
    // A cloud whose guard was dropped ends by itself; this waits for it.
    cloud::wait_for_end("cloud").await;
    markers::remove(MARKER);
    if answer.is_ok() {
        progress::line("\n  stopped");
    }
    answer
}

async fn serve(contexts: &[String]) -> Result<()> {
    let started = Instant::now();
    progress::line(format_args!("Caravan: {}", contexts.join(", ")));
    let ((), cloud) = tokio::try_join!(build(contexts), prepare())?;
    let aws = cloud.account(cloud::ACCOUNT);
    let port = cli::port("CARAVAN_DOOR_PORT", door::PORT)?;
    let socket_port = cli::port("CARAVAN_DOOR_WS_PORT", door::SOCKET_PORT)?;
    let stripe = cloud.stripe().map(str::to_owned);
    let target = Target::offline(aws.clone(), &format!("http://localhost:{port}")).paid_at(stripe.as_deref());
    deploy::deploy(target, contexts, false).await?;
    let door = Arc::new(Door::open(&aws, "local", cloud::ACCOUNT, port, socket_port).await?);
    cloud.tell_payments_to(&door.url);
    let demo = load_demo(contexts, &door, &aws, &cloud).await;
    let booked = if demo { book_demo(contexts, &door, &aws, &cloud).await } else { None };
    welcome(&door, started, stripe.as_deref(), demo)?;
    if let Some(booked) = booked {
        progress::line(booked);
    }
    progress::line(
        "Sources are watched: save a file and its functions are replaced. Ctrl-C stops everything.\n",
    );
    watch(cloud, aws, contexts, door).await
}

async fn build(contexts: &[String]) -> Result<()> {
    progress::step("building the functions", binaries::build(Build::offline(), contexts)).await?;
    package::pack(Build::offline(), contexts).await?;
    Ok(())
}

async fn prepare() -> Result<Cloud> {
    tools::install().await?;
    let cloud = progress::step("starting the cloud", Cloud::open()).await?;
    if !cloud.is_ours() {
        progress::say(format!("using the cloud at {}", cloud.endpoint));
    }
    Ok(cloud)
}

/// Whether the demo account is there. A problem here is worth a line, and no reason to stop.
async fn load_demo(contexts: &[String], door: &Door, aws: &Aws, cloud: &Cloud) -> bool {
    if !contexts.iter().any(|context| context == demo::CONTEXT) {
        return false;
    }
    let scene = demo::Scene { door, aws, endpoint: &cloud.endpoint, account: cloud::ACCOUNT };
    progress::step("loading demo data", demo::load(&scene, contexts))
        .await
        .inspect_err(|error| eprintln!("    {error:#}"))
        .is_ok()
}

/// Shows what all this is for. A problem here is worth a few lines, and no reason to stop.
async fn book_demo(contexts: &[String], door: &Door, aws: &Aws, cloud: &Cloud) -> Option<Booked> {
    let missing = booking::missing(contexts);
    if !missing.is_empty() {
        progress::say(format!("no tour is booked for show: that takes {} too", missing.join(", ")));
        return None;
    }
    if cloud.stripe().is_none() {
        progress::say("no tour is booked for show: there is no Stripe to pay at");
        return None;
    }
    let scene = demo::Scene { door, aws, endpoint: &cloud.endpoint, account: cloud::ACCOUNT };
    let booked = booking::book(&scene).await;
    booked
        .inspect_err(|error| {
            let log = project::state().join("cloud-stripe.log");
            eprintln!("    {error:#}");
            eprintln!(
                "    Everything else is up. See the log lines below, {}/mailbox, and {}.",
                door.url,
                log.display()
            );
        })
        .ok()
}

fn welcome(door: &Door, started: Instant, stripe: Option<&str>, demo: bool) -> Result<()> {
    progress::line(format_args!("\nReady after {:.1} s.\n", started.elapsed().as_secs_f64()));
    progress::line(format_args!("  API        {}/api/v1", door.url));
    progress::line(format_args!("  Documents  {}/api/v1/docs", door.url));
    progress::line(format_args!("  Mailbox    {}/mailbox", door.url));
    progress::line(format_args!("  WebSocket  {}", door.socket_url));
    if let Some(stripe) = stripe {
        progress::line(format_args!("  Stripe     {stripe} (offline; the card 4242424242424242 pays)"));
    }
    if demo {
        let (traveller, admin, password) = (demo::EMAIL, demo::ADMIN, demo::PASSWORD);
        progress::line(format_args!(
            "  Accounts   {traveller} and {admin}, both with the password {password}"
        ));
        progress::line("\nTry:\n");
        for line in demo::curl_lines(&door.url)? {
            progress::line(format_args!("  {line}"));
        }
    }
    progress::line("");
    Ok(())
}

async fn watch(mut cloud: Cloud, aws: Aws, contexts: &[String], door: Arc<Door>) -> Result<()> {
    let now = jiff::Timestamp::now().as_millisecond();
    let logs = Follower::new(aws.clone(), follow::prefix("local"), now);
    let stripe = cloud.stripe().map(str::to_owned);
    let watch = Watch { aws, contexts: contexts.to_vec(), door, stripe };
    tokio::select! {
        () = logs.run(follow::OFFLINE) => bail!("the logs ended"),
        answer = watch.run() => answer,
        answer = cloud.died() => answer,
    }
}
