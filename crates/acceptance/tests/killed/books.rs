//! The money: what the provider took and gave back, what the ledger says, and what each booking says.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::stripe::Stripe;
use serde_json::Value;

use crate::Complaints;
use crate::operator::System;
use crate::tables::{Booking, Payment};
use crate::traveller::Story;

/// Every object of a kind that the provider knows.
async fn listed(kind: &str) -> Vec<Value> {
    let (stripe, mut all) = (Stripe::new(), Vec::<Value>::new());
    loop {
        let after = all.last().and_then(|it| it["id"].as_str()).map(|id| format!("&starting_after={id}"));
        let page = stripe.get(&format!("/v1/{kind}?limit=100{}", after.unwrap_or_default())).await;
        all.extend(page["data"].as_array().cloned().unwrap_or_default());
        if page["has_more"] != true {
            return all;
        }
    }
}

/// One thing that the provider did.
struct Done {
    /// The provider's name for it, and ours.
    id: String,
    ours: String,
    intent: String,
    amount: i64,
}

struct Provider {
    taken: Vec<Done>,
    given_back: Vec<Done>,
}

impl Provider {
    async fn ask() -> Self {
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let taken = listed("payment_intents").await.into_iter().filter(|it| it["status"] == "succeeded");
        let back = listed("refunds").await.into_iter().filter(|it| it["status"] == "succeeded");
        Self {
            taken: taken
                .map(|it| Done {
                    id: text(&it["id"]),
                    ours: text(&it["metadata"]["payment_id"]),
                    intent: text(&it["id"]),
                    amount: it["amount_received"].as_i64().unwrap_or_default(),
                })
                .collect(),
            given_back: back
                .map(|it| Done {
                    id: text(&it["id"]),
                    ours: text(&it["metadata"]["refund_id"]),
                    intent: text(&it["payment_intent"]),
                    amount: it["amount"].as_i64().unwrap_or_default(),
                })
                .collect(),
        }
    }
}

pub async fn check(complaints: &mut Complaints, system: &System, stories: &[Story]) {
    let provider = Provider::ask().await;
    for story in stories {
        if let Some(booking) = system.bookings.iter().find(|it| Some(&it.id) == story.booking.as_ref()) {
            one(complaints, system, &provider, booking, story);
        }
    }
    ledger(complaints, system, &provider);
    crate::seats::shown(complaints, system).await;
}

/// A booking, its payments, and the provider.
fn one(complaints: &mut Complaints, system: &System, provider: &Provider, booking: &Booking, story: &Story) {
    let id = &booking.id;
    let own: Vec<&Payment> = system.payments.iter().filter(|it| it.about.id == *id).collect();
    let ids: BTreeSet<&String> = own.iter().map(|it| &it.id).collect();
    let taken: Vec<&Done> = provider.taken.iter().filter(|it| ids.contains(&it.ours)).collect();
    let intents: BTreeSet<&str> = taken.iter().map(|it| it.id.as_str()).collect();
    let back: Vec<&Done> =
        provider.given_back.iter().filter(|it| intents.contains(it.intent.as_str())).collect();

    let mut amounts: Vec<i64> = taken.iter().map(|it| it.amount).collect();
    let (mut said, mut noted) = (story.paid.clone(), Vec::new());
    noted.extend(booking.payments.iter().map(|it| it.amount));
    for list in [&mut amounts, &mut said, &mut noted] {
        list.sort_unstable();
    }
    complaints.same(|| format!("what the provider took for {id}"), &amounts, &said);
    complaints.same(|| format!("what came for {id}"), &noted, &amounts);
    let credited: i64 = booking.payments.iter().map(|it| it.credited).sum();
    complaints.same(|| format!("what counts for {id}"), &booking.paid, &credited);
    let mut parts = BTreeSet::new();
    for payment in own.iter().filter(|it| it.captured > 0) {
        complaints.check(parts.insert(payment.about.instalment), || format!("{id} paid an instalment twice"));
        complaints.check(!payment.extra, || format!("{id} was charged more than once"));
        let there = taken.iter().filter(|it| it.ours == payment.id).count();
        complaints.same(|| format!("charges of payment {}", payment.id), &there, &1);
        complaints.same(|| format!("given back of {}", payment.id), &payment.refunding, &payment.refunded);
    }

    let owed: i64 = booking.refunds.iter().map(|it| it.amount).sum();
    let returned: i64 = back.iter().map(|it| it.amount).sum();
    complaints.same(|| format!("what the provider gave back of {id}"), &returned, &owed);
    for refund in &booking.refunds {
        let done = (refund.status.as_str(), refund.returned);
        complaints.same(|| format!("refund {}", refund.key), &done, &("success", refund.amount));
        let orders: Vec<_> = system.orders.iter().filter(|it| it.key == refund.key).collect();
        let ordered = (orders.len(), orders.iter().map(|it| it.done).sum::<i64>());
        complaints.same(|| format!("order of refund {}", refund.key), &ordered, &(1, refund.amount));
    }
    // What was paid for nobody went back, and so did what the policy owes.
    let uncredited: i64 = booking.payments.iter().map(|it| it.amount - it.credited).sum();
    let left: i64 = booking.participants.iter().filter_map(|it| it.left.as_ref()).map(|it| it.refund).sum();
    complaints.same(|| format!("what is owed back of {id}"), &owed, &(uncredited + left));
    let mut names = BTreeSet::new();
    for done in &back {
        complaints.check(names.insert(&done.ours), || format!("refund {} was made twice", done.ours));
        let ours = system.refunds.iter().find(|it| it.id == done.ours);
        let known = ours.map(|it| (it.status.as_str(), it.amount, it.provider_ref.as_deref()));
        let wanted = Some(("succeeded", done.amount, Some(done.id.as_str())));
        complaints.same(|| format!("refund {}", done.ours), &known, &wanted);
    }
}

/// Debits are credits, and each unit of it is the provider's.
fn ledger(complaints: &mut Complaints, system: &System, provider: &Provider) {
    let mut sums = BTreeMap::<&str, i64>::new();
    for entry in &system.entries {
        let currency = entry.account.rsplit(':').next().unwrap_or_default();
        *sums.entry(currency).or_default() += entry.debit - entry.credit;
    }
    for (currency, sum) in sums {
        complaints.same(|| format!("debits less credits in {currency}"), &sum, &0);
    }
    let mut known = BTreeSet::new();
    for movement in &system.movements {
        let entries = system.entries.iter().filter(|it| it.movement_id == movement.id);
        let written = entries.fold((0, 0), |sum, it| (sum.0 + it.debit, sum.1 + it.credit));
        complaints.same(
            || format!("entries of {}", movement.id),
            &written,
            &(movement.amount, movement.amount),
        );
        let (list, ours) = match movement.movement.as_str() {
            "capture" => (&provider.taken, movement.payment_id.clone()),
            _ => (&provider.given_back, movement.refund_id.clone().unwrap_or_default()),
        };
        let there: Vec<i64> = list.iter().filter(|it| it.ours == ours).map(|it| it.amount).collect();
        complaints.same(|| format!("movement {}", movement.id), &there, &vec![movement.amount]);
        complaints.check(known.insert(ours.clone()), || format!("{ours} was booked twice"));
    }
    let own = |done: &&Done| {
        system.payments.iter().any(|it| it.id == done.ours)
            || system.refunds.iter().any(|it| it.id == done.ours)
    };
    for done in provider.taken.iter().chain(&provider.given_back).filter(own) {
        complaints.check(known.contains(&done.ours), || format!("{} is not in the books", done.ours));
    }
}
