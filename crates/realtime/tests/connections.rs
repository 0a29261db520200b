//! Connections: remembered and told of when they open, and told of once when they end.

use contracts::Message;
use contracts::realtime::{ConnectionClosed, ConnectionOpened};
use kernel::{UserId, time};
use realtime::connection::{Connection, Connections, LEASE, RENEWED_BELOW};
use store::Record;
use testkit::Cloud;
use web::socket::Frame;

struct Scene {
    cloud: Cloud,
    connections: Connections,
}

impl Scene {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let connections = Connections { table: cloud.table("realtime").await };
        Self { cloud, connections }
    }

    async fn sent<M: Message>(&self) -> Vec<M> {
        self.cloud.sent(&self.connections.table).await
    }

    async fn row(&self, id: &str) -> Option<Connection> {
        self.connections.table.get(&Connection::key_of(id)).await.unwrap()
    }
}

fn frame(id: &str, user: Option<UserId>) -> Frame {
    Frame {
        connection_id: id.into(),
        user_id: user,
        session_id: user.map(|_| "session".into()),
        body: String::new(),
    }
}

#[tokio::test]
async fn an_opening_is_told_with_its_row_and_with_the_time_when_it_is_over_at_the_latest() {
    let (scene, ada) = (Scene::open().await, UserId::new());
    scene.connections.open(frame("one", Some(ada))).await.unwrap();
    let row = scene.row("one").await.unwrap();
    assert_eq!(row.user_id, ada);
    let opened = scene.sent::<ConnectionOpened>().await;
    assert_eq!(opened.len(), 1);
    assert_eq!((opened[0].user_id, opened[0].connection_id.as_str()), (ada, "one"));
    assert_eq!(opened[0].expires_at, row.connected_at + LEASE);
    assert!(row.expires().unwrap() > opened[0].expires_at, "the row lives as long as the connection may");
    assert!(opened[0].expires_at > time::now());
}

#[tokio::test]
async fn a_sign_of_life_lengthens_the_lease_when_little_of_it_is_left() {
    let (scene, ada) = (Scene::open().await, UserId::new());
    let age = async |by: std::time::Duration| {
        let mut row = scene.row("one").await.unwrap();
        row.connected_at -= by;
        row.leased_until -= by;
        scene.cloud.put(&scene.connections.table, &row).await;
    };
    let told = async || scene.sent::<ConnectionOpened>().await;
    scene.connections.open(frame("one", Some(ada))).await.unwrap();
    scene.connections.renew("one").await.unwrap();
    assert_eq!(told().await.len(), 1, "it has just begun");

    age(LEASE - RENEWED_BELOW).await;
    scene.connections.renew("one").await.unwrap();
    let until = scene.row("one").await.unwrap().leased_until;
    assert!(until > time::now() + LEASE - time::minutes(1));
    assert!(told().await.len() == 2 && told().await.iter().any(|it| it.expires_at == until));

    // Never beyond the two hours after which it ends in any case.
    age(time::minutes(115)).await;
    for _ in 0..2 {
        scene.connections.renew("one").await.unwrap();
    }
    let row = scene.row("one").await.unwrap();
    assert_eq!(row.expires(), Some(row.leased_until));
    assert_eq!(told().await.len(), 3, "there is nothing to lengthen any more");

    scene.connections.close("one").await.unwrap();
    scene.connections.renew("one").await.unwrap();
    assert!(scene.row("one").await.is_none(), "a late sign of life opens nothing");
}

#[tokio::test]
async fn an_end_is_told_once_however_often_it_is_noticed() {
    let (scene, ada) = (Scene::open().await, UserId::new());
    scene.connections.open(frame("one", Some(ada))).await.unwrap();
    scene.connections.open(frame("two", Some(ada))).await.unwrap();
    let ends = (0..4).map(|_| {
        let connections = scene.connections.clone();
        tokio::spawn(async move { connections.close("one").await })
    });
    for end in ends.collect::<Vec<_>>() {
        end.await.unwrap().unwrap();
    }
    scene.connections.close("one").await.unwrap();
    scene.connections.close("nobody's").await.unwrap();
    let closed = scene.sent::<ConnectionClosed>().await;
    assert_eq!(closed, [ConnectionClosed { user_id: ada, connection_id: "one".into() }]);
    assert!(scene.row("one").await.is_none() && scene.row("two").await.is_some());
}

#[tokio::test]
async fn nobody_opens_anything_without_an_authorizer() {
    let scene = Scene::open().await;
    assert!(scene.connections.open(frame("one", None)).await.is_err());
    assert!(scene.row("one").await.is_none());
    assert!(scene.sent::<ConnectionOpened>().await.is_empty());
}
