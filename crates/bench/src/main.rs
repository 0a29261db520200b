//! `bench <folder of binaries> <function>…`: the time from process start to the first poll of the Lambda
//! Runtime API, and the size, of real binaries beside an empty function's.
//!
//! Runs take turns, so that whatever else the machine does hits all alike. AWS is a stub on this machine that
//! answers at once: what is measured is our own work, not TLS or the network.

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
    let mut times = vec![Vec::new(); functions.len()];
    for _ in 0..RUNS {
        for (function, times) in functions.iter().zip(&mut times) {
            times.push(start(&folder.join(function))?);
        }
    }
    println!("{:<28} {:>9} {:>9} {:>7} {:>9}", "function", "median", "p90", "ratio", "size");
    let empty = percentile(&mut times[0].clone(), 50);
    for (function, times) in functions.iter().zip(&mut times) {
        let (median, slow) = (percentile(times, 50), percentile(times, 90));
        let size = std::fs::metadata(folder.join(function))?.len() as f64 / 1e6;
        let ratio = median.as_secs_f64() / empty.as_secs_f64();
        println!("{function:<28} {:>6.2} ms {:>6.2} ms {ratio:>7.2} {size:>6.2} MB", ms(median), ms(slow));
    }
    println!("process start to first poll, {RUNS} runs in turn, AWS stubbed on this machine");
    Ok(())
}

/// Starts a binary and waits for its first poll.
fn start(binary: &Path) -> Result<Duration> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let (polled, first_poll) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let polled = polled.clone();
            std::thread::spawn(move || serve(stream, &polled));
        }
    });
    let begun = Instant::now();
    let mut process = command(binary, address).spawn().with_context(|| format!("{}", binary.display()))?;
    let polled_at = first_poll.recv_timeout(LONGEST);
    process.kill()?;
    process.wait()?;
    match polled_at {
        Ok(at) => Ok(at.duration_since(begun)),
        Err(_) => bail!("{} did not poll within {LONGEST:?}", binary.display()),
    }
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
        ("PUBLIC_URL", "http://localhost".into()),
        ("MAIL_FROM", "nobody@example.com".into()),
        ("REGISTRY_PATH", "/bench/".into()),
    ];
    command.env_clear().envs(settings).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Answers whatever AWS call comes; tells of the first poll and lets it wait.
fn serve(stream: TcpStream, polled: &Sender<Instant>) -> Option<()> {
    let mut answers = stream.try_clone().ok()?;
    let mut requests = BufReader::new(stream);
    loop {
        let mut line = String::new();
        requests.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.contains("/runtime/invocation/next") {
            return polled.send(Instant::now()).ok();
        }
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

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
