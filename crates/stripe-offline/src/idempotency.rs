//! `Idempotency-Key`: the second try gets the first one's answer (docs.stripe.com/api/idempotent_requests).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::reply::{Answer, Refusal, Reply};

#[derive(Default)]
pub struct Keys(Mutex<HashMap<String, Try>>);

struct Try {
    /// Path and parameters.
    of: String,
    /// None while it is at work.
    answer: Option<Reply>,
}

impl Keys {
    /// Does the work once for each key.
    pub fn once(&self, key: &str, of: &str, work: impl FnOnce() -> Answer) -> Answer {
        if key.len() > 255 {
            return Err(Refusal::bad("", "An idempotency key has 255 characters at most."));
        }
        if let Some(earlier) = self.begin(key, of)? {
            return Ok(earlier);
        }
        let reply = work().unwrap_or_else(Reply::from);
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What was not begun may be tried again: wrong parameters, conflicts.
        if reply.status < 400 || reply.status == 402 || reply.status >= 500 {
            let answer = Some(Reply { replayed: true, ..reply.clone() });
            keys.insert(key.to_owned(), Try { of: of.to_owned(), answer });
        } else {
            keys.remove(key);
        }
        Ok(reply)
    }

    fn begin(&self, key: &str, of: &str) -> Answer<Option<Reply>> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match keys.get(key) {
            Some(earlier) if earlier.of != of => Err(Refusal {
                kind: "idempotency_error",
                ..Refusal::bad(
                    "",
                    "Keys for idempotent requests can only be used with the same parameters they were first used with.",
                )
            }),
            Some(Try { answer: Some(reply), .. }) => Ok(Some(reply.clone())),
            Some(_) => Err(Refusal::new(
                409,
                "idempotency_key_in_use",
                "There is currently another in-progress request using this key.",
            )),
            None => {
                keys.insert(key.to_owned(), Try { of: of.to_owned(), answer: None });
                Ok(None)
            }
        }
    }
}
