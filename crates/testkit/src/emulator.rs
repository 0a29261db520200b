//! The emulator that tests share: the one that `CARAVAN_CLOUD` names, or one started once per process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Ends the emulator when we end, however that happens; the same script that `cargo xtask` uses.
const KEEPER: &str = include_str!("../../xtask/src/cloud/keeper.py");
const START: Duration = Duration::from_secs(30);

/// Its address, without a slash at the end.
pub fn endpoint() -> &'static str {
    static ENDPOINT: OnceLock<String> = OnceLock::new();
    ENDPOINT.get_or_init(|| match std::env::var("CARAVAN_CLOUD") {
        Ok(url) if !url.is_empty() => url.trim_end_matches('/').to_owned(),
        _ => started(),
    })
}

struct Emulator {
    keeper: Child,
    /// Closes with the process, which tells the keeper to end the emulator.
    _pipe: Option<ChildStdin>,
    endpoint: String,
}

fn started() -> String {
    static EMULATOR: OnceLock<Emulator> = OnceLock::new();
    let start = || {
        Emulator::start().unwrap_or_else(|why| {
            panic!(
                "these tests need the offline cloud, and it could not be started: {why}\n\
                 `cargo xtask test` installs and starts it; or name a running one in CARAVAN_CLOUD"
            )
        })
    };
    EMULATOR.get_or_init(start).endpoint.clone()
}

impl Emulator {
    fn start() -> Result<Self, String> {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|it| it.local_addr()).map_err(text)?.port();
        let endpoint = format!("http://127.0.0.1:{port}");
        let program = program();
        let python = program.with_file_name("python3");
        let mut command = Command::new(if python.exists() { python } else { "python3".into() });
        command.args(["-c", KEEPER, "/dev/null"]).arg(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("AWS_ENDPOINT_URL", &endpoint)
            .env("MINISTACK_REGION", crate::cloud::REGION)
            .env("AUTH", "true")
            .env("SFTP_ENABLED", "0")
            .env("IOT_MTLS_ENABLED", "0");
        for name in ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            command.env_remove(name);
        }
        let mut keeper = command.spawn().map_err(text)?;
        let mut group = String::new();
        let stdout = keeper.stdout.take().ok_or("no output")?;
        BufReader::new(stdout).read_line(&mut group).map_err(text)?;
        let mut emulator = Self { _pipe: keeper.stdin.take(), keeper, endpoint };
        emulator.wait(port)?;
        Ok(emulator)
    }

    fn wait(&mut self, port: u16) -> Result<(), String> {
        let began = Instant::now();
        while !answers(port) {
            if self.keeper.try_wait().map_err(text)?.is_some() {
                return Err("ministack is not installed or ended at once".into());
            }
            if began.elapsed() > START {
                return Err(format!("no answer within {} s", START.as_secs()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// The pinned one of `cargo xtask`, or the one on the path.
fn program() -> PathBuf {
    let pinned = root().join(".caravan/tools/bin/ministack");
    if pinned.exists() { pinned } else { "ministack".into() }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let asked = stream.write_all(b"GET /_localstack/health HTTP/1.0\r\n\r\n");
    let mut head = [0; 12];
    asked.is_ok() && stream.read_exact(&mut head).is_ok() && head.ends_with(b"200")
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
