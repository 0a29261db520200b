//! The index in a table: what it finds, what a page costs, and what a crash leaves behind.

use std::collections::{BTreeMap, BTreeSet};

use kernel::page::{Cursor, PageRequest};
use kernel::{Problem, Timestamp};
use proptest::prelude::*;
use search::{Document, Hit, Index, Near, Order, Point, Query, Ranks, Schema, WORD, Weight};
use store::Key;
use testkit::{Cloud, Fault};

const KEY: &[u8] = &[7; 32];

const SCHEMA: Schema =
    Schema { name: "things", pairs: &[(WORD, "city"), ("trade", "city")], singles: &[WORD, "trade", "city"] };

fn thing(number: u32, title: &str, trade: &str, city: &str) -> Document<String> {
    Document {
        id: format!("{number:06}"),
        texts: vec![(Weight::Title, title.into()), (Weight::Rest, format!("{trade} of {city}"))],
        facets: vec![("trade", trade.into()), ("city", city.into())],
        ranks: Ranks::new(
            number % 500,
            (!number.is_multiple_of(7)).then_some(u64::from(number) * 10),
            at(number),
        ),
        point: Some(Point { lat: f64::from(number % 90), lng: f64::from(number % 180) }),
        card: title.into(),
    }
}

fn at(second: u32) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + i64::from(second)).unwrap()
}

fn has(thing: &Document<String>, value: &str) -> bool {
    thing.facets.iter().any(|facet| facet.1 == value)
}

fn with(mut query: Query, change: impl FnOnce(&mut Query)) -> Query {
    change(&mut query);
    query
}

fn nearest(point: Point, km: f64) -> Query {
    with(Query::default(), |query| {
        query.near = Some(Near { point, km });
        query.order = Order::Distance;
    })
}

async fn open() -> (Cloud, Index) {
    let cloud = Cloud::open().await;
    let table = cloud.table("users").await;
    (cloud, Index::new(table, SCHEMA))
}

fn page(limit: u32, cursor: Option<Cursor>) -> PageRequest {
    PageRequest { limit, cursor }
}

/// Every page of a list.
async fn all(index: &Index, query: &Query, limit: u32) -> Vec<Hit<String>> {
    let (mut hits, mut cursor) = (Vec::new(), None);
    loop {
        let found = index.find::<String>(KEY, query, &page(limit, cursor)).await.unwrap();
        assert!(found.data.len() <= limit as usize);
        hits.extend(found.data);
        cursor = found.meta.next_cursor;
        if cursor.is_none() {
            return hits;
        }
    }
}

async fn ids(index: &Index, query: &Query) -> Vec<String> {
    all(index, query, 3).await.into_iter().map(|hit| hit.id).collect()
}

/// Every posting, by its key, with what it carries.
async fn postings(cloud: &Cloud, index: &Index) -> BTreeMap<(String, String), String> {
    let text = |item: &store::Item, name: &str| item[name].as_s().unwrap().clone();
    let all = cloud.items_of(&index.table, "posting").await;
    all.iter().map(|item| ((text(item, "pk"), text(item, "sk")), text(item, "card"))).collect()
}

/// As when the time of whoever died is over.
async fn let_the_lease_end(cloud: &Cloud, index: &Index, id: &str) {
    let key = Key::new(format!("INDEX#things#{id}"), "MANIFEST");
    if index.table.item(&key, true).await.unwrap().is_some() {
        cloud.set_number(&index.table, &key, "claimed_until_ms", 0).await;
    }
}

#[tokio::test]
async fn words_are_found_by_how_they_begin_whatever_their_accents() {
    let (_cloud, index) = open().await;
    for (number, title) in [(1, "Électricien bâtiment"), (2, "Electrician"), (3, "Plumber")] {
        index.put(&thing(number, title, "craft", "Accra"), 1).await.unwrap();
    }
    let found = async |text: &str| ids(&index, &Query::default().words(text)).await;
    assert_eq!(found("elec").await, ["000002", "000001"]);
    assert_eq!(found("ÉLECTRICIEN").await, ["000001"]);
    assert_eq!(found("bat elec").await, ["000001"]);
    assert_eq!(found("electrical").await, [""; 0]);
    assert_eq!(found("lectricien").await, [""; 0]);
    assert_eq!(found("").await.len(), 3);
}

