//! Functions are killed (`kill -9`) at random while people book, pay, cancel and let be. After the dust has settled no
//! event is lost, no seat leaks, the ledger balances, nobody is charged or refunded twice, and nobody is mailed twice
//! outside the window between the mail service's answer and its record.
//!
//! It breaks what runs beside it, so `cargo xtask test` runs it by itself, before the other acceptance tests.

mod books;
mod draw;
mod killer;
mod letters;
mod operator;
mod seats;
mod tables;
mod traveller;

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use acceptance::{Member, mail};
use draw::Draw;
use futures_util::{StreamExt, stream};
use killer::Killer;
use operator::Operator;
use traveller::{FATES, Plan, Story, Traveller};

const PEOPLE: u64 = 10;
/// Of each departure; one person books each of them once.
const SEATS: u32 = 10;
const AT_ONCE: usize = 20;

/// What was found wrong; everything is looked at, whatever is wrong already.
#[derive(Debug, Default)]
pub struct Complaints(Vec<String>);

impl Complaints {
    pub fn check(&mut self, right: bool, wrong: impl FnOnce() -> String) {
        if !right {
            self.0.push(wrong());
        }
    }

    pub fn same<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: impl FnOnce() -> String,
        is: &T,
        wanted: &T,
    ) {
        self.check(is == wanted, || format!("{}: {is:?} and not {wanted:?}", what()));
    }
}

/// Straight to the terminal: the numbers of a run that went well are worth a look, too.
pub fn say(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "  {text}");
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Everybody books every departure once, each time with another fate.
fn plans(count: u64, draw: &mut Draw) -> Vec<Plan> {
    let mut plans: Vec<Plan> = (0..count)
        .map(|at| Plan {
            person: (at % PEOPLE) as usize,
            departure: (at / PEOPLE) as usize,
            fate: FATES[at as usize % FATES.len()],
            seats: 1 + draw.below(3) as u32,
            pause: draw.below(1_500),
        })
        .collect();
    draw.shuffle(&mut plans);
    plans
}

async fn person() -> Member {
    let member = Member::join().await;
    // Whoever has it is known to everybody who writes mails.
    mail(&member.email, "Welcome").await;
    member
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "it kills functions of the deployed system: `cargo xtask test` runs it by itself"]
async fn bookings_end_well_whichever_process_is_killed_when() {
    let count = number("CARAVAN_KILLED_BOOKINGS").unwrap_or(50);
    let seed = number("CARAVAN_KILLED_SEED").unwrap_or_else(draw::random);
    say(format_args!(
        "seed {seed}: CARAVAN_KILLED_SEED={seed} repeats who does what and how often a process is killed"
    ));
    let mut draw = Draw(seed);
    let operator = Arc::new(Operator::open().await);
    let people = stream::iter(0..PEOPLE).map(|_| person()).buffered(5).collect::<Vec<_>>().await;
    let trip = seats::Trip::offer(count.div_ceil(PEOPLE), SEATS).await;

    let begun = Instant::now();
    let killer = Killer::start(draw.next());
    let traveller = |plan: Plan| {
        let person = people[plan.person].clone();
        let departure = trip.departures[plan.departure].clone();
        let traveller = Traveller::new(person, trip.trek.clone(), departure, Arc::clone(&operator));
        async move { tokio::spawn(async move { traveller.live(plan).await }).await }
    };
    let lived = stream::iter(plans(count, &mut draw)).map(traveller).buffer_unordered(AT_ONCE);
    let lived: Vec<_> = lived.collect().await;
    let kills = killer.stop();
    let travelled = begun.elapsed();

    let mut complaints = Complaints::default();
    let stories: Vec<Story> = lived
        .into_iter()
        .filter_map(|story| story.map_err(|panic| complaints.0.push(format!("a traveller: {panic}"))).ok())
        .collect();
    let settled = operator.settle(&trip).await;
    complaints.check(settled.still.is_empty(), || format!("unsettled: {}", settled.still.join("; ")));
    let system = operator.look(&trip).await;
    seats::check(&mut complaints, &system, &stories);
    books::check(&mut complaints, &system, &stories).await;
    let posted = letters::check(&mut complaints, &system, &stories, &people, &kills).await;

    let working = kills.iter().filter(|kill| kill.working).count();
    say(format_args!(
        "{count} bookings by {PEOPLE} people in {:.0} s, settled in {:.0} s more; {} processes killed, {working} of them at work",
        travelled.as_secs_f64(),
        settled.took.as_secs_f64(),
        kills.len(),
    ));
    say(format_args!("killed: {}", killer::summary(&kills)));
    say(format_args!("ended: {}", traveller::summary(&stories, &system.bookings)));
    say(format_args!(
        "{} requests sent again; {} messages redriven; {} mails, {} of them sent again because their process died before the record",
        stories.iter().map(|story| story.again).sum::<u32>(),
        settled.redriven,
        posted.mails,
        posted.again,
    ));
    complaints.check(!kills.is_empty(), || "nothing was killed".into());
    assert!(complaints.0.is_empty(), "seed {seed}:\n{}", complaints.0.join("\n"));
}
