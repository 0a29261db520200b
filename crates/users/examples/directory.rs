//! `cargo run -p users --example directory -- 100 100000`: what a page of the directory costs among few and many workers.
//!
//! Loads so many workers into tables of their own in the offline cloud and prints, for a set of queries, the calls and the
//! items read for the first pages. The numbers beside each other are the point: they follow the page, and
//! not the table. Postings are written directly, and only to the partitions that the queries read; what stands in other
//! partitions is never looked at.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use kernel::id::Ulid;
use kernel::page::{Cursor, PageRequest};
use kernel::query::{Parameters, Params};
use kernel::{Problem, Result, UserId};
use search::geo::cover;
use search::{Index, Point};
use store::Table;
use testkit::Cloud;
use users::person::Geo;
use users::worker::directory::{Card, SCHEMA, Wanted, document};
use users::worker::fields::{Level, Location};
use users::worker::skill::Skill;
use users::worker::{EntryId, Rate, Worker};

const KEY: &[u8] = &[7; 32];
const PAGES: usize = 5;
const PATIENCE: Duration = Duration::from_secs(120);

const TRADES: [&str; 10] = [
    "Electrician",
    "Plumber",
    "Carpenter",
    "Mason",
    "Painter",
    "Welder",
    "Tiler",
    "Gardener",
    "Roofer",
    "Mechanic",
];
/// Each with its middle.
const CITIES: [(&str, f64, f64); 5] = [
    ("Accra", 5.6037, -0.1870),
    ("Kumasi", 6.6885, -1.6244),
    ("Tamale", 9.4008, -0.8393),
    ("Cape Coast", 5.1053, -1.2466),
    ("Lagos", 6.5244, 3.3792),
];
const SKILLS: [&str; 6] = ["Wiring", "Solar", "Estimates", "Restoration", "Emergency", "Teaching"];

const QUERIES: [&str; 12] = [
    "sort=newest",
    "sort=rating",
    "q=elec",
    "q=ele&sort=rate",
    "q=electrician&city=accra",
    "city=accra&trade=electrician&sort=rating",
    "skills=wiring&city=accra&sort=rate",
    "skills=wiring&skills=solar",
    "city=accra&min_rating=4.9&sort=rating",
    "trade=electrician&max_rate=1100&sort=rate",
    "q=nobody",
    "lat=5.6037&lng=-0.1870&radius=50",
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![100, 100_000] } else { sizes };
    let mut columns = Vec::new();
    for size in &sizes {
        columns.push(measured(*size).await?);
    }
    print!("{:<46}", "query");
    sizes.iter().for_each(|size| print!(" | {:^35}", format!("{size} workers")));
    print!("\n{:<46}", "");
    sizes.iter().for_each(|_| {
        print!(" | {:>5} {:>5} {:>6} {:>8} {:>7}", "hits", "calls", "items", "calls/pg", "most/pg")
    });
    println!();
    for (row, query) in QUERIES.iter().enumerate() {
        print!("{query:<46}");
        for column in &columns {
            let Cost { hits, calls, items, pages, most } = &column[row];
            print!(" | {hits:>5} {calls:>5} {items:>6} {:>8.1} {most:>7}", *calls as f64 / *pages as f64);
        }
        println!();
    }
    println!("first {PAGES} pages of 20; `most/pg` is the most items that one page has read");
    Ok(())
}

/// The offline cloud stops to think now and then when a table grows; what is written twice is the same.
async fn patiently<T>(work: impl AsyncFn() -> Result<T>) -> Result<T> {
    let mut tries = 0;
    loop {
        tries += 1;
        match work().await {
            Err(failure) if failure.problem == Problem::UNAVAILABLE && tries < 10 => {}
            done => return done,
        }
    }
}

/// What the first pages of a query cost.
struct Cost {
    hits: usize,
    calls: u32,
    items: u64,
    pages: usize,
    most: u64,
}

