//! What a transaction promises: all or nothing, once, whatever happens between us and the table.

use contracts::identity::SessionEnded;
use kernel::{Failure, Problem, UserId};
use serde::{Deserialize, Serialize};
use store::sdk::types::AttributeValue;
use store::{Item, Key, OutboxItem, Record, Table, Transaction};
use testkit::{Cloud, Fault, Storm};
use tokio::task::JoinSet;

const TAKEN: Problem = Problem::new("taken", 409, "Taken");

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Boat {
    id: String,
    seats: u32,
    version: u64,
}

impl Boat {
    fn new(id: &str) -> Self {
        Self { id: id.to_owned(), seats: 4, version: 1 }
    }
}

impl Record for Boat {
    const KIND: &'static str = "boat";
    const SCHEMA: u32 = 2;

    fn key(&self) -> Key {
        Key::new(format!("BOAT#{}", self.id), "BOAT")
    }

    fn version(&self) -> u64 {
        self.version
    }

    /// The first schema counted benches, of two seats each.
    fn upgrade(mut item: Item, _from: u32) -> Item {
        let benches: u32 = match item.remove("benches") {
            Some(AttributeValue::N(benches)) => benches.parse().unwrap_or(0),
            _ => 0,
        };
        item.insert("seats".into(), AttributeValue::N((benches * 2).to_string()));
        item
    }
}

fn taken() -> Failure {
    TAKEN.because("somebody has it")
}

fn ended() -> SessionEnded {
    SessionEnded { user_id: UserId::new(), session_id: "one".into() }
}

fn creation(table: &Table, boat: &Boat) -> Transaction {
    let effect = Transaction::new().create(table, boat, taken()).unwrap();
    effect.publish(&ended()).unwrap()
}

async fn stored(table: &Table, id: &str) -> Boat {
    table.get(&Boat::new(id).key()).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_entity_is_created_once_and_reads_back_as_itself() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    creation(&table, &Boat::new("a")).commit(&table).await.unwrap();
    assert_eq!(stored(&table, "a").await, Boat::new("a"));

    let second = Boat { seats: 9, ..Boat::new("a") };
    let refused = creation(&table, &second).commit(&table).await.unwrap_err();
    assert_eq!(refused.problem, TAKEN);
    assert_eq!(stored(&table, "a").await.seats, 4);
}

#[tokio::test]
async fn a_refused_transaction_leaves_nothing_behind_and_tells_nobody() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    let guarded = || Transaction::new().guard(&table, "NAME#a", "me", taken()).unwrap();
    guarded().commit(&table).await.unwrap();

    let effect = creation(&table, &Boat::new("a")).guard(&table, "NAME#a", "you", taken()).unwrap();
    assert_eq!(effect.commit(&table).await.unwrap_err().problem, TAKEN);
    assert_eq!(cloud.items(&table).await.len(), 1);
}

#[tokio::test]
async fn the_refusal_is_that_of_the_condition_that_did_not_hold() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    creation(&table, &Boat::new("b")).commit(&table).await.unwrap();
    let named = |name: &'static str| Problem::new(name, 409, "Taken").because("taken");
    let effect = Transaction::new().create(&table, &Boat::new("a"), named("first")).unwrap();
    let effect = effect.create(&table, &Boat::new("b"), named("second")).unwrap();
    assert_eq!(effect.commit(&table).await.unwrap_err().problem.code, "second");
}

#[tokio::test]
async fn whoever_read_an_older_version_does_not_overwrite_the_newer_one() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    creation(&table, &Boat::new("a")).commit(&table).await.unwrap();
    let read = stored(&table, "a").await;

    let mine = Boat { seats: 5, ..read.clone() };
    Transaction::new().replace(&table, &mine).unwrap().commit(&table).await.unwrap();
    let yours = Boat { seats: 6, ..read };
    let refused = Transaction::new().replace(&table, &yours).unwrap().commit(&table).await.unwrap_err();

    assert_eq!(refused.problem, Problem::CONFLICT);
    assert_eq!(stored(&table, "a").await, Boat { seats: 5, version: 2, ..mine });
}

#[tokio::test]
async fn what_was_never_created_cannot_be_replaced() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    let refused = Transaction::new().replace(&table, &Boat::new("a")).unwrap().commit(&table).await;
    assert_eq!(refused.unwrap_err().problem, Problem::CONFLICT);
    assert!(cloud.items(&table).await.is_empty());
}

#[tokio::test]
async fn of_two_hundred_who_want_a_name_at_once_one_gets_it() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    let mut all = JoinSet::new();
    for who in 0..200 {
        let table = table.clone();
        all.spawn(async move {
            let effect = Transaction::new().guard(&table, "NAME#ada", &who.to_string(), taken()).unwrap();
            effect.publish(&ended()).unwrap().commit(&table).await.map(|()| who)
        });
    }
    let (won, lost): (Vec<_>, Vec<_>) = all.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 199));
    assert!(lost.into_iter().all(|refused| refused.unwrap_err().problem == TAKEN));

    let guard = table.item(&Key::new("NAME#ada", "GUARD"), true).await.unwrap().unwrap();
    let owner = won.into_iter().next().unwrap().unwrap();
    assert_eq!(guard["owner"].as_s().unwrap(), &owner.to_string());
    assert_eq!(cloud.items_of(&table, "outbox").await.len(), 1);
}

