//! Kills processes of functions, of this system only.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acceptance::setting;

use crate::draw::Draw;

/// Whose functions have a part in a booking. Not identity: logging in is not what is tried here.
const CONTEXTS: [&str; 4] = ["bookings", "payments", "notifications", "tours"];
/// Milliseconds between two kills.
const PAUSES: std::ops::Range<u64> = 50..250;
/// Whoever computed within it is at work, or has just answered.
const GLANCE: Duration = Duration::from_millis(25);

/// They come once a minute, often with nothing else going on: killed each time, nothing would ever end. Each dies so often at
/// most.
const BY_THE_CLOCK: [&str; 7] = [
    "expire-holds",
    "poll-payments",
    "release-deferred",
    "sweep-bookings",
    "sweep-notifications",
    "sweep-payments",
    "sweep-tours",
];
const DEATHS: usize = 2;

/// A process that died.
#[derive(Debug, Clone)]
pub struct Kill {
    pub function: String,
    /// Seconds since 1970.
    pub at: f64,
    /// Whether it was at something.
    pub working: bool,
}

pub struct Killer {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Kill>>,
}

impl Killer {
    /// Begins.
    pub fn start(seed: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let group: i32 = setting("CARAVAN_CLOUD_GROUP").parse().expect("the process group of the cloud");
        let thread = std::thread::spawn(move || {
            let (mut draw, mut kills) = (Draw(seed), Vec::new());
            while !stopped.load(Ordering::Relaxed) {
                // Nobody was at work: looks again at once.
                let Some(kill) = kill_one(&mut draw, group, &kills) else { continue };
                kills.push(kill);
                let pause = PAUSES.start + draw.below(PAUSES.end - PAUSES.start);
                std::thread::sleep(Duration::from_millis(pause));
            }
            kills
        });
        Self { stop, thread }
    }

    /// Ends, and answers who died.
    pub fn stop(self) -> Vec<Kill> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the killer lives")
    }
}

/// Mostly one that is at work and may leave something half done: most processes wait for an event, and it harms nobody when
/// those die.
fn kill_one(draw: &mut Draw, group: i32, dead: &[Kill]) -> Option<Kill> {
    let all = processes(group);
    let before: Vec<_> = all.iter().map(|process| computed(process.pid)).collect();
    std::thread::sleep(GLANCE);
    let at_work = all.iter().zip(before).filter(|(process, before)| computed(process.pid) != *before);
    let working: Vec<&Process> = at_work.map(|(process, _)| process).collect();
    let writing: Vec<&Process> =
        working.iter().copied().filter(|it| !it.function.starts_with("get-")).collect();
    let victim = match draw.below(10) {
        0 => draw.one_of(&all)?,
        1 => *draw.one_of(&working)?,
        _ => *draw.one_of(&writing)?,
    };
    let deaths = dead.iter().filter(|kill| kill.function == victim.function).count();
    if BY_THE_CLOCK.contains(&victim.function.as_str()) && deaths >= DEATHS {
        return None;
    }
    // Whoever ended by itself meanwhile was not killed.
    let killed = Command::new("kill").args(["-9", &victim.pid.to_string()]).output().ok()?;
    killed.status.success().then_some(())?;
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let working = working.iter().any(|process| process.pid == victim.pid);
    Some(Kill { function: victim.function.clone(), at, working })
}

struct Process {
    pid: i32,
    function: String,
}

/// In the group that the cloud began are only this system's, whatever else runs on the machine.
fn processes(group: i32) -> Vec<Process> {
    let listed = Command::new("ps").args(["-axo", "pid=,pgid=,args="]).output().expect("ps runs");
    let text = String::from_utf8_lossy(&listed.stdout);
    let function = |line: &str| {
        let (pid, rest) = line.trim().split_once(' ')?;
        let (its, command) = rest.trim().split_once(' ')?;
        let (pid, its): (i32, i32) = (pid.parse().ok()?, its.parse().ok()?);
        let (program, function) = command.trim().rsplit_once(' ')?;
        let context = program.rsplit('/').next()?.strip_suffix("-offline")?;
        let wanted = its == group && CONTEXTS.contains(&context);
        wanted.then(|| Process { pid, function: function.to_owned() })
    };
    text.lines().filter_map(function).collect()
}

/// How long it has computed, where the system tells; elsewhere everybody is as good as anybody.
fn computed(pid: i32) -> Option<String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).ok()?;
    text.split(' ').next().map(str::to_owned)
}

/// `create-booking 3, send-mail 2`
pub fn summary(kills: &[Kill]) -> String {
    let mut counts = BTreeMap::<_, usize>::new();
    for kill in kills.iter().filter(|kill| kill.working) {
        *counts.entry(kill.function.as_str()).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}
