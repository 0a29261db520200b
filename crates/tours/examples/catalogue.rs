//! `cargo run -p tours --example catalogue -- 100 10000`: what a page of the catalogue costs among few and many tours.
//!
//! Loads so many tours and treks into tables of their own in the offline cloud and prints, for each list, the calls and the
//! items that an answer reads: in an environment that has just started, and in one that has read the catalogue before. The
//! numbers beside each other are the point. At the end: how long it takes until others see a change.

use std::time::{Duration, Instant};

use kernel::Result;
use kernel::id::Ulid;
use kernel::query::{Parameters, Params};
use serde_json::{Value, json};
use testkit::{Cloud, read};
use tours::departures::{Departure, Departures};
use tours::rating::Rating;
use tours::region::{RegionFacts, RegionId};
use tours::tour::body::{NewTour, TourPatch};
use tours::tour::list::TourQuery;
use tours::tour::{Tour, TourId, TourView};
use tours::trek::list::{TrekQuery, Variant};
use tours::trek::{Trek, TrekFacts, TrekId, TrekView};
use tours::{Shelf, Tours};
use web::Once;

/// How often each is asked, and how often something is changed.
const ROUNDS: u32 = 20;

/// A list, and how to ask for it.
#[derive(Clone, Copy)]
enum Ask {
    Tours(&'static str),
    TopFive,
    Statistics,
    Plan,
    Within(&'static str),
    Distances,
    Treks(Variant, &'static str),
    Categories,
}

const ASKS: [(&str, Ask); 16] = [
    ("tours", Ask::Tours("")),
    ("tours: filter", Ask::Tours("difficulty=easy&price[lt]=100000&ratingsAverage[gte]=4.5")),
    ("tours: sort", Ask::Tours("sort=-price,ratingsAverage")),
    ("tours: projection", Ask::Tours("fields=name,price,duration")),
    ("tours: a late page", Ask::Tours("sort=price&limit=20&page=50")),
    ("tours: all of it", Ask::Tours("duration[gte]=5&sort=-ratingsQuantity&fields=name&limit=10&page=2")),
    ("tours: top 5", Ask::TopFive),
    ("tours: statistics", Ask::Statistics),
    ("tours: plan of a year", Ask::Plan),
    ("tours: within 200 mi", Ask::Within("200")),
    ("tours: distances", Ask::Distances),
    ("treks", Ask::Treks(Variant::All, "")),
    ("treks: filter and sort", Ask::Treks(Variant::All, "difficulty=Easy&season=Winter&sort=-price")),
    ("treks: search", Ask::Treks(Variant::Search, "q=glacier")),
    ("treks: popular", Ask::Treks(Variant::Popular, "")),
    ("treks: categories", Ask::Categories),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![100, 10_000] } else { sizes };
    let mut columns = Vec::new();
    for size in &sizes {
        columns.push(measured(*size).await?);
    }
    print!("{:<24}", "");
    sizes.iter().for_each(|size| print!(" | {:^38}", format!("{size} tours and {size} treks")));
    print!("\n{:<24}", "list");
    sizes.iter().for_each(|_| {
        print!(" | {:>4} {:>9} {:>10} {:>5} {:>6}", "hits", "cold c/i", "warm c/i", "ms", "kB")
    });
    println!();
    for (row, (name, _)) in ASKS.iter().enumerate() {
        print!("{name:<24}");
        for (costs, _) in &columns {
            let Cost { hits, cold, warm, spent, bytes } = &costs[row];
            let (cold, warm) = (format!("{}/{}", cold.0, cold.1), format!("{}/{}", warm.0, warm.1));
            let (ms, kb) = (spent.as_secs_f64() * 1000.0, *bytes as f64 / 1024.0);
            print!(" | {hits:>4} {cold:>9} {warm:>10} {ms:>5.1} {kb:>6.1}");
        }
        println!();
    }
    println!(
        "c/i: calls and items read; ms: of a warm answer, with the offline cloud's own time; kB: of the answer\n"
    );
    for (size, (_, seen)) in sizes.iter().zip(&columns) {
        let ms = |it: Duration| it.as_secs_f64() * 1000.0;
        println!(
            "{size}: a change is written in {:.0} ms (median), and the next list of another environment shows it: {}",
            ms(seen.written),
            if seen.at_once { "always" } else { "NOT always" },
        );
        println!(
            "{size}: that list costs {} calls and {} items, {:.1} ms",
            seen.cost.0,
            seen.cost.1,
            ms(seen.shown)
        );
    }
    Ok(())
}

/// What an answer costs: calls and items, cold and warm.
struct Cost {
    hits: usize,
    cold: (u32, u64),
    warm: (u32, u64),
    spent: Duration,
    bytes: usize,
}

/// How a change is seen elsewhere.
struct Seen {
    written: Duration,
    shown: Duration,
    cost: (u32, u64),
    at_once: bool,
}

async fn measured(size: usize) -> Result<(Vec<Cost>, Seen)> {
    let cloud = Cloud::open().await;
    let tours = Tours::new(cloud.table("tours").await);
    let facts: RegionFacts = read(json!({"name": "Himalaya", "state": "Uttarakhand"}));
    let region = tours.create_region(Once::default(), &facts).await?.body.id;
    let entries = (0..size).map(tour).collect();
    tours.catalogue.stock(Shelf::Tours, entries).await?;
    let entries = (0..size).map(|number| trek(number, region)).collect();
    tours.catalogue.stock(Shelf::Treks, entries).await?;
    let mut costs = Vec::new();
    for (_, ask) in ASKS {
        let cold = cloud.environment();
        let first = Tours::new(cold.table(&tours.table));
        answer(&first, ask).await?;
        let cold_cost = (cold.faults.total(), cold.faults.fetched() + cold.faults.scanned());
        cold.faults.forget();
        let began = Instant::now();
        let mut found = (0, 0);
        for _ in 0..ROUNDS {
            found = answer(&first, ask).await?;
        }
        let spent = began.elapsed() / ROUNDS;
        let warm = (cold.faults.total() / ROUNDS, cold.faults.fetched() / u64::from(ROUNDS));
        costs.push(Cost { hits: found.0, cold: cold_cost, warm, spent, bytes: found.1 });
    }
    Ok((costs, changes(&cloud, &tours).await?))
}

/// Changes a tour again and again, and looks from another environment that has read everything before.
async fn changes(cloud: &Cloud, tours: &Tours) -> Result<Seen> {
    let new: NewTour = read(json!({
        "name": "The Changing Hiker", "duration": 5, "maxGroupSize": 25, "difficulty": "easy", "price": 1,
        "summary": "Breathtaking hike", "imageCover": "tour-1-cover.jpg",
    }));
    let id = tours.create_tour(Once::default(), &new).await?.body.id;
    let environment = cloud.environment();
    let elsewhere = Tours::new(environment.table(&tours.table));
    let query = tour_query("name=The+Changing+Hiker&fields=price")?;
    elsewhere.list_tours(&query).await?;
    let (mut written, mut shown) = (Vec::new(), Vec::new());
    let (mut cost, mut at_once) = ((0, 0), true);
    for price in 0..i64::from(ROUNDS) {
        let patch: TourPatch = read(json!({"price": 1000 + price}));
        let began = Instant::now();
        tours.update_tour(id, &patch).await?;
        written.push(began.elapsed());
        environment.faults.forget();
        let began = Instant::now();
        let page = elsewhere.list_tours(&query).await?;
        shown.push(began.elapsed());
        cost = (environment.faults.total(), environment.faults.fetched());
        at_once &= page.data.first().is_some_and(|it| it.0["price"] == 1000 + price);
    }
    written.sort_unstable();
    shown.sort_unstable();
    Ok(Seen { written: written[written.len() / 2], shown: shown[shown.len() / 2], cost, at_once })
}

/// How many it has and how many bytes.
async fn answer(tours: &Tours, ask: Ask) -> Result<(usize, usize)> {
    let (here, unit) = (part("34.1,-118.1"), part("mi"));
    let json = match ask {
        Ask::Tours(raw) => json(&tours.list_tours(&tour_query(raw)?).await?),
        Ask::TopFive => json(&tours.list_tours(&tour_query("")?.top_five()?).await?),
        Ask::Statistics => json(&tours.tour_statistics().await?),
        Ask::Plan => json(&tours.monthly_plan(&part("2030")).await?),
        Ask::Within(distance) => json(&tours.tours_within(&part(distance), &here, &unit).await?),
        Ask::Distances => json(&tours.tour_distances(&here, &unit).await?),
        Ask::Treks(variant, raw) => {
            let mut params = Params::read(raw)?;
            let query = TrekQuery::take(&mut params);
            json(&tours.list_treks(variant, params.finish(query)?, None).await?)
        }
        Ask::Categories => json(&tours.trek_categories().await?),
    };
    Ok((json["data"].as_array().map_or(0, Vec::len), json.to_string().len()))
}

fn json(answer: &impl serde::Serialize) -> Value {
    serde_json::to_value(answer).expect("an answer is JSON")
}

fn part(text: &str) -> tours::text::Part {
    text.parse().expect("a part of a path")
}

fn tour_query(raw: &str) -> Result<TourQuery> {
    let mut params = Params::read(raw)?;
    let query = TourQuery::take(&mut params);
    params.finish(query)
}

/// Spread without chance: the same number gives the same.
fn spread(number: usize, salt: usize, of: usize) -> usize {
    (number.wrapping_mul(2_654_435_761).rotate_left(7) ^ salt.wrapping_mul(40_503)) % of
}

fn one_of(number: usize, salt: usize, words: [&'static str; 3]) -> &'static str {
    words[spread(number, salt, 3)]
}

fn id(number: usize) -> Ulid {
    Ulid::from(((1_700_000_000_000 + number as u128) << 80) | number as u128)
}

/// Text of different words, so that it does not pack better than what people write.
fn words(number: usize, count: usize) -> String {
    const WORDS: [&str; 16] = [
        "glacier", "forest", "river", "camp", "summit", "snow", "bridge", "village", "sunrise", "trail",
        "meadow", "pass", "ridge", "valley", "temple", "lake",
    ];
    let word = |at: usize| format!("{}{}", WORDS[spread(number, at, 16)], spread(number, at + 99, 100));
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

/// As it stands in the catalogue.
fn tour(number: usize) -> Value {
    let point = |salt| {
        let (lng, lat) = (spread(number, salt, 3600), spread(number, salt + 1, 1700));
        json!({"coordinates": [lng as f64 / 10.0 - 180.0, lat as f64 / 10.0 - 85.0], "address": words(number, 3)})
    };
    let images = [1, 2, 3].map(|it| format!("tour-{number}-{it}.jpg"));
    let starts =
        [3, 6, 9].map(|month| format!("2030-{month:02}-{:02}T09:00:00Z", 1 + spread(number, month, 28)));
    let new: NewTour = read(json!({
        "name": format!("Tour number {number}"), "duration": 1 + spread(number, 1, 14),
        "maxGroupSize": 5 + spread(number, 2, 20), "difficulty": one_of(number, 3, ["easy", "medium", "difficult"]),
        "price": 10_000 + spread(number, 4, 300_000), "summary": words(number, 12), "description": words(number, 60),
        "imageCover": format!("tour-{number}-cover.jpg"), "images": images,
        "startDates": starts,
        "startLocation": point(10), "locations": [point(20), point(30), point(40)],
    }));
    let rating = Rating {
        average: (30 + spread(number, 5, 21)) as f64 / 10.0,
        quantity: number as u64 % 400,
        version: 1,
    };
    let tour = Tour {
        id: TourId::from_ulid(id(number)),
        slug: format!("tour-number-{number}"),
        facts: new.facts(),
        rating,
        source_id: None,
        place: None,
        created_at: kernel::time::now(),
        version: 1,
    };
    json(&TourView::new(&tour, &Departures::default()))
}

fn trek(number: usize, region: RegionId) -> Value {
    let facts: TrekFacts = read(json!({
        "name": format!("Trek number {number}"), "description": words(number, 80), "region_id": region,
        "difficulty": one_of(number, 1, ["Easy", "Moderate", "Challenging"]), "duration": 1 + spread(number, 2, 14),
        "season": [one_of(number, 3, ["Winter", "Spring", "Autumn"])], "display_price": 100_000 + spread(number, 4, 900_000),
        "category": one_of(number, 5, ["mountains", "coastal", "desert"]), "start_point": "Sankri", "end_point": "Sankri",
        "highlights": [words(number, 8), words(number + 1, 8)], "images": [format!("trek-{number}.jpg")],
    }));
    let start_date = kernel::time::now() + kernel::time::days(30);
    let departure = Departure {
        batch_id: format!("batch-{number}"),
        start_date,
        posted_start: None,
        end_date: start_date + kernel::time::days(5),
        price: 100_000,
        currency: "INR".into(),
        seats_left: 5,
        seats_taken: 0,
        on_sale: true,
        cancelled: false,
        deleted: false,
        version: 1,
    };
    let trek = Trek {
        id: TrekId::from_ulid(id(number)),
        slug: format!("trek-number-{number}"),
        facts,
        is_enabled: true,
        rating: Rating::OF_A_NEW_TREK,
        booking_count: spread(number, 6, 500) as i64,
        access_token: None,
        place: None,
        created_at: kernel::time::now(),
        version: 1,
    };
    let mut entry =
        json(&TrekView::new(&trek, &Departures { list: vec![departure], ..Departures::default() }));
    if let Some(members) = entry.as_object_mut() {
        members.retain(|name, _| !tours::trek::body::LONG_FIELDS.contains(&name.as_str()));
    }
    entry
}
