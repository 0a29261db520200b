//! Checkout Sessions, all ours: written from <https://docs.stripe.com/api/checkout/sessions> for payments in one go
//! (`mode=payment`) by card, on top of localstripe's PaymentIntents.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::form::{Tree, text};
use crate::intents::whole;
use crate::lists;
use crate::page::{self, Shown};
use crate::reply::{Answer, Refusal, Reply};
use crate::server::Layer;
use crate::webhooks::{id, now};

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;
const KNOWN: &[&str] = &[
    "mode",
    "line_items",
    "success_url",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "customer",
    "metadata",
    "payment_intent_data",
    "expires_at",
    "payment_method_types",
    "payment_method_options",
    "locale",
    "submit_type",
    "ui_mode",
    "customer_creation",
    "billing_address_collection",
    "phone_number_collection",
    "allow_promotion_codes",
    "custom_text",
];

/// All sessions by id, oldest last.
#[derive(Default)]
pub struct Sessions(Mutex<BTreeMap<String, Session>>);

#[derive(Clone)]
struct Session {
    /// As it is answered.
    object: Value,
    lines: Vec<Value>,
    /// For its PaymentIntent, which comes into being when somebody pays.
    intent_data: Tree,
    intent: Option<String>,
}

impl Layer {
    pub fn create_session(&self, params: &Tree, expand: &[String]) -> Answer<Value> {
        if let Some(unknown) = params.keys().find(|name| !KNOWN.contains(&name.as_str())) {
            return Err(Refusal::unknown(unknown));
        }
        if text(params, "mode") != Some("payment") {
            return Err(Refusal::bad("", "Only mode=payment exists offline.").with("param", "mode"));
        }
        let success_url = text(params, "success_url").ok_or_else(|| Refusal::missing("success_url"))?;
        let (lines, currency) = lines(params)?;
        let total: i64 = lines.iter().filter_map(|line| line["amount_total"].as_i64()).sum();
        let expires_at = expiry(params)?;
        let id = id("cs_test_");
        let given = |name: &str| params.get(name).cloned().unwrap_or_default();
        let object = json!({
            "id": id,
            "object": "checkout.session",
            "amount_subtotal": total,
            "amount_total": total,
            "cancel_url": given("cancel_url"),
            "client_reference_id": given("client_reference_id"),
            "created": now(),
            "currency": currency,
            "customer": given("customer"),
            "customer_details": null,
            "customer_email": given("customer_email"),
            "expires_at": expires_at,
            "livemode": false,
            "locale": given("locale"),
            "metadata": params.get("metadata").cloned().unwrap_or_else(|| json!({})),
            "mode": "payment",
            "payment_intent": null,
            "payment_method_types": ["card"],
            "payment_status": if total == 0 { "no_payment_required" } else { "unpaid" },
            "status": "open",
            "success_url": success_url,
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted",
            "url": format!("{}/pay/{id}", self.url),
        });
        let intent_data = params.get("payment_intent_data").and_then(Value::as_object).cloned();
        let session = Session { object, lines, intent_data: intent_data.unwrap_or_default(), intent: None };
        self.all().insert(id.clone(), session);
        self.session(&id, expand)
    }

    pub fn session(&self, id: &str, expand: &[String]) -> Answer<Value> {
        let session = self.find(id)?;
        let mut object = session.object;
        if expand.iter().any(|path| path == "line_items") {
            object["line_items"] = self.session_lines(id)?;
        }
        if expand.iter().any(|path| path == "payment_intent")
            && let Some(intent) = object["payment_intent"].as_str()
        {
            object["payment_intent"] = self.upstream.get(&format!("/v1/payment_intents/{intent}"))?;
        }
        Ok(object)
    }

    pub fn session_lines(&self, id: &str) -> Answer<Value> {
        let data = self.find(id)?.lines;
        let url = format!("/v1/checkout/sessions/{id}/line_items");
        Ok(json!({"object": "list", "data": data, "has_more": false, "url": url}))
    }

    pub fn list_sessions(&self, params: &Tree) -> Answer<Value> {
        let mut all: Vec<Value> = self.all().values().map(|session| session.object.clone()).collect();
        all.sort_by_key(|session| std::cmp::Reverse(session["created"].as_u64()));
        lists::page("/v1/checkout/sessions", all, params, &["payment_intent", "customer", "status"])
    }

    pub fn expire_session(&self, id: &str) -> Answer<Value> {
        let session = self.find(id)?;
        if session.object["status"] != "open" {
            let why = "Only Checkout Sessions with a status in [\"open\"] can be expired.";
            return Err(Refusal::bad("", why));
        }
        let object = self.change(id, &json!({"status": "expired", "url": null}))?;
        self.hooks.tell("checkout.session.expired", &object);
        Ok(object)
    }

    pub fn expire_what_is_over(&self) {
        let over = |object: &Value| {
            object["status"] == "open" && object["expires_at"].as_u64().is_some_and(|at| at <= now())
        };
        let ids: Vec<String> =
            self.all().iter().filter(|(_, it)| over(&it.object)).map(|(id, _)| id.clone()).collect();
        for id in ids {
            // It is open, and only one of us works at a time.
            let _ = self.expire_session(&id);
        }
    }

    /// The page on which one pays.
    pub fn pay_page(&self, id: &str, status: u16, error: Option<&str>) -> Answer {
        let Session { object, lines, .. } = self.find(id)?;
        let names = lines.iter().filter_map(|line| line["description"].as_str());
        let shown = Shown {
            names: names.collect(),
            amount: object["amount_total"].as_i64().unwrap_or_default(),
            currency: object["currency"].as_str().unwrap_or_default(),
            email: object["customer_email"].as_str().unwrap_or_default(),
            status: object["status"].as_str().unwrap_or_default(),
            cancel_url: object["cancel_url"].as_str(),
            error,
        };
        Ok(Reply::html(status, page::page(&shown)))
    }

