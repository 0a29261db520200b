//! Realtime's story: who may open a socket, and what an odd message is answered with.

use std::time::Duration;

use acceptance::{Member, SOON, eventually, send, setting};
use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
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
    send(member.visitor.request(Method::POST, "/api/v1/auth/logout")).await.is(204);
    let refused = || async { open(&bearer(&member.access_token)).await.err() };
    let status = eventually("the end of the session", Duration::from_secs(40), refused).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(open(&bearer(&elsewhere.access_token)).await.is_ok());
}
