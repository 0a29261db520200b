use std::cmp::Reverse;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::Timestamp;

const LEVELS: &[&str] = &["easy", "medium", "difficult"];

const TOURS: Catalogue = Catalogue::new(&[
    Field::new("id", Kind::Text),
    Field::new("name", Kind::Text).filter().sort(),
    Field::new("price", Kind::Integer).filter().sort().repeat().at("/price/amount"),
    Field::new("rating", Kind::Number).filter().sort(),
    Field::new("level", Kind::Enum(LEVELS)).filter().sort().repeat(),
    Field::new("starts", Kind::Time).filter().sort(),
    Field::new("open", Kind::Bool).filter().sort(),
    Field::new("seasons", Kind::Text).filter(),
    Field::new("summary", Kind::Text),
]);

fn ask(raw: &str) -> CatalogueQuery {
    TOURS.parse(pairs(raw).unwrap()).unwrap()
}

fn mistakes(raw: &str) -> Vec<String> {
    let failure = TOURS.parse(pairs(raw).unwrap()).unwrap_err();
    failure.errors.into_iter().map(|error| error.pointer).collect()
}

/// The naive model: a tour as a struct, and the language as plain comparisons of its members.
#[derive(Debug, Clone)]
struct Tour {
    id: usize,
    name: String,
    price: i64,
    rating: Option<f64>,
    level: usize,
    starts: i64,
    open: bool,
    seasons: Vec<String>,
}

impl Tour {
    fn json(&self) -> Json {
        json!({
            "id": format!("{:03}", self.id),
            "name": self.name,
            "price": {"amount": self.price, "currency": "EUR"},
            "rating": self.rating,
            "level": LEVELS[self.level],
            "starts": Timestamp::from_second(self.starts).unwrap().to_string(),
            "open": self.open,
            "seasons": self.seasons,
            "summary": "…",
        })
    }
}

fn tours() -> impl Strategy<Value = Vec<Tour>> {
    let seasons = vec("[xyz]", 0..3);
    let tour = ("[a-c]{0,2}", -3..3_i64, option::of(0..4_i32), 0..3_usize, 0..4_i64, any::<bool>(), seasons)
        .prop_map(|(name, price, rating, level, starts, open, seasons)| Tour {
            id: 0,
            name,
            price,
            rating: rating.map(|half| f64::from(half) / 2.0),
            level,
            starts: starts * 1000,
            open,
            seasons,
        });
    vec(tour, 0..30).prop_map(|mut tours| {
        for (id, tour) in tours.iter_mut().enumerate() {
            tour.id = id;
        }
        tours
    })
}

fn ids<'a>(tours: impl IntoIterator<Item = &'a Tour>) -> Vec<String> {
    tours.into_iter().map(|tour| format!("{:03}", tour.id)).collect()
}

fn answer(query: &CatalogueQuery, tours: &[Tour]) -> Vec<String> {
    let items: Vec<_> = tours.iter().map(Tour::json).collect();
    let page = query.apply(&items);
    page.data.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn holds<T: PartialOrd>(op: &str, value: &T, bound: &T) -> bool {
    match op {
        "" => value == bound,
        "[ne]" => value != bound,
        "[gte]" => value >= bound,
        "[gt]" => value > bound,
        "[lte]" => value <= bound,
        _ => value < bound,
    }
}

fn an_op() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "[ne]", "[gte]", "[gt]", "[lte]", "[lt]"])
}

fn print_value(field: Field, value: &Value) -> String {
    match (value, field.kind) {
        (Value::Text(text), _) => text.clone(),
        (Value::Number(number), _) => number.to_string(),
        (Value::Integer(number), _) => number.to_string(),
        (Value::Time(time), _) => time.to_string(),
        (Value::Bool(is), _) => is.to_string(),
        (Value::Enum(at), Kind::Enum(names)) => names[*at].to_owned(),
        (Value::Enum(_), _) => unreachable!("the place in an order of something else"),
        (Value::List(list), _) => list.iter().map(|it| print_value(field, it)).collect::<Vec<_>>().join(","),
    }
}

/// The query as the parameters that say the same.
fn print(query: &CatalogueQuery) -> Vec<(String, String)> {
    let mut pairs =
        vec![("page".to_owned(), query.page.to_string()), ("limit".to_owned(), query.limit.to_string())];
    let orders =
        query.sort.iter().map(|it| format!("{}{}", if it.descending { "-" } else { "" }, it.field.name));
    let orders: Vec<_> = orders.collect();
    if !orders.is_empty() {
        pairs.push(("sort".into(), orders.join(",")));
    }
    match &query.fields {
        Projection::All => {}
        Projection::Only(fields) => {
            pairs.push(("fields".into(), fields.iter().map(|it| it.name).collect::<Vec<_>>().join(",")));
        }
        Projection::Without(fields) => {
            let names: Vec<_> = fields.iter().map(|it| format!("-{}", it.name)).collect();
            pairs.push(("fields".into(), names.join(",")));
        }
    }
    pairs.extend(
        query.filters.iter().map(|it| (it.op.parameter(it.field.name), print_value(it.field, &it.value))),
    );
    pairs
}