#[tokio::test]
async fn every_order_and_combination_finds_what_matches_and_in_that_order() {
    let (_cloud, index) = open().await;
    let mut things = Vec::new();
    for number in 1..=40 {
        let trade = ["mason", "painter"][number as usize % 2];
        let city = ["Accra", "Cape Coast", "Kumasi"][number as usize % 3];
        let title = if number % 4 == 0 { "Old hand" } else { "New hand" };
        let thing = thing(number, title, trade, city);
        index.put(&thing, 1).await.unwrap();
        things.push(thing);
    }
    type Matches = fn(&Document<String>) -> bool;
    let base = Query::default;
    let lake = Near { point: Point { lat: 10.0, lng: 10.0 }, km: 400.0 };
    let queries: [(Query, Matches); 9] = [
        (base(), |_| true),
        (base().words("ha"), |_| true),
        (base().words("hand old"), |it| it.card == "Old hand"),
        (base().facet("city", "cape  COAST"), |it| has(it, "Cape Coast")),
        (base().facet("trade", "mason").facet("city", "Accra"), |it| has(it, "mason") && has(it, "Accra")),
        (base().words("new").facet("city", "Kumasi").facet("trade", "painter"), |it| {
            it.card == "New hand" && has(it, "Kumasi") && has(it, "painter")
        }),
        (with(base(), |query| query.min_rating = Some(20)), |it| it.ranks.rating >= 20),
        (with(base().words("new"), |query| query.max_price = Some(200)), |it| {
            it.card == "New hand" && it.ranks.price.is_some_and(|price| price <= 200)
        }),
        (with(base(), |query| query.near = Some(lake)), |it| {
            it.point.is_some_and(|point| point.distance(Point { lat: 10.0, lng: 10.0 }) <= 400.0)
        }),
    ];
    for (query, matches) in queries {
        for order in [Order::Relevance, Order::Rating, Order::Price, Order::Newest] {
            let query = with(query.clone(), |query| query.order = order);
            let found = ids(&index, &query).await;
            let mut expected: Vec<_> = things.iter().filter(|thing| matches(thing)).collect();
            match order {
                Order::Price => {
                    expected.sort_by_key(|it| (it.ranks.price.unwrap_or(u64::MAX), it.id.clone()))
                }
                Order::Newest => expected.sort_by_key(|it| (-it.ranks.created_ms, it.id.clone())),
                _ => expected.sort_by_key(|it| (std::cmp::Reverse(it.ranks.rating), it.id.clone())),
            }
            let expected: Vec<_> = expected.into_iter().map(|thing| thing.id.clone()).collect();
            assert_eq!(found, expected, "{query:?}");
        }
    }
}

#[tokio::test]
async fn a_word_of_the_title_counts_more_than_one_of_the_rest() {
    let (_cloud, index) = open().await;
    index.put(&thing(400, "Somebody", "mason", "Accra"), 1).await.unwrap();
    index.put(&thing(1, "Mason", "craft", "Accra"), 1).await.unwrap();
    assert_eq!(ids(&index, &Query::default().words("mason")).await, ["000001", "000400"]);
    let by_rating = with(Query::default().words("mason"), |query| query.order = Order::Rating);
    assert_eq!(ids(&index, &by_rating).await, ["000400", "000001"]);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_query() {
    let (_cloud, index) = open().await;
    for number in 1..=5 {
        index.put(&thing(number, "Thing", "craft", "Accra"), 1).await.unwrap();
    }
    let query = Query::default().words("thing");
    let first = index.find::<String>(KEY, &query, &page(2, None)).await.unwrap();
    let other = Query::default().words("craft");
    let refused = index.find::<String>(KEY, &other, &page(2, first.meta.next_cursor)).await.unwrap_err();
    assert_eq!(refused.problem, Problem::INVALID_REQUEST);
}

/// What a thing becomes; `None` takes it out.
fn changes() -> impl Strategy<Value = Vec<Option<(u32, u32, bool)>>> {
    prop::collection::vec(prop::option::weighted(0.8, (0_u32..4, 0_u32..500, any::<bool>())), 1..5)
}

fn changed((word, rating, placed): (u32, u32, bool)) -> Document<String> {
    let title = ["Mason", "Master mason", "Painter", "Master painter and carpenter"][word as usize];
    let mut thing = thing(1, title, ["wood", "stone"][word as usize % 2], "Accra");
    thing.ranks.rating = rating;
    thing.point = placed.then_some(Point { lat: 5.6, lng: -0.2 });
    thing
}

async fn apply(index: &Index, change: Option<(u32, u32, bool)>, version: u64) -> kernel::Result<()> {
    match change {
        Some(change) => index.put(&changed(change), version).await,
        None => index.remove("000001", version).await,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_updates_leaves_exactly_the_postings_of_the_last_state(
        changes in changes(), deaths in prop::collection::vec(0_u32..12, 5), after in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (cloud, index) = open().await;
            for (version, (change, death)) in (1_u64..).zip(changes.iter().zip(&deaths)) {
                // A process that dies at one of its writes; the event comes again when its time is over.
                let environment = cloud.environment();
                let dying = Index::new(environment.table(&index.table), SCHEMA);
                let fault = if after { Fault::DeathAfter } else { Fault::DeathBefore };
                let (operation, passing) = if death % 3 == 0 { ("PutItem", death % 2) } else { ("BatchWriteItem", death / 3) };
                environment.faults.after(passing, operation, fault);
                let _ = apply(&dying, *change, version).await;
                let_the_lease_end(&cloud, &index, "000001").await;
                // Sometimes the next change comes before the one that died is told again.
                if death % 4 != 0 {
                    apply(&index, *change, version).await.unwrap();
                }
            }
            let last = *changes.last().unwrap();
            apply(&index, last, changes.len() as u64).await.unwrap();
            let fresh = open().await;
            apply(&fresh.1, last, 1).await.unwrap();
            assert_eq!(postings(&cloud, &index).await, postings(&fresh.0, &fresh.1).await);
        });
    }
}

