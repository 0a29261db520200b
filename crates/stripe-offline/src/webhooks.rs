//! Events on their way: signed as <https://docs.stripe.com/webhooks> says, and sent again until they are taken.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{Webhook, upstream};

/// Between two tries; Stripe's are hours and days.
const PAUSES: [u64; 6] = [0, 1, 2, 5, 10, 30];

#[derive(Default)]
pub struct Hooks {
    all: Mutex<BTreeMap<String, Webhook>>,
    /// Those that localstripe does not know.
    own: Mutex<Vec<Value>>,
}

impl Hooks {
    pub fn add(&self, name: &str, webhook: Webhook) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), webhook);
    }

    /// Our own events so far, oldest first.
    pub fn events(&self) -> Vec<Value> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An event of ours: keeps it and sends it.
    pub fn tell(self: &Arc<Self>, kind: &str, object: &Value) {
        let event = json!({
            "id": id("evt_"),
            "object": "event",
            "api_version": "2025-03-31.basil",
            "created": now(),
            "data": {"object": object},
            "livemode": false,
            "pending_webhooks": 1,
            "request": null,
            "type": kind,
        });
        self.own.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
        self.send(event);
    }

    /// Sends any event to all that want it.
    pub fn send(self: &Arc<Self>, event: Value) {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = event["type"].as_str().unwrap_or_default();
        let wanted = |hook: &&Webhook| {
            let events = hook.events.as_ref();
            events.is_none_or(|events| events.iter().any(|event| event == kind || event == "*"))
        };
        for hook in all.values().filter(wanted) {
            let (hook, body) = (hook.clone(), event.to_string());
            // Ours alone, so that one who sleeps does not hold up the others, and the process may end beneath it.
            let alive = Arc::downgrade(self);
            std::thread::spawn(move || {
                for pause in PAUSES {
                    std::thread::sleep(Duration::from_secs(pause));
                    if alive.strong_count() == 0 || taken(&hook, &body) {
                        return;
                    }
                }
            });
        }
    }
}

fn taken(hook: &Webhook, body: &str) -> bool {
    let request = upstream::agent()
        .post(&hook.url)
        .header("stripe-signature", signature(&hook.secret, now(), body))
        .header("user-agent", "Stripe/1.0 (offline)")
        .content_type("application/json; charset=utf-8");
    request.send(body).is_ok_and(|answer| answer.status().is_success())
}

fn signature(secret: &str, at: u64, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{at}.{body}").as_bytes());
    let code: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at},v1={code}")
}

/// Seconds since 1970, as Stripe counts.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// A new one.
pub fn id(prefix: &str) -> String {
    let part = || getrandom::u64().unwrap_or_default();
    format!("{prefix}{:016x}{:016x}", part(), part())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_over_the_time_and_the_raw_body() {
        // printf '1.{}' | openssl dgst -sha256 -hmac whsec
        let code = "6ab13b5991724d5a0c7f02d7989ba3425b580e39d5b9a0a6258a7f5d0419173a";
        assert_eq!(signature("whsec", 1, "{}"), format!("t=1,v1={code}"));
    }
}
