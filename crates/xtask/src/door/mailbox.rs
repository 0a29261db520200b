//! The mails that functions sent into the offline cloud, as a page and as data.

use anyhow::Result;
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::aws::http;

/// A mail as the emulator keeps it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mail {
    pub to: Vec<String>,
    pub subject: String,
    #[serde(default)]
    pub body_text: Option<String>,
}

#[derive(Deserialize)]
struct Mailbox {
    messages: BTreeMap<String, Vec<Mail>>,
}

/// All mails of an account, oldest first.
pub async fn mails(endpoint: &str, account: &str) -> Result<Vec<Mail>> {
    let body = http::get(&format!("{endpoint}/_ministack/ses/messages?account={account}")).await?;
    let mut mailbox: Mailbox = serde_json::from_slice(&body)?;
    Ok(mailbox.messages.remove(account).unwrap_or_default())
}

/// A page that shows them, newest first, and looks again every few seconds.
pub async fn page(endpoint: &str, account: &str) -> Result<String> {
    let mails: String = mails(endpoint, account).await?.iter().rev().map(mail).collect();
    let mails = if mails.is_empty() { "<p>No mail yet.</p>".to_owned() } else { mails };
    Ok(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta http-equiv=refresh content=5><title>Mailbox</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}\
         article{{border:1px solid #ccc;border-radius:.5rem;padding:0 1rem;margin:1rem 0}}\
         pre{{white-space:pre-wrap;font:inherit}}small{{color:#666}}</style>\
         <h1>Mailbox</h1><p>What the offline cloud sent; nothing leaves this machine.</p>{mails}</html>\n"
    ))
}

fn mail(mail: &Mail) -> String {
    format!(
        "<article><h2>{}</h2><small>to {}</small><pre>{}</pre></article>",
        escaped(&mail.subject),
        escaped(&mail.to.join(", ")),
        escaped(mail.body_text.as_deref().unwrap_or_default())
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_cannot_bring_markup() {
        let shown =
            mail(&Mail { to: vec!["a@b.example".into()], subject: "<script>".into(), body_text: None });
        assert!(shown.contains("&lt;script&gt;"));
    }
}