proptest! {
    #[test]
    fn what_was_read_and_printed_is_read_as_the_same(
        sort in prop::sample::subsequence(vec!["name", "price", "rating", "level", "starts", "open"], 0..6),
        down: [bool; 6], fields in prop::sample::subsequence(vec!["name", "price", "summary"], 0..3), without: bool,
        name in option::of("[a-z ]{0,5}"), prices in vec(-5..5_i64, 0..4), rating in option::of((an_op(), 0..9_i32)),
        level in option::of((an_op(), 0..3_usize)), open in option::of(any::<bool>()), starts in option::of(0..9_i64),
        page in 1..9_u32, limit in 1..=100_u32,
    ) {
        let mut pairs = vec![("page".to_owned(), page.to_string()), ("limit".to_owned(), limit.to_string())];
        let mut add = |name: String, value: String| pairs.push((name, value));
        let signed: Vec<_> =
            sort.iter().zip(down).map(|(name, down)| format!("{}{name}", if down { "-" } else { "" })).collect();
        if !signed.is_empty() {
            add("sort".into(), signed.join(","));
        }
        let shown: Vec<_> = fields.iter().map(|name| format!("{}{name}", if without { "-" } else { "" })).collect();
        if !shown.is_empty() {
            add("fields".into(), shown.join(","));
        }
        if let Some(name) = name { add("name".into(), name) }
        for price in prices { add("price".into(), price.to_string()) }
        if let Some((op, half)) = rating { add(format!("rating{op}"), (f64::from(half) / 2.0).to_string()) }
        if let Some((op, at)) = level { add(format!("level{op}"), LEVELS[at].into()) }
        if let Some(open) = open { add("open".into(), open.to_string()) }
        if let Some(second) = starts {
            add("starts[gt]".into(), Timestamp::from_second(second).unwrap().to_string());
        }
        let query = TOURS.parse(pairs).unwrap();
        prop_assert_eq!(TOURS.parse(print(&query)).unwrap(), query);
    }

    #[test]
    fn bounds_select_what_the_model_selects(
        tours in tours(), op in an_op(), price in -3..3_i64, level in 0..3_usize, starts in 0..4_i64, rating in 0..4_i32,
    ) {
        let rating = f64::from(rating) / 2.0;
        let time = Timestamp::from_second(starts * 1000).unwrap();
        let (a, b) = (format!("price{op}={price}&limit=100"), format!("level{op}={}&limit=100", LEVELS[level]));
        let (c, d) = (format!("starts{op}={time}&limit=100"), format!("rating{op}={rating}&limit=100"));
        let model = |chosen: &dyn Fn(&Tour) -> bool| ids(tours.iter().rev().filter(|tour| chosen(tour)));
        prop_assert_eq!(answer(&ask(&a), &tours), model(&|tour| holds(op, &tour.price, &price)));
        prop_assert_eq!(answer(&ask(&b), &tours), model(&|tour| holds(op, &tour.level, &level)));
        prop_assert_eq!(answer(&ask(&c), &tours), model(&|tour| holds(op, &tour.starts, &(starts * 1000))));
        // No rating is no rating of at least or at most anything: only "not this one".
        let rated = |tour: &Tour| tour.rating.map_or(op == "[ne]", |own| holds(op, &own, &rating));
        prop_assert_eq!(answer(&ask(&d), &tours), model(&rated));
    }

    #[test]
    fn choices_lists_and_several_filters_select_what_the_model_selects(
        tours in tours(), names in vec("[a-c]{0,2}", 1..4), prices in vec(-3..3_i64, 1..4), season in "[xyz]", open: bool,
    ) {
        let mut raw = format!("name[in]={}&open={open}&seasons={season}&limit=100", names.join(","));
        for price in &prices {
            raw += &format!("&price={price}");
        }
        let model = tours.iter().rev().filter(|tour| {
            names.contains(&tour.name) && tour.open == open && prices.contains(&tour.price)
                && tour.seasons.contains(&season)
        });
        prop_assert_eq!(answer(&ask(&raw), &tours), ids(model));
        let others = tours.iter().rev().filter(|tour| !tour.seasons.contains(&season));
        prop_assert_eq!(answer(&ask(&format!("seasons[ne]={season}&limit=100")), &tours), ids(others));
    }

    #[test]
    fn items_are_sorted_as_the_model_sorts_them(mut tours in tours()) {
        let raw = "sort=-level,rating,-price&limit=100";
        let found = answer(&ask(raw), &tours);
        let half = |tour: &Tour| tour.rating.map_or(i64::MAX, |rating| (rating * 2.0) as i64);
        tours.sort_by_key(|tour| (Reverse(tour.level), half(tour), Reverse(tour.price), Reverse(tour.id)));
        prop_assert_eq!(found, ids(&tours));

        let items: Vec<_> = tours.iter().map(Tour::json).collect();
        prop_assert!(items.is_sorted_by(|a, b| ask(raw).compare(a, b).is_lt()));
        // No rating stands last downwards too.
        let down = answer(&ask("sort=-rating&limit=100"), &tours);
        tours.sort_by_key(|tour| (tour.rating.is_none(), Reverse(half(tour)), Reverse(tour.id)));
        prop_assert_eq!(down, ids(&tours));
    }

    #[test]
    fn the_pages_together_are_the_list(tours in tours(), limit in 1..10_usize) {
        let all = answer(&ask("sort=name&limit=100"), &tours);
        let pages = (1..=tours.len() / limit + 1)
            .flat_map(|page| answer(&ask(&format!("sort=name&page={page}&limit={limit}")), &tours));
        prop_assert_eq!(pages.collect::<Vec<_>>(), all);
        let last = ask(&format!("page={}&limit=100", u32::MAX)).apply(&[]);
        prop_assert_eq!((last.meta.page, last.meta.total, last.data.len()), (Some(u32::MAX), Some(0), 0));
    }

    #[test]
    fn a_projection_keeps_what_the_model_keeps(
        tours in tours(), names in prop::sample::subsequence(vec!["name", "price", "level", "summary"], 1..4),
    ) {
        let without = names.iter().map(|name| format!("-{name}")).collect::<Vec<_>>().join(",");
        for item in tours.iter().map(Tour::json) {
            let mut rest = item.clone();
            let mut kept = json!({"id": item["id"]});
            for name in &names {
                kept[name] = rest.as_object_mut().unwrap().remove(*name).unwrap();
            }
            prop_assert_eq!(ask(&format!("fields={}", names.join(","))).project(&item), kept);
            prop_assert_eq!(ask(&format!("fields={without}")).project(&item), rest);
        }
    }

    #[test]
    fn no_request_and_no_item_panics(
        raw in "((name|price|rating|level|starts|open|sort|fields|page|limit)(\\[[a-z]{2,3}\\])?=[a-z0-9,.-]{0,6}&){0,6}",
        name in option::of(".*"), number: f64,
    ) {
        let items = [json!({"id": 1, "name": name, "price": [number], "rating": {}, "level": number}), json!(null)];
        if let Ok(query) = TOURS.parse(pairs(&raw).unwrap()) {
            query.apply(&items);
        }
    }
}

