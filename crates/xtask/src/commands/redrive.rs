//! `redrive`: what was given up is tried again.

use anyhow::Result;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::cli::Stage;
use crate::progress;

/// Moves every message of a queue's dead-letter queue back. A message leaves the dead-letter queue only
/// after the queue has it, so a crash between the two delivers it twice, which consumers recognise.
pub async fn run(queue: &str, stage: Stage) -> Result<()> {
    let aws = Aws::of_stage(stage.name()).await?;
    let name = format!("caravan-{}-{queue}", stage.name());
    let (to, from) = (aws.queue_url(&name).await?, aws.queue_url(&format!("{name}-dlq")).await?);
    let waiting = aws.queue_depth(&from).await?;
    progress::say(format!("{name}-dlq holds {} messages", waiting.waiting));
    let mut moved = 0;
    loop {
        let batch = receive(&aws, &from).await?;
        if batch.is_empty() {
            break;
        }
        for message in &batch {
            hand_over(&aws, message, &from, &to).await?;
        }
        moved += batch.len();
        progress::say(format!("moved {moved}"));
    }
    progress::say(format!("moved {moved} messages to {name}"));
    Ok(())
}

async fn receive(aws: &Aws, url: &str) -> Result<Vec<Value>> {
    let request = json!({
        "QueueUrl": url,
        "MaxNumberOfMessages": 10,
        "WaitTimeSeconds": 1,
        "VisibilityTimeout": 60,
        "MessageAttributeNames": ["All"],
    });
    let mut answer = aws.sqs("ReceiveMessage", request).await?;
    Ok(match answer["Messages"].take() {
        Value::Array(messages) => messages,
        _ => Vec::new(),
    })
}

async fn hand_over(aws: &Aws, message: &Value, from: &str, to: &str) -> Result<()> {
    let mut copy = json!({"QueueUrl": to, "MessageBody": message["Body"]});
    if !message["MessageAttributes"].is_null() {
        copy["MessageAttributes"] = message["MessageAttributes"].clone();
    }
    aws.sqs("SendMessage", copy).await?;
    aws.sqs("DeleteMessage", json!({"QueueUrl": from, "ReceiptHandle": message["ReceiptHandle"]})).await?;
    Ok(())
}
