//! AWS over plain HTTPS, signed here: xtask needs a dozen calls, and the SDK's crates would be the
//! longest part of its first build.

pub mod http;
mod services;
mod signature;

pub use services::LogEvent;

use anyhow::{Context, Result, bail};
use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::{exec, tools};

/// The region of the offline cloud.
pub const OFFLINE_REGION: &str = "us-east-1";

/// An account and how to talk to it.
#[derive(Clone)]
pub struct Aws {
    /// Of the offline cloud; `None` is the real AWS.
    endpoint: Option<String>,
    pub region: String,
    credentials: Credentials,
}

/// Keys that sign requests. Never printed.
#[derive(Clone, Deserialize)]
pub struct Credentials {
    access_key: String,
    secret_key: String,
    token: Option<String>,
}

/// One request before it is signed.
pub struct Request<'a> {
    /// The service's name in signatures and, unless `host` says otherwise, in its address.
    pub service: &'a str,
    pub host: Option<&'a str>,
    pub method: Method,
    /// Already encoded.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Aws {
    /// An account of the offline cloud: its id is the access key.
    pub fn offline(endpoint: &str, account: &str) -> Self {
        Self {
            endpoint: Some(endpoint.to_owned()),
            region: OFFLINE_REGION.to_owned(),
            credentials: Credentials {
                access_key: account.to_owned(),
                secret_key: "test".to_owned(),
                token: None,
            },
        }
    }

    /// No account at all, for printing what would be done.
    pub fn nobody() -> Self {
        Self::offline("", "")
    }

    /// Whether there is nobody to ask.
    pub fn is_nobody(&self) -> bool {
        self.credentials.access_key.is_empty()
    }

    /// The account that a stage lives in: the offline cloud, or what the AWS credentials of this shell
    /// lead to (asked from the same library that the SAM command line uses). With `AWS_ENDPOINT_URL` a
    /// deploy to staging can be rehearsed offline.
    pub async fn of_stage(stage: &str) -> Result<Self> {
        if stage == "local" {
            // The tests deploy into an account of their own and say which.
            let account = std::env::var("CARAVAN_ACCOUNT");
            let account = account.as_deref().unwrap_or(crate::cloud::ACCOUNT);
            return Ok(Self::offline(&crate::cloud::endpoint()?, account));
        }
        let configured = crate::deploy::samconfig::read(stage)?.region;
        Self::from_shell(configured).await
    }

    async fn from_shell(region: Option<String>) -> Result<Self> {
        const SCRIPT: &str = "import botocore.session, json\n\
            session = botocore.session.get_session()\n\
            keys = session.get_credentials()\n\
            keys = keys and keys.get_frozen_credentials()\n\
            print(json.dumps(keys and {'region': session.get_config_variable('region'), \
            'access_key': keys.access_key, 'secret_key': keys.secret_key, 'token': keys.token}))";
        #[derive(Deserialize)]
        struct Shell {
            region: Option<String>,
            #[serde(flatten)]
            credentials: Credentials,
        }
        tools::install().await?;
        let answer = exec::quiet(exec::command(tools::path("python")).args(["-c", SCRIPT])).await?;
        let shell: Option<Shell> = serde_json::from_str(&answer)?;
        let shell = shell.context("no AWS credentials: sign in first (AWS_PROFILE, `aws sso login`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)")?;
        Ok(Self {
            endpoint: crate::cloud::given(),
            region: region
                .or(shell.region)
                .context("no AWS region: set it in samconfig.toml or AWS_REGION")?,
            credentials: shell.credentials,
        })
    }

    /// The variables that lead a child process to the same account.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("AWS_ACCESS_KEY_ID", self.credentials.access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.credentials.secret_key.clone()),
            ("AWS_DEFAULT_REGION", self.region.clone()),
            ("AWS_REGION", self.region.clone()),
            ("SAM_CLI_TELEMETRY", "0".to_owned()),
        ];
        if let Some(token) = &self.credentials.token {
            variables.push(("AWS_SESSION_TOKEN", token.clone()));
        }
        if let Some(endpoint) = &self.endpoint {
            variables.push(("AWS_ENDPOINT_URL", endpoint.clone()));
        }
        variables
    }

    /// The offline cloud's address, if it is one.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// A call of a service that takes its action in a header (SQS, SSM, Logs, Service Quotas).
    pub async fn call(&self, service: &str, version: &str, target: &str, body: Value) -> Result<Value> {
        let answer = self
            .send(Request {
                service,
                host: None,
                method: Method::POST,
                path: "/".to_owned(),
                headers: vec![
                    ("content-type", format!("application/x-amz-json-{version}")),
                    ("x-amz-target", target.to_owned()),
                ],
                body: serde_json::to_vec(&body)?,
            })
            .await
            .with_context(|| target.to_owned())?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Signs, sends, and answers the body; a refusal is an error with AWS's own words.
    pub async fn send(&self, request: Request<'_>) -> Result<Bytes> {
        let (status, body) = self.exchange(request).await?;
        if !status.is_success() {
            bail!("{status}: {}", String::from_utf8_lossy(&body).trim());
        }
        Ok(body)
    }

    /// Signs, sends, and answers whatever came back.
    pub async fn exchange(&self, request: Request<'_>) -> Result<(StatusCode, Bytes)> {
        let base = match &self.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => {
                format!("https://{}.{}.amazonaws.com", request.host.unwrap_or(request.service), self.region)
            }
        };
        let signed = signature::sign(&request, &base, &self.region, &self.credentials)?;
        http::send(signed).await
    }
}
