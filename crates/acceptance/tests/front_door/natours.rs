//! natours' story, the browsing half: tours are written, found, counted and measured, and a secret one shows nowhere.
//!
//! What is expected is worked out here, from the tours that this test wrote.

use acceptance::tours::tour;
use acceptance::{Answer, Member, PIXEL, SOON, Visitor, eventually, tell_queue, upload};
use kernel::id::Ulid;
use serde_json::{Value, json};

async fn write(admin: &Member, change: impl FnOnce(&mut Value)) -> Value {
    let answer = admin.visitor.post("/tours", &tour(change)).await;
    let tour = answer.is(201).json();
    assert_eq!(answer.header("location"), format!("/api/v1/tours/{}", tour["id"].as_str().unwrap()));
    tour
}

fn names(answer: &Answer) -> Vec<String> {
    let list = answer.json()["data"].as_array().cloned().unwrap_or_default();
    list.iter().map(|it| it["name"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The names of an object's members, sorted.
fn members(object: &Value) -> Vec<String> {
    let mut names: Vec<_> = object.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    names.sort();
    names
}

fn text<'a>(tour: &'a Value, field: &str) -> &'a str {
    tour[field].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn tours_are_filtered_sorted_and_shown_as_the_client_likes() {
    let (admin, visitor) = (Member::admin().await, Visitor::new());
    let mut own = Vec::new();
    for (price, size, difficulty) in [(100, 5, "easy"), (300, 10, "medium"), (200, 15, "difficult")] {
        let tour = write(&admin, |it| {
            it["price"] = json!(price);
            it["maxGroupSize"] = json!(size);
            it["difficulty"] = json!(difficulty);
            it["currency"] = json!("ZMW");
        });
        own.push(text(&tour.await, "name").to_owned());
    }
    let list = async |query: &str| visitor.get(&format!("/tours?currency=ZMW&{query}")).await;
    let order = |places: [usize; 3]| places.map(|at| own[at].clone());
    assert_eq!(names(list("").await.is(200)), order([2, 1, 0]), "the newest first");
    assert_eq!(names(list("sort=-price").await.is(200)), order([1, 2, 0]));
    assert_eq!(names(list("price[gte]=200&price[lt]=300").await.is(200)), [own[2].clone()]);
    assert_eq!(names(list("price=100&price=300&sort=price").await.is(200)), [own[0].clone(), own[1].clone()]);
    assert_eq!(
        names(list("difficulty[gt]=easy&sort=maxGroupSize").await.is(200)),
        [own[1].clone(), own[2].clone()]
    );
    let page = list("sort=price&limit=2&page=2&fields=name,price").await;
    assert_eq!(names(page.is(200)), [own[1].clone()]);
    let page = page.json();
    assert_eq!(
        (&page["results"], &page["meta"]["total"], &page["meta"]["limit"]),
        (&json!(1), &json!(3), &json!(2))
    );
    assert_eq!(members(&page["data"][0]), ["id", "name", "price"]);
    let without = list("fields=-summary,-locations").await.json();
    assert!(without["data"][0].get("summary").is_none() && without["data"][0].get("price").is_some());
    assert_eq!(list("").await.json()["meta"]["limit"], 100);
    list("limit=101").await.is_problem(400, "invalid-request");
    list("secretTour=true").await.is_problem(400, "invalid-request");
    list("sort=password").await.is_problem(400, "invalid-request");

    let top = visitor.get("/tours/top-5-cheap?currency=ZMW").await;
    assert_eq!(names(top.is(200)), order([0, 2, 1]));
    let expected = ["difficulty", "id", "name", "price", "ratingsAverage", "summary"];
    assert_eq!(members(&top.json()["data"][0]), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_and_the_monthly_plan_count_what_was_written() {
    let (admin, visitor) = (Member::admin().await, Visitor::new());
    // A currency and a year that no other test writes in.
    let starts =
        [["2077-12-31T23:59:59Z", "2078-01-01T00:00:00Z"], ["2077-12-01T00:00:00Z", "2077-01-01T00:00:00Z"]];
    let mut prices = Vec::new();
    for (at, (price, difficulty)) in
        [(150_000, "difficult"), (40_000, "easy"), (60_001, "easy")].iter().enumerate()
    {
        write(&admin, |it| {
            it["price"] = json!(price);
            it["difficulty"] = json!(difficulty);
            it["currency"] = json!("ISK");
            it["startDates"] = json!(starts.get(at).copied().unwrap_or(["1999-01-01T00:00:00Z"; 2]));
        })
        .await;
        prices.push(*price);
    }
    write(&admin, |it| {
        it["secretTour"] = json!(true);
        it["currency"] = json!("ISK");
        it["startDates"] = json!(["2077-06-01T00:00:00Z"]);
    })
    .await;
    let rows = visitor.get("/tours/tour-stats").await.is(200).json()["data"].clone();
    let rows: Vec<_> =
        rows.as_array().unwrap().iter().filter(|row| row["currency"] == "ISK").cloned().collect();
    let row = |difficulty: &str, prices: &[i64]| {
        json!({
            "difficulty": difficulty, "currency": "ISK", "numTours": prices.len(), "numRatings": 0, "avgRating": 4.5,
            "avgPrice": prices.iter().sum::<i64>() as f64 / prices.len() as f64,
            "minPrice": prices.iter().min(), "maxPrice": prices.iter().max(),
        })
    };
    assert_eq!(rows, [row("EASY", &prices[1..]), row("DIFFICULT", &prices[..1])]);

    let plan = admin.visitor.get("/tours/monthly-plan/2077").await.is(200).json()["data"].clone();
    let months: Vec<_> = plan
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["month"].clone(), row["numTourStarts"].clone()))
        .collect();
    assert_eq!(months, [(json!(12), json!(2)), (json!(1), json!(1))]);
    admin.visitor.get("/tours/monthly-plan/soon").await.is_problem(400, "invalid-request");
    visitor.get("/tours/monthly-plan/2077").await.is_problem(401, "not-signed-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn tours_are_found_around_a_place_and_measured_from_it() {
    let (admin, visitor) = (Member::admin().await, Visitor::new());
    // Beside the date line, where the nearest way leads across it.
    let center = (-17.0_f64, 179.9_f64);
    let places = [(-17.0_f64, -179.8_f64), (-18.5, 178.0), (60.0, 10.0)];
    let mut own = Vec::new();
    for (lat, lng) in places {
        let tour = write(&admin, |it| it["startLocation"] = json!({"coordinates": [lng, lat]})).await;
        own.push(text(&tour, "name").to_owned());
    }
    // The law of cosines: another formula than the service's, on the same sphere.
    let angle = |(lat, lng): (f64, f64)| {
        let (a, b, d) = (center.0.to_radians(), lat.to_radians(), (lng - center.1).to_radians());
        (a.sin() * b.sin() + a.cos() * b.cos() * d.cos()).acos()
    };
    let answer = visitor.get("/tours/distances/-17,179.9/unit/km").await;
    let found = answer.is(200).json()["data"].as_array().unwrap().clone();
    let mut before = 0.0;
    let own_of = |found: &[Value]| -> Vec<(String, f64)> {
        let pairs = found.iter().map(|it| (text(it, "name").to_owned(), it["distance"].as_f64().unwrap()));
        pairs.filter(|(name, _)| own.contains(name)).collect()
    };
    for (at, (name, distance)) in own_of(&found).into_iter().enumerate() {
        let expected = angle(places[at]) * 6378.1;
        assert_eq!(name, own[at]);
        assert!((distance - expected).abs() < expected * 0.005, "{distance} km instead of {expected}");
        assert!(distance >= before);
        before = distance;
    }
    let miles = visitor.get("/tours/distances/-17,179.9/unit/mi").await.is(200).json()["data"].clone();
    let miles = own_of(miles.as_array().unwrap());
    assert!((miles[0].1 - angle(places[0]) * 6_378_100.0 * 0.000_621_371).abs() < 0.1);

    let within = async |distance: &str, unit: &str| {
        let answer =
            visitor.get(&format!("/tours/tours-within/{distance}/center/-17,179.9/unit/{unit}")).await;
        names(answer.is(200)).into_iter().filter(|name| own.contains(name)).count()
    };
    let nearest = angle(places[0]);
    assert_eq!(within(&format!("{}", nearest * 6378.1 * 0.99), "km").await, 0);
    assert_eq!(within(&format!("{}", nearest * 6378.1 * 1.01), "km").await, 1);
    assert_eq!(within(&format!("{}", nearest * 3963.2 * 1.01), "mi").await, 1);
    assert_eq!(within("20100", "km").await, 3);
    for path in [
        "/tours/tours-within/200/center/-17/unit/mi",
        "/tours/distances/-17,200/unit/mi",
        "/tours/distances/1,2/unit/m",
    ] {
        visitor.get(path).await.is_problem(400, "invalid-request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_lead_guides_and_administrators_write_and_the_rules_hold() {
    let (admin, member) = (Member::admin().await, Member::join().await);
    Visitor::new().post("/tours", &tour(|_| ())).await.is_problem(401, "not-signed-in");
    member.visitor.post("/tours", &tour(|_| ())).await.is_problem(403, "forbidden");
    let broken = tour(|it| {
        it["ratingsAverage"] = json!(5);
        it["difficulty"] = json!("hard");
        it["name"] = json!("short");
    });
    let answer = admin.visitor.post("/tours", &broken).await;
    answer.is_problem(400, "invalid-request");
    for field in ["/ratingsAverage", "/difficulty", "/name"] {
        assert!(answer.text.contains(field), "{}", answer.text);
    }
    let written = write(&admin, |it| it["priceDiscount"] = json!(9_700)).await;
    let path = format!("/tours/{}", text(&written, "id"));
    let again = tour(|it| it["name"] = written["name"].clone());
    admin.visitor.post("/tours", &again).await.is_problem(409, "tour-name-taken");
    let cheaper = json!({"price": 9_700});
    admin.visitor.patch(&path, &cheaper).await.is_problem(400, "invalid-request");
    member.visitor.patch(&path, &json!({"price": 1})).await.is_problem(403, "forbidden");
    let rated = json!({"ratingsQuantity": 1000});
    admin.visitor.patch(&path, &rated).await.is_problem(400, "invalid-request");
    let changed = admin.visitor.patch(&path, &json!({"price": 50_000})).await.is(200).json();
    assert_eq!(changed["price"], 50_000);
    assert!((changed["durationWeeks"].as_f64().unwrap() - 5.0 / 7.0).abs() < 1e-9);
    assert_eq!(
        Visitor::new().get(&format!("/tours/slug/{}", text(&written, "slug"))).await.is(200).json()["price"],
        50_000
    );

    member.visitor.delete(&path).await.is_problem(403, "forbidden");
    admin.visitor.delete(&path).await.is(204);
    Visitor::new().get(&path).await.is_problem(404, "not-found");
    let nowhere = format!("/tours/{}", Ulid::generate());
    admin.visitor.patch(&nowhere, &json!({"price": 1})).await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_tour_shows_nowhere_but_to_its_crew() {
    let (admin, member) = (Member::admin().await, Member::join().await);
    let tour = write(&admin, |it| {
        it["secretTour"] = json!(true);
        it["startLocation"] = json!({"coordinates": [-30.0, 0.0]});
    })
    .await;
    let (id, name) = (text(&tour, "id"), text(&tour, "name"));
    for path in [format!("/tours/{id}"), format!("/tours/slug/{}", text(&tour, "slug"))] {
        Visitor::new().get(&path).await.is_problem(404, "not-found");
        member.visitor.get(&path).await.is_problem(404, "not-found");
        admin.visitor.get(&path).await.is(200);
    }
    for path in [
        "/tours".to_owned(),
        format!("/tours?name={}", name.replace(' ', "+")),
        "/tours/distances/0,-30/unit/km".to_owned(),
        "/tours/tours-within/1/center/0,-30/unit/km".to_owned(),
    ] {
        assert!(!admin.visitor.get(&path).await.is(200).text.contains(id), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reviews_tell_is_shown_within_seconds() {
    let admin = Member::admin().await;
    let tour = write(&admin, |_| ()).await;
    let (id, visitor) = (text(&tour, "id"), Visitor::new());
    let rated = |version: u64, sum: u64, count: u64| json!({"subject_kind": "tour", "subject_id": id, "version": version, "sum": sum, "count": count});
    tell_queue("follow-ratings", "reviews.rating.recalculated", rated(2, 17, 4)).await;
    let path = format!("/tours/{id}");
    let shown = || async { Some(visitor.get(&path).await.json()).filter(|it| it["ratingsQuantity"] == 4) };
    assert_eq!(eventually("the rating", SOON, shown).await["ratingsAverage"], 4.3);
    let listed = visitor.get(&format!("/tours?name={}", text(&tour, "name").replace(' ', "+"))).await;
    assert_eq!(listed.json()["data"][0]["ratingsAverage"], 4.3);
    // An older one, and then a newer: only the newer shows.
    tell_queue("follow-ratings", "reviews.rating.recalculated", rated(1, 1, 1)).await;
    tell_queue("follow-ratings", "reviews.rating.recalculated", rated(3, 10, 3)).await;
    let shown = || async { Some(visitor.get(&path).await.json()).filter(|it| it["ratingsQuantity"] == 3) };
    assert_eq!(eventually("the newer rating", SOON, shown).await["ratingsAverage"], 3.3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tours_of_a_business_move_in_once() {
    let (admin, member) = (Member::admin().await, Member::join().await);
    let source = Ulid::generate().to_string();
    let file = json!([{
        "id": source, "name": format!("Tour {source}"), "duration": 5, "maxGroupSize": 25, "difficulty": "easy",
        "ratingsAverage": 4.7, "ratingsQuantity": 37, "price": 397, "summary": "Breathtaking hike",
        "description": "Ut enim", "imageCover": "tour-1-cover.jpg", "images": ["tour-1-1.jpg"],
        "startDates": ["2021-04-25,10:00"],
    }]);
    member.visitor.post("/admin/tours/import", &file).await.is_problem(403, "forbidden");
    let first = admin.visitor.post("/admin/tours/import", &file).await;
    assert_eq!(first.is(200).json()["data"][0]["outcome"], "created");
    let again = admin.visitor.post("/admin/tours/import", &file).await.is(200).json()["data"][0].clone();
    assert_eq!((&again["outcome"], &again["id"]), (&json!("existing"), &first.json()["data"][0]["id"]));
    let shown = Visitor::new().get(&format!("/tours/{}", text(&again, "id"))).await.is(200).json();
    assert_eq!((&shown["price"], &shown["ratingsAverage"]), (&json!(39_700), &json!(4.7)));
    assert_eq!(shown["startDates"][0], "2021-04-25T10:00:00Z");
}

/// The same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A tour of a business that moves in, as its owner knows it.
struct Foreign {
    name: String,
    duration: u64,
    difficulty: &'static str,
    /// Hundredths.
    price: i64,
    tenths: u64,
    ratings: u64,
    starts: Vec<String>,
    lat: f64,
    lng: f64,
    secret: bool,
}

impl Foreign {
    fn draw(dice: &mut Dice, number: usize) -> Self {
        // Around the turn of a year that no other test writes in, and in its middle.
        let moments = [
            "2060-12-31T23:59:59.999Z",
            "2061-01-01T00:00:00Z",
            "2061-02-28T12:00:00Z",
            "2061-06-15T08:30:00Z",
            "2061-12-01T00:00:00Z",
            "2061-12-31T00:00:00Z",
            "2061-12-31T23:59:59.999Z",
            "2062-01-01T00:00:00Z",
        ];
        let starts = (0..dice.roll(4)).map(|_| moments[dice.roll(8) as usize].to_owned()).collect();
        Self {
            name: format!("{number:02} {}", Ulid::generate()),
            duration: 1 + dice.roll(20),
            difficulty: ["easy", "medium", "difficult"][dice.roll(3) as usize],
            price: 100 + dice.roll(500_000) as i64,
            tenths: 35 + dice.roll(16),
            ratings: 1 + dice.roll(90),
            starts,
            lat: dice.roll(1_799) as f64 / 10.0 - 89.9,
            lng: dice.roll(3_600) as f64 / 10.0 - 180.0,
            secret: dice.roll(8) == 0,
        }
    }

    fn average(&self) -> f64 {
        self.tenths as f64 / 10.0
    }

    /// In the form that natours exports.
    fn json(&self) -> Value {
        json!({
            "_id": self.name, "name": self.name, "duration": self.duration, "maxGroupSize": 10,
            "difficulty": self.difficulty, "ratingsAverage": self.average(), "ratingsQuantity": self.ratings,
            "price": self.price as f64 / 100.0, "summary": "Breathtaking hike", "imageCover": "cover.jpg",
            "startDates": self.starts, "secretTour": self.secret,
            "startLocation": {"type": "Point", "coordinates": [self.lng, self.lat]},
        })
    }

    /// The angle to a point by vectors: `atan2` of the cross and the dot product.
    fn angle_to(&self, (lat, lng): (f64, f64)) -> f64 {
        let vector = |lat: f64, lng: f64| {
            let (lat, lng) = (lat.to_radians(), lng.to_radians());
            [lat.cos() * lng.cos(), lat.cos() * lng.sin(), lat.sin()]
        };
        let (a, b) = (vector(self.lat, self.lng), vector(lat, lng));
        let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        let dot: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
        cross.iter().map(|it| it * it).sum::<f64>().sqrt().atan2(dot)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_business_that_moves_in_finds_its_own_numbers_again() {
    let (admin, visitor) = (Member::admin().await, Visitor::new());
    let seed = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let all: Vec<_> = (0..60).map(|number| Foreign::draw(&mut dice, number)).collect();
    for part in all.chunks(20) {
        // A currency that no other test writes in.
        let file = json!({"currency": "NAD", "tours": part.iter().map(Foreign::json).collect::<Vec<_>>()});
        let made = admin.visitor.post("/admin/tours/import", &file).await.is(200).json();
        assert!(made["data"].as_array().unwrap().iter().all(|it| it["outcome"] == "created"), "{made}");
    }
    let public: Vec<_> = all.iter().filter(|it| !it.secret).collect();

    // The list, whole and filtered; the newest first is the reverse of the file.
    let list = async |query: &str| names(visitor.get(&format!("/tours?currency=NAD&{query}")).await.is(200));
    let named = |found: Vec<&&Foreign>| found.into_iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    assert_eq!(list("").await, named(public.iter().rev().collect()));
    let (least, most) = (1 + dice.roll(15), 100 + dice.roll(500_000) as i64);
    let matching =
        public.iter().rev().filter(|it| it.duration >= least && it.price < most && it.difficulty != "easy");
    assert_eq!(
        list(&format!("duration[gte]={least}&price[lt]={most}&difficulty[gt]=easy")).await,
        named(matching.collect())
    );
    let mut sorted: Vec<_> = public.iter().rev().collect();
    sorted.sort_by_key(|it| (std::cmp::Reverse(it.tenths), it.duration));
    assert_eq!(list("sort=-ratingsAverage,duration").await, named(sorted));

    // Statistics: integers exactly, quotients as any machine rounds them.
    let rows = visitor.get("/tours/tour-stats").await.is(200).json()["data"].as_array().unwrap().clone();
    let rows: Vec<_> = rows.into_iter().filter(|row| row["currency"] == "NAD").collect();
    let mut expected = Vec::new();
    for difficulty in ["easy", "medium", "difficult"] {
        let group: Vec<_> =
            public.iter().filter(|it| it.difficulty == difficulty && it.tenths >= 45).collect();
        if let Some(cheapest) = group.iter().map(|it| it.price).min() {
            let count = group.len() as f64;
            expected.push((
                group.iter().map(|it| it.price).sum::<i64>() as f64 / count,
                difficulty.to_uppercase(),
                group.len(),
                group.iter().map(|it| it.ratings).sum::<u64>(),
                group.iter().map(|it| it.tenths).sum::<u64>() as f64 / 10.0 / count,
                cheapest,
                group.iter().map(|it| it.price).max().unwrap(),
            ));
        }
    }
    expected.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert_eq!(rows.len(), expected.len());
    for (row, (price, difficulty, tours, ratings, average, cheapest, dearest)) in rows.iter().zip(expected) {
        let whole =
            (&row["difficulty"], &row["numTours"], &row["numRatings"], &row["minPrice"], &row["maxPrice"]);
        let expected =
            (&json!(difficulty), &json!(tours), &json!(ratings), &json!(cheapest), &json!(dearest));
        assert_eq!(whole, expected);
        assert!((row["avgPrice"].as_f64().unwrap() - price).abs() < 1e-6, "{row} instead of {price}");
        assert!((row["avgRating"].as_f64().unwrap() - average).abs() < 1e-9, "{row} instead of {average}");
    }

    // The plan of the year, half open: what begins with the next year is not in it, and its last evening is.
    let mut months = std::collections::BTreeMap::<u64, Vec<String>>::new();
    for (tour, start) in public.iter().flat_map(|it| it.starts.iter().map(move |start| (it, start))) {
        if start.starts_with("2061-") {
            months.entry(start[5..7].parse().unwrap()).or_default().push(tour.name.clone());
        }
    }
    let mut plan: Vec<_> = months.into_iter().collect();
    plan.sort_by_key(|(month, tours)| (std::cmp::Reverse(tours.len()), *month));
    let found = admin.visitor.get("/tours/monthly-plan/2061").await.is(200).json()["data"].clone();
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), plan.len());
    for (row, (month, mut tours)) in found.iter().zip(plan) {
        let mut shown: Vec<_> =
            row["tours"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
        shown.sort();
        tours.sort();
        assert_eq!(
            (&row["month"], &row["numTourStarts"], shown),
            (&json!(month), &json!(tours.len()), tours)
        );
    }

    // Around a place beside the date line, and from it.
    let center = (-17.0, 179.9);
    let own = |name: &String| all.iter().any(|it| it.name == *name);
    for (unit, radius, distance) in [("km", 6378.1, 4_000.0), ("mi", 3963.2, 5_000.0)] {
        let path = format!("/tours/tours-within/{distance}/center/-17,179.9/unit/{unit}");
        let mut found: Vec<_> = names(visitor.get(&path).await.is(200)).into_iter().filter(own).collect();
        let inside = public.iter().filter(|it| it.angle_to(center) * radius <= distance);
        let mut inside: Vec<_> = inside.map(|it| it.name.clone()).collect();
        found.sort();
        inside.sort();
        assert_eq!(found, inside, "within {distance} {unit}");
    }
    let distances = visitor.get("/tours/distances/-17,179.9/unit/km").await.is(200).json()["data"].clone();
    let of_mine =
        |it: &&Value| it["name"].as_str().is_some_and(|name| all.iter().any(|tour| tour.name == name));
    let distances: Vec<_> = distances.as_array().unwrap().iter().filter(of_mine).collect();
    assert_eq!(distances.len(), public.len());
    for it in &distances {
        let tour = all.iter().find(|tour| tour.name == text(it, "name")).unwrap();
        let (km, expected) = (it["distance"].as_f64().unwrap(), tour.angle_to(center) * 6378.1);
        assert!((km - expected).abs() <= expected * 0.005, "{km} km instead of {expected}");
    }
    assert!(distances.is_sorted_by(|a, b| a["distance"].as_f64() <= b["distance"].as_f64()));
    let listed = visitor.get("/tours?currency=NAD").await.text;
    assert!(all.iter().filter(|it| it.secret).all(|it| !listed.contains(&it.name)));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_a_tour_are_checked_cut_and_shown() {
    let (admin, member, visitor) = (Member::admin().await, Member::join().await, Visitor::new());
    let tour = write(&admin, |_| ()).await;
    let path = format!("/tours/{}", text(&tour, "id"));
    let images = format!("{path}/images");
    let file = |bytes: &[u8]| json!({"content_type": "image/png", "size": bytes.len()});
    let both = json!({"cover": file(PIXEL), "images": [file(PIXEL), file(b"#!/bin/sh")]});
    visitor.post(&images, &both).await.is_problem(401, "not-signed-in");
    member.visitor.post(&images, &both).await.is_problem(403, "forbidden");
    for broken in [
        json!({}),
        json!({"cover": {"content_type": "image/svg+xml", "size": 10}}),
        json!({"cover": {"content_type": "image/png", "size": 6_000_000}}),
        json!({"images": [file(PIXEL), file(PIXEL), file(PIXEL), file(PIXEL)]}),
    ] {
        admin.visitor.post(&images, &broken).await.is_problem(400, "invalid-request");
    }
    let links = admin.visitor.post(&images, &both).await.is(201).json();
    for (link, bytes) in
        [(&links["cover"], PIXEL), (&links["images"][0], PIXEL), (&links["images"][1], b"#!/bin/sh")]
    {
        upload(link, bytes).await;
    }
    let states = || async {
        let all = admin.visitor.get(&images).await.is(200).json()["data"].as_array().unwrap().clone();
        let done = all.len() == 3 && all.iter().all(|it| it["state"] != "pending");
        done.then(|| all.iter().map(|it| text(it, "state").to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(eventually("the pictures to be checked", SOON, states).await, ["ready", "ready", "refused"]);
    let shown = visitor.get(&path).await.is(200).json();
    assert_eq!(shown["images"].as_array().unwrap().len(), 1);
    for address in [text(&shown, "imageCover"), shown["images"][0].as_str().unwrap()] {
        // The client follows the redirect to the file.
        let picture = visitor.get(address.trim_start_matches("/api/v1")).await;
        assert_eq!(picture.is(200).header("content-type"), "image/jpeg");
    }
    let cover = text(&shown, "imageCover").trim_start_matches("/api/v1").to_owned();
    admin.visitor.patch(&path, &json!({"secretTour": true})).await.is(200);
    visitor.get(&cover).await.is_problem(404, "not-found");
    member.visitor.get(&cover).await.is_problem(404, "not-found");
    admin.visitor.patch(&path, &json!({"secretTour": false, "imageCover": "a.jpg"})).await.is(200);
    visitor.get(&cover).await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_reviews_stand_on_a_tours_page() {
    let admin = Member::admin().await;
    let tour = write(&admin, |_| ()).await;
    let (id, visitor) = (text(&tour, "id"), Visitor::new());
    let told = |number: u64, version: u64, words: Option<&str>| {
        let shown = words.map(|words| {
            json!({
                "author_name": "Ada", "rating": 5, "text": words, "verified": true, "imported": false,
                "created_at": format!("2026-01-0{number}T00:00:00Z"),
            })
        });
        let mut review = json!({"review_id": format!("{id}-{number}"), "version": version, "subject_kind": "tour", "subject_id": id});
        review["shown"] = shown.unwrap_or_default();
        tell_queue("follow-reviews", "reviews.review.updated", review)
    };
    told(1, 1, Some("first")).await;
    told(2, 2, Some("second")).await;
    let path = format!("/tours/{id}");
    let texts = async || {
        let page = visitor.get(&path).await.is(200).json();
        page["reviews"].as_array().unwrap().iter().map(|it| text(it, "text").to_owned()).collect::<Vec<_>>()
    };
    let both = || async { (texts().await == ["second", "first"]).then_some(()) };
    eventually("the reviews", SOON, both).await;
    told(2, 3, None).await;
    told(2, 1, Some("second")).await;
    let one = || async { (texts().await == ["first"]).then_some(()) };
    eventually("the second to be gone", SOON, one).await;
}
