//! `replay`: a projection that is new or lost is filled from its source.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::cli::Stage;
use crate::progress;

/// Has a context send the snapshots of all its entities to a queue, page by page. Its function answers
/// with a cursor until it is through; a run that was cut off simply begins again, since snapshots are
/// recognised by their version.
pub async fn run(context: &str, queue: &str, stage: Stage) -> Result<()> {
    let aws = Aws::of_stage(stage.name()).await?;
    let url = aws.queue_url(&format!("caravan-{}-{queue}", stage.name())).await?;
    let function = format!("caravan-{}-replay-{context}", stage.name());
    let (mut cursor, mut pages, mut sent) = (Value::Null, 0, 0);
    loop {
        let event = json!({"queue_url": url, "cursor": cursor});
        let (failed, answer) = aws
            .invoke(&function, &serde_json::to_vec(&event)?)
            .await
            .with_context(|| format!("is there a replay function in {context}?"))?;
        if failed {
            bail!("{function} failed: {}", String::from_utf8_lossy(&answer));
        }
        let mut answer: Value = serde_json::from_slice(&answer)?;
        pages += 1;
        sent += answer["sent"].as_u64().unwrap_or(0);
        progress::say(format!("page {pages}, {sent} snapshots sent to {queue}"));
        cursor = answer["cursor"].take();
        if cursor.is_null() {
            return Ok(());
        }
    }
}