    pub fn pay(self: &Arc<Self>, id: &str, params: &Tree) -> Answer {
        let session = self.find(id)?;
        if session.object["status"] != "open" {
            return self.pay_page(id, 409, None);
        }
        let paid =
            if session.object["amount_total"] == 0 { Ok(None) } else { self.charge(id, &session, params) };
        let intent = match paid {
            Ok(intent) => intent,
            Err(refusal) if refusal.status < 500 => {
                return self.pay_page(id, 402, Some(&refusal.message));
            }
            Err(refusal) => return Err(refusal),
        };
        let email = text(params, "email").or(session.object["customer_email"].as_str());
        let mut change = json!({"status": "complete", "url": null, "customer_details": {"email": email}});
        if let Some(intent) = intent {
            change["payment_intent"] = intent.into();
            change["payment_status"] = "paid".into();
        }
        let object = self.change(id, &change)?;
        self.hooks.tell("checkout.session.completed", &object);
        let success = object["success_url"].as_str().unwrap_or_default();
        Ok(Reply::elsewhere(success.replace("{CHECKOUT_SESSION_ID}", id)))
    }

    /// Pays with the card of the page; a second card pays the same PaymentIntent.
    fn charge(self: &Arc<Self>, id: &str, session: &Session, params: &Tree) -> Answer<Option<String>> {
        let intent = match &session.intent {
            Some(intent) => intent.clone(),
            None => {
                let mut new = session.intent_data.clone();
                new.insert("amount".into(), session.object["amount_total"].to_string().into());
                new.insert("currency".into(), session.object["currency"].clone());
                if session.object["customer"].is_string() {
                    new.insert("customer".into(), session.object["customer"].clone());
                }
                let intent = self.create_intent(new)?;
                let intent = intent["id"].as_str().unwrap_or_default().to_owned();
                if let Some(session) = self.all().get_mut(id) {
                    session.intent = Some(intent.clone());
                }
                intent
            }
        };
        let number = text(params, "number").unwrap_or_default();
        let mut confirm = Tree::new();
        confirm.insert("payment_method_data".into(), json!({"type": "card", "card": {"number": number}}));
        let answer = self.confirm_intent(&intent, confirm)?;
        if answer["status"] == "requires_action" {
            let why = "This card asks for an authentication that this page does not have.";
            return Err(Refusal::new(402, "authentication_required", why));
        }
        Ok(Some(intent))
    }

    fn change(&self, id: &str, change: &Value) -> Answer<Value> {
        let mut all = self.all();
        let session = all.get_mut(id).ok_or_else(|| missing(id))?;
        for (name, value) in change.as_object().into_iter().flatten() {
            session.object[name] = value.clone();
        }
        Ok(session.object.clone())
    }

    fn find(&self, id: &str) -> Answer<Session> {
        self.all().get(id).cloned().ok_or_else(|| missing(id))
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Session>> {
        self.sessions.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn missing(id: &str) -> Refusal {
    Refusal::new(404, "resource_missing", format!("No such checkout.session: {id}"))
}

/// The lines and the one currency of them.
fn lines(params: &Tree) -> Answer<(Vec<Value>, String)> {
    let items = params.get("line_items").and_then(Value::as_array).filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| Refusal::missing("line_items"))?;
    let mut lines = Vec::new();
    let mut currencies = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let path = |field: &str| format!("line_items[{number}][{field}]");
        let item = item.as_object().ok_or_else(|| Refusal::missing(&path("price_data")))?;
        let needed = |field: &str| text(item, field).ok_or_else(|| Refusal::missing(&path(field)));
        let currency = needed("price_data.currency")?.to_lowercase();
        let name = needed("price_data.product_data.name")?;
        needed("price_data.unit_amount")?;
        let unit = item["price_data"].as_object().map(|price| whole(price, "unit_amount"));
        let unit = unit.transpose()?.flatten().unwrap_or_default();
        let quantity = whole(item, "quantity")?.unwrap_or(1);
        let total = unit.checked_mul(quantity).filter(|total| *total >= 0 && quantity > 0);
        let total = total.ok_or_else(|| {
            Refusal::bad("parameter_invalid_integer", "An amount and a quantity are above zero.")
                .with("param", path("quantity"))
        })?;
        lines.push(json!({
            "id": id("li_"),
            "object": "item",
            "amount_discount": 0,
            "amount_subtotal": total,
            "amount_tax": 0,
            "amount_total": total,
            "currency": currency,
            "description": name,
            "price": {"id": id("price_"), "object": "price", "currency": currency, "unit_amount": unit},
            "quantity": quantity,
        }));
        currencies.push(currency);
    }
    let currency = currencies.remove(0);
    if currencies.iter().any(|other| *other != currency) {
        return Err(Refusal::bad("", "All line items must have one currency.").with("param", "line_items"));
    }
    Ok((lines, currency))
}

/// Half an hour to a day from now; a day unless it is said.
fn expiry(params: &Tree) -> Answer<u64> {
    let Some(at) = whole(params, "expires_at")? else { return Ok(now() + DAY) };
    let at = u64::try_from(at).unwrap_or_default();
    // A little less and more, since clocks and requests take time.
    if at + MINUTE < now() + 30 * MINUTE || at > now() + DAY + MINUTE {
        let why = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.";
        return Err(Refusal::bad("", why).with("param", "expires_at"));
    }
    Ok(at)
}
