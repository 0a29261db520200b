//! HTTP through the door: every request goes to the API of the context that owns its path.

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::Result;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use super::{Routes, Upstream, mailbox, problem};
use crate::progress;

type Body = BoxBody<Bytes, hyper::Error>;
type Forwarder = Client<HttpConnector, Incoming>;

/// Longer than any endpoint takes; what waits longer is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// Concern one connection only (RFC 9110, 7.6.1).
const HOP_BY_HOP: [&str; 6] = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"];

/// Serves connections until it is aborted.
pub async fn serve(listener: TcpListener, cloud: Arc<Upstream>, routes: Arc<RwLock<Routes>>) {
    let client: Forwarder = Client::builder(TokioExecutor::new()).build_http();
    while let Ok((stream, peer)) = listener.accept().await {
        let (client, cloud, routes) = (client.clone(), Arc::clone(&cloud), Arc::clone(&routes));
        let service = service_fn(move |request| {
            let (client, cloud, routes) = (client.clone(), Arc::clone(&cloud), Arc::clone(&routes));
            async move { anyhow::Ok(answer(&client, &cloud, &routes, peer, request).await) }
        });
        tokio::spawn(async move {
            // A client that goes away is no concern of ours.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    client: &Forwarder,
    cloud: &Upstream,
    routes: &RwLock<Routes>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    if request.uri().path() == "/mailbox" {
        return match mailbox::page(&cloud.endpoint, &cloud.account).await {
            Ok(page) => reply(200, "text/html; charset=utf-8", page),
            Err(error) => refusal(502, "Bad Gateway", &format!("{error:#}")),
        };
    }
    let api = routes.read().ok().and_then(|routes| routes.api(request.uri().path()).map(str::to_owned));
    let Some(api) = api else {
        return refusal(404, "Not Found", "no deployed context serves this path");
    };
    match forward(client, cloud, &api, peer, request).await {
        Ok(response) => response,
        Err(error) => refusal(502, "Bad Gateway", &format!("the offline cloud did not answer: {error:#}")),
    }
}

async fn forward(
    client: &Forwarder,
    cloud: &Upstream,
    api: &str,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<Response<Body>> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    *request.uri_mut() = format!("{}/_aws/execute-api/{api}/$default{path}", cloud.endpoint).parse()?;
    let host = request.headers_mut().remove("host");
    let headers = request.headers_mut();
    if let Some(host) = host {
        headers.insert(HeaderName::from_static("x-forwarded-host"), host);
    }
    headers.insert(HeaderName::from_static("x-forwarded-proto"), HeaderValue::from_static("http"));
    append_address(headers, peer)?;
    without_hop_by_hop(headers);
    let line = format!("{} {path}", request.method());
    let answer = client.request(request);
    tokio::pin!(answer);
    let mut response = match tokio::time::timeout(PATIENCE, &mut answer).await {
        Ok(answer) => answer?,
        Err(_) => {
            progress::say(format!("  … {line} still waits for the cloud after {} s", PATIENCE.as_secs()));
            answer.await?
        }
    };
    without_hop_by_hop(response.headers_mut());
    Ok(response.map(BodyExt::boxed))
}

/// As CloudFront does: the address it saw goes to the end of what the client claims.
fn append_address(headers: &mut HeaderMap, peer: SocketAddr) -> Result<()> {
    let name = HeaderName::from_static("x-forwarded-for");
    let claimed = headers.get(&name).and_then(|value| value.to_str().ok());
    let value = match claimed {
        Some(claimed) => format!("{claimed}, {}", peer.ip()),
        None => peer.ip().to_string(),
    };
    headers.insert(name, HeaderValue::from_str(&value)?);
    Ok(())
}

fn without_hop_by_hop(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

fn refusal(status: u16, title: &str, detail: &str) -> Response<Body> {
    reply(status, "application/problem+json", problem(status, title, detail))
}

fn reply(status: u16, content_type: &'static str, body: String) -> Response<Body> {
    let body = Full::from(body).map_err(|never| match never {}).boxed();
    let mut response = Response::new(body);
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
    response
}
