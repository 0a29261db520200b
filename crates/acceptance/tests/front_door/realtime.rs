//! Realtime's story: who may open a socket, and what an odd message is answered with.

use acceptance::{Member, SOON, UNTIL_NOTICED, cloud, eventually, setting, tell_queue};
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use futures_util::{SinkExt, StreamExt};
use kernel::id::Ulid;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Cloud;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const PROTOCOLS: &str = "sec-websocket-protocol";

/// Opens a socket with these headers; answers the subprotocol that the server picked, or the status of its refusal.
async fn open(headers: &[(&'static str, String)]) -> Result<(Socket, Option<String>), StatusCode> {
    let mut request = setting("CARAVAN_DOOR_WS").into_client_request().expect("a WebSocket address");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a header"));
    }
    match connect_async(request).await {
        Ok((socket, answer)) => {
            let picked = answer.headers().get(PROTOCOLS).and_then(|value| value.to_str().ok());
            Ok((socket, picked.map(str::to_owned)))
        }
        Err(Error::Http(answer)) => Err(answer.status()),
        Err(error) => panic!("{error}"),
    }
}

fn bearer(token: &str) -> [(&'static str, String); 1] {
    [("authorization", format!("Bearer {token}"))]
}

fn subprotocol(token: &str) -> [(&'static str, String); 1] {
    [(PROTOCOLS, format!("caravan, {token}"))]
}

async fn next(socket: &mut Socket) -> Value {
    let message = tokio::time::timeout(SOON, socket.next()).await.expect("an answer in time");
    let message = message.expect("an open socket").expect("a message");
    serde_json::from_str(message.to_text().expect("text")).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_opens_a_socket_and_hears_what_was_wrong_with_a_message() {
    let member = Member::join().await;
    let (mut socket, picked) = open(&bearer(&member.access_token)).await.expect("it opens");
    assert_eq!(picked, None);
    // A sign of life has no answer: the next thing heard is about the next message.
    socket.send(Message::text(json!({"action": "ping"}).to_string())).await.unwrap();
    for message in
        [json!({"action": "nonsense"}).to_string(), json!({"no": "action"}).to_string(), "no JSON".into()]
    {
        socket.send(Message::text(message)).await.unwrap();
        let problem = next(&mut socket).await;
        assert_eq!(
            (&problem["code"], &problem["status"]),
            (&json!("unknown-action"), &json!(400)),
            "{problem}"
        );
        for field in ["title", "detail"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {problem}");
        }
    }
    socket.close(None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_sends_its_token_as_a_subprotocol_and_its_server_picks_the_other() {
    let member = Member::join().await;
    let (mut socket, picked) = open(&subprotocol(&member.access_token)).await.expect("it opens");
    assert_eq!(picked.as_deref(), Some("caravan"));
    socket.send(Message::text(json!({"action": "nonsense"}).to_string())).await.unwrap();
    assert_eq!(next(&mut socket).await["code"], "unknown-action");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_gets_in() {
    let member = Member::join().await;
    let token = &member.access_token;
    for headers in [
        vec![],
        bearer("nonsense").to_vec(),
        subprotocol("nonsense").to_vec(),
        bearer(&member.refresh_token).to_vec(),
        vec![("authorization", format!("Basic {token}"))],
    ] {
        let answer = open(&headers).await.map(|_| ());
        assert_eq!(answer, Err(StatusCode::FORBIDDEN), "{:?}", headers.first().map(|(name, _)| name));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_an_ended_session_opens_nothing() {
    let member = Member::join().await;
    let elsewhere = Member::log_in(&member.email).await;
    assert!(open(&bearer(&member.access_token)).await.is_ok());
    member.visitor.bare(Method::POST, "/auth/logout").await.is(204);
    let refused = || async { open(&bearer(&member.access_token)).await.err() };
    let status = eventually("the end of the session", UNTIL_NOTICED, refused).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(open(&bearer(&elsewhere.access_token)).await.is_ok());
}

/// A queue of the test's own that hears what notifications tells.
struct Ear {
    cloud: Cloud,
    queue: String,
}

impl Ear {
    async fn open() -> Self {
        let cloud = cloud();
        let (aws, name) = (cloud.aside(), format!("ear-{}", Ulid::generate()));
        let arn = format!("arn:aws:sqs:us-east-1:{}:{name}", setting("CARAVAN_ACCOUNT"));
        let open = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
        }]});
        let queue =
            aws.sqs().create_queue().queue_name(&name).attributes(Attribute::Policy, open.to_string());
        let made = queue.send().await.expect("a queue");
        let topics =
            aws.sns().list_topics().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
        let mut topics = topics.expect("the topics").into_iter().filter_map(|topic| topic.topic_arn);
        let topic =
            topics.find(|arn| arn.ends_with("caravan-local-notifications-events")).expect("the topic");
        let subscribe = aws.sns().subscribe().topic_arn(topic).protocol("sqs").endpoint(arn);
        subscribe.attributes("RawMessageDelivery", "true").send().await.expect("a subscription");
        Self { queue: made.queue_url.expect("its address"), cloud }
    }

    /// What has come since, of one type about one person.
    async fn hears(&self, kind: &str, user: &str) -> usize {
        let receive = self.cloud.aside().sqs().receive_message().queue_url(&self.queue);
        let answer = receive.max_number_of_messages(10).send().await.expect("the queue");
        let bodies = answer.messages.unwrap_or_default().into_iter().filter_map(|message| message.body);
        let bodies = bodies.map(|body| serde_json::from_str::<Value>(&body).expect("JSON"));
        bodies.filter(|body| body["type"] == kind && body["data"]["user_id"] == user).count()
    }
}

/// Whether notifications knows of a socket of theirs that is open.
async fn is_looking(user: &str) -> bool {
    let cloud = cloud();
    let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
    let query = cloud.aside().dynamodb().query().table_name("caravan-local-notifications");
    let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :sk)").consistent_read(true);
    let query = query.expression_attribute_values(":pk", text(format!("USER#{user}")));
    let found = query.expression_attribute_values(":sk", text("SOCKET#".into())).send().await;
    let sockets = found.expect("the table").items.unwrap_or_default();
    sockets.iter().any(|socket| socket["open"].as_bool() == Ok(&true))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_socket_open_gets_no_push_until_it_is_closed() {
    let (member, ear) = (Member::join().await, Ear::open().await);
    let user = member.id().await;
    let device = json!({"platform": "android", "token": format!("token-{}", Ulid::generate())});
    member.visitor.post("/notifications/devices", &device).await.is(201);
    let happens = async || tell_queue("notify-people", "bookings.booking.restored", booking(&user)).await;
    let told = async |least: usize| {
        eventually("the notification", SOON, async || {
            let all = member.visitor.get("/notifications").await.is(200).json();
            (all["data"].as_array()?.iter().filter(|it| it["type"] == "booking_restored").count() >= least)
                .then_some(())
        })
        .await;
    };

    let (mut socket, _) = open(&bearer(&member.access_token)).await.expect("it opens");
    eventually("the socket to be known", SOON, async || is_looking(&user).await.then_some(())).await;
    happens().await;
    told(1).await;
    socket.close(None).await.unwrap();
    eventually("the socket to be over", SOON, async || (!is_looking(&user).await).then_some(())).await;

    happens().await;
    told(2).await;
    // Offline there is no push service: a try ends in an event that says so. One for the first notification would have
    // come before the one for the second.
    let tries = eventually("a try to push", SOON, async || {
        Some(ear.hears("notifications.push.failed", &user).await).filter(|tries| *tries > 0)
    })
    .await;
    assert_eq!(tries, 1, "no push while somebody looks");
}

fn booking(user: &str) -> Value {
    json!({
        "booking_id": Ulid::generate().to_string(), "reference": "CT-7K2M9", "user_id": user, "owner_kind": "trek",
        "owner_id": Ulid::generate().to_string(), "owner_name": "Annapurna", "batch_id": Ulid::generate().to_string(),
        "start_date": "2027-04-10T00:00:00Z", "end_date": "2027-04-24T00:00:00Z", "participants": 2,
        "total": 248_000, "paid": 248_000, "currency": "EUR", "version": 1, "status": "confirmed",
    })
}