#[test]
fn without_parameters_it_is_the_first_page_newest_first() {
    let query = ask("");
    assert_eq!((query.page, query.limit, query.fields), (1, 20, Projection::All));
    assert!(query.filters.is_empty() && query.sort.is_empty());
    let own = TOURS.sorted("-rating,name").limit(100).parse(Vec::new()).unwrap();
    let orders: Vec<_> = own.sort.iter().map(|order| (order.field.name, order.descending)).collect();
    assert_eq!((orders, own.limit), (vec![("rating", true), ("name", false)], 100));
}

#[test]
fn every_mistake_is_named_by_its_parameter() {
    let raw = "page=0&limit=101&sort=-summary,price,-price&fields=name,-price&secret=1\
        &price[gte]=1.5&price[near]=1&level=hard&level[gt]=easy&rating=NaN&starts=monday&open[gt]=true";
    let expected = [
        "page",
        "limit",
        "sort",
        "sort",
        "fields",
        "price[gte]",
        "price[near]",
        "rating",
        "level",
        "starts",
        "open[gt]",
        "secret",
    ];
    assert_eq!(mistakes(raw), expected);
    assert_eq!(mistakes("sort=&fields="), ["sort", "fields"]);
    assert_eq!(mistakes("summary=x"), ["summary"]);
}

#[test]
fn only_what_may_repeat_repeats() {
    let repeated = mistakes("name=a&name=b&page=1&page=2&sort=name&sort=price&rating[gte]=1&rating[gte]=2");
    assert_eq!(repeated, ["page", "sort", "name", "rating[gte]"]);
    assert_eq!(ask("price[gte]=1&price[gte]=2&price=3").filters.len(), 3);
    let choice = &ask("level=easy&level=medium").filters[0];
    assert_eq!((choice.op, &choice.value), (Op::In, &Value::List(vec![Value::Enum(0), Value::Enum(1)])));
}

#[test]
fn too_many_choices_are_refused() {
    let choices = vec!["1"; MOST_CHOICES + 1].join(",");
    assert_eq!(mistakes(&format!("price[in]={choices}")), ["price[in]"]);
}

#[test]
fn what_openapi_describes_is_what_is_read() {
    let parameters = TOURS.limit(50).parameters();
    let named = |name: &str| parameters.iter().find(|parameter| parameter.name == name);
    assert_eq!(named("limit").unwrap().schema["default"], 50);
    assert_eq!(named("price[gte]").unwrap().schema["type"], "array");
    assert_eq!(named("rating[gte]").unwrap().schema, json!({"type": "number"}));
    assert!(!named("level[in]").unwrap().explode);
    assert!(named("summary").is_none() && named("open[gt]").is_none() && named("id").is_none());
    for parameter in &parameters {
        let value = match parameter.name.split('[').next().unwrap() {
            "sort" | "fields" => "-name",
            "level" => "easy",
            "starts" => "2026-01-31T09:00:00Z",
            "open" => "true",
            _ => "1",
        };
        ask(&format!("{}={value}", parameter.name));
    }
}
