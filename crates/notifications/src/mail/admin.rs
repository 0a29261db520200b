//! NT-10: administrators look at what became of mails, and send one again.

use kernel::page::{Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use store::{Listing, Pager, Table, Transaction};
use web::{Accepted, Once};

use super::log::{EmailLog, MailId, MailStatus};
use crate::template::Locale;

pub const STILL_QUEUED: Problem = Problem::new("mail-still-queued", 409, "The mail is not sent yet");

pub struct Letters {
    pub table: Table,
    pub pager: Pager,
}

impl State for Letters {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)?, pager: Pager::start()? })
    }
}

/// Which mails: those to one person, or those of one day.
#[derive(Debug)]
pub struct MailQuery {
    page: PageRequest,
    day: Option<jiff::civil::Date>,
    status: Option<MailStatus>,
    user_id: Option<UserId>,
}

impl Parameters for MailQuery {
    fn take(params: &mut Params) -> Self {
        let day = read(params, "day", "must be a day, like 2026-11-21");
        let status = read(params, "status", "must be one of queued, sent, bounced, failed, suppressed");
        let user_id: Option<UserId> = read(params, "user_id", "must be an id");
        if user_id.is_some() && (day.is_some() || status.is_some()) {
            params.refuse("user_id", "goes neither with `day` nor with `status`".to_owned());
        }
        Self { page: PageRequest::take(params), day, status, user_id }
    }

    fn parameters() -> Vec<Parameter> {
        let words: Vec<_> = MailStatus::ALL.iter().map(|status| status.name()).collect();
        let mut parameters = vec![
            Parameter::new(
                "day",
                "The day they were asked for, in UTC; without it, today.",
                json!({"type": "string", "format": "date"}),
            ),
            Parameter::new(
                "status",
                "Only those of that day in this state.",
                json!({"type": "string", "enum": words}),
            ),
            Parameter::new("user_id", "All to one person instead.", json!({"type": "string"})),
        ];
        parameters.extend(PageRequest::parameters());
        parameters
    }
}

fn read<T: std::str::FromStr>(params: &mut Params, name: &str, message: &str) -> Option<T> {
    let text = params.take(name)?;
    let value = text.parse().ok();
    if value.is_none() {
        params.refuse(name, message.to_owned());
    }
    value
}

/// A mail in the log. What it said can be seen by sending it again, and by nobody who only reads the log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MailView {
    pub id: MailId,
    pub to: String,
    pub user_id: Option<UserId>,
    pub template: String,
    pub locale: Locale,
    pub status: MailStatus,
    pub attempts: u32,
    pub provider_id: Option<String>,
    pub error: Option<String>,
    pub event_id: Option<String>,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

impl From<EmailLog> for MailView {
    fn from(mail: EmailLog) -> Self {
        Self {
            id: mail.id,
            to: mail.to,
            user_id: mail.user_id,
            template: mail.template,
            locale: mail.locale,
            status: mail.status,
            attempts: mail.attempts,
            provider_id: mail.provider_id,
            error: mail.error,
            event_id: mail.event_id,
            created_at: mail.created_at,
            changed_at: mail.changed_at,
        }
    }
}

impl Letters {
    pub async fn list(&self, query: &MailQuery) -> Result<Page<MailView>> {
        let day = query.day.map(|day| day.to_string());
        let day = day.unwrap_or_else(|| time::now().strftime("%Y-%m-%d").to_string());
        let (index, pk) = match (query.user_id, query.status) {
            (Some(user), _) => (4, EmailLog::of_user(user)),
            (None, Some(status)) => (3, EmailLog::of_day_and_status(&day, status)),
            (None, None) => (2, EmailLog::of_day(&day)),
        };
        let listing = Listing { index: Some(index), pk: &pk, prefix: "", newest_first: true };
        Ok(self.pager.page::<EmailLog>(&self.table, listing, &query.page).await?.map(MailView::from))
    }
}

impl crate::Notifications {
    /// As it was, to where it went; with the template's words of now.
    pub async fn resend(&self, once: Once, id: MailId) -> Result<Accepted<MailView>> {
        let mail: Option<EmailLog> = self.table.get(&EmailLog::key_of(id)).await?;
        let mut mail = mail.ok_or_else(|| Failure::not_found("mail"))?;
        if mail.status == MailStatus::Queued {
            return Err(STILL_QUEUED.because("Wait until it is sent or has failed."));
        }
        mail.status = MailStatus::Queued;
        mail.sending += 1;
        mail.attempts = 0;
        mail.error = None;
        mail.changed_at = time::now();
        let effect = mail.work().order(Transaction::new().replace(&self.table, &mail)?)?;
        once.commit(&self.table, effect, Accepted(mail.into())).await
    }
}
