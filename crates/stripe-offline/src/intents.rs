//! PaymentIntents and payment methods: what localstripe does not take, and how a card is declined.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::cards::{self, Decline};
use crate::form::{self, Tree, escaped};
use crate::reply::{Answer, Refusal};
use crate::server::Layer;
use crate::webhooks::now;

/// What localstripe keeps.
const KEPT: &[&str] = &["amount", "currency", "customer", "metadata", "capture_method"];
/// What we keep for it.
const EXTRA: &[&str] = &[
    "description",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "setup_future_usage",
    "transfer_group",
    "shipping",
    "automatic_payment_methods",
    "payment_method_types",
    "payment_method_options",
];
/// What changes nothing here.
const NO_MATTER: &[&str] = &[
    "confirm",
    "payment_method",
    "payment_method_data",
    "return_url",
    "off_session",
    "error_on_requires_action",
    "use_stripe_sdk",
    "client_secret",
    "mandate_data",
];
/// The last of three digits must be 0 (docs.stripe.com/currencies).
const THREE_DIGITS: &[&str] = &["bhd", "jod", "kwd", "omr", "tnd"];

impl Layer {
    pub fn create_intent(self: &Arc<Self>, mut params: Tree) -> Answer<Value> {
        for needed in ["amount", "currency"] {
            form::text(&params, needed).ok_or_else(|| Refusal::missing(needed))?;
        }
        let currency = form::text(&params, "currency").unwrap_or_default().to_lowercase();
        params.insert("currency".into(), currency.clone().into());
        let amount = whole(&params, "amount")?.unwrap_or_default();
        check_amount(amount, &currency)?;
        let mut new = self.kept(&params)?;
        if let Some(method) = self.method_of(&params)? {
            new["payment_method"] = method;
        }
        let intent = self.upstream.post("/v1/payment_intents", &new)?;
        let id = intent["id"].as_str().unwrap_or_default().to_owned();
        self.keep_extras(&id, &params);
        if form::text(&params, "confirm") == Some("true") {
            return self.confirm_intent(&id, Tree::new());
        }
        Ok(intent)
    }

    pub fn update_intent(&self, id: &str, params: Tree) -> Answer<Value> {
        let path = format!("/v1/payment_intents/{}", escaped(id));
        let intent = self.upstream.get(&path)?;
        let mut change = self.kept(&params)?;
        if let Some(currency) = form::text(&params, "currency") {
            change["currency"] = currency.to_lowercase().into();
        }
        if let Some(amount) = whole(&params, "amount")? {
            let currency = change["currency"].as_str().or(intent["currency"].as_str());
            check_amount(amount, currency.unwrap_or_default())?;
            if ["succeeded", "canceled", "processing"].contains(&status(&intent)) {
                return Err(unexpected(&intent, "updated"));
            }
        }
        if let Some(method) = self.method_of(&params)? {
            change["payment_method"] = method;
        }
        self.keep_extras(id, &params);
        let nothing = change.as_object().is_none_or(|change| change.is_empty());
        if nothing { Ok(intent) } else { self.upstream.post(&path, &change) }
    }

    pub fn confirm_intent(self: &Arc<Self>, id: &str, params: Tree) -> Answer<Value> {
        let path = format!("/v1/payment_intents/{}", escaped(id));
        let intent = self.upstream.get(&path)?;
        if !["requires_payment_method", "requires_confirmation", "requires_action"].contains(&status(&intent))
        {
            return Err(unexpected(&intent, "confirmed"));
        }
        self.kept(&params)?;
        self.keep_extras(id, &params);
        let known = intent["payment_method"].as_str().map(Value::from);
        let Some(method) = self.method_of(&params)?.or(known) else {
            let why = "You cannot confirm this PaymentIntent because it's missing a payment method.";
            return Err(Refusal::bad("payment_intent_unexpected_state", why));
        };
        let last4 = self.last4(method.as_str().unwrap_or_default())?;
        let decline = cards::decline(&last4);
        // localstripe lets most of Stripe's bad cards pay, and lets nobody try again with another card.
        let charged = if decline.is_some() { self.card(cards::DECLINED)? } else { method };
        let fresh = json!({"payment_method": charged, "latest_charge": null, "next_action": null});
        self.upstream.post(&path, &fresh)?;
        match self.upstream.post(&format!("{path}/confirm"), &json!({})) {
            Err(refusal) if refusal.status == 402 => {
                let decline = decline.or(cards::decline("0002"));
                Err(self.declined(&path, refusal, decline)?)
            }
            other => other,
        }
    }

    /// After a refusal no payment method is left, and the error says why.
    fn declined(&self, path: &str, refusal: Refusal, decline: Option<Decline>) -> Answer<Refusal> {
        let Some(decline) = decline else { return Ok(refusal) };
        let mut intent = self.upstream.post(path, &json!({ "payment_method": null }))?;
        let mut error = json!({
            "type": "card_error",
            "code": decline.code,
            "message": decline.message,
        });
        if let Some(code) = decline.decline_code {
            error["decline_code"] = code.into();
        }
        let id = intent["id"].as_str().unwrap_or_default().to_owned();
        self.extras.set(&id, "last_payment_error", error);
        self.extras.shape(&mut intent, &[]);
        let mut refusal = Refusal { kind: "card_error", ..Refusal::new(402, decline.code, decline.message) }
            .with("payment_intent", intent)
            .with("charge", refusal.more.get("charge").cloned().unwrap_or_default());
        if let Some(code) = decline.decline_code {
            refusal = refusal.with("decline_code", code);
        }
        Ok(refusal)
    }

