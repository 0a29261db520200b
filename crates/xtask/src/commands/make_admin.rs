//! `make-admin`: somebody who has an account becomes an administrator; so does the first one.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::cli::Stage;
use crate::progress;

pub async fn run(email: &str, stage: Stage) -> Result<()> {
    let aws = Aws::of_stage(stage.name()).await?;
    let event = serde_json::to_vec(&json!({"email": email}))?;
    let (failed, answer) = aws.invoke(&format!("caravan-{}-make-admin", stage.name()), &event).await?;
    let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
    if failed {
        bail!("{}", answer["errorMessage"].as_str().unwrap_or("the function make-admin failed; see its log"));
    }
    progress::say(format!("{email} is an administrator from their next log-in on"));
    Ok(())
}
