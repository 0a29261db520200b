//! Sends the snapshots of all entities of a context to one queue, so that a projection can be built late.

use kernel::{Failure, Result, time};
use platform::describe::{Action, Description, Function, Grant, Kind};
use platform::log::Line;
use platform::{Aws, StartError, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::sdk::types::AttributeValue;
use store::{Item, Key, OutboxMessage, Table};

/// Items read in one invocation: the caller goes on with the cursor.
const PAGE: i32 = 200;

/// The snapshot of an item; `None` for items that have none.
pub type Snapshots = fn(Item) -> Result<Option<OutboxMessage>>;

pub struct Replay {
    snapshots: Snapshots,
}

/// May fill the queues of all consumers that take a snapshot of the context.
pub fn replay(snapshots: Snapshots) -> Replay {
    Replay { snapshots }
}

/// What `cargo xtask replay` asks for, and is answered with to go on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    pub queue_url: String,
    /// Where the page before ended; `None` begins, and ends.
    pub cursor: Option<(String, String)>,
    /// Snapshots sent by this page.
    #[serde(default)]
    pub sent: usize,
}

pub struct Replayer {
    table: Table,
    sqs: aws_sdk_sqs::Client,
}

impl State for Replayer {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(aws, Table::start(aws)?))
    }
}

impl Replayer {
    pub fn new(aws: &Aws, table: Table) -> Self {
        Self { table, sqs: aws.sqs() }
    }
}

impl Function for Replay {
    type State = Replayer;
    type Event = Page;
    type Answer = Page;

    async fn start(&self, aws: &Aws) -> Result<Self::State, StartError> {
        Self::State::start(aws).await
    }

    fn describe(&self) -> Description {
        let mut description = Description::of(Kind::Replay);
        description.grants = vec![Grant::Table(&[Action::Scan]), Grant::SnapshotQueues];
        description.timeout = time::seconds(60);
        description
    }

    async fn handle(&self, replayer: &'static Replayer, page: Page, line: &mut Line) -> Result<Page> {
        let start = page.cursor.map(|(pk, sk)| Key::new(pk, sk).to_item());
        let answer = replayer
            .table
            .client
            .scan()
            .table_name(&replayer.table.name)
            .set_exclusive_start_key(start)
            .limit(PAGE)
            .send()
            .await
            .map_err(store::failure)?;
        let mut sent = 0;
        for item in answer.items.unwrap_or_default() {
            let Some(message) = (self.snapshots)(item)? else { continue };
            let body = serde_json::to_string(&message.envelope).map_err(Failure::internal)?;
            let request = replayer.sqs.send_message().queue_url(&page.queue_url).message_body(body);
            request.send().await.map_err(Failure::unavailable)?;
            sent += 1;
        }
        line.set("replay.sent", Value::from(sent));
        line.outcome("ok");
        let cursor = answer.last_evaluated_key.and_then(|key| Some((part(&key, "pk")?, part(&key, "sk")?)));
        Ok(Page { queue_url: page.queue_url, cursor, sent })
    }
}

fn part(key: &Item, name: &str) -> Option<String> {
    key.get(name).map(AttributeValue::as_s)?.ok().cloned()
}
