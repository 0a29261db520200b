//! From the outbox to topics and queues: nothing is lost, whoever dies when.

use kernel::id::Ulid;
use kernel::{Failure, time};
use messaging::{relay, sweep};
use platform::invocation::{self, Invocation};
use proptest::prelude::*;
use store::{Destination, Item, OutboxItem, OutboxMessage, Record, Transaction};
use testkit::{Fault, Storm};

use crate::common::{Context, SendCard, empty, ended, inserted, invoke, verified};

const QUEUES: &[&str] = &["send-card"];

/// An outbox item that was written so long ago.
fn written(ago: std::time::Duration, session: &str) -> OutboxItem {
    let mut item = OutboxItem::new(vec![OutboxMessage::event(&ended(session)).unwrap()]);
    let at = u64::try_from((time::now() - ago).as_millisecond()).unwrap();
    item.id = Ulid::from_parts(at, Ulid::generate().random());
    item
}

async fn put(context: &Context, item: Item) {
    context.cloud.put_item(&context.table, item).await;
}

async fn swept(context: &Context) -> i64 {
    invoke(&sweep(QUEUES), context.publisher(), empty()).await.unwrap().as_i64().unwrap()
}

#[tokio::test]
async fn what_happened_reaches_the_topic_and_what_is_to_be_done_its_queue_and_nothing_stays_behind() {
    let context = Context::open().await;
    let card = SendCard { to: "ada".into() };
    let effect = Transaction::new().publish(&ended("one")).unwrap().command(&card).unwrap();
    let effect = effect.publish(&verified()).unwrap();
    effect.commit(&context.table).await.unwrap();

    let answer =
        invoke(&relay(QUEUES), context.publisher(), inserted(&context.outbox().await)).await.unwrap();
    assert!(answer.batch_item_failures.is_empty());
    assert!(context.outbox().await.is_empty());

    // The inbox asked for ended sessions only.
    let inbox = context.inbox(1).await;
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].data["session_id"], "one");
    let cards = context.cloud.take(&context.cards, 1).await;
    assert_eq!(cards.len(), 1);
    assert!(cards[0].contains(r#""to":"ada""#));
}

#[tokio::test]
async fn who_asked_and_why_travels_with_the_message() {
    let context = Context::open().await;
    let cause = Invocation::new("the-request").caused_by("the-event").acting(Some("ada".into()));
    invocation::within(cause, context.tell("one")).await;
    invoke(&relay(QUEUES), context.publisher(), inserted(&context.outbox().await)).await.unwrap();
    let told = context.inbox(1).await.remove(0);
    assert_eq!(told.correlation_id, "the-request");
    assert_eq!(told.causation_id.as_deref(), Some("the-event"));
    assert_eq!(told.actor_id.as_deref(), Some("ada"));
}

#[tokio::test]
async fn the_relay_lets_everything_pass_that_is_not_a_new_outbox_item() {
    let context = Context::open().await;
    context.tell("one").await;
    let mut event = inserted(&context.outbox().await);
    let mut removed = event.records[0].clone();
    removed.event_name = "REMOVE".into();
    let mut another = event.records[0].clone();
    let kind = store::sdk::types::AttributeValue::S("account".into());
    another.change.new_image = Item::from([("kind".into(), kind)]).into();
    event.records = vec![removed, another];
    let answer = invoke(&relay(QUEUES), context.publisher(), event).await.unwrap();
    assert!(answer.batch_item_failures.is_empty());
    assert!(context.inbox(0).await.is_empty());
}

#[tokio::test]
async fn a_relay_that_dies_between_publishing_and_removing_publishes_again() {
    let context = Context::open().await;
    context.tell("one").await;
    let stream = || async { inserted(&context.outbox().await) };
    let environment = context.cloud.environment();
    environment.faults.next("BatchWriteItem", Fault::DeathBefore);
    let died = invoke(&relay(QUEUES), context.publisher_in(&environment), stream().await).await;
    assert!(died.is_err());
    assert_eq!(context.outbox().await.len(), 1);

    invoke(&relay(QUEUES), context.publisher(), stream().await).await.unwrap();
    assert!(context.outbox().await.is_empty());
    let told = context.inbox(2).await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].id, told[1].id, "the consumer knows it by its id");
}

#[tokio::test]
async fn the_stream_goes_on_from_the_first_item_that_was_not_taken() {
    let context = Context::open().await;
    for session in ["one", "two"] {
        context.tell(session).await;
    }
    let card = SendCard { to: "ada".into() };
    Transaction::new().command(&card).unwrap().commit(&context.table).await.unwrap();
    let mut items = context.outbox().await;
    // The card comes second: what goes to its queue is refused, what goes to the topic is not.
    let is_card =
        |item: &Item| OutboxItem::from_item(item.clone()).unwrap().messages[0].to != Destination::Topic;
    items.sort_by_key(|item| is_card(item));
    items.swap(1, 2);

    let environment = context.cloud.environment();
    environment.faults.next("SendMessageBatch", Fault::Refused);
    let answer = invoke(&relay(QUEUES), context.publisher_in(&environment), inserted(&items)).await.unwrap();
    let first = answer.batch_item_failures[0].item_identifier.as_deref();
    assert_eq!(first, Some("sequence-1"));
    let left = context.outbox().await;
    assert_eq!(left.len(), 1);
    assert!(is_card(&left[0]));
    assert_eq!(context.inbox(2).await.len(), 2);
}

