//! Lists: newest first, filtered and in pages as Stripe gives them.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::form::{Tree, escaped, text};
use crate::intents::whole;
use crate::reply::{Answer, Refusal};
use crate::server::Layer;

/// By which fields a list can be filtered.
fn filters(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "payment_intents" => &["customer"],
        "charges" => &["customer", "payment_intent", "transfer_group"],
        "refunds" => &["charge", "payment_intent"],
        "balance_transactions" => &["currency", "source", "type", "payout"],
        "events" => &["type"],
        _ => return None,
    })
}

impl Layer {
    /// Whether we list these; others are localstripe's.
    pub fn lists(&self, kind: &str) -> bool {
        filters(kind).is_some()
    }

    pub fn list(self: &Arc<Self>, kind: &str, params: &Tree, expand: &[String]) -> Answer<Value> {
        let mut path = format!("/v1/{kind}?limit=1000000000");
        for field in expand {
            path.push_str(&format!("&expand[]={}", escaped(field)));
        }
        let mut all = self.upstream.get(&path)?;
        let mut items = all["data"].as_array_mut().map(std::mem::take).unwrap_or_default();
        if kind == "events" {
            items.extend(self.hooks.events());
        }
        items.iter_mut().for_each(|item| self.extras.shape(item, expand));
        // Stable, so that those of one second keep the order in which they came into being.
        items.sort_by_key(|item| item["created"].as_u64());
        items.reverse();
        page(&format!("/v1/{kind}"), items, params, filters(kind).unwrap_or_default())
    }

    /// One of localstripe or of ours.
    pub fn event(&self, id: &str) -> Answer<Value> {
        let own = self.hooks.events().into_iter().find(|event| event["id"] == id);
        own.map_or_else(|| self.upstream.get(&format!("/v1/events/{}", escaped(id))), Ok)
    }
}

/// A page of `items`, which are newest first.
pub fn page(url: &str, mut items: Vec<Value>, params: &Tree, filters: &[&str]) -> Answer<Value> {
    let known = ["limit", "starting_after", "ending_before", "created"];
    let all = || known.iter().chain(filters);
    if let Some(unknown) = params.keys().find(|name| !all().any(|known| known == name)) {
        return Err(Refusal::unknown(unknown));
    }
    for field in filters {
        if let Some(wanted) = text(params, field) {
            // `charge.*` is all of them.
            let begin = wanted.strip_suffix('*');
            items.retain(|item| {
                let there = item[field].as_str().or(item[field]["id"].as_str()).unwrap_or_default();
                begin.map_or(there == wanted, |begin| there.starts_with(begin))
            });
        }
    }
    created(&mut items, params)?;
    let limit = whole(params, "limit")?.unwrap_or(10);
    if !(1..=100).contains(&limit) {
        return Err(
            Refusal::bad("parameter_invalid_integer", "A limit is between 1 and 100.").with("param", "limit")
        );
    }
    let limit = usize::try_from(limit).unwrap_or(10);
    let place = |name: &str, items: &[Value]| match text(params, name) {
        None => Ok(None),
        Some(id) => match items.iter().position(|item| item["id"] == id) {
            Some(place) => Ok(Some(place)),
            None => {
                Err(Refusal::bad("resource_missing", format!("No such object: {id}")).with("param", name))
            }
        },
    };
    let (data, has_more) = if let Some(end) = place("ending_before", &items)? {
        (items[end.saturating_sub(limit)..end].to_vec(), end > limit)
    } else {
        let start = place("starting_after", &items)?.map_or(0, |place| place + 1);
        (items.iter().skip(start).take(limit).cloned().collect(), items.len() > start + limit)
    };
    Ok(json!({"object": "list", "url": url, "has_more": has_more, "data": data}))
}

fn created(items: &mut Vec<Value>, params: &Tree) -> Answer<()> {
    let bounds = match params.get("created") {
        None => return Ok(()),
        Some(Value::Object(bounds)) => bounds.clone(),
        Some(exactly) => Tree::from_iter([("eq".to_owned(), exactly.clone())]),
    };
    for name in bounds.keys() {
        let bound = whole(&bounds, name)?.unwrap_or_default();
        let at = |item: &Value| item["created"].as_i64().unwrap_or_default();
        match name.as_str() {
            "gt" => items.retain(|item| at(item) > bound),
            "gte" => items.retain(|item| at(item) >= bound),
            "lt" => items.retain(|item| at(item) < bound),
            "lte" => items.retain(|item| at(item) <= bound),
            "eq" => items.retain(|item| at(item) == bound),
            other => return Err(Refusal::unknown(&format!("created[{other}]"))),
        }
    }
    Ok(())
}
