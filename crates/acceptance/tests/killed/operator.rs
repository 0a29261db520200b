//! What an operator does and sees: queues and dead letters, tables, and the clock.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use acceptance::{chore, cloud};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use kernel::time;
use store::{Item, OUTBOX_KIND, Table};
use testkit::Cloud;
use tokio::time::sleep;

use crate::seats::Trip;
use crate::tables::{
    Batch, Booking, Departures, Entry, Event, Letter, Movement, Notice, Order, Payment, Refund, all, counted,
    text,
};

const CONTEXTS: [&str; 4] = ["bookings", "payments", "notifications", "tours"];
/// A message whose taker died comes back after so many seconds and not after three minutes as in production, or this test
/// would mostly wait.
const BACK: u64 = 12;
/// Where a claim of a minute stands before what is done.
const BACK_WHEN_CLAIMED: u64 = 62;
const CLAIMED: [&str; 3] = ["send-mail", "send-push", "send-text"];
/// Two claims, the sweeps of a minute each, and something for a slow machine.
const DUST: Duration = Duration::from_secs(300);

pub struct Operator {
    cloud: Cloud,
    /// Dead letters there were before.
    dead: BTreeMap<String, u64>,
    /// Outbox items there were before, which are not ours.
    stuck: Vec<String>,
}

/// How it ended.
pub struct Settled {
    pub took: Duration,
    /// What is not done yet; nothing, if all is well.
    pub still: Vec<String>,
    pub redriven: u64,
}

/// Everything of this run, as it stands in the tables.
pub struct System {
    pub batches: Vec<Batch>,
    pub bookings: Vec<Booking>,
    /// Of everybody, whenever.
    pub all_bookings: Vec<Booking>,
    /// Items of bookings that are no bookings, such as guards.
    pub keys: Vec<String>,
    /// Bookings by state, as they were counted.
    pub counted: BTreeMap<String, i64>,
    pub payments: Vec<Payment>,
    pub refunds: Vec<Refund>,
    pub orders: Vec<Order>,
    pub movements: Vec<Movement>,
    /// Of everybody, whenever.
    pub entries: Vec<Entry>,
    pub mails: Vec<Letter>,
    pub notices: Vec<Notice>,
    pub departures: Vec<Departures>,
}

fn name_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default().trim_start_matches("caravan-local-")
}

impl Operator {
    pub async fn open() -> Self {
        let mut operator = Self { cloud: cloud(), dead: BTreeMap::new(), stuck: Vec::new() };
        for (url, depth) in operator.queues().await {
            let name = name_of(&url).to_owned();
            if name.ends_with("-dlq") {
                operator.dead.insert(name, depth);
                continue;
            }
            let seconds = if CLAIMED.contains(&name.as_str()) { BACK_WHEN_CLAIMED } else { BACK };
            let request = operator.cloud.aside().sqs().set_queue_attributes().queue_url(url);
            let request = request.attributes(Attribute::VisibilityTimeout, seconds.to_string());
            request.send().await.expect("a queue's attribute");
        }
        operator.stuck = operator.outbox().await;
        operator
    }

    fn table(&self, context: &str) -> Table {
        Table::new(self.cloud.aside().dynamodb(), format!("caravan-local-{context}"))
    }

    async fn items(&self, context: &str) -> Vec<Item> {
        self.cloud.items(&self.table(context)).await
    }

    /// Lets the hold of a booking be over now: nobody waits half an hour.
    pub async fn end_hold(&self, id: &str) {
        let table = self.table("bookings");
        let key = Item::from(
            [("pk", format!("BOOKING#{id}")), ("sk", "BOOKING".to_owned())]
                .map(|(name, value)| (name.to_owned(), AttributeValue::S(value))),
        );
        let now = time::now();
        let update = table.client.update_item().table_name(&table.name).set_key(Some(key));
        let done = update
            .update_expression("SET hold_expires_at = :now, gsi1sk = :due, version = version + :one")
            .condition_expression("#status = :held")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .expression_attribute_values(
                ":due",
                AttributeValue::S(format!("{:020}#{id}", now.as_millisecond())),
            )
            .expression_attribute_values(":one", AttributeValue::N("1".into()))
            .expression_attribute_values(":held", AttributeValue::S("on_hold".into()))
            .send()
            .await;
        done.expect("a booking on hold");
    }

    /// All queues, with what lies in each and what is being worked on.
    async fn queues(&self) -> Vec<(String, u64)> {
        let sqs = self.cloud.aside().sqs();
        let urls = sqs.list_queues().send().await.expect("the queues").queue_urls.unwrap_or_default();
        let mut queues = Vec::new();
        for url in urls {
            let request = sqs.get_queue_attributes().queue_url(&url).attribute_names(Attribute::All);
            let attributes = request.send().await.expect("a queue").attributes.unwrap_or_default();
            let count =
                |name| attributes.get(&name).and_then(|it| it.parse::<u64>().ok()).unwrap_or_default();
            let depth = count(Attribute::ApproximateNumberOfMessages)
                + count(Attribute::ApproximateNumberOfMessagesNotVisible)
                + count(Attribute::ApproximateNumberOfMessagesDelayed);
            queues.push((url, depth));
        }
        queues
    }