    pub fn cancel_intent(self: &Arc<Self>, id: &str, params: &Tree) -> Answer<Value> {
        let path = format!("/v1/payment_intents/{}", escaped(id));
        let intent = self.upstream.get(&path)?;
        if ["succeeded", "canceled", "processing"].contains(&status(&intent)) {
            return Err(unexpected(&intent, "canceled"));
        }
        let mut intent = self.upstream.post(&format!("{path}/cancel"), &json!({}))?;
        self.extras.set(id, "canceled_at", now());
        let reason = form::text(params, "cancellation_reason").map(Value::from);
        self.extras.set(id, "cancellation_reason", reason.unwrap_or_default());
        self.extras.shape(&mut intent, &[]);
        self.hooks.tell("payment_intent.canceled", &intent);
        Ok(intent)
    }

    pub fn create_method(&self, mut params: Tree) -> Answer<Value> {
        if let Some(number) = form::text(&params, "card.token").and_then(cards::number) {
            params.insert("card".into(), json!({ "number": number }));
        }
        if let Some(Value::Object(card)) = params.get_mut("card") {
            // Not needed at Stripe, needed at localstripe.
            card.entry("cvc").or_insert("123".into());
            card.entry("exp_month").or_insert("12".into());
            card.entry("exp_year").or_insert("2034".into());
            if let Some(number) = card.get("number").and_then(Value::as_str) {
                let digits: String = number.chars().filter(char::is_ascii_digit).collect();
                card.insert("number".into(), digits.into());
            }
        }
        params.retain(|name, _| {
            ["type", "card", "sepa_debit", "billing_details", "metadata"].contains(&name.as_str())
        });
        let made = self.upstream.post("/v1/payment_methods", &Value::Object(params));
        made.map_err(|refusal| match refusal.code {
            None => Refusal {
                kind: "card_error",
                ..Refusal::new(402, "incorrect_number", "Your card number is incorrect.")
            },
            Some(_) => refusal,
        })
    }

    /// By its id or one of the names for tests.
    pub fn method(&self, id: &str) -> Answer<Value> {
        match cards::number(id) {
            Some(number) => {
                let id = self.card(number)?;
                self.upstream.get(&format!("/v1/payment_methods/{}", id.as_str().unwrap_or_default()))
            }
            None => self.upstream.get(&format!("/v1/payment_methods/{}", escaped(id))),
        }
    }

    pub fn last4(&self, method: &str) -> Answer<String> {
        let method = self.method(method)?;
        Ok(method["card"]["last4"].as_str().or(method["last4"].as_str()).unwrap_or_default().to_owned())
    }

    /// The id of a new payment method.
    fn card(&self, number: &str) -> Answer<Value> {
        let mut params = Tree::new();
        params.insert("type".into(), "card".into());
        params.insert("card".into(), json!({ "number": number }));
        Ok(self.create_method(params)?["id"].take())
    }

    fn method_of(&self, params: &Tree) -> Answer<Option<Value>> {
        if let Some(Value::Object(new)) = params.get("payment_method_data") {
            return Ok(Some(self.create_method(new.clone())?["id"].take()));
        }
        let Some(id) = form::text(params, "payment_method") else { return Ok(None) };
        Ok(Some(self.method(id)?["id"].take()))
    }

    /// The part that localstripe keeps; refuses what nobody knows.
    fn kept(&self, params: &Tree) -> Answer<Value> {
        let known = |name: &&String| [KEPT, EXTRA, NO_MATTER].iter().any(|all| all.contains(&name.as_str()));
        if let Some(unknown) = params.keys().find(|name| !known(name)) {
            return Err(Refusal::unknown(unknown));
        }
        let mut kept: Tree = params.clone();
        kept.retain(|name, _| KEPT.contains(&name.as_str()));
        if let Some(amount) = whole(params, "amount")? {
            kept.insert("amount".into(), amount.into());
        }
        Ok(Value::Object(kept))
    }

    fn keep_extras(&self, id: &str, params: &Tree) {
        for name in EXTRA {
            if let Some(value) = params.get(*name) {
                self.extras.set(id, name, value.clone());
            }
        }
    }
}

/// A parameter that is a whole number.
pub fn whole(params: &Tree, name: &str) -> Answer<Option<i64>> {
    let Some(text) = form::text(params, name) else { return Ok(None) };
    let wrong =
        || Refusal::bad("parameter_invalid_integer", format!("Invalid integer: {text}")).with("param", name);
    text.parse().map(Some).map_err(|_| wrong())
}

pub fn check_amount(amount: i64, currency: &str) -> Answer<()> {
    if amount < 1 {
        return Err(
            Refusal::bad("amount_too_small", "The amount must be above zero.").with("param", "amount")
        );
    }
    if THREE_DIGITS.contains(&currency) && amount % 10 != 0 {
        let why = "The last digit of an amount in a currency of three decimals must be 0.";
        return Err(Refusal::bad("parameter_invalid_integer", why).with("param", "amount"));
    }
    if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_lowercase()) {
        return Err(Refusal::bad("", format!("Invalid currency: {currency}")).with("param", "currency"));
    }
    Ok(())
}

fn status(intent: &Value) -> &str {
    intent["status"].as_str().unwrap_or_default()
}

fn unexpected(intent: &Value, what: &str) -> Refusal {
    let why =
        format!("This PaymentIntent could not be {what} because it has a status of {}.", status(intent));
    Refusal::bad("payment_intent_unexpected_state", why).with("payment_intent", intent.clone())
}
