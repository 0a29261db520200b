//! WebSockets through the door: after its first lines a connection is a tunnel to the WebSocket API.

use std::sync::{Arc, RwLock};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Routes, Upstream, problem};

/// The stage of the WebSocket API.
const STAGE: &str = "live";
/// More than any browser sends before the upgrade.
const LONGEST_HEAD: usize = 16 * 1024;
/// The subprotocol that clients offer beside their token.
const SUBPROTOCOL: &str = "caravan";
/// Where they offer it, and where the server picks it.
const PROTOCOLS: &str = "sec-websocket-protocol";

/// Serves connections until it is aborted.
pub async fn serve(listener: TcpListener, cloud: Arc<Upstream>, routes: Arc<RwLock<Routes>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let api = routes.read().ok().and_then(|routes| routes.socket_api().map(str::to_owned));
        let cloud = Arc::clone(&cloud);
        tokio::spawn(async move {
            // Whatever breaks a tunnel closes both of its ends, and that is all there is to do.
            let _ = tunnel(stream, api, &cloud).await;
        });
    }
}

async fn tunnel(mut client: TcpStream, api: Option<String>, cloud: &Upstream) -> Result<()> {
    let (head, rest) = read_head(&mut client).await?;
    let Some(api) = api else {
        return refuse(&mut client, "no WebSocket API is deployed").await;
    };
    let authority = cloud.endpoint.strip_prefix("http://").context("the offline cloud speaks plain HTTP")?;
    let mut upstream = TcpStream::connect(authority).await?;
    upstream.write_all(rewritten(&head, &api, authority)?.as_bytes()).await?;
    upstream.write_all(&rest).await?;
    let (answer, rest) = read_head(&mut upstream).await?;
    client.write_all(picked(&head, &answer).as_bytes()).await?;
    client.write_all(&rest).await?;
    tokio::io::copy_bidirectional(&mut client, &mut upstream).await?;
    Ok(())
}

/// Everything up to the empty line, and what came after it already.
async fn read_head(stream: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Ok((String::from_utf8(bytes)?, rest));
        }
        if bytes.len() > LONGEST_HEAD || stream.read_buf(&mut bytes).await? == 0 {
            bail!("not HTTP");
        }
    }
}

/// The request with the API's path and the cloud's host; the query stays.
fn rewritten(head: &str, api: &str, authority: &str) -> Result<String> {
    let (first, headers) = head.split_once("\r\n").context("a request without headers")?;
    let target = first.split(' ').nth(1).context("a request without a target")?;
    let query = target.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let headers: String = headers
        .split_inclusive("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("host:"))
        .collect();
    Ok(format!("GET /_aws/execute-api/{api}/{STAGE}{query} HTTP/1.1\r\nhost: {authority}\r\n{headers}"))
}

/// The answer with the subprotocol that the `$connect` function picked: API Gateway passes its header on, the offline cloud
/// does not, and browsers close a connection whose server picked none.
fn picked(request: &str, answer: &str) -> String {
    let offers = header(request, PROTOCOLS)
        .is_some_and(|offered| offered.split(',').any(|protocol| protocol.trim() == SUBPROTOCOL));
    let opened = answer.starts_with("HTTP/1.1 101");
    if !opened || !offers || header(answer, PROTOCOLS).is_some() {
        return answer.to_owned();
    }
    answer.replacen("\r\n", &format!("\r\n{PROTOCOLS}: {SUBPROTOCOL}\r\n"), 1)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (own, value) = line.split_once(':')?;
        own.eq_ignore_ascii_case(name).then_some(value)
    })
}

async fn refuse(client: &mut TcpStream, detail: &str) -> Result<()> {
    let body = problem(404, "Not Found", detail);
    let answer = format!(
        "HTTP/1.1 404 Not Found\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upgrade_goes_to_the_api_with_its_query() {
        let head = "GET /?ticket=x HTTP/1.1\r\nHost: localhost:3001\r\nUpgrade: websocket\r\n\r\n";
        assert_eq!(
            rewritten(head, "abc", "127.0.0.1:4566").unwrap(),
            "GET /_aws/execute-api/abc/live?ticket=x HTTP/1.1\r\nhost: 127.0.0.1:4566\r\nUpgrade: websocket\r\n\r\n"
        );
    }

    #[test]
    fn the_subprotocol_is_picked_for_who_offers_it() {
        let answer = "HTTP/1.1 101 \r\nupgrade: WebSocket\r\n\r\n";
        let offer = "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: caravan, abc\r\n\r\n";
        assert_eq!(
            picked(offer, answer),
            "HTTP/1.1 101 \r\nsec-websocket-protocol: caravan\r\nupgrade: WebSocket\r\n\r\n"
        );
        assert_eq!(picked("GET / HTTP/1.1\r\n\r\n", answer), answer);
        let refusal = "HTTP/1.1 403 \r\n\r\n";
        assert_eq!(picked(offer, refusal), refusal);
    }
}
