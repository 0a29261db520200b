//! NT-1 to NT-4: what somebody finds in the app: listed, counted, read, deleted.
//!
//! Everything stands in the caller's own partition, so what is not theirs is not there. What is unread stands in a sparse
//! index: it is counted up to a bound, and what DynamoDB lets expire drops out of it by itself.

use contracts::notifications::NotificationRead;
use contracts::{Command, Message};
use kernel::page::{Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::text::Text;
use kernel::{Failure, Problem, Result, UserId, time};
use messaging::Received;
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::again;
use store::expression::text;
use store::sdk::types::{AttributeValue, Delete, Select, Update};
use store::{Item, Listing, Pager, Table, Transaction};
use web::{Caller, NoContent};

use crate::Notifications;
use crate::notice::{Notice, NoticeView, NotificationId};
use crate::recipient::pk;

/// Nobody reads a larger number.
const MOST_COUNTED: i32 = 100;
/// Of one request, and of one message: a transaction holds a hundred items.
const STEP: usize = 50;

pub struct Inbox {
    pub table: Table,
    pub pager: Pager,
}

impl State for Inbox {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)?, pager: Pager::start()? })
    }
}

#[derive(Debug)]
pub struct NoticeQuery {
    page: PageRequest,
    unread: bool,
    kind: Option<Text<1, 60>>,
}

impl Parameters for NoticeQuery {
    fn take(params: &mut Params) -> Self {
        let unread = match params.take("unread").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                params.refuse("unread", "must be true or false".to_owned());
                false
            }
        };
        let kind = params.take("type").and_then(|kind| match kind.parse() {
            Ok(kind) => Some(kind),
            Err(invalid) => {
                let invalid: kernel::text::Invalid = invalid;
                params.refuse("type", invalid.0);
                None
            }
        });
        Self { page: PageRequest::take(params), unread, kind }
    }

    fn parameters() -> Vec<Parameter> {
        let mut parameters = vec![
            Parameter::new(
                "unread",
                "Only what is not read yet.",
                json!({"type": "boolean", "default": false}),
            ),
            Parameter::new(
                "type",
                "Only of this type, such as `booking_confirmed`.",
                json!({"type": "string"}),
            ),
        ];
        parameters.extend(PageRequest::parameters());
        parameters
    }
}

impl Inbox {
    pub async fn list(&self, caller: &Caller, query: &NoticeQuery) -> Result<Page<NoticeView>> {
        let user = caller.user_id;
        let (index, pk, prefix) = match (query.unread, &query.kind) {
            (false, None) => (None, pk(user), Notice::PREFIX),
            (true, None) => (Some(2), Notice::unread(user), ""),
            (false, Some(kind)) => (Some(3), Notice::of_type(user, kind.as_str()), ""),
            (true, Some(kind)) => (Some(4), Notice::unread_of_type(user, kind.as_str()), ""),
        };
        let listing = Listing { index, pk: &pk, prefix, newest_first: true };
        Ok(self.pager.page::<Notice>(&self.table, listing, &query.page).await?.map(NoticeView::from))
    }
}

/// How much somebody has not read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UnreadCount {
    /// At most 99.
    pub count: u32,
    /// There are more than that.
    pub more: bool,
}

/// What a large inbox still needs, a step with each message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TidyInbox {
    pub user_id: UserId,
    pub what: Tidying,
    /// What came later is left alone.
    pub until: NotificationId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tidying {
    Read,
    Delete,
}

impl Message for TidyInbox {
    const TYPE: &'static str = "notifications.tidy_inbox";

    fn subject(&self) -> String {
        self.user_id.to_string()
    }
}

impl Command for TidyInbox {
    const QUEUE: &'static str = "tidy-inbox";
}

impl Notifications {
    pub async fn count_unread(&self, caller: &Caller) -> Result<UnreadCount> {
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name("gsi2")
            .key_condition_expression("gsi2pk = :unread")
            .expression_attribute_values(":unread", text(Notice::unread(caller.user_id)))
            .select(Select::Count)
            .limit(MOST_COUNTED)
            .send()
            .await
            .map_err(store::failure)?;
        let count = answer.count.min(MOST_COUNTED - 1);
        Ok(UnreadCount { count: u32::try_from(count).unwrap_or(0), more: answer.count >= MOST_COUNTED })
    }

