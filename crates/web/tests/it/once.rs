//! `Idempotency-Key`: one effect, and the first answer again.

use std::sync::{Arc, Mutex};

use deserr::Deserr;
use kernel::id::Ulid;
use kernel::{Failure, FieldErrors, Problem, Result};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sdk::types::Update;
use store::{Key, Table, Transaction};
use testkit::{Answer, Call, Cloud, Environment, Fault, Storm, eventually, forever};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use web::{App, Body, Created, Function, Guarded, Once, post};

struct Shop {
    table: Table,
    /// Holds the next request between its reading and its effect.
    gate: Mutex<Option<Arc<Notify>>>,
}

impl State for Shop {
    async fn start(_: &Aws) -> Result<Self, StartError> {
        Err("tests make it by hand".into())
    }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct Order {
    what: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Receipt {
    number: String,
}

fn sold_key() -> Key {
    Key::new("SOLD", "SOLD")
}

async fn buy(app: App<Shop>, once: Once, order: Body<Order>) -> Result<Created<Receipt>> {
    let gate = app.gate.lock().unwrap().take();
    if let Some(gate) = gate {
        gate.notified().await;
    }
    if order.what == "nothing" {
        return Err(Problem::CONFLICT.because("sold out"));
    }
    let update = Update::builder()
        .table_name(&app.table.name)
        .set_key(Some(sold_key().to_item()))
        .update_expression("ADD sold :one")
        .expression_attribute_values(":one", store::expression::number(1));
    let effect =
        Transaction::new().update(update.build().map_err(Failure::internal)?, Failure::internal("no"));
    let number = Ulid::generate().to_string();
    let reply = Created { location: format!("/api/v1/orders/{number}"), body: Receipt { number } };
    once.commit(&app.table, effect, reply).await
}

fn endpoint() -> impl Function<State = Guarded<Shop>> {
    post("/orders", buy).public().unlimited()
}

struct Market {
    cloud: Cloud,
    table: Table,
}

impl Market {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let table = cloud.table("identity").await;
        Self { cloud, table }
    }

    fn shop(&self) -> &'static Guarded<Shop> {
        self.shop_in(&self.cloud.environment(), None)
    }

    fn shop_in(&self, environment: &Environment, gate: Option<Arc<Notify>>) -> &'static Guarded<Shop> {
        let table = environment.table(&self.table);
        let shop = Shop { table: table.clone(), gate: Mutex::new(gate) };
        forever(Guarded::new(shop, None, Some(table)))
    }

    async fn sold(&self) -> i64 {
        let items = self.cloud.items(&self.table).await;
        let sold = items.iter().find_map(|item| item.get("sold"));
        sold.map_or(0, |sold| sold.as_n().unwrap().parse().unwrap())
    }

    /// The only claim's item.
    async fn claim(&self) -> Option<Key> {
        let item = self.cloud.items_of(&self.table, "idempotency").await.pop()?;
        Some(Key::new(item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap()))
    }

    /// As when the time has passed.
    async fn let_run_out(&self, what: &str) {
        let claim = self.claim().await.unwrap();
        self.cloud.set_number(&self.table, &claim, what, 1).await;
    }
}

fn order(what: &str) -> Value {
    json!({ "what": what })
}

fn call() -> Call {
    Call::post("/api/v1/orders").key("the-key").json(&order("a boat"))
}

fn assert_in_progress(answer: &Answer) {
    assert_eq!((answer.status, answer.problem().as_str()), (409, "request-in-progress"));
    assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
}

