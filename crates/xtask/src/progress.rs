//! Progress lines: what runs, for how long, and how it ended.

use std::fmt::Display;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

/// What ends sooner is not announced.
const PATIENCE: Duration = Duration::from_secs(2);
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Runs a step: announced when it takes longer than two seconds, repeated every ten, and one line at
/// its end with the seconds it took.
pub async fn step<T>(name: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let started = Instant::now();
    let answer = watched(name, started, work).await;
    let seconds = started.elapsed().as_secs_f64();
    match &answer {
        Ok(_) => say(format_args!("✓ {name} ({seconds:.1} s)")),
        Err(_) => say(format_args!("✗ {name} ({seconds:.1} s)")),
    }
    answer
}

async fn watched<T>(name: &str, started: Instant, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    let mut wait = PATIENCE;
    loop {
        tokio::select! {
            answer = &mut work => return answer,
            () = tokio::time::sleep(wait) => {
                say(format_args!("… {name} ({:.0} s)", started.elapsed().as_secs_f64()));
                wait = HEARTBEAT;
            }
        }
    }
}

/// An indented line of its own.
pub fn say(text: impl Display) {
    line(format_args!("  {text}"));
}

/// A line. Whoever reads us may have gone (`| head`), which is no error.
pub fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
