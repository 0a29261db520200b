//! Files that clients upload: S3 tells EventBridge, which tells a queue.

use contracts::{Envelope, Message};
use kernel::id::Ulid;
use kernel::{Failure, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::consumer::{Consumer, Handler, on_event};

/// A file that was uploaded. Nothing about it was checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Upload {
    pub key: String,
    /// Bytes, as S3 counts them.
    pub size: u64,
}

impl Message for Upload {
    const TYPE: &'static str = "s3.object.created";

    fn subject(&self) -> String {
        self.key.clone()
    }
}

/// A consumer of the uploads below a prefix: a rule in the context's data stack leads them to its queue.
pub fn on_upload<S, H>(queue: &'static str, prefix: &'static str, handler: H) -> Consumer<S, Upload, H>
where
    H: Handler<S, Upload>,
{
    let mut consumer = on_event(queue, handler).documented();
    consumer.uploads = Some(prefix);
    consumer
}

/// The form in which EventBridge sends it
/// (docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html).
#[derive(Deserialize)]
struct ObjectCreated {
    /// A UUID.
    id: String,
    time: Timestamp,
    detail: Detail,
}

#[derive(Deserialize)]
struct Detail {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    key: String,
    #[serde(default)]
    size: u64,
}

/// An event of EventBridge as every other message. The same event always has the same id.
pub(crate) fn envelope(body: &str) -> Result<Envelope> {
    let event: ObjectCreated = serde_json::from_str(body)
        .map_err(|error| Failure::internal(format!("neither an envelope nor an upload: {error}")))?;
    let id = ulid(&event.id)?;
    let Object { key, size } = event.detail.object;
    let upload = Upload { key, size };
    Ok(Envelope {
        id,
        kind: Upload::TYPE.into(),
        version: Upload::VERSION,
        occurred_at: event.time,
        producer: "s3".into(),
        subject_id: upload.subject(),
        actor_id: None,
        correlation_id: event.id,
        causation_id: None,
        data: serde_json::to_value(&upload).map_err(Failure::internal)?,
    })
}

/// EventBridge's ids are UUIDs.
pub(crate) fn ulid(id: &str) -> Result<Ulid> {
    let digits = id.replace('-', "");
    let id = u128::from_str_radix(&digits, 16).map_err(|_| Failure::internal("an event's id is no UUID"))?;
    Ok(Ulid::from(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_of_the_bucket_reads_as_an_upload() {
        let body = r#"{
            "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Object Created",
            "source": "aws.s3", "account": "111122223333", "time": "2021-11-12T00:00:00Z", "region": "ca-central-1",
            "resources": ["arn:aws:s3:::amzn-s3-demo-bucket1"],
            "detail": {"version": "0", "bucket": {"name": "amzn-s3-demo-bucket1"},
                "object": {"key": "example-key", "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184"},
                "reason": "PutObject"}
        }"#;
        let envelope = envelope(body).unwrap();
        assert_eq!(envelope.data["key"], "example-key");
        assert_eq!(envelope.data["size"], 5);
        assert_eq!(envelope.id, super::envelope(body).unwrap().id);
        assert!(super::envelope("{}").is_err());
    }
}