    async fn outbox(&self) -> Vec<String> {
        let mut keys = Vec::new();
        for context in CONTEXTS {
            for item in self.items(context).await {
                if text(&item, "kind") == OUTBOX_KIND {
                    keys.push(format!("outbox of {context} {}", text(&item, "pk")));
                }
            }
        }
        keys
    }

    /// Waits until nothing is on its way any more. What was given up because it was killed five times is tried again, as the
    /// runbook says.
    pub async fn settle(&self, trip: &Trip) -> Settled {
        let (begun, mut redriven, mut quiet) = (Instant::now(), 0, 0);
        loop {
            let mut still = Vec::new();
            for (url, depth) in self.queues().await.into_iter().filter(|(_, depth)| *depth > 0) {
                let name = name_of(&url);
                match name.strip_suffix("-dlq") {
                    None => still.push(format!("queue {name} {depth}")),
                    // The relay's are places in the stream; the sweep finds what they meant.
                    Some(queue) if !queue.starts_with("relay-") => {
                        let new = depth.saturating_sub(self.dead.get(name).copied().unwrap_or_default());
                        if new > 0 {
                            crate::say(format_args!("{new} dead letters of {queue} are tried again"));
                            chore(&["redrive", queue]);
                            redriven += new;
                            still.push(format!("redriven {queue}"));
                        }
                    }
                    Some(_) => {}
                }
            }
            still.extend(self.outbox().await.into_iter().filter(|key| !self.stuck.contains(key)));
            if still.is_empty() {
                still = self.unfinished(trip).await;
            }
            quiet = if still.is_empty() { quiet + 1 } else { 0 };
            // Twice, because what leaves a queue may be on its way into another one.
            if quiet == 2 || begun.elapsed() > DUST {
                return Settled { took: begun.elapsed(), still, redriven };
            }
            sleep(Duration::from_millis(700)).await;
        }
    }

    async fn unfinished(&self, trip: &Trip) -> Vec<String> {
        let mut still = Vec::new();
        let system = self.look(trip).await;
        let held = system.bookings.iter().filter(|it| it.status == "on_hold");
        still.extend(held.map(|it| format!("hold {}", it.id)));
        let going =
            system.refunds.iter().filter(|it| ["pending", "processing"].contains(&it.status.as_str()));
        still.extend(going.map(|it| format!("refund {}", it.id)));
        let waiting = system.mails.iter().filter(|it| it.status == "queued");
        still.extend(waiting.map(|it| format!("mail {}", it.id)));
        let heard: Vec<Event> = all(&self.items("payments").await, "webhook_event");
        still
            .extend(heard.iter().filter(|it| it.processed_at.is_none()).map(|it| format!("event {}", it.id)));
        still
    }

    pub async fn look(&self, trip: &Trip) -> System {
        let (ours, money) = (self.items("bookings").await, self.items("payments").await);
        let told = self.items("notifications").await;
        let all_bookings: Vec<Booking> = all(&ours, "booking");
        let on_trip = |booking: &&Booking| trip.departures.contains(&booking.batch_id);
        let bookings: Vec<Booking> = all_bookings.iter().filter(on_trip).cloned().collect();
        let is_ours = |id: &String| bookings.iter().any(|booking| booking.id == *id);
        let is_their = |user: &String| bookings.iter().any(|booking| booking.user_id == *user);
        let mut batches: Vec<Batch> = all(&ours, "batch");
        batches.retain(|batch| trip.departures.contains(&batch.id));
        let mut payments: Vec<Payment> = all(&money, "payment");
        payments.retain(|it| is_ours(&it.about.id));
        let mut refunds: Vec<Refund> = all(&money, "refund");
        refunds.retain(|it| is_ours(&it.about.id));
        let mut orders: Vec<Order> = all(&money, "refund_order");
        orders.retain(|it| is_ours(&it.about.id));
        let mut movements: Vec<Movement> = all(&money, "movement");
        movements.retain(|it| is_ours(&it.subject_id));
        let mut mails: Vec<Letter> = all(&told, "mail");
        mails.retain(|mail| mail.user_id.as_ref().is_some_and(is_their));
        let mut notices: Vec<Notice> = all(&told, "notification");
        notices.retain(|notice| is_their(&notice.user_id));
        System {
            counted: counted(&ours),
            keys: ours.iter().map(|item| text(item, "pk")).collect(),
            entries: all(&money, "entry"),
            departures: all(&self.items("tours").await, "departures"),
            batches,
            bookings,
            all_bookings,
            payments,
            refunds,
            orders,
            movements,
            mails,
            notices,
        }
    }
}
