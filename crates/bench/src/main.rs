//! `bench <folder of binaries> <function>…`: how real binaries start, beside an empty function.
//!
//! `ready` is the time from process start until the function makes its first call, to AWS or to the Runtime
//! API: all its clients exist. `polled` is the time until it polls the Runtime API; between the two it opens its
//! connections and fetches its keys, so that the first request does not pay for that. Runs take turns, so that
//! whatever else the machine does hits all alike. AWS is a stub on this machine that answers at once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const EMPTY: &str = "empty-function";
const RUNS: usize = 60;
const LONGEST: Duration = Duration::from_secs(10);

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("usage: bench <folder> <function>…")?);
    let mut functions = vec![EMPTY.to_owned()];
    functions.extend(arguments);
    let mut all = vec![Vec::new(); functions.len()];
    for _ in 0..RUNS {
        for (function, starts) in functions.iter().zip(&mut all) {
            starts.push(start(&folder.join(function))?);
        }
    }
    println!("{:<20} {:>9} {:>6} {:>9} {:>6} {:>9}", "function", "ready", "ratio", "polled", "ratio", "size");
    let empty = [median(&all[0], |start| start.ready), median(&all[0], |start| start.polled)];
    for (function, starts) in functions.iter().zip(&all) {
        let (ready, polled) = (median(starts, |start| start.ready), median(starts, |start| start.polled));
        let size = std::fs::metadata(folder.join(function))?.len() as f64 / 1e6;
        println!(
            "{function:<20} {ready:>6.2} ms {:>6.2} {polled:>6.2} ms {:>6.2} {size:>6.2} MB",
            ready / empty[0],
            polled / empty[1],
        );
    }
    println!("medians of {RUNS} runs in turn");
    Ok(())
}

/// How long one start took.
#[derive(Clone, Copy)]
struct Start {
    ready: Duration,
    polled: Duration,
}

/// What a starting function does.
enum Call {
    Aws(Instant),
    Poll(Instant),
}

/// Starts a binary and waits for its first poll.
fn start(binary: &Path) -> Result<Start> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let (calls, made) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let calls = calls.clone();
            std::thread::spawn(move || serve(stream, &calls));
        }
    });
    let begun = Instant::now();
    let mut process = command(binary, address).spawn().with_context(|| format!("{}", binary.display()))?;
    let mut ready = None;
    let polled = loop {
        match made.recv_timeout(LONGEST) {
            Ok(Call::Aws(at)) => _ = ready.get_or_insert(at),
            Ok(Call::Poll(at)) => break Some(at),
            Err(_) => break None,
        }
    };
    process.kill()?;
    process.wait()?;
    let Some(polled) = polled else { bail!("{} did not poll within {LONGEST:?}", binary.display()) };
    let ready = ready.unwrap_or(polled);
    Ok(Start { ready: ready.duration_since(begun), polled: polled.duration_since(begun) })
}

fn command(binary: &Path, address: SocketAddr) -> Command {
    let mut command = Command::new(binary);
    let endpoint = format!("http://{address}");
    let settings = [
        ("AWS_LAMBDA_RUNTIME_API", address.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench".into()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".into()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".into()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench".into()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench".into()),
        ("AWS_REGION", "eu-central-1".into()),
        ("AWS_ACCESS_KEY_ID", "bench".into()),
        ("AWS_SECRET_ACCESS_KEY", "bench".into()),
        ("AWS_ENDPOINT_URL", endpoint),
        ("TABLE_NAME", "table".into()),
        ("SESSIONS_TABLE_NAME", "sessions".into()),
        ("TOPIC_ARN", "topic".into()),
        ("QUEUE_IDENTITY_MAIL", "queue".into()),
        ("SECRET_SIGNING_KEY", "signing".into()),
        ("SECRET_TOKEN_KEY", "token".into()),
        ("SECRET_APP_KEY", "app".into()),
        ("PUBLIC_URL", "http://localhost".into()),
        ("MAIL_FROM", "nobody@example.com".into()),
        ("REGISTRY_PATH", "/bench/".into()),
    ];
    command.env_clear().envs(settings).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Answers whatever AWS call comes; tells of every call, and lets a poll wait.
fn serve(stream: TcpStream, calls: &Sender<Call>) -> Option<()> {
    let mut answers = stream.try_clone().ok()?;
    let mut requests = BufReader::new(stream);
    loop {
        let mut line = String::new();
        requests.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.contains("/runtime/invocation/next") {
            return calls.send(Call::Poll(Instant::now())).ok();
        }
        calls.send(Call::Aws(Instant::now())).ok()?;
        let mut length = 0;
        loop {
            let mut header = String::new();
            requests.read_line(&mut header).ok()?;
            let header = header.trim_end().to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if header.is_empty() {
                break;
            }
        }
        requests.read_exact(&mut vec![0; length]).ok()?;
        // Good for DynamoDB, and for Secrets Manager, whose secrets must have a length.
        let body = format!(r#"{{"SecretString":"{}","Responses":{{}}}}"#, "s".repeat(64));
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length:";
        answers.write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes()).ok()?;
    }
}

/// In milliseconds.
fn median(starts: &[Start], of: impl Fn(&Start) -> Duration) -> f64 {
    let mut times: Vec<_> = starts.iter().map(of).collect();
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}
