//! Replay: a projection can be built late, page by page.

use std::collections::BTreeSet;

use contracts::identity::SessionEnded;
use kernel::Result;
use messaging::{Page, Replayer, replay};
use store::sdk::types::{AttributeValue, PutRequest, WriteRequest};
use store::{Item, Key, OutboxMessage};
use testkit::{Cloud, forever};

use crate::common::{ended, invoke};

/// More than a page.
const BOATS: usize = 230;

fn snapshot(item: Item) -> Result<Option<OutboxMessage>> {
    match (item.get("kind"), item.get("name")) {
        (Some(AttributeValue::S(kind)), Some(AttributeValue::S(name))) if kind == "boat" => {
            OutboxMessage::event(&SessionEnded { session_id: name.clone(), ..ended("") }).map(Some)
        }
        _ => Ok(None),
    }
}

async fn fill(cloud: &Cloud, table: &store::Table) {
    let boats = (0..BOATS).map(|at| {
        let mut item = Key::new(format!("BOAT#{at}"), "BOAT").to_item();
        let kind = if at % 10 == 0 { "wreck" } else { "boat" };
        item.insert("kind".into(), AttributeValue::S(kind.into()));
        item.insert("name".into(), AttributeValue::S(at.to_string()));
        let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    });
    let boats: Vec<_> = boats.collect();
    for some in boats.chunks(25) {
        let request = cloud.aside().dynamodb().batch_write_item().request_items(&table.name, some.to_vec());
        request.send().await.unwrap();
    }
}

#[tokio::test]
async fn a_replay_sends_the_snapshot_of_every_entity_once_and_of_nothing_else() {
    let cloud = Cloud::open().await;
    let (table, queue_url) = (cloud.table("identity").await, cloud.queue("projection").await);
    fill(&cloud, &table).await;
    let replayer = forever(Replayer::new(cloud.aws(), table));
    let function = replay(snapshot);

    let (mut cursor, mut pages, mut sent) = (None, 0, 0);
    loop {
        let page = Page { queue_url: queue_url.clone(), cursor, sent: 0 };
        let answer = invoke(&function, replayer, page).await.unwrap();
        (pages, sent, cursor) = (pages + 1, sent + answer.sent, answer.cursor);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((pages, sent), (2, BOATS - BOATS / 10));

    let names: BTreeSet<String> = cloud
        .take(&queue_url, sent)
        .await
        .iter()
        .map(|body| serde_json::from_str::<contracts::Envelope>(body).unwrap())
        .map(|envelope| envelope.data["session_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), BOATS - BOATS / 10);
}
