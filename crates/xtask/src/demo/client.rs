//! The front door as somebody who is signed in sees it.

use std::time::Duration;

use anyhow::{Result, bail};
use hyper::Request;
use serde_json::Value;

use crate::aws::http;

/// How long what one context has done may take to reach another: it travels by stream, topic and queue.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Client {
    pub door: String,
    pub token: String,
}

impl Client {
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ask("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.ask("POST", path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Result<Value> {
        self.ask("PATCH", path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.ask("PUT", path, Some(body)).await
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let request = Request::builder().method(method).uri(format!("{}/api/v1/{path}", self.door));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let body = body.map(serde_json::to_vec).transpose()?.unwrap_or_default();
        let request = request.header("content-type", "application/json").body(body.into())?;
        let (status, answer) = http::send(request).await?;
        if !status.is_success() {
            bail!("{method} /{path}: {status}: {}", String::from_utf8_lossy(&answer));
        }
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }
}

/// Asks again while it is refused: what one context has written, the other knows a moment later.
pub async fn patiently<T>(ask: impl AsyncFn() -> Result<T>) -> Result<T> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        match ask().await {
            Err(_) if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            answered => return answered,
        }
    }
}
