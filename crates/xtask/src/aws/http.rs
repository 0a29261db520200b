//! The one HTTP client.

use std::sync::OnceLock;

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

type Connector = HttpsConnector<HttpConnector>;

fn client() -> Result<&'static Client<Connector, Full<Bytes>>> {
    static CLIENT: OnceLock<Client<Connector, Full<Bytes>>> = OnceLock::new();
    if let Some(client) = CLIENT.get() {
        return Ok(client);
    }
    let connector = HttpsConnectorBuilder::new()
        .with_native_roots()
        .context("cannot read this machine's certificates")?
        .https_or_http()
        .enable_http1()
        .build();
    Ok(CLIENT.get_or_init(|| Client::builder(TokioExecutor::new()).build(connector)))
}

/// Sends a request and reads the whole answer.
pub async fn send(request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes)> {
    let uri = request.uri().clone();
    let answer = client()?.request(request).await.with_context(|| format!("cannot reach {uri}"))?;
    let status = answer.status();
    Ok((status, answer.into_body().collect().await?.to_bytes()))
}

/// The body of a page that must answer 200.
pub async fn get(url: &str) -> Result<Bytes> {
    let (status, body) = send(Request::get(url).body(Full::default())?).await?;
    if status != StatusCode::OK {
        bail!("{url} answered {status}: {}", String::from_utf8_lossy(&body));
    }
    Ok(body)
}

/// Sends JSON and answers what came back.
pub async fn post(url: &str, body: &serde_json::Value) -> Result<(StatusCode, Bytes)> {
    let request = Request::builder()
        .method(Method::POST)
        .uri(url)
        .header("content-type", "application/json")
        .body(Full::from(serde_json::to_vec(body)?))?;
    send(request).await
}
