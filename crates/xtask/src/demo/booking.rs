//! The main job, done once where one can see it: a tour is booked, paid and confirmed, through every context that has a
//! part in it.

use std::fmt::{Display, Formatter};

use anyhow::{Context, Result, bail, ensure};
use hyper::{Request, StatusCode};
use serde_json::{Value, json};

use super::client::{Client, patiently};
use super::{EMAIL, Scene};
use crate::aws::http;
use crate::door::mailbox::{self, Mail};
use crate::progress;

/// Who has a part in it, beside the accounts.
const PARTS: [&str; 4] = ["tours", "bookings", "payments", "notifications"];
const TOUR: &str = "The%20Cedar%20Valley%20Walk";
/// Stripe's test card that is always good.
const CARD: &str = "4242424242424242";

/// What became of it.
pub struct Booked {
    booking: Value,
    mail: Mail,
}

/// Which of those who have a part in it are not there.
pub fn missing(contexts: &[String]) -> Vec<&'static str> {
    let there = |part: &&str| contexts.iter().any(|context| context == part);
    PARTS.into_iter().filter(|part| !there(part)).collect()
}

/// As the demo's traveller, who pays on the page of the offline Stripe.
pub async fn book(scene: &Scene<'_>) -> Result<Booked> {
    let door = &scene.door.url;
    let token = super::log_in(door, EMAIL).await?.context("the demo's traveller cannot sign in")?;
    let traveller = Client { door: door.clone(), token };
    let (id, page) = progress::step("holding a seat", hold(&traveller)).await?;
    progress::step("paying it by card", pay(&traveller, &id, &page)).await?;
    let booking = progress::step("saying who comes along", confirm(&traveller, &id)).await?;
    let mail = progress::step("waiting for the mail", mail(scene, &booking)).await?;
    Ok(Booked { booking, mail })
}

/// The booking, and the page to pay it on.
async fn hold(traveller: &Client) -> Result<(String, String)> {
    let tours = traveller.get(&format!("tours?name={TOUR}")).await?;
    let tour = tours["data"][0]["id"].as_str().context("the demo's tour is not there")?;
    let begin = format!("bookings/checkout-session/{tour}");
    patiently(async || {
        let opened = traveller.post(&begin, &json!({})).await?;
        let page = opened["url"].as_str().context("the page to pay on is still being opened")?;
        let id = opened["booking"]["id"].as_str().context("a page to pay on, and no booking")?;
        Ok((id.to_owned(), page.to_owned()))
    })
    .await
}

/// What the browser does when somebody presses *Pay*. The system hears of it by a signed webhook.
async fn pay(traveller: &Client, id: &str, page: &str) -> Result<()> {
    let request = Request::post(page).header("content-type", "application/x-www-form-urlencoded");
    let (status, answer) = http::send(request.body(format!("number={CARD}").into())?).await?;
    if status != StatusCode::SEE_OTHER {
        bail!("{page}: {status}: {}", String::from_utf8_lossy(&answer));
    }
    patiently(async || {
        let booking = traveller.get(&format!("bookings/{id}")).await?;
        ensure!(
            booking["status"] == "paid",
            "the card was charged, and the booking is {}",
            booking["status"]
        );
        Ok(())
    })
    .await
}

async fn confirm(traveller: &Client, id: &str) -> Result<Value> {
    let who = json!({
        "participants": [{"name": "Demo Traveller", "email": EMAIL, "phone": "+12025550143"}],
        "emergency_contact": {"name": "Demo Friend", "phone": "+12025550144", "relation": "Friend"},
    });
    let booking = traveller.put(&format!("bookings/{id}/participants"), &who).await?;
    ensure!(booking["status"] == "confirmed", "the booking is {}", booking["status"]);
    Ok(booking)
}

async fn mail(scene: &Scene<'_>, booking: &Value) -> Result<Mail> {
    let reference = booking["reference"].as_str().context("a booking without reference")?;
    let ours = |mail: &Mail| {
        mail.to.iter().any(|to| to.contains(EMAIL))
            && mail.subject.contains("confirmed")
            && mail.subject.contains(reference)
    };
    patiently(async || {
        let mails = mailbox::mails(scene.endpoint, scene.account).await?;
        mails.into_iter().find(ours).context("no mail says that the booking is confirmed")
    })
    .await
}

impl Display for Booked {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let text = |field: &str| self.booking[field].as_str().unwrap_or_default();
        let day = |field: &str| text(field).split('T').next().unwrap_or_default().to_owned();
        let money = |field: &str| money(self.booking[field].as_i64().unwrap_or_default(), text("currency"));
        writeln!(f, "Booked, paid and confirmed just now:\n")?;
        writeln!(f, "  Tour       {}, {} to {}", text("owner_name"), day("start_date"), day("end_date"))?;
        writeln!(f, "  Price      {}, paid {}", money("total"), money("paid_amount"))?;
        writeln!(f, "  Booking    {}, {}", text("reference"), text("status"))?;
        writeln!(f, "  Mail       to {}: {}\n", self.mail.to.join(", "), self.mail.subject)?;
        for line in body(self.mail.body_text.as_deref().unwrap_or_default()) {
            let line = format!("    │ {line}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Minor units of a currency that has hundredths, as the demo's have.
fn money(amount: i64, currency: &str) -> String {
    format!("{}.{:02} {currency}", amount / 100, amount % 100)
}

/// What a mail says, without the small print below it.
fn body(text: &str) -> Vec<&str> {
    const MOST: usize = 12;
    let words = text.trim().lines().take_while(|line| *line != "--" && *line != "-- ");
    let mut lines: Vec<_> = words.take(MOST).map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contexts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_part_has_to_be_there() {
        assert!(
            missing(&contexts(&["identity", "notifications", "payments", "bookings", "tours"])).is_empty()
        );
        assert_eq!(missing(&contexts(&["identity", "tours"])), ["bookings", "payments", "notifications"]);
    }

    #[test]
    fn the_story_names_what_was_booked_and_shows_the_mail() {
        let booking = json!({
            "owner_name": "Sea", "start_date": "2027-04-19T09:00:00Z", "end_date": "2027-04-24T09:00:00Z",
            "total": 44_005, "paid_amount": 44_005, "currency": "USD", "reference": "CT-1", "status": "confirmed",
        });
        let mail = Mail {
            to: vec![EMAIL.into()],
            subject: "Booking confirmed: CT-1".into(),
            body_text: Some("Hello,\n\nall is set.\n\n-- \nUnsubscribe".into()),
        };
        let story = Booked { booking, mail }.to_string();
        for part in ["Sea, 2027-04-19 to 2027-04-24", "440.05 USD, paid", "CT-1, confirmed", "│ all is set."]
        {
            assert!(story.contains(part), "{part}: {story}");
        }
        assert!(!story.contains("Unsubscribe"));
    }
}
