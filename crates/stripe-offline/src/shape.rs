//! What localstripe answers, in the shape of Stripe's current API.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

/// Fields of objects that localstripe does not keep, by the object's id.
#[derive(Default)]
pub struct Extras(Mutex<HashMap<String, Map<String, Value>>>);

impl Extras {
    pub fn set(&self, id: &str, name: &str, value: impl Into<Value>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(id.to_owned()).or_default().insert(name.to_owned(), value.into());
    }

    /// `expand` are the paths of which the whole object is wanted.
    pub fn shape(&self, value: &mut Value, expand: &[String]) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.shape(item, expand)),
            Value::Object(object) => {
                for inner in object.values_mut() {
                    self.shape(inner, expand);
                }
                self.complete(object, expand);
            }
            _ => {}
        }
    }

    fn complete(&self, object: &mut Map<String, Value>, expand: &[String]) {
        let text = |object: &Map<String, Value>, name: &str| {
            object.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let amount = object.get("amount").cloned().unwrap_or_default();
        match text(object, "object").as_str() {
            "payment_intent" => {
                let paid = text(object, "status") == "succeeded";
                object.insert("amount_received".into(), if paid { amount } else { 0.into() });
                let whole = expand.iter().any(|path| path.ends_with("latest_charge"));
                if let Some(charge) = object.get_mut("latest_charge")
                    && !whole
                    && let Some(id) = charge.get("id").cloned()
                {
                    *charge = id;
                }
            }
            "charge" => {
                let captured = object.get("captured") == Some(&Value::Bool(true));
                let paid = captured && text(object, "status") == "succeeded";
                object.insert("amount_captured".into(), if paid { amount } else { 0.into() });
            }
            _ => {}
        }
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, value) in all.get(&text(object, "id")).into_iter().flatten() {
            match (object.get_mut(name), value) {
                // Completes what is there, and makes nothing up.
                (Some(Value::Object(there)), Value::Object(more)) => there.extend(more.clone()),
                (Some(Value::Null), Value::Object(_)) if name == "last_payment_error" => {}
                _ => {
                    object.insert(name.clone(), value.clone());
                }
            }
        }
    }
}
