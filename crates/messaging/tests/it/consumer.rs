//! Consumers: each message has its effect once, and none delays or repeats its neighbours.

use std::sync::atomic::{AtomicU32, Ordering};

use contracts::Envelope;
use contracts::identity::SessionEnded;
use kernel::{Failure, Result};
use messaging::{Received, on_command, on_event};
use platform::{App, Aws, Function, StartError, State};
use proptest::prelude::*;
use store::sdk::types::Update;
use store::{Key, Table, Transaction};
use testkit::{Cloud, Environment, Fault, Storm, envelope, forever};
use tokio::task::JoinSet;

use crate::common::{Context, SendCard, batch, body_of, ended, failed, inserted, invoke, number, verified};

/// Counts ended sessions in its table.
struct Tally {
    table: Table,
    /// Invocations of the handler.
    called: AtomicU32,
}

impl State for Tally {
    async fn start(_: &Aws) -> Result<Self, StartError> {
        Err("tests make it by hand".into())
    }
}

impl Tally {
    fn within(environment: &Environment, table: &Table) -> &'static Self {
        forever(Self { table: environment.table(table), called: AtomicU32::new(0) })
    }
}

fn tally_key() -> Key {
    Key::new("TALLY", "TALLY")
}

async fn count(app: App<Tally>, event: Received<SessionEnded>) -> Result<()> {
    app.called.fetch_add(1, Ordering::Relaxed);
    if event.session_id == "poison" {
        return Err(Failure::internal("indigestible"));
    }
    let update = Update::builder()
        .table_name(&app.table.name)
        .set_key(Some(tally_key().to_item()))
        .update_expression("ADD counted :one")
        .expression_attribute_values(":one", store::expression::number(1));
    let effect =
        Transaction::new().update(update.build().map_err(Failure::internal)?, Failure::internal("no"));
    event.commit(&app.table, effect.publish(&verified())?).await?;
    Ok(())
}

fn consumer() -> impl Function<
    State = Tally,
    Event = aws_lambda_events::sqs::SqsEvent,
    Answer = aws_lambda_events::sqs::SqsBatchResponse,
> {
    on_event("inbox", count)
}

async fn counted(table: &Table) -> i64 {
    let item = table.item(&tally_key(), true).await.unwrap();
    item.map_or(0, |item| number(&item, "counted"))
}

/// A consumer and its table, without topics and queues.
async fn tally() -> (Cloud, Table, &'static Tally) {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    let tally = forever(Tally { table: table.clone(), called: AtomicU32::new(0) });
    (cloud, table, tally)
}

#[tokio::test]
async fn a_message_that_comes_twice_has_one_effect_and_is_acknowledged_both_times() {
    let (cloud, table, tally) = tally().await;
    let message = [body_of(&ended("one"))];
    for _ in 0..2 {
        let answer = invoke(&consumer(), tally, batch(&message)).await.unwrap();
        assert!(failed(answer).is_empty());
    }
    assert_eq!(counted(&table).await, 1);
    assert_eq!(cloud.items_of(&table, "outbox").await.len(), 1, "it told of it once");
}

#[tokio::test]
async fn a_message_that_comes_ten_times_at_once_has_one_effect() {
    let (cloud, table, _) = tally().await;
    let message = [body_of(&ended("one"))];
    let mut all = JoinSet::new();
    for _ in 0..10 {
        let (tally, event) = (Tally::within(&cloud.environment(), &table), batch(&message));
        all.spawn(async move { failed(invoke(&consumer(), tally, event).await.unwrap()) });
    }
    assert!(all.join_all().await.iter().all(Vec::is_empty));
    assert_eq!(counted(&table).await, 1);
}

#[tokio::test]
async fn a_consumer_killed_between_effect_and_acknowledgement_does_it_once() {
    let (cloud, table, tally) = tally().await;
    let message = [body_of(&ended("one"))];
    cloud.faults().next("TransactWriteItems", Fault::DeathAfter);
    let answer = invoke(&consumer(), tally, batch(&message)).await.unwrap();
    assert_eq!(failed(answer), ["0"]);
    assert_eq!(counted(&Tally::within(&cloud.environment(), &table).table).await, 1);

    let next = Tally::within(&cloud.environment(), &table);
    assert!(failed(invoke(&consumer(), next, batch(&message)).await.unwrap()).is_empty());
    assert_eq!(counted(&next.table).await, 1);
}

#[tokio::test]
async fn a_lost_reply_is_one_effect() {
    let (cloud, table, tally) = tally().await;
    cloud.faults().next("TransactWriteItems", Fault::LostReply);
    let answer = invoke(&consumer(), tally, batch(&[body_of(&ended("one"))])).await.unwrap();
    assert!(failed(answer).is_empty());
    assert_eq!(counted(&table).await, 1);
}