#[tokio::test]
async fn an_older_version_changes_nothing_and_the_same_one_twice_neither() {
    let (cloud, index) = open().await;
    index.put(&changed((1, 400, true)), 5).await.unwrap();
    let before = postings(&cloud, &index).await;
    index.put(&changed((2, 100, false)), 4).await.unwrap();
    index.remove("000001", 3).await.unwrap();
    cloud.faults().forget();
    index.put(&changed((1, 400, true)), 5).await.unwrap();
    assert_eq!(cloud.faults().count("BatchWriteItem"), 0);
    assert_eq!(postings(&cloud, &index).await, before);
    index.remove("000001", 6).await.unwrap();
    assert!(postings(&cloud, &index).await.is_empty());
    index.put(&changed((1, 400, true)), 5).await.unwrap();
    assert!(postings(&cloud, &index).await.is_empty());
}

#[tokio::test]
async fn of_two_that_write_at_once_one_waits() {
    let (cloud, index) = open().await;
    let environment = cloud.environment();
    environment.faults.after(1, "BatchWriteItem", Fault::DeathBefore);
    let dying = Index::new(environment.table(&index.table), SCHEMA);
    dying.put(&changed((1, 400, true)), 1).await.unwrap_err();
    // It may still be at it: its lease has not ended.
    let refused = index.put(&changed((2, 100, false)), 2).await.unwrap_err();
    assert_eq!(refused.problem, Problem::UNAVAILABLE);
    let_the_lease_end(&cloud, &index, "000001").await;
    index.put(&changed((2, 100, false)), 2).await.unwrap();
    let cards: BTreeSet<_> = postings(&cloud, &index).await.into_values().collect();
    assert_eq!(cards, BTreeSet::from(["Painter".to_owned()]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_near_comes_sorted_by_distance_as_brute_force_finds_it(
        lat in prop_oneof![Just(90.0), Just(-89.99), -80.0..80.0_f64],
        lng in prop_oneof![Just(180.0), Just(-179.999), -180.0..180.0_f64],
        spread in prop::collection::vec((-1.0_f64..1.0, -1.0_f64..1.0), 30),
        km in prop_oneof![Just(0.5), Just(50.0), Just(500.0)],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (_cloud, index) = open().await;
            let centre = Point { lat, lng };
            let mut expected = Vec::new();
            for (number, (north, east)) in (0..).zip(spread) {
                let reach = km / 111.0 * 1.2;
                let lat = (centre.lat + north * reach).clamp(-90.0, 90.0);
                let lng = (centre.lng + east * reach * 2.0 + 540.0).rem_euclid(360.0) - 180.0;
                let point = Point { lat, lng };
                index.put(&Document { point: Some(point), ..thing(number, "A", "b", "c") }, 1).await.unwrap();
                let distance = centre.distance(point);
                if distance <= km {
                    expected.push(((distance * 1e6).round() as u64, format!("{number:06}")));
                }
            }
            expected.sort();
            let found = all(&index, &nearest(centre, km), 7).await;
            let found: Vec<_> = found.into_iter().map(|hit| hit.id).collect();
            let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
            assert_eq!(found, expected);
        });
    }
}

#[tokio::test]
async fn a_crowd_in_one_place_is_read_in_parts_and_nobody_is_left_out() {
    let (_cloud, index) = open().await;
    let place = Point { lat: 5.6, lng: -0.2 };
    for number in 0..130 {
        index.put(&Document { point: Some(place), ..thing(number, "A", "b", "c") }, 1).await.unwrap();
    }
    let found = all(&index, &nearest(place, 50.0), 50).await;
    let found: BTreeSet<_> = found.into_iter().map(|hit| hit.id).collect();
    assert_eq!(found.len(), 130);
}

#[tokio::test]
async fn a_page_that_matches_little_is_short_and_goes_on() {
    let (cloud, index) = open().await;
    for number in 1..=450 {
        let thing = Document {
            facets: vec![("trade", "mason".into())],
            texts: Vec::new(),
            point: None,
            ..thing(number, "A", "b", "c")
        };
        index.put(&thing, 1).await.unwrap();
    }
    // Only the newest matches, and by rating it comes last.
    let query = with(Query::default().facet("trade", "mason"), |query| {
        query.max_price = Some(10);
        query.order = Order::Rating;
    });
    cloud.faults().forget();
    let first = index.find::<String>(KEY, &query, &page(5, None)).await.unwrap();
    assert_eq!(cloud.faults().count("Query"), 4);
    assert!(first.data.is_empty() && first.meta.next_cursor.is_some());
    let second = index.find::<String>(KEY, &query, &page(5, first.meta.next_cursor)).await.unwrap();
    assert_eq!((second.data.len(), second.meta.next_cursor), (1, None));
}
