//! The few calls that xtask makes, one small function each.

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::signature::encode;
use super::{Aws, Request};

/// One event of CloudWatch Logs.
#[derive(Debug, Clone, Deserialize)]
pub struct LogEvent {
    #[serde(rename = "eventId", default)]
    pub id: String,
    pub timestamp: i64,
    pub message: String,
}

/// How full a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    pub waiting: u64,
    pub in_flight: u64,
}

impl Aws {
    /// The value of an SSM parameter, `None` when it does not exist.
    pub async fn parameter(&self, name: &str) -> Result<Option<String>> {
        let answer = self.call("ssm", "1.1", "AmazonSSM.GetParameter", json!({"Name": name})).await;
        match answer {
            Ok(answer) => Ok(answer["Parameter"]["Value"].as_str().map(str::to_owned)),
            Err(error) if format!("{error:#}").contains("ParameterNotFound") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets an SSM parameter.
    pub async fn set_parameter(&self, name: &str, value: &str) -> Result<()> {
        let body = json!({"Name": name, "Value": value, "Type": "String", "Overwrite": true});
        self.call("ssm", "1.1", "AmazonSSM.PutParameter", body).await?;
        Ok(())
    }

    /// Gives a secret a new value.
    pub async fn set_secret(&self, arn: &str, value: &str) -> Result<()> {
        let body = json!({"SecretId": arn, "SecretString": value});
        self.call("secretsmanager", "1.1", "secretsmanager.PutSecretValue", body).await?;
        Ok(())
    }

    /// Replaces a function's code.
    pub async fn update_function(&self, function: &str, zip: &[u8]) -> Result<()> {
        let path = format!("/2015-03-31/functions/{}/code", encode(function));
        let body = serde_json::to_vec(&json!({"ZipFile": STANDARD.encode(zip)}))?;
        self.lambda(Method::PUT, path, body).await?;
        Ok(())
    }

    /// Invokes a function and waits for its answer. The flag says whether it was an error.
    pub async fn invoke(&self, function: &str, event: &[u8]) -> Result<(bool, Bytes)> {
        let path = format!("/2015-03-31/functions/{}/invocations", encode(function));
        let (status, body) = self.exchange(lambda(Method::POST, path, event.to_vec())).await?;
        if !status.is_success() {
            bail!("{function}: {status}: {}", String::from_utf8_lossy(&body));
        }
        let failed =
            serde_json::from_slice::<Value>(&body).is_ok_and(|answer| answer.get("errorType").is_some());
        Ok((failed, body))
    }

    /// How many executions the account may run at once.
    pub async fn lambda_concurrency(&self) -> Result<u64> {
        let body = self.lambda(Method::GET, "/2016-08-19/account-settings/".to_owned(), Vec::new()).await?;
        let answer: Value = serde_json::from_slice(&body)?;
        answer["AccountLimit"]["ConcurrentExecutions"]
            .as_u64()
            .context("no ConcurrentExecutions in the answer")
    }

    async fn lambda(&self, method: Method, path: String, body: Vec<u8>) -> Result<Bytes> {
        self.send(lambda(method, path, body)).await
    }

    /// The URL of a queue.
    pub async fn queue_url(&self, name: &str) -> Result<String> {
        let answer = self
            .sqs("GetQueueUrl", json!({"QueueName": name}))
            .await
            .with_context(|| format!("is there a queue `{name}`?"))?;
        answer["QueueUrl"].as_str().map(str::to_owned).context("no QueueUrl in the answer")
    }

    /// How full a queue is, about.
    pub async fn queue_depth(&self, url: &str) -> Result<Queue> {
        let names = json!(["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]);
        let answer =
            self.sqs("GetQueueAttributes", json!({"QueueUrl": url, "AttributeNames": names})).await?;
        let number =
            |name: &str| answer["Attributes"][name].as_str().and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Queue {
            waiting: number("ApproximateNumberOfMessages"),
            in_flight: number("ApproximateNumberOfMessagesNotVisible"),
        })
    }

    /// A call of SQS.
    pub async fn sqs(&self, action: &str, body: Value) -> Result<Value> {
        self.call("sqs", "1.0", &format!("AmazonSQS.{action}"), body).await
    }

    /// Log groups by prefix with the bytes they hold.
    pub async fn log_groups(&self, prefix: &str) -> Result<Vec<(String, u64)>> {
        let mut groups = Vec::new();
        let mut body = json!({"logGroupNamePrefix": prefix, "limit": 50});
        loop {
            let answer = self.logs("DescribeLogGroups", body.clone()).await?;
            for group in answer["logGroups"].as_array().into_iter().flatten() {
                let name = group["logGroupName"].as_str().unwrap_or_default().to_owned();
                groups.push((name, group["storedBytes"].as_u64().unwrap_or(0)));
            }
            match answer["nextToken"].as_str() {
                Some(token) => body["nextToken"] = json!(token),
                None => return Ok(groups),
            }
        }
    }

    /// The events of a log group since a moment, in milliseconds.
    pub async fn log_events(&self, group: &str, since: i64) -> Result<Vec<LogEvent>> {
        let mut events = Vec::new();
        let mut body = json!({"logGroupName": group, "startTime": since});
        loop {
            let mut answer = self.logs("FilterLogEvents", body.clone()).await?;
            let page: Vec<LogEvent> = serde_json::from_value(answer["events"].take())?;
            events.extend(page);
            match answer["nextToken"].as_str() {
                Some(token) => body["nextToken"] = json!(token),
                None => return Ok(events),
            }
        }
    }

    async fn logs(&self, action: &str, body: Value) -> Result<Value> {
        self.call("logs", "1.1", &format!("Logs_20140328.{action}"), body).await
    }

    /// Creates a bucket unless it exists. Offline only: a real one belongs to the SAM command line.
    pub async fn create_bucket(&self, name: &str) -> Result<()> {
        let (status, body) = self.exchange(rest("s3", Method::PUT, format!("/{name}"))).await?;
        if !status.is_success() && status != StatusCode::CONFLICT {
            bail!("cannot create the bucket {name}: {}", String::from_utf8_lossy(&body));
        }
        Ok(())
    }

    /// Lets browsers of these origins call an HTTP API.
    ///
    /// MiniStack keeps the `CorsConfiguration` of a stack under names that it does not read again, so the
    /// offline deploy says it once more.
    pub async fn allow_origins(&self, api: &str, origins: &[&str]) -> Result<()> {
        let cors = json!({
            "allowOrigins": origins,
            "allowMethods": ["DELETE", "GET", "PATCH", "POST", "PUT"],
            "allowHeaders": ["authorization", "content-type", "idempotency-key", "x-correlation-id"],
        });
        let mut request = rest("apigateway", Method::PATCH, format!("/v2/apis/{api}"));
        request.headers.push(("content-type", "application/json".to_owned()));
        request.body = serde_json::to_vec(&json!({"corsConfiguration": cors}))?;
        let (status, body) = self.exchange(request).await?;
        if !status.is_success() {
            bail!("cannot set the origins of {api}: {}", String::from_utf8_lossy(&body));
        }
        Ok(())
    }

    /// A GET of a service that answers JSON, `None` for 404.
    pub async fn get(&self, service: &str, host: Option<&str>, path: &str) -> Result<Option<Value>> {
        let request = Request { host, ..rest(service, Method::GET, path.to_owned()) };
        let (status, body) = self.exchange(request).await?;
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !status.is_success() {
            bail!("{status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(Some(serde_json::from_slice(&body)?))
    }
}

fn rest(service: &str, method: Method, path: String) -> Request<'_> {
    Request {
        service,
        host: None,
        method,
        path,
        headers: vec![("accept", "application/json".to_owned())],
        body: Vec::new(),
    }
}

fn lambda(method: Method, path: String, body: Vec<u8>) -> Request<'static> {
    Request { body, ..rest("lambda", method, path) }
}
