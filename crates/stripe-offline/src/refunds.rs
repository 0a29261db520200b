//! Refunds: never more than was paid, told by events, and of some cards with a delay.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cards::{self, Later};
use crate::form::{self, Tree, escaped};
use crate::intents::whole;
use crate::reply::{Answer, Refusal};
use crate::server::Layer;

const REASONS: &[&str] = &["duplicate", "fraudulent", "requested_by_customer"];
const KNOWN: &[&str] = &["charge", "payment_intent", "amount", "metadata", "reason", "instructions_email"];
/// Until a refund of a card for it becomes what it will be.
const LATER: Duration = Duration::from_secs(1);

impl Layer {
    pub fn create_refund(self: &Arc<Self>, params: Tree) -> Answer<Value> {
        if let Some(unknown) = params.keys().find(|name| !KNOWN.contains(&name.as_str())) {
            return Err(Refusal::unknown(unknown));
        }
        let reason = form::text(&params, "reason");
        if reason.is_some_and(|reason| !REASONS.contains(&reason)) {
            let why = format!("Invalid reason: must be one of {}", REASONS.join(", "));
            return Err(Refusal::bad("", why).with("param", "reason"));
        }
        let charge = self.charge_of(&params)?;
        let id = charge["id"].as_str().unwrap_or_default();
        let number = |name: &str| charge[name].as_i64().unwrap_or_default();
        let left = number("amount") - number("amount_refunded");
        if left <= 0 {
            let why = format!("Charge {id} has already been refunded.");
            return Err(Refusal::bad("charge_already_refunded", why));
        }
        let amount = whole(&params, "amount")?.unwrap_or(left);
        if amount < 1 {
            return Err(
                Refusal::bad("parameter_invalid_integer", "Invalid positive integer").with("param", "amount")
            );
        }
        if amount > left {
            let why =
                format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
            return Err(Refusal::bad("", why).with("param", "amount"));
        }

        let mut new = json!({ "amount": amount });
        match charge["payment_intent"].as_str() {
            Some(intent) => new["payment_intent"] = intent.into(),
            None => new["charge"] = id.into(),
        }
        if let Some(metadata) = params.get("metadata") {
            new["metadata"] = metadata.clone();
        }
        let mut refund = self.upstream.post("/v1/refunds", &new)?;
        let refund_id = refund["id"].as_str().unwrap_or_default().to_owned();
        self.extras.set(&refund_id, "reason", reason.map(Value::from).unwrap_or_default());
        let later = cards::refund(&self.last4(charge["payment_method"].as_str().unwrap_or_default())?);
        if later == Some(Later::Succeeds) {
            refund = self.change_refund(&refund_id, &json!({"status": "pending"}))?;
        }
        self.extras.shape(&mut refund, &[]);
        let mut charge = self.upstream.get(&format!("/v1/charges/{id}"))?;
        self.extras.shape(&mut charge, &[]);
        self.hooks.tell("refund.created", &refund);
        self.hooks.tell("charge.refunded", &charge);
        match later {
            Some(later) => self.finish_later(&refund_id, amount, later),
            None => self.hooks.tell("refund.updated", &refund),
        }
        Ok(refund)
    }

    fn charge_of(&self, params: &Tree) -> Answer<Value> {
        let charge = match (form::text(params, "charge"), form::text(params, "payment_intent")) {
            (Some(charge), None) => self.upstream.get(&format!("/v1/charges/{}", escaped(charge)))?,
            (None, Some(intent)) => {
                self.upstream.get(&format!("/v1/payment_intents/{}", escaped(intent)))?["latest_charge"]
                    .take()
            }
            _ => {
                return Err(Refusal::bad("parameter_missing", "One of charge and payment_intent is needed."));
            }
        };
        if charge["status"] != "succeeded" || charge["captured"] != true {
            return Err(Refusal::bad("", "This PaymentIntent does not have a successful charge to refund."));
        }
        Ok(charge)
    }

    fn change_refund(&self, id: &str, change: &Value) -> Answer<Value> {
        self.upstream.post(&format!("/v1/refunds/{id}"), change)
    }

    fn finish_later(self: &Arc<Self>, id: &str, amount: i64, later: Later) {
        let (layer, id) = (Arc::downgrade(self), id.to_owned());
        std::thread::spawn(move || {
            std::thread::sleep(LATER);
            if let Some(layer) = layer.upgrade() {
                // Without it localstripe is gone, and with it the refund.
                let _ = layer.work_alone(|| layer.finish(&id, amount, later));
            }
        });
    }

    fn finish(self: &Arc<Self>, id: &str, amount: i64, later: Later) -> Answer<()> {
        let change = match later {
            Later::Succeeds => json!({"status": "succeeded"}),
            Later::Fails => {
                // localstripe takes the sum of all refunds, whatever became of them.
                self.extras.set(id, "amount", amount);
                self.extras.set(id, "failure_reason", "expired_or_canceled_card");
                json!({"status": "failed", "amount": 0})
            }
        };
        let mut refund = self.change_refund(id, &change)?;
        self.extras.shape(&mut refund, &[]);
        self.hooks.tell("refund.updated", &refund);
        if later == Later::Fails {
            self.hooks.tell("refund.failed", &refund);
        }
        Ok(())
    }
}
