//! What there is to browse and to book: `localstack/demo/*.json`, written by an administrator through the API.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::client::{Client, PATIENCE, patiently};
use crate::project;

/// Loads what the deployed contexts can hold. Done twice, it is done once: the import of people and tours knows them
/// again, and where there are regions there is the rest.
pub async fn load(admin: &Client, contexts: &[String]) -> Result<()> {
    let has = |context: &str| contexts.iter().any(|it| it == context);
    let people = people(admin).await?;
    if !has("tours") {
        return Ok(());
    }
    let mut ids = tours(admin).await?;
    if admin.get("regions").await?["data"].as_array().is_some_and(|known| !known.is_empty()) {
        return Ok(());
    }
    ids.extend(treks(admin, has("bookings")).await?);
    if has("reviews") {
        reviews(admin, &people, &ids).await?;
    }
    Ok(())
}

fn read(name: &str) -> Result<Value> {
    let path = project::root().join(format!("localstack/demo/{name}.json"));
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// Who there is, by address.
async fn people(admin: &Client) -> Result<HashMap<String, String>> {
    let users = read("users")?;
    let imported = admin.post("admin/users/import", &users).await?;
    let imported = imported["accounts"].as_array().context("the import of people tells no outcomes")?;
    let addresses = users["accounts"].as_array().context("no people")?.iter().map(|it| text(&it["email"]));
    Ok(addresses.zip(imported.iter().map(|it| text(&it["user_id"]))).collect())
}

/// By name, as the reviews tell of them.
async fn tours(admin: &Client) -> Result<HashMap<String, String>> {
    let mut tours = read("tours")?;
    let year = next_year();
    for tour in tours["tours"].as_array_mut().context("no tours")? {
        for date in tour["startDates"].as_array_mut().into_iter().flatten() {
            *date = json!(in_year(date, year)?);
        }
    }
    let imported = admin.post("admin/tours/import", &tours).await?;
    let imported = imported["data"].as_array().context("the import of tours tells no outcomes")?;
    let names = tours["tours"].as_array().context("no tours")?.iter().map(|it| text(&it["name"]));
    Ok(names.zip(imported.iter().map(|it| text(&it["id"]))).collect())
}

/// Everything departs next year, so that it lies ahead whenever this runs.
fn next_year() -> i16 {
    jiff::Zoned::now().year() + 1
}

fn in_year(date: &Value, year: i16) -> Result<jiff::Timestamp> {
    let date: jiff::Timestamp = text(date).parse()?;
    let date = date.to_zoned(jiff::tz::TimeZone::UTC).with().year(year).build()?;
    Ok(date.timestamp())
}

async fn treks(admin: &Client, with_departures: bool) -> Result<HashMap<String, String>> {
    let mut regions = HashMap::new();
    for region in read("regions")?.as_array().context("no regions")? {
        let made = admin.post("regions", region).await?;
        regions.insert(text(&region["name"]), text(&made["id"]));
    }
    let mut treks = HashMap::new();
    for row in read("treks")?.as_array().context("no treks")? {
        let region = regions.get(&text(&row["region"])).context("a trek in an unknown region")?;
        let mut body = row["trek"].clone();
        body["region_id"] = json!(region);
        let id = text(&admin.post("treks", &body).await?["id"]);
        if with_departures {
            depart(admin, &id, row).await?;
        }
        treks.insert(text(&body["name"]), id);
    }
    Ok(treks)
}

/// Its departures; then the trek goes on sale.
async fn depart(admin: &Client, trek: &str, row: &Value) -> Result<()> {
    let year = next_year();
    let days = row["trek"]["duration"].as_i64().context("a trek without a duration")?;
    for departure in row["batches"].as_array().context("a trek without departures")? {
        let part = |name: &str| departure[name].as_i64().and_then(|it| i8::try_from(it).ok()).unwrap_or(1);
        let start = jiff::civil::date(year, part("month"), part("day")).at(6, 0, 0, 0);
        let start = start.in_tz("UTC")?.timestamp();
        let end = start + jiff::SignedDuration::from_hours(24 * days);
        let body = json!({
            "owner_kind": "trek", "owner_id": trek, "start_date": start, "end_date": end,
            "price": row["trek"]["display_price"], "max_participants": departure["max_participants"],
        });
        patiently(async || admin.post("batches", &body).await).await?;
    }
    let sell = format!("treks/{trek}/toggle-status");
    patiently(async || admin.patch(&sell, &json!({})).await).await?;
    Ok(())
}

async fn reviews(
    admin: &Client,
    people: &HashMap<String, String>,
    ids: &HashMap<String, String>,
) -> Result<()> {
    let mut reviews = read("reviews")?;
    for review in reviews.as_array_mut().context("no reviews")? {
        let subject = ids.get(&text(&review["subject"])).context("a review of nothing")?;
        let author = people.get(&text(&review["author"])).context("a review by nobody")?;
        review["subject_id"] = json!(subject);
        review["author"] = json!({"user_id": author});
        review.as_object_mut().context("a review is an object")?.remove("subject");
    }
    // The projection of tours and treks that reviews keeps may be a moment behind.
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let outcomes = admin.post("admin/reviews/import", &json!({"reviews": reviews})).await?;
        let left = outcomes["data"].as_array().into_iter().flatten().filter(|it| it["id"].is_null()).count();
        if left == 0 {
            return Ok(());
        }
        if tokio::time::Instant::now() > deadline {
            bail!("{left} reviews were not taken");
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
