//! Starting MiniStack so that it always ends with us.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::{exec, markers, project, tools};

/// See the script's own head.
pub(super) const KEEPER: &str = include_str!("keeper.py");
/// See the script's own head.
const EMULATOR: &str = include_str!("emulator.py");

/// What it warned of last says most.
const LAST_WARNINGS: usize = 8;

/// How an emulator is started.
pub struct Settings {
    /// Names its log, its pid file and its scratch folder.
    pub name: &'static str,
    pub port: u16,
    /// Whether IAM policies are enforced.
    pub iam: bool,
    /// Whose APIs answer unsigned requests, and so those through the door.
    pub account: String,
    /// The port of the OpenID provider beside it.
    pub provider: u16,
    /// The port of the payment provider beside it.
    pub stripe: u16,
}

impl Settings {
    /// An emulator that lets everything pass.
    pub fn new(name: &'static str, port: u16) -> Self {
        Self {
            name,
            port,
            iam: false,
            account: super::ACCOUNT.to_owned(),
            provider: super::provider::PORT,
            stripe: stripe_offline::PORT,
        }
    }

    /// Where its output goes.
    pub fn log(&self) -> PathBuf {
        project::state().join(format!("{}.log", self.name))
    }

    fn scratch(&self) -> PathBuf {
        scratch(self.name)
    }
}

/// A running MiniStack. Dropping it closes the pipe that keeps it alive.
pub struct Emulator {
    keeper: Child,
    /// Kept apart from the child: waiting for a child closes its input.
    _pipe: Option<ChildStdin>,
    pub name: &'static str,
    log: PathBuf,
}

impl Emulator {
    /// Starts it; it is not ready yet when this returns.
    pub async fn start(settings: &Settings, endpoint: &str) -> Result<Self> {
        if std::net::TcpListener::bind(("127.0.0.1", settings.port)).is_err() {
            bail!(
                "port {} is taken: stop what uses it, set CARAVAN_CLOUD_PORT, or set AWS_ENDPOINT_URL=http://127.0.0.1:{0} to use the cloud that runs there",
                settings.port
            );
        }
        let scratch = settings.scratch();
        let _ = std::fs::remove_dir_all(&scratch);
        std::fs::create_dir_all(&scratch)?;
        let log = settings.log();
        std::fs::write(&log, "")?;
        let mut keeper = command(settings, endpoint)
            .spawn()
            .context("cannot start the emulator; `cargo xtask doctor` says what is missing")?;
        let stdout = keeper.stdout.take().context("the keeper has no output")?;
        let group = BufReader::new(stdout).lines().next_line().await?;
        let group = group.context("the emulator did not start")?;
        markers::write(settings.name, &group)?;
        Ok(Self { _pipe: keeper.stdin.take(), keeper, name: settings.name, log })
    }

    /// Its process group, with the functions that it started.
    pub fn group(&self) -> Option<String> {
        markers::read(self.name)
    }

    /// Its last warnings, and how many files it has open: without any left, it accepts nobody.
    pub fn complaints(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        // SAM's own are of every deploy.
        let warns = |line: &&str| {
            (line.contains(" WARNING [") || line.contains(" ERROR [")) && !line.contains("[samtranslator")
        };
        let warnings: Vec<_> = log.lines().filter(warns).collect();
        let last = warnings[warnings.len().saturating_sub(LAST_WARNINGS)..].join("\n");
        let process = PathBuf::from("/proc").join(self.group().unwrap_or_default());
        let open = std::fs::read_dir(process.join("fd")).map(Iterator::count).unwrap_or_default();
        let limits = std::fs::read_to_string(process.join("limits")).unwrap_or_default();
        let limit = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
        format!(
            "The emulator has {open} open files ({limit}) and said {} warnings ({}):\n{last}",
            warnings.len(),
            self.log.display()
        )
    }

    /// An error when it ended.
    pub fn check(&mut self) -> Result<()> {
        if self.keeper.try_wait()?.is_some() {
            return Err(self.why());
        }
        Ok(())
    }

    /// Waits for its end, which is an error.
    pub async fn died(&mut self) -> Result<()> {
        self.keeper.wait().await?;
        Err(self.why())
    }

    fn why(&self) -> anyhow::Error {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        anyhow::anyhow!("the emulator ended; its last lines ({}):\n{}", self.log.display(), exec::tail(&log))
    }
}

fn command(settings: &Settings, endpoint: &str) -> Command {
    let mut command = exec::command(tools::path("python"));
    command
        .arg("-c")
        .arg(KEEPER)
        .arg(settings.log())
        .arg(tools::path("python"))
        .args(["-c", EMULATOR])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Ctrl-C in the terminal is for us alone: we end the emulator last.
        .process_group(0)
        .kill_on_drop(false)
        .env("GATEWAY_PORT", settings.port.to_string())
        .env("BIND_HOST", "127.0.0.1")
        // Functions inherit it; without it they would call the real AWS.
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("MINISTACK_REGION", crate::aws::OFFLINE_REGION)
        .env("AUTH", settings.iam.to_string())
        .env("MINISTACK_ACCOUNT_ID", &settings.account)
        // Listeners of services that we do not use.
        .env("SFTP_ENABLED", "0")
        .env("IOT_MTLS_ENABLED", "0")
        .env("TMPDIR", settings.scratch());
    for name in ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        command.env_remove(name);
    }
    command
}

/// Ends an emulator that an earlier run left behind.
pub async fn stop_left_over(name: &str) -> Result<()> {
    if let Some(group) = markers::read(name)
        && is_emulator(&group).await
    {
        let _ = exec::quiet(exec::command("kill").args(["-9", "--", &format!("-{group}")])).await;
    }
    forget(name);
    Ok(())
}

/// Waits until an emulator whose [`Emulator`] was dropped is gone.
pub async fn wait_for_end(name: &str) {
    let Some(group) = markers::read(name) else {
        return;
    };
    for _ in 0..50 {
        if !is_emulator(&group).await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    forget(name);
}

fn forget(name: &str) {
    markers::remove(name);
    let _ = std::fs::remove_dir_all(scratch(name));
}

/// Unpacked functions and the like.
fn scratch(name: &str) -> PathBuf {
    project::state().join(format!("{name}.tmp"))
}

/// A pid may belong to somebody else by now.
async fn is_emulator(pid: &str) -> bool {
    exec::quiet(exec::command("ps").args(["-o", "args=", "-p", pid]))
        .await
        .is_ok_and(|line| line.contains("ministack"))
}

/// A port that nobody listens on.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
