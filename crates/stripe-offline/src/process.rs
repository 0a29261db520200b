//! localstripe itself, on a port of its own.

use std::io::{self, BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends it when we end, however that happens; the same script that `cargo xtask` uses for the emulator.
const KEEPER: &str = include_str!("../../xtask/src/cloud/keeper.py");
const LAUNCH: &str = include_str!("launch.py");
const START: Duration = Duration::from_secs(30);

/// Dropping it closes the pipe that keeps it alive.
pub struct Process {
    pub url: String,
    keeper: Child,
    pipe: Option<ChildStdin>,
}

impl Process {
    pub fn start(tools: Option<&Path>, log: &Path) -> io::Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let python = python(tools);
        let mut keeper = Command::new(&python)
            .args(["-c", KEEPER])
            .arg(log)
            .arg(&python)
            .args(["-c", LAUNCH, &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C in the terminal is for us alone.
            .process_group(0)
            .spawn()?;
        let mut group = String::new();
        let stdout = keeper.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        BufReader::new(stdout).read_line(&mut group)?;
        let pipe = keeper.stdin.take();
        let mut process = Self { url: format!("http://127.0.0.1:{port}"), keeper, pipe };
        process.wait(port)?;
        Ok(process)
    }

    fn wait(&mut self, port: u16) -> io::Result<()> {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if self.keeper.try_wait()?.is_some() {
                return Err(io::Error::other("localstripe is not installed or ended at once"));
            }
            if began.elapsed() > START {
                return Err(io::Error::other("localstripe does not answer"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // The keeper kills it after a second at the latest.
        let _ = self.keeper.wait();
    }
}

fn python(tools: Option<&Path>) -> PathBuf {
    tools.map_or_else(|| "python3".into(), |tools| tools.join("bin/python"))
}
