//! Demo data, loaded as any client would: through the public API, with the code from the mail.

pub mod booking;
mod catalogue;
mod client;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use hyper::StatusCode;
use serde_json::{Value, json};

use crate::aws::{Aws, http};
use crate::door::{Door, mailbox};

use client::Client;

/// The accounts that `up` prints.
pub const EMAIL: &str = "demo@caravan.example";
pub const ADMIN: &str = "admin@caravan.example";
/// Only for a cloud that lives on this machine and dies with the process.
pub const PASSWORD: &str = "a-mule-knows-the-pass-42";

/// Whose API the demo data goes through.
pub const CONTEXT: &str = "identity";

/// Where the demo data goes.
pub struct Scene<'a> {
    pub door: &'a Door,
    pub aws: &'a Aws,
    /// The cloud, whose mailbox is read.
    pub endpoint: &'a str,
    pub account: &'a str,
}

/// Makes sure that there are a traveller, an administrator, and something to browse and to book.
pub async fn load(scene: &Scene<'_>, contexts: &[String]) -> Result<()> {
    let door = &scene.door.url;
    member(door, scene.endpoint, scene.account, EMAIL).await?;
    let token = administrator(scene).await?;
    catalogue::load(&Client { door: door.clone(), token }, contexts).await
}

/// An access token of the demo's administrator, who is made first where there is none.
pub async fn administrator(scene: &Scene<'_>) -> Result<String> {
    let door = &scene.door.url;
    member(door, scene.endpoint, scene.account, ADMIN).await?;
    let event = serde_json::to_vec(&json!({"email": ADMIN}))?;
    let (failed, answer) = scene.aws.invoke("caravan-local-make-admin", &event).await?;
    if failed {
        bail!("make-admin: {}", String::from_utf8_lossy(&answer));
    }
    log_in(door, ADMIN).await?.context("the demo's administrator cannot sign in")
}

/// Makes sure that somebody has an account with a verified address.
async fn member(door: &str, endpoint: &str, account: &str, email: &str) -> Result<()> {
    if log_in(door, email).await?.is_some() {
        return Ok(());
    }
    let before = mailbox::mails(endpoint, account).await?.len();
    let body = json!({
        "given_name": "Demo",
        "family_name": if email == ADMIN { "Administrator" } else { "Traveller" },
        "email": email,
        "password": PASSWORD,
        "role": "user",
        "terms_accepted": true,
    });
    let (status, answer) = http::post(&format!("{door}/api/v1/auth/register"), &body).await?;
    if status != StatusCode::ACCEPTED {
        bail!("registering {email}: {status}: {}", String::from_utf8_lossy(&answer));
    }
    let code = code(endpoint, account, email, before).await?;
    let body = json!({"email": email, "code": code});
    let (status, answer) = http::post(&format!("{door}/api/v1/auth/verify-email"), &body).await?;
    if !status.is_success() {
        bail!("verifying {email}: {status}: {}", String::from_utf8_lossy(&answer));
    }
    Ok(())
}

/// An access token of a demo account, if it can sign in.
pub async fn log_in(door: &str, email: &str) -> Result<Option<String>> {
    let body = json!({"email": email, "password": PASSWORD});
    let (status, answer) = http::post(&format!("{door}/api/v1/auth/login"), &body).await?;
    if !status.is_success() {
        return Ok(None);
    }
    let answer: Value = serde_json::from_slice(&answer)?;
    Ok(answer["access_token"].as_str().map(str::to_owned))
}

/// The code in the mail that arrives after the first `before` ones.
async fn code(endpoint: &str, account: &str, email: &str, before: usize) -> Result<String> {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while tokio::time::Instant::now() < deadline {
        let mails = mailbox::mails(endpoint, account).await?;
        let ours = mails.iter().skip(before).filter(|mail| mail.to.iter().any(|to| to.contains(email)));
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
