//! NT-13: sends the mails of the log.
//!
//! Each order is claimed first, then sent, then recorded. Dying between SES's answer and the record means sending again
//! after the claim has run out: that window is as long as one call to DynamoDB takes, and SES has no key to close it.

use kernel::{Failure, Problem, Result};
use messaging::Received;
use platform::files::{Files, Read};
use platform::mail::{Enclosed, Letter, Mailer, Posted};
use platform::{Aws, StartError, State, config};
use serde_json::{Map, Value};
use store::Table;

use super::log::{EmailLog, MailId, MailStatus};
use super::suppression::{Reason, Suppression};
use super::unsubscribe::Unsubscriber;
use crate::rules::kind_of;
use crate::template::engine::{Setting, render};
use crate::template::{built_in, wording};
use crate::work::SendMail;
use store::again;

/// After so many tries a queue gives up (infra: `maxReceiveCount`).
const TRIES: u32 = 5;
/// Where files lie that may go along.
pub const ENCLOSURES: &str = "invoices/";
/// What SES takes, less what encoding adds.
const MOST_BYTES: usize = 7 * 1024 * 1024;

/// What sending needs.
pub struct Postman {
    pub table: Table,
    pub mailer: Mailer,
    pub files: Files,
    pub unsubscriber: Unsubscriber,
    pub public_url: String,
}

impl State for Postman {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self {
            table: Table::start(aws)?,
            mailer: Mailer::start(aws)?,
            files: Files::start(aws)?,
            unsubscriber: Unsubscriber::start(aws).await?,
            public_url: config::public_url()?,
        })
    }
}

impl Postman {
    pub async fn send(&self, order: &Received<SendMail>) -> Result<()> {
        order.deliver(&self.table, self.try_to(order)).await
    }

    async fn try_to(&self, order: &SendMail) -> Result<()> {
        let Some(mail) = self.ordered(order).await? else { return Ok(()) };
        if self.is_suppressed(&mail).await? {
            return self.settle(order, MailStatus::Suppressed, None, None).await;
        }
        let posted = match self.write(&mail).await {
            Ok(letter) => self.mailer.post(letter).await,
            Err(failure) => Err(failure),
        };
        match posted {
            Ok(Posted::Taken(id)) => self.settle(order, MailStatus::Sent, Some(id), None).await,
            Ok(Posted::Refused(code)) => self.settle(order, MailStatus::Failed, None, Some(&code)).await,
            Err(failure) => {
                let status = if mail.attempts + 1 >= TRIES { MailStatus::Failed } else { MailStatus::Queued };
                let why = failure.for_operator().unwrap_or(failure.problem.code).to_owned();
                self.settle(order, status, None, Some(&why)).await?;
                Err(failure)
            }
        }
    }

    /// The mail as long as it waits for this very order. A failed one waits, too: `redrive` tries it again.
    async fn ordered(&self, order: &SendMail) -> Result<Option<EmailLog>> {
        let id: MailId = order.mail_id.parse().map_err(Failure::internal)?;
        let mail: Option<EmailLog> = self.table.get(&EmailLog::key_of(id)).await?;
        let waits = |mail: &EmailLog| {
            mail.sending == order.sending && matches!(mail.status, MailStatus::Queued | MailStatus::Failed)
        };
        Ok(mail.filter(waits))
    }

    /// Somebody without an account who wants no more mail still hears of nothing but what keeps an account safe.
    async fn is_suppressed(&self, mail: &EmailLog) -> Result<bool> {
        let mandatory = kind_of(&mail.template).is_ok_and(|kind| kind.category.is_mandatory());
        let suppressed = Suppression::of(&self.table, &mail.to).await?;
        Ok(suppressed.is_some_and(|it| it.reason != Reason::Unsubscribed || !mandatory))
    }

    async fn settle(
        &self,
        order: &SendMail,
        status: MailStatus,
        provider_id: Option<String>,
        error: Option<&str>,
    ) -> Result<()> {
        again(|| async {
            let Some(mut mail) = self.ordered(order).await? else { return Ok(()) };
            mail.attempts += u32::from(status != MailStatus::Suppressed);
            mail.provider_id = provider_id.clone().or(mail.provider_id);
            mail.settle(&self.table, status, error)?.commit(&self.table).await
        })
        .await
    }

    async fn write(&self, mail: &EmailLog) -> Result<Letter> {
        let kind = kind_of(&mail.template).map_err(Failure::internal)?;
        let context: Map<String, Value> = serde_json::from_str(&mail.context).map_err(Failure::internal)?;
        let link = match kind.category.is_mandatory() {
            true => None,
            false => Some(self.unsubscriber.link(&self.public_url, mail)?),
        };
        let to = Setting { locale: mail.locale, timezone: &mail.timezone, unsubscribe: link.as_deref() };
        let own = wording(&self.table, &mail.template, mail.locale).await?;
        let said = render(&own, &context, to).or_else(|error| {
            // An administrator's own words must not keep a mail from going out.
            let standard = built_in(&mail.template, mail.locale).ok_or(error)?;
            render(&standard, &context, to)
        });
        let said = said.map_err(|error| Failure::internal(format!("{}: {error}", mail.template)))?;
        let headers = link.map(|link| {
            // RFC 8058: one click, without a page in between.
            vec![
                ("List-Unsubscribe", format!("<{link}>")),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
            ]
        });
        Ok(Letter {
            to: mail.to.clone(),
            subject: said.subject,
            text: said.text,
            html: said.html,
            headers: headers.unwrap_or_default(),
            enclosed: self.enclose(mail).await?,
            tag: ("mail", mail.id.to_string()),
        })
    }

    /// The file may be written a moment after the mail was asked for.
    async fn enclose(&self, mail: &EmailLog) -> Result<Option<Enclosed>> {
        let Some(key) = &mail.attachment else { return Ok(None) };
        match self.files.read(key, MOST_BYTES).await? {
            Some(Read::File(bytes)) => {
                let name = key.rsplit('/').next().unwrap_or("file").to_owned();
                let content_type =
                    if name.ends_with(".pdf") { "application/pdf" } else { "application/octet-stream" };
                Ok(Some(Enclosed { name, content_type, bytes }))
            }
            Some(Read::TooLarge) => Err(Failure::internal("the attachment is too large")),
            None => Err(Problem::UNAVAILABLE.because("Later.").with_cause("the attachment is not there")),
        }
    }
}