    /// Read again, it stays read.
    pub async fn read(&self, caller: &Caller, id: NotificationId) -> Result<NoticeView> {
        let key = Notice::key_of(caller.user_id, id);
        again(|| async {
            let notice: Option<Notice> = self.table.get(&key).await?;
            let mut notice = notice.ok_or_else(|| Failure::not_found("notification"))?;
            if notice.read_at.is_some() {
                return Ok(notice.into());
            }
            let now = time::now();
            let update = Update::builder()
                .table_name(&self.table.name)
                .set_key(Some(key.to_item()))
                .update_expression("SET read_at = :now REMOVE gsi2pk, gsi2sk, gsi4pk, gsi4sk")
                .condition_expression("attribute_exists(pk) AND attribute_not_exists(read_at)")
                .expression_attribute_values(":now", text(now))
                .build()
                .map_err(Failure::internal)?;
            let read = NotificationRead { user_id: caller.user_id, notification_id: Some(id.to_string()) };
            let changed = Problem::CONFLICT.because("Somebody read or deleted it meanwhile.");
            Transaction::new().update(update, changed).publish(&read)?.commit(&self.table).await?;
            notice.read_at = Some(now);
            Ok(notice.into())
        })
        .await
    }

    pub async fn remove(&self, caller: &Caller, id: NotificationId) -> Result<NoContent> {
        let effect = Transaction::new().remove(
            &self.table,
            &Notice::key_of(caller.user_id, id),
            Failure::not_found("notification"),
        )?;
        effect.commit(&self.table).await?;
        Ok(NoContent)
    }

    /// Everything that is there now; what does not fit into one request goes on by a queue.
    pub async fn read_all(&self, caller: &Caller) -> Result<NoContent> {
        let wish = TidyInbox { user_id: caller.user_id, what: Tidying::Read, until: NotificationId::new() };
        again(|| async {
            let (effect, any) = self.step(&wish).await?;
            if !any {
                return Ok(());
            }
            let read = NotificationRead { user_id: caller.user_id, notification_id: None };
            effect.publish(&read)?.commit(&self.table).await
        })
        .await?;
        Ok(NoContent)
    }

    /// The same for everything there is, read or not.
    pub async fn remove_all(&self, caller: &Caller) -> Result<NoContent> {
        let wish = TidyInbox { user_id: caller.user_id, what: Tidying::Delete, until: NotificationId::new() };
        let (effect, any) = self.step(&wish).await?;
        if any {
            effect.commit(&self.table).await?;
        }
        Ok(NoContent)
    }

    /// The next step of what a request began.
    pub async fn tidy(&self, wish: &Received<TidyInbox>) -> Result<()> {
        again(|| async {
            let (effect, _) = self.step(wish).await?;
            wish.commit(&self.table, effect).await.map(drop)
        })
        .await
    }

    /// One step, with the order for the next one while there is more; and whether there was anything.
    async fn step(&self, wish: &TidyInbox) -> Result<(Transaction, bool)> {
        let keys = self.keys(wish).await?;
        let mut effect = Transaction::new();
        for key in keys.iter().take(STEP) {
            effect = match wish.what {
                Tidying::Read => effect.update(self.reading(key)?, gone()),
                Tidying::Delete => {
                    let delete = Delete::builder().table_name(&self.table.name).set_key(Some(key.clone()));
                    effect.delete(delete.build().map_err(Failure::internal)?, gone())
                }
            };
        }
        if keys.len() > STEP {
            effect = effect.command(wish)?;
        }
        Ok((effect, !keys.is_empty()))
    }

    fn reading(&self, key: &Item) -> Result<Update> {
        Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(key.clone()))
            // The index may be a moment old: what is read already stays as it is.
            .update_expression(
                "SET read_at = if_not_exists(read_at, :now) REMOVE gsi2pk, gsi2sk, gsi4pk, gsi4sk",
            )
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", text(time::now()))
            .build()
            .map_err(Failure::internal)
    }

    /// One more than a step, to know whether there is another.
    async fn keys(&self, wish: &TidyInbox) -> Result<Vec<Item>> {
        let query = self.table.client.query().table_name(&self.table.name);
        let query = match wish.what {
            Tidying::Read => query
                .index_name("gsi2")
                .key_condition_expression("gsi2pk = :pk AND gsi2sk <= :until")
                .expression_attribute_values(":pk", text(Notice::unread(wish.user_id)))
                .expression_attribute_values(":until", text(wish.until)),
            Tidying::Delete => query
                .consistent_read(true)
                .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :until")
                .expression_attribute_values(":pk", text(pk(wish.user_id)))
                .expression_attribute_values(":first", text(Notice::PREFIX))
                .expression_attribute_values(":until", text(format!("{}{}", Notice::PREFIX, wish.until))),
        };
        let answer = query
            .projection_expression("pk, sk")
            .limit(i32::try_from(STEP + 1).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(store::failure)?;
        let mut keys: Vec<Item> = answer.items.unwrap_or_default();
        keys.retain(|key| matches!(key.get("pk"), Some(AttributeValue::S(_))));
        Ok(keys)
    }
}

/// The index showed it, and it was deleted.
fn gone() -> Failure {
    Problem::CONFLICT.because("Something was deleted meanwhile.")
}