#[tokio::test]
async fn an_item_of_which_one_message_did_not_arrive_stays_whole() {
    let context = Context::open().await;
    let card = SendCard { to: "ada".into() };
    let effect = Transaction::new().publish(&ended("one")).unwrap().command(&card).unwrap();
    effect.commit(&context.table).await.unwrap();
    let environment = context.cloud.environment();
    environment.faults.next("SendMessageBatch", Fault::Refused);
    let event = inserted(&context.outbox().await);
    invoke(&relay(QUEUES), context.publisher_in(&environment), event).await.unwrap();
    assert_eq!(context.outbox().await.len(), 1);
}

#[tokio::test]
async fn what_a_dead_relay_left_behind_is_published_by_the_sweep() {
    let context = Context::open().await;
    for shard in 0..20 {
        put(&context, written(time::minutes(2), &format!("old-{shard}")).to_item().unwrap()).await;
    }
    assert_eq!(swept(&context).await, 20);
    assert_eq!(context.inbox(20).await.len(), 20);
    assert!(context.outbox().await.is_empty());
    assert_eq!(swept(&context).await, 0);
}

#[tokio::test]
async fn the_sweep_leaves_young_items_to_the_relay() {
    let context = Context::open().await;
    put(&context, written(time::seconds(30), "young").to_item().unwrap()).await;
    assert_eq!(swept(&context).await, 0);
    assert_eq!(context.outbox().await.len(), 1);
}

#[tokio::test]
async fn an_item_that_nobody_can_read_holds_up_neither_the_sweep_nor_the_relay() {
    let context = Context::open().await;
    let mut broken = written(time::minutes(3), "broken").to_item().unwrap();
    broken.insert("messages".into(), store::sdk::types::AttributeValue::S("what is this".into()));
    put(&context, broken).await;
    for count in 0..8 {
        put(&context, written(time::minutes(2), &format!("whole-{count}")).to_item().unwrap()).await;
    }
    let answer =
        invoke(&relay(QUEUES), context.publisher(), inserted(&context.outbox().await)).await.unwrap();
    assert!(answer.batch_item_failures.is_empty());
    assert_eq!(context.inbox(8).await.len(), 8);

    for count in 0..8 {
        put(&context, written(time::minutes(2), &format!("again-{count}")).to_item().unwrap()).await;
    }
    assert_eq!(swept(&context).await, 8);
    assert_eq!(context.outbox().await.len(), 1, "the unreadable one stays for the operator");
}

#[tokio::test]
async fn a_refused_transaction_tells_nobody() {
    let context = Context::open().await;
    let taken = || Failure::internal("taken");
    let effect = || Transaction::new().guard(&context.table, "NAME#a", "me", taken()).unwrap();
    effect().commit(&context.table).await.unwrap();
    let refused = effect().publish(&ended("one")).unwrap().commit(&context.table).await;
    assert!(refused.is_err());
    assert!(context.outbox().await.is_empty());
}

/// Where the relay dies, and what the weather is while it tries again.
#[derive(Debug, Clone)]
struct Trouble {
    operation: &'static str,
    passing: u32,
    fault: Fault,
    seed: u64,
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let operation = prop::sample::select(vec!["PublishBatch", "BatchWriteItem", "SendMessageBatch"]);
    let fault = prop::sample::select(vec![Fault::DeathBefore, Fault::DeathAfter]);
    (operation, 0_u32..3, fault, any::<u64>()).prop_map(|(operation, passing, fault, seed)| Trouble {
        operation,
        passing,
        fault,
        seed,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// However often the relay dies, and wherever: every message arrives, and none that was not written.
    #[test]
    fn every_message_arrives_whoever_dies_when(troubles in prop::collection::vec(trouble(), 1..4), count in 1_usize..30) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let context = Context::open().await;
            for session in 0..count {
                let effect = Transaction::new().publish(&ended(&session.to_string())).unwrap();
                let effect = effect.command(&SendCard { to: session.to_string() }).unwrap();
                effect.commit(&context.table).await.unwrap();
            }
            for trouble in troubles {
                let environment = context.cloud.environment();
                environment.faults.storm(trouble.seed, Storm { lost_replies: 5, ..Storm::default() });
                environment.faults.after(trouble.passing, trouble.operation, trouble.fault);
                let event = inserted(&context.outbox().await);
                let _ = invoke(&relay(QUEUES), context.publisher_in(&environment), event).await;
            }
            invoke(&relay(QUEUES), context.publisher(), inserted(&context.outbox().await)).await.unwrap();
            assert!(context.outbox().await.is_empty());
            let mut told: Vec<usize> =
                context.inbox(count).await.iter().map(|it| it.data["session_id"].as_str().unwrap().parse().unwrap()).collect();
            told.sort_unstable();
            told.dedup();
            assert_eq!(told, (0..count).collect::<Vec<_>>());
        });
    }
}