fn assert_replayed(answer: &Answer, first: &Answer) {
    assert_eq!((answer.status, &answer.body), (first.status, &first.body));
    assert_eq!(answer.header("location"), first.header("location"));
    assert_eq!(answer.header("idempotent-replayed"), Some("true"));
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_again_and_says_so() {
    let market = Market::open().await;
    let first = call().to(&endpoint(), market.shop()).await;
    assert_eq!(first.status, 201);
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_replayed(&call().to(&endpoint(), market.shop()).await, &first);
    assert_eq!(market.sold().await, 1);
}

#[tokio::test]
async fn without_a_key_every_request_is_a_new_one() {
    let market = Market::open().await;
    for _ in 0..2 {
        let call = Call::post("/api/v1/orders").json(&order("a boat"));
        assert_eq!(call.to(&endpoint(), market.shop()).await.status, 201);
    }
    assert_eq!(market.sold().await, 2);
}

async fn fifty_at_once(market: &Market, storm: Option<Storm>) {
    let mut all = JoinSet::new();
    for seed in 0..50 {
        let environment = market.cloud.environment();
        if let Some(storm) = storm {
            environment.faults.storm(seed, storm);
        }
        let shop = market.shop_in(&environment, None);
        all.spawn(async move { call().to(&endpoint(), shop).await });
    }
    let answers = all.join_all().await;
    assert!(market.sold().await <= 1);
    let done: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(done.windows(2).all(|two| two[0].body == two[1].body), "two different answers");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        match answer.status {
            409 => assert_in_progress(answer),
            // A network that is away long enough is nobody's fault.
            503 => assert!(
                storm.is_some_and(|storm| storm.lost_replies > 0) && answer.header("retry-after").is_some()
            ),
            _ => panic!("{answer:?}"),
        }
    }
    // Whatever the weather was: the client who tries again gets there.
    let last = eventually("an answer", async || {
        let answer = call().to(&endpoint(), market.shop()).await;
        if answer.status == 409 {
            market.let_run_out("lease_until_ms").await;
        }
        (answer.status == 201).then_some(answer)
    })
    .await;
    assert!(done.iter().all(|answer| answer.body == last.body));
    assert_eq!(market.sold().await, 1);
}

#[tokio::test]
async fn one_key_fifty_times_at_once_is_one_effect_and_one_answer() {
    let market = Market::open().await;
    fifty_at_once(&market, None).await;
}

#[tokio::test]
async fn one_key_fifty_times_at_once_among_conflicts_is_one_effect_and_one_answer() {
    let market = Market::open().await;
    fifty_at_once(&market, Some(Storm { conflicts: 25, ..Storm::default() })).await;
}

#[tokio::test]
async fn one_key_fifty_times_at_once_among_lost_replies_is_one_effect_and_one_answer() {
    let market = Market::open().await;
    let storm = Storm { conflicts: 10, lost_requests: 3, lost_replies: 7, ..Storm::default() };
    fifty_at_once(&market, Some(storm)).await;
}

#[tokio::test]
async fn another_body_under_the_same_key_is_a_mistake_of_the_client() {
    let market = Market::open().await;
    call().to(&endpoint(), market.shop()).await;
    let other = call().json(&order("a ship")).to(&endpoint(), market.shop()).await;
    assert_eq!((other.status, other.problem().as_str()), (422, "idempotency-key-reused"));
    assert_eq!(market.sold().await, 1);
}

#[tokio::test]
async fn another_body_is_refused_while_the_first_is_running_and_when_it_has_died() {
    let market = Market::open().await;
    let dying = market.cloud.environment();
    dying.faults.next("TransactWriteItems", Fault::DeathBefore);
    call().to(&endpoint(), market.shop_in(&dying, None)).await;
    let other = || call().json(&order("a ship"));
    assert_eq!(other().to(&endpoint(), market.shop()).await.status, 422);
    market.let_run_out("lease_until_ms").await;
    assert_eq!(other().to(&endpoint(), market.shop()).await.status, 422);
}

#[tokio::test]
async fn a_key_belongs_to_whoever_sent_it() {
    let market = Market::open().await;
    let first = call().to(&endpoint(), market.shop()).await;
    let other = call().from("198.51.100.1").to(&endpoint(), market.shop()).await;
    assert_eq!(other.status, 201);
    assert_ne!(first.body, other.body);
    assert_eq!(market.sold().await, 2);
}

