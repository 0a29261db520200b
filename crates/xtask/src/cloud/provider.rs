//! The OpenID provider of the offline cloud, in Google's place: it signs in whoever says a name.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin};

use super::emulator::KEEPER;
use crate::aws::http;
use crate::{exec, project, tools};

/// Where the platform's template looks for it unless told otherwise.
pub const PORT: u16 = 9400;

/// A running provider. Dropping it closes the pipe that keeps it alive, and so does our end, however it comes.
pub struct Provider {
    _keeper: Child,
    _pipe: Option<ChildStdin>,
    /// Its address, which is its name.
    pub issuer: String,
}

impl Provider {
    pub async fn start(name: &str, port: u16) -> Result<Self> {
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_err() {
            bail!("port {port} is taken, so nobody can sign in with Google here");
        }
        let log = project::state().join(format!("{name}-provider.log"));
        std::fs::write(&log, "")?;
        let mut keeper = exec::command(tools::path("python"))
            .arg("-c")
            .arg(KEEPER)
            .arg(&log)
            .arg(tools::path("python"))
            .args(["-m", "oidc_provider_mock", "--require-nonce", "true", "--port", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .kill_on_drop(false)
            .spawn()?;
        let stdout = keeper.stdout.take().context("the keeper has no output")?;
        BufReader::new(stdout).lines().next_line().await?.context("the provider did not start")?;
        let provider =
            Self { _pipe: keeper.stdin.take(), _keeper: keeper, issuer: format!("http://127.0.0.1:{port}") };
        provider.wait().await?;
        Ok(provider)
    }

    async fn wait(&self) -> Result<()> {
        let started = Instant::now();
        let url = format!("{}/.well-known/openid-configuration", self.issuer);
        while http::get(&url).await.is_err() {
            if started.elapsed() > Duration::from_secs(30) {
                bail!("the OpenID provider does not answer at {}", self.issuer);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}