#[tokio::test]
async fn a_poison_message_fails_alone_and_its_neighbours_have_their_effect() {
    let (_cloud, table, tally) = tally().await;
    let messages = [
        body_of(&ended("one")),
        "this is no envelope".to_owned(),
        body_of(&ended("poison")),
        body_of(&verified()),
        body_of(&ended("two")),
        String::new(),
    ];
    let answer = invoke(&consumer(), tally, batch(&messages)).await.unwrap();
    assert_eq!(failed(answer), ["1", "2", "3", "5"]);
    assert_eq!(counted(&table).await, 2);
}

#[tokio::test]
async fn fields_that_a_consumer_does_not_know_are_ignored() {
    let (_cloud, table, tally) = tally().await;
    let mut message = serde_json::to_value(envelope(&ended("one"))).unwrap();
    message["data"]["since"] = "version 2".into();
    message["trace"] = "version 2".into();
    let answer = invoke(&consumer(), tally, batch(&[message.to_string()])).await.unwrap();
    assert!(failed(answer).is_empty());
    assert_eq!(counted(&table).await, 1);
}

#[tokio::test]
async fn what_an_effect_tells_names_the_message_that_led_to_it() {
    let (cloud, table, tally) = tally().await;
    let envelope = Envelope { correlation_id: "the-request".into(), ..envelope(&ended("one")) };
    let answer =
        invoke(&consumer(), tally, batch(&[serde_json::to_string(&envelope).unwrap()])).await.unwrap();
    assert!(failed(answer).is_empty());
    let told = cloud.messages(&table).await.remove(0);
    assert_eq!(told.causation_id, Some(envelope.id.to_string()));
    assert_eq!(told.correlation_id, "the-request");
}

#[tokio::test]
async fn from_one_change_to_one_effect_though_relay_and_consumer_die_on_the_way() {
    let context = Context::open().await;
    context.tell("one").await;
    let environment = context.cloud.environment();
    environment.faults.next("BatchWriteItem", Fault::DeathBefore);
    let event = inserted(&context.outbox().await);
    let relay = messaging::relay(&["send-card"]);
    let _ = invoke(&relay, context.publisher_in(&environment), event.clone()).await;
    invoke(&relay, context.publisher(), event).await.unwrap();

    let bodies = context.cloud.take(&context.inbox, 2).await;
    assert_eq!(bodies.len(), 2);
    let dying = context.cloud.environment();
    dying.faults.next("TransactWriteItems", Fault::DeathAfter);
    invoke(&consumer(), Tally::within(&dying, &context.table), batch(&bodies)).await.unwrap();
    let tally = Tally::within(&context.cloud.environment(), &context.table);
    assert!(failed(invoke(&consumer(), tally, batch(&bodies)).await.unwrap()).is_empty());
    assert_eq!(counted(&context.table).await, 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// A queue delivers until a message is acknowledged; consumers die and replies get lost on the way.
    #[test]
    fn each_message_has_its_effect_once_whatever_happens(
        messages in 1_usize..6,
        deaths in prop::collection::vec((0_u32..5, any::<bool>(), any::<u64>()), 0..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (cloud, table, _) = tally().await;
            let mut waiting: Vec<_> = (0..messages).map(|at| body_of(&ended(&at.to_string()))).collect();
            for (passing, after, seed) in deaths {
                let environment = cloud.environment();
                environment.faults.storm(seed, Storm { conflicts: 20, lost_replies: 5, ..Storm::default() });
                let death = if after { Fault::DeathAfter } else { Fault::DeathBefore };
                environment.faults.after(passing, "TransactWriteItems", death);
                let answer = invoke(&consumer(), Tally::within(&environment, &table), batch(&waiting)).await;
                let failed = failed(answer.unwrap());
                let again = |(at, _): &(usize, String)| failed.contains(&at.to_string());
                waiting = waiting.into_iter().enumerate().filter(again).map(|(_, body)| body).collect();
            }
            let last = Tally::within(&cloud.environment(), &table);
            assert!(failed(invoke(&consumer(), last, batch(&waiting)).await.unwrap()).is_empty());
            assert_eq!(counted(&table).await, messages as i64);
        });
    }
}

/// Sends cards by post: an effect that no table can take back.
struct Post {
    table: Table,
    sent: AtomicU32,
    /// How often the letter box is jammed before a card goes in.
    jammed: AtomicU32,
}

impl State for Post {
    async fn start(_: &Aws) -> Result<Self, StartError> {
        Err("tests make it by hand".into())
    }
}