#[tokio::test]
async fn conflicts_with_other_transactions_are_tried_again_inside() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    for _ in 0..5 {
        cloud.faults().next("TransactWriteItems", Fault::Conflict);
    }
    creation(&table, &Boat::new("a")).commit(&table).await.unwrap();
    assert_eq!(cloud.faults().count("TransactWriteItems"), 6);
    assert_eq!(cloud.items_of(&table, "outbox").await.len(), 1);
}

#[tokio::test]
async fn a_conflict_that_never_ends_is_worth_another_try_and_never_a_refusal() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    cloud.faults().storm(1, Storm { conflicts: 100, ..Storm::default() });
    let failure = creation(&table, &Boat::new("a")).commit(&table).await.unwrap_err();
    assert_eq!(failure.problem, Problem::UNAVAILABLE);
    assert!(failure.retry_after.is_some());
    cloud.faults().calm();
    assert!(cloud.items(&table).await.is_empty());
}

#[tokio::test]
async fn a_transaction_whose_reply_is_lost_is_done_once_and_reported_as_done() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    cloud.faults().next("TransactWriteItems", Fault::LostReply);
    cloud.faults().next("TransactWriteItems", Fault::Conflict);
    creation(&table, &Boat::new("a")).commit(&table).await.unwrap();
    assert!(cloud.faults().are_spent());
    assert_eq!(cloud.items_of(&table, "boat").await.len(), 1);
    assert_eq!(cloud.items_of(&table, "outbox").await.len(), 1);
}

#[tokio::test]
async fn a_lost_request_and_a_throttled_one_are_sent_again() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    cloud.faults().next("TransactWriteItems", Fault::LostRequest);
    cloud.faults().next("TransactWriteItems", Fault::Throttled);
    cloud.faults().next("GetItem", Fault::Throttled);
    creation(&table, &Boat::new("a")).commit(&table).await.unwrap();
    assert_eq!(stored(&table, "a").await, Boat::new("a"));
    assert!(cloud.faults().are_spent());
}

#[tokio::test]
async fn a_single_write_waits_for_the_transaction_that_holds_its_item() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    for _ in 0..3 {
        cloud.faults().next("PutItem", Fault::Conflict);
    }
    let put =
        || table.client.put_item().table_name(&table.name).set_item(Some(Boat::new("a").to_item().unwrap()));
    store::patiently(|| put().send()).await.unwrap();
    assert_eq!(cloud.faults().count("PutItem"), 4);
    assert_eq!(stored(&table, "a").await, Boat::new("a"));
}

#[tokio::test]
async fn a_transaction_that_dies_before_or_after_its_call_is_whole_or_nothing() {
    for (fault, items) in [(Fault::DeathBefore, 0), (Fault::DeathAfter, 2)] {
        let cloud = Cloud::open().await;
        let table = cloud.table("identity").await;
        cloud.faults().next("TransactWriteItems", fault);
        let failure = creation(&table, &Boat::new("a")).commit(&table).await.unwrap_err();
        assert_eq!(failure.problem, Problem::UNAVAILABLE);
        assert_eq!(cloud.items(&table).await.len(), items, "{fault:?}");
    }
}

#[tokio::test]
async fn all_messages_of_a_transaction_stand_in_one_outbox_item_in_their_order() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    let mut effect = Transaction::new();
    for session in ["one", "two", "three"] {
        effect = effect.publish(&SessionEnded { session_id: session.into(), ..ended() }).unwrap();
    }
    effect.commit(&table).await.unwrap();
    let outbox: OutboxItem = cloud.all(&table).await.remove(0);
    let told: Vec<_> = outbox.messages.iter().map(|it| it.envelope.data["session_id"].clone()).collect();
    assert_eq!(told, ["one", "two", "three"]);
}

#[tokio::test]
async fn an_item_of_the_version_before_reads_as_one_of_today() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    let mut old = Boat::new("a").to_item().unwrap();
    old.remove("seats");
    old.insert("benches".into(), AttributeValue::N("3".into()));
    old.insert("schema_version".into(), AttributeValue::N("1".into()));
    cloud.put_item(&table, old).await;

    let read = stored(&table, "a").await;
    assert_eq!(read.seats, 6);
    Transaction::new().replace(&table, &read).unwrap().commit(&table).await.unwrap();
    let item = table.item(&read.key(), true).await.unwrap().unwrap();
    assert_eq!(item["schema_version"].as_n().unwrap(), "2");
    assert!(!item.contains_key("benches"));
}

#[tokio::test]
async fn a_partition_is_listed_in_order_by_prefix_and_never_beyond_the_limit() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    for (sk, seats) in [("SEAT#3", 3), ("SEAT#1", 1), ("CREW#1", 9), ("SEAT#2", 2)] {
        let mut item = Boat { seats, ..Boat::new("a") }.to_item().unwrap();
        item.insert("sk".into(), AttributeValue::S(sk.into()));
        cloud.put_item(&table, item).await;
    }
    let seats = |boats: Vec<Boat>| boats.iter().map(|boat| boat.seats).collect::<Vec<_>>();
    assert_eq!(seats(table.list("BOAT#a", "SEAT#", 10).await.unwrap()), [1, 2, 3]);
    assert_eq!(seats(table.list("BOAT#a", "SEAT#", 2).await.unwrap()), [1, 2]);
}

#[tokio::test]
async fn the_operator_is_never_told_the_values_of_an_item() {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    // An empty key is refused by DynamoDB, in a message that repeats the request.
    let failure = table.item(&Key::new("", "secret-value"), true).await.unwrap_err();
    assert_eq!(failure.problem, Problem::INTERNAL);
    assert!(!format!("{failure:?}").contains("secret-value"), "{failure:?}");
}
