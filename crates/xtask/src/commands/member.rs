//! What only an operator can do to somebody's account: `make-admin`, `remove-second-factor`.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::cli::Stage;
use crate::progress;

/// Somebody who has an account becomes an administrator; so does the first one.
pub async fn make_admin(email: &str, stage: Stage) -> Result<()> {
    ask("make-admin", email, stage).await?;
    progress::say(format!("{email} is an administrator from their next log-in on"));
    Ok(())
}

/// Somebody lost app and backup codes.
pub async fn remove_second_factor(email: &str, stage: Stage) -> Result<()> {
    ask("remove-second-factor", email, stage).await?;
    progress::say(format!("{email} logs in by password alone again; their sessions are over"));
    Ok(())
}

async fn ask(function: &str, email: &str, stage: Stage) -> Result<()> {
    let aws = Aws::of_stage(stage.name()).await?;
    let event = serde_json::to_vec(&json!({"email": email}))?;
    let (failed, answer) = aws.invoke(&format!("caravan-{}-{function}", stage.name()), &event).await?;
    if failed {
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let reason = answer["errorMessage"].as_str().unwrap_or("the function failed; see its log");
        bail!("{function}: {reason}");
    }
    Ok(())
}