async fn send(app: App<Post>, card: Received<SendCard>) -> Result<()> {
    let work = async {
        let jammed =
            app.jammed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if jammed.is_ok() {
            return Err(Failure::unavailable("the letter box is jammed"));
        }
        // Others get their turn while it is being done.
        tokio::task::yield_now().await;
        app.sent.fetch_add(1, Ordering::Relaxed);
        Ok(())
    };
    card.deliver(&app.table, work).await
}

struct Office {
    cloud: Cloud,
    table: Table,
    post: &'static Post,
    message: String,
    key: Key,
}

impl Office {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let table = cloud.table("identity").await;
        let envelope = envelope(&SendCard { to: "ada".into() });
        let key = Key::new(format!("DONE#send-card#{}", envelope.id), "DONE");
        let message = serde_json::to_string(&envelope).unwrap();
        let post = Post { table: table.clone(), sent: AtomicU32::new(0), jammed: AtomicU32::new(0) };
        Self { cloud, table, post: forever(post), message, key }
    }

    async fn deliver(&self) -> Vec<String> {
        let event = batch(std::slice::from_ref(&self.message));
        failed(invoke(&on_command(send), self.post, event).await.unwrap())
    }

    fn sent(&self) -> u32 {
        self.post.sent.load(Ordering::Relaxed)
    }

    /// As when a minute has passed.
    async fn let_the_claim_run_out(&self) {
        self.cloud.set_number(&self.table, &self.key, "claimed_until_ms", 1).await;
    }
}

#[tokio::test]
async fn what_leaves_our_tables_is_claimed_done_and_recorded_and_never_done_again() {
    let office = Office::open().await;
    assert!(office.deliver().await.is_empty());
    office.let_the_claim_run_out().await;
    assert!(office.deliver().await.is_empty());
    assert_eq!(office.sent(), 1);
}

#[tokio::test]
async fn while_one_delivery_is_at_it_the_others_wait() {
    let office = Office::open().await;
    office.cloud.faults().next("UpdateItem", Fault::DeathBefore);
    assert_eq!(office.deliver().await, ["0"], "sent, but the record of it was never written");
    office.cloud.faults().calm();
    assert_eq!(office.deliver().await, ["0"], "claimed by the one that died");
    assert_eq!(office.sent(), 1);
}

#[tokio::test]
async fn a_crash_between_the_work_and_its_record_repeats_it_once_the_claim_has_run_out() {
    let office = Office::open().await;
    office.cloud.faults().next("UpdateItem", Fault::DeathBefore);
    office.deliver().await;
    office.cloud.faults().calm();
    office.let_the_claim_run_out().await;
    assert!(office.deliver().await.is_empty());
    assert_eq!(office.sent(), 2, "the one window that is documented");
    assert!(office.deliver().await.is_empty());
    assert_eq!(office.sent(), 2);
}

#[tokio::test]
async fn a_crash_after_the_claim_and_before_the_work_loses_nothing() {
    let office = Office::open().await;
    office.cloud.faults().next("PutItem", Fault::DeathAfter);
    assert_eq!(office.deliver().await, ["0"]);
    assert_eq!(office.sent(), 0);
    office.cloud.faults().calm();
    assert_eq!(office.deliver().await, ["0"]);
    office.let_the_claim_run_out().await;
    assert!(office.deliver().await.is_empty());
    assert_eq!(office.sent(), 1);
}

#[tokio::test]
async fn a_claim_whose_reply_is_lost_is_known_as_our_own() {
    let office = Office::open().await;
    office.cloud.faults().next("PutItem", Fault::LostReply);
    assert!(office.deliver().await.is_empty());
    assert_eq!(office.sent(), 1);
}

#[tokio::test]
async fn work_that_fails_is_tried_again_after_the_claim() {
    let office = Office::open().await;
    office.post.jammed.store(1, Ordering::Relaxed);
    assert_eq!(office.deliver().await, ["0"]);
    office.let_the_claim_run_out().await;
    assert!(office.deliver().await.is_empty());
    assert_eq!(office.sent(), 1);
}

#[tokio::test]
async fn of_twenty_deliveries_at_once_one_does_the_work() {
    let office = Office::open().await;
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (post, event) = (office.post, batch(std::slice::from_ref(&office.message)));
        all.spawn(async move { failed(invoke(&on_command(send), post, event).await.unwrap()) });
    }
    let answers = all.join_all().await;
    assert!(answers.iter().any(Vec::is_empty));
    assert_eq!(office.sent(), 1);
}

#[tokio::test]
async fn a_message_of_another_type_is_a_failure_and_never_guessed_at() {
    let office = Office::open().await;
    let event = batch(&[body_of(&ended("one"))]);
    let answer = invoke(&on_command(send), office.post, event).await.unwrap();
    assert_eq!(failed(answer), ["0"]);
    assert_eq!(office.sent(), 0);
}
