//! Demo data, loaded as any client would: through the public API, with the code from the mail.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use hyper::StatusCode;
use serde_json::{Value, json};

use crate::aws::http;
use crate::door::mailbox;

/// The account that `up` prints.
pub const EMAIL: &str = "demo@caravan.example";
/// Only for a cloud that lives on this machine and dies with the process.
pub const PASSWORD: &str = "a-mule-knows-the-pass-42";

/// Whose API the demo data goes through.
pub const CONTEXT: &str = "identity";

/// Makes sure that the demo account exists and is verified.
pub async fn load(door: &str, endpoint: &str, account: &str) -> Result<()> {
    if log_in(door).await?.is_some() {
        return Ok(());
    }
    let before = mailbox::mails(endpoint, account).await?.len();
    let body = json!({
        "given_name": "Demo",
        "family_name": "Traveller",
        "email": EMAIL,
        "password": PASSWORD,
        "role": "user",
        "terms_accepted": true,
    });
    let (status, answer) = http::post(&format!("{door}/api/v1/auth/register"), &body).await?;
    if status != StatusCode::ACCEPTED {
        bail!("registering the demo account: {status}: {}", String::from_utf8_lossy(&answer));
    }
    let code = code(endpoint, account, before).await?;
    let body = json!({"email": EMAIL, "code": code});
    let (status, answer) = http::post(&format!("{door}/api/v1/auth/verify-email"), &body).await?;
    if !status.is_success() {
        bail!("verifying the demo account: {status}: {}", String::from_utf8_lossy(&answer));
    }
    Ok(())
}

/// An access token of the demo account, if it can sign in.
pub async fn log_in(door: &str) -> Result<Option<String>> {
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let (status, answer) = http::post(&format!("{door}/api/v1/auth/login"), &body).await?;
    if !status.is_success() {
        return Ok(None);
    }
    let answer: Value = serde_json::from_slice(&answer)?;
    Ok(answer["access_token"].as_str().map(str::to_owned))
}

/// The code in the mail that arrives after the first `before` ones.
async fn code(endpoint: &str, account: &str, before: usize) -> Result<String> {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while tokio::time::Instant::now() < deadline {
        let mails = mailbox::mails(endpoint, account).await?;
        let ours = mails.iter().skip(before).filter(|mail| mail.to.iter().any(|to| to.contains(EMAIL)));
        if let Some(code) = ours.filter_map(|mail| six_digits(mail.body_text.as_deref()?)).next_back() {
            return Ok(code);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("no mail with a code arrived within 20 s")
}

fn six_digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| word.len() == 6 && word.chars().all(|c| c.is_ascii_digit()))
        .map(str::to_owned)
}

/// The lines that work when pasted.
pub fn curl_lines(door: &str) -> Result<[String; 3]> {
    let port = door.rsplit(':').next().context("the door has no port")?;
    let base = format!("http://localhost:{port}/api/v1");
    let login = json!({"email": EMAIL, "password": PASSWORD});
    Ok([
        format!("curl {base}/health"),
        format!(
            "curl -s {base}/auth/login -H 'content-type: application/json' -d '{login}' | tee /tmp/caravan-demo.json"
        ),
        format!(
            "curl {base}/auth/me -H \"authorization: Bearer $(sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/' /tmp/caravan-demo.json)\""
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_on_their_own() {
        assert_eq!(six_digits("Your code: 123456.").as_deref(), Some("123456"));
        assert_eq!(six_digits("id 1234567, ref a12345").as_deref(), None);
    }
}