async fn measured(size: usize) -> Result<Vec<Cost>> {
    let cloud = Cloud::open().await;
    let table = cloud.table("users").await;
    // The offline cloud looks through a whole index for each query; AWS does not, and our functions would not wait for it.
    let patience =
        TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).operation_timeout(PATIENCE).build();
    let client = table.client.config().to_builder().timeout_config(patience).build();
    let index = Index::new(Table::new(Client::from_conf(client), table.name), SCHEMA);
    let began = Instant::now();
    let mut postings = 0;
    for first in (0..size).step_by(1_000) {
        let workers = (first..size.min(first + 1_000)).map(|number| document(&worker(number)));
        postings += patiently(async || index.load(workers.clone(), is_read).await).await?;
        if (first + 1_000) % 10_000 == 0 {
            eprintln!("{} loaded after {:.0} s", first + 1_000, began.elapsed().as_secs_f64());
        }
    }
    eprintln!("{size} workers: {postings} postings in {:.0} s", began.elapsed().as_secs_f64());
    let mut costs = Vec::new();
    for query in QUERIES {
        costs.push(cost(&cloud, &index, query).await?);
    }
    Ok(costs)
}

async fn cost(cloud: &Cloud, index: &Index, query: &str) -> Result<Cost> {
    let mut params = Params::read(query)?;
    let wanted = Wanted::take(&mut params);
    let wanted = params.finish(wanted)?;
    let mut cost = Cost { hits: 0, calls: 0, items: 0, pages: 0, most: 0 };
    let mut cursor: Option<Cursor> = None;
    while cost.pages < PAGES {
        cloud.faults().forget();
        let page = index.find::<Card>(KEY, &wanted.query, &PageRequest { limit: 20, cursor }).await?;
        let items = cloud.faults().scanned();
        cost.hits += page.data.len();
        cost.calls += cloud.faults().total();
        cost.items += items;
        cost.most = cost.most.max(items);
        cost.pages += 1;
        cursor = page.meta.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(cost)
}

/// The partitions that the queries above read; the cells are those around their point, and more.
fn is_read(pk: &str) -> bool {
    static CELLS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let accra = Point { lat: 5.6037, lng: -0.1870 };
        (1..=6)
            .flat_map(|precision| cover(accra, if precision <= 4 { 60.0 } else { 12.0 }, precision))
            .collect()
    });
    const TERMS: [&str; 9] = [
        "w:elec",
        "w:ele",
        "w:electrician|city:accra",
        "trade:electrician|city:accra",
        "skill:wiring|city:accra",
        "skill:wiring",
        "city:accra",
        "trade:electrician",
        "w:nobody",
    ];
    match (pk.strip_prefix("TERM#workers#"), pk.strip_prefix("GEO#workers#")) {
        (Some(term), _) => term.starts_with("all~") || TERMS.contains(&term),
        (_, Some(cell)) => CELLS.contains(cell),
        _ => false,
    }
}

/// The same worker for the same number, spread without chance.
fn worker(number: usize) -> Worker {
    let spread = |salt: usize, of: usize| {
        (number.wrapping_mul(2_654_435_761).rotate_left(7) ^ salt.wrapping_mul(40_503)) % of
    };
    let part = |salt: usize| spread(salt, 10_007) as f64 / 10_007.0 - 0.5;
    let (city, lat, lng) = CITIES[spread(1, CITIES.len())];
    let trade = TRADES[spread(2, TRADES.len())];
    let mut worker = Worker::new(UserId::from_ulid(Ulid::from(
        ((1_700_000_000_000 + number as u128) << 80) | number as u128,
    )));
    worker.display_name = format!("Worker {number}");
    worker.active = true;
    worker.stats.rating = spread(3, 501) as u32;
    worker.profile.title = trade.parse().ok();
    worker.profile.profession = trade.parse().ok();
    worker.profile.location = city.parse().ok().map(|city| Location {
        city,
        region: None,
        country: None,
        geo: Some(Geo { lat: lat + part(4) * 0.4, lng: lng + part(5) * 0.4 }),
    });
    let hourly = 1_000 + spread(6, 9_000) as i64;
    worker.profile.rate = Some(Rate { hourly, min: None, max: None, currency: kernel::money::Currency::GHS });
    for skill in [SKILLS[spread(7, 3)], SKILLS[3 + spread(8, 3)]] {
        let skill = skill.parse().ok().map(|name| Skill {
            id: EntryId::new(),
            name,
            level: Level::Expert,
            years: 5,
            verified: false,
        });
        worker.skills.extend(skill);
    }
    worker
}
