//! The front door of the offline cloud: what CloudFront is in production. One HTTP address and one
//! WebSocket address before the APIs of all contexts.

mod http;
pub mod mailbox;
mod socket;

use std::sync::{Arc, RwLock};

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::aws::Aws;
use crate::front_door::{self, Line};

/// The usual ports: HTTP and WebSocket.
pub const PORT: u16 = 3000;
pub const SOCKET_PORT: u16 = 3001;

/// Answers what nobody else claims.
const FALLBACK: &str = "gateway";

/// An open door; closed when dropped.
pub struct Door {
    pub url: String,
    pub socket_url: String,
    routes: Arc<RwLock<Routes>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Door {
    /// Listens on two ports of this machine; port 0 takes any that is free.
    pub async fn open(aws: &Aws, stage: &str, account: &str, port: u16, socket_port: u16) -> Result<Self> {
        let routes = Arc::new(RwLock::new(Routes::read(aws, stage).await?));
        let (http, socket) = (listen(port).await?, listen(socket_port).await?);
        let url = format!("http://localhost:{}", http.local_addr()?.port());
        let socket_url = format!("ws://localhost:{}", socket.local_addr()?.port());
        let cloud = Arc::new(Upstream {
            endpoint: aws.endpoint().context("the door is for the offline cloud")?.to_owned(),
            account: account.to_owned(),
        });
        let tasks = vec![
            tokio::spawn(http::serve(http, Arc::clone(&cloud), Arc::clone(&routes))),
            tokio::spawn(socket::serve(socket, cloud, Arc::clone(&routes))),
        ];
        Ok(Self { url, socket_url, routes, tasks })
    }

    /// Reads the table and the APIs again, after a deploy.
    pub async fn reload(&self, aws: &Aws, stage: &str) -> Result<()> {
        let fresh = Routes::read(aws, stage).await?;
        if let Ok(mut routes) = self.routes.write() {
            *routes = fresh;
        }
        Ok(())
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// The cloud behind the door.
struct Upstream {
    endpoint: String,
    account: String,
}

/// The front-door table with the API of each context.
struct Routes {
    table: Vec<Line>,
    apis: std::collections::BTreeMap<String, String>,
    /// The one WebSocket API, when its context is deployed.
    socket_api: Option<String>,
}

impl Routes {
    /// The APIs come from the registry, where each functions stack writes its own.
    async fn read(aws: &Aws, stage: &str) -> Result<Self> {
        let table = front_door::read()?;
        let mut apis = std::collections::BTreeMap::new();
        let mut socket_api = None;
        for context in crate::project::contexts()? {
            let sockets = format!("/caravan/{stage}/{context}/socket-api-id");
            socket_api = socket_api.or(aws.parameter(&sockets).await?);
            if let Some(id) = aws.parameter(&format!("/caravan/{stage}/{context}/api-id")).await? {
                apis.insert(context, id);
            }
        }
        Ok(Self { table, apis, socket_api })
    }

    /// The id of the API that answers a path.
    fn api(&self, path: &str) -> Option<&str> {
        let context = front_door::context(&self.table, path).unwrap_or(FALLBACK);
        self.apis.get(context).or_else(|| self.apis.get(FALLBACK)).map(String::as_str)
    }

    fn socket_api(&self) -> Option<&str> {
        self.socket_api.as_deref()
    }
}

async fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port))
        .await
        .with_context(|| format!("cannot open the door on port {port}; set CARAVAN_DOOR_PORT to another one"))
}

/// What the door itself answers, as RFC 9457 wants it.
fn problem(status: u16, title: &str, detail: &str) -> String {
    serde_json::json!({"type": "about:blank", "title": title, "status": status, "detail": detail}).to_string()
}
