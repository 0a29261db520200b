//! `doctor`: what is missing on this machine, and how to get it.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::{cli, cloud, disk, door, exec, progress, tools};

/// Prints one line per need; the exit code says whether `up` would work.
pub async fn run() -> Result<ExitCode> {
    let mut ready = true;
    let mut report = |what: &str, answer: Result<String>| match answer {
        Ok(found) => progress::line(format_args!("  ok    {what}: {found}")),
        Err(error) => {
            ready = false;
            progress::line(format_args!("  FAIL  {what}: {error:#}"));
        }
    };
    report("Rust", first_line("rustc", &["--version"], "https://rustup.rs").await);
    report("Cargo", first_line("cargo", &["--version"], "https://rustup.rs").await);
    report(
        "C compiler",
        first_line("cc", &["--version"], "Debian and Ubuntu: apt install build-essential; Fedora: dnf install gcc; macOS: xcode-select --install").await,
    );
    report("Python", python().await);
    report("rustfmt", first_line("rustfmt", &["--version"], "rustup component add rustfmt").await);
    report("Clippy", first_line("cargo-clippy", &["--version"], "rustup component add clippy").await);
    report("disk", disk::room(disk::UP));
    if cloud::given().is_none() {
        for (what, variable, usual) in [
            ("port of the cloud", "CARAVAN_CLOUD_PORT", cloud::PORT),
            ("port of the door", "CARAVAN_DOOR_PORT", door::PORT),
            ("port of the WebSocket door", "CARAVAN_DOOR_WS_PORT", door::SOCKET_PORT),
            ("port of the offline Stripe", "CARAVAN_STRIPE_PORT", stripe_offline::PORT),
        ] {
            report(what, free(variable, usual));
        }
    }
    note("Python tools", tools_state());
    note("Docker", optional("docker", "only for localstack/compose.yaml").await);
    progress::line(format_args!(
        "\n{}",
        if ready {
            "This machine is ready for `cargo xtask up`."
        } else {
            "Mend what says FAIL, then run `cargo xtask up`."
        }
    ));
    Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn note(what: &str, state: String) {
    progress::line(format_args!("  note  {what}: {state}"));
}

async fn first_line(program: &str, arguments: &[&str], remedy: &str) -> Result<String> {
    match exec::quiet(exec::command(program).args(arguments)).await {
        Ok(text) => Ok(text.lines().next().unwrap_or_default().to_owned()),
        Err(_) => bail!("missing; get it: {remedy}"),
    }
}

async fn python() -> Result<String> {
    let python = tools::python().await?;
    let found = first_line(&python.to_string_lossy(), &["--version"], "").await?;
    first_line(
        &python.to_string_lossy(),
        &["-c", "import venv, ensurepip; print('venv')"],
        "the module venv, on Debian and Ubuntu: apt install python3-venv",
    )
    .await?;
    Ok(found)
}

fn free(variable: &str, usual: u16) -> Result<String> {
    let port = cli::port(variable, usual)?;
    match std::net::TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(format!("{port} is free")),
        Err(_) => bail!(
            "{port} is taken (by an `up` that runs?); `cargo xtask down`, or set {variable} to another one"
        ),
    }
}

fn tools_state() -> String {
    match tools::up_to_date() {
        Ok(true) => format!("installed in {}", tools::folder().display()),
        _ => "not installed yet; `up` and `test` do it".to_owned(),
    }
}

async fn optional(program: &str, what_for: &str) -> String {
    match first_line(program, &["--version"], "").await {
        Ok(found) => format!("{found} ({what_for})"),
        Err(_) => format!("not there ({what_for})"),
    }
}