#[tokio::test]
async fn a_failure_without_effect_gives_the_key_back() {
    let market = Market::open().await;
    let nothing = || call().json(&order("nothing"));
    assert_eq!(nothing().to(&endpoint(), market.shop()).await.problem(), "conflict");
    assert_eq!(nothing().to(&endpoint(), market.shop()).await.problem(), "conflict");
    // Nor does a broken body keep it.
    assert_eq!(call().json(&json!({})).to(&endpoint(), market.shop()).await.status, 400);
    assert_eq!(call().to(&endpoint(), market.shop()).await.status, 201);
    assert_eq!(market.sold().await, 1);
}

#[tokio::test]
async fn a_crash_after_the_commit_still_gives_the_first_answer() {
    let market = Market::open().await;
    let dying = market.cloud.environment();
    dying.faults.next("TransactWriteItems", Fault::DeathAfter);
    let crashed = call().to(&endpoint(), market.shop_in(&dying, None)).await;
    assert_eq!(crashed.status, 503);
    assert_eq!(market.sold().await, 1);

    let second = call().to(&endpoint(), market.shop()).await;
    assert_eq!((second.status, second.header("idempotent-replayed")), (201, Some("true")));
    assert_replayed(&call().to(&endpoint(), market.shop()).await, &second);
    assert_eq!(market.sold().await, 1);
}

#[tokio::test]
async fn after_a_crash_before_the_commit_another_takes_over_when_the_lease_has_run_out() {
    let market = Market::open().await;
    let dying = market.cloud.environment();
    dying.faults.next("TransactWriteItems", Fault::DeathBefore);
    assert_eq!(call().to(&endpoint(), market.shop_in(&dying, None)).await.status, 503);
    assert_in_progress(&call().to(&endpoint(), market.shop()).await);
    assert_eq!(market.sold().await, 0);

    market.let_run_out("lease_until_ms").await;
    let first = call().to(&endpoint(), market.shop()).await;
    assert_eq!(first.status, 201);
    assert_replayed(&call().to(&endpoint(), market.shop()).await, &first);
    assert_eq!(market.sold().await, 1);
}

#[tokio::test]
async fn a_request_that_was_overtaken_has_no_effect_when_it_wakes_up() {
    let market = Market::open().await;
    let gate = Arc::new(Notify::new());
    let slow = market.shop_in(&market.cloud.environment(), Some(Arc::clone(&gate)));
    let slow = tokio::spawn(async move { call().to(&endpoint(), slow).await });
    eventually("a claim", async || market.claim().await).await;
    assert_in_progress(&call().to(&endpoint(), market.shop()).await);

    market.let_run_out("lease_until_ms").await;
    let first = call().to(&endpoint(), market.shop()).await;
    assert_eq!(first.status, 201);
    gate.notify_one();
    assert_in_progress(&slow.await.unwrap());
    assert_eq!(market.sold().await, 1);
    assert_replayed(&call().to(&endpoint(), market.shop()).await, &first);
}

#[tokio::test]
async fn lost_replies_on_the_way_are_one_effect_and_no_failure() {
    for operation in ["PutItem", "TransactWriteItems"] {
        let market = Market::open().await;
        let environment = market.cloud.environment();
        environment.faults.next(operation, Fault::LostReply);
        let answer = call().to(&endpoint(), market.shop_in(&environment, None)).await;
        assert_eq!(answer.status, 201, "{operation}");
        assert_replayed(&call().to(&endpoint(), market.shop()).await, &answer);
        assert_eq!(market.sold().await, 1, "{operation}");
    }
}

#[tokio::test]
async fn a_day_later_the_key_is_free_again() {
    let market = Market::open().await;
    call().to(&endpoint(), market.shop()).await;
    market.let_run_out("kept_until_ms").await;
    let next = call().json(&order("a ship")).to(&endpoint(), market.shop()).await;
    assert_eq!((next.status, next.header("idempotent-replayed")), (201, None));
    assert_eq!(market.sold().await, 2);
}

#[tokio::test]
async fn a_key_without_end_or_beginning_is_refused_by_name() {
    let market = Market::open().await;
    for key in ["", &"k".repeat(256)] {
        let answer = call().key(key).to(&endpoint(), market.shop()).await;
        assert_eq!(answer.problem(), "invalid-request");
        assert_eq!(answer.broken(), ["Idempotency-Key"]);
    }
    assert_eq!(market.sold().await, 0);
}
