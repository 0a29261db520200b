//! NT-8: what another context wants somebody to be told, beyond the table of rules.

use contracts::notifications::{Recipient, Send};
use kernel::text::Email;
use kernel::{Failure, Problem, Result};
use messaging::Received;
use serde_json::{Map, Value, json};
use store::Transaction;
use store::again;

use crate::Notifications;
use crate::mail::log::EmailLog;
use crate::mail::post::ENCLOSURES;
use crate::notify::Telling;
use crate::rules::kind_of;
use crate::template::engine::{Setting, render};
use crate::template::{Locale, wording};

const SENT_BEFORE: Problem = Problem::new("sent-before", 409, "Sent before");

impl Notifications {
    /// Once for each key, whatever command it comes in.
    pub async fn send(&self, asked: &Received<Send>) -> Result<()> {
        let kind = kind_of(&asked.template).map_err(Failure::internal)?;
        if asked.attachment.as_ref().is_some_and(|key| !key.starts_with(ENCLOSURES)) {
            return Err(Failure::internal(format!("only files below {ENCLOSURES} go along")));
        }
        let mut context = Map::new();
        for (name, value) in &asked.variables {
            context.insert(name.clone(), json!(value));
        }
        let told = again(|| async {
            let sent = SENT_BEFORE.because("This message was sent before.");
            let name = format!("SEND#{}", kernel::text::digest(&asked.key));
            let effect =
                Transaction::new().guard(&self.table, &name, &asked.envelope.id.to_string(), sent)?;
            let effect = match &asked.recipient {
                Recipient::User(user) => {
                    let known = self.known(*user).await?;
                    let telling = Telling {
                        kind,
                        context: context.clone(),
                        entity: None,
                        action_url: context.get("link").and_then(Value::as_str).map(str::to_owned),
                        attachment: asked.attachment.as_deref(),
                        source: asked.envelope.id.to_string(),
                    };
                    self.tell(effect, &known, telling).await?
                }
                Recipient::Email(email) => self.write_to(effect, asked, email, &context).await?,
            };
            asked.commit(&self.table, effect).await
        });
        match told.await {
            Err(failure) if failure.problem == SENT_BEFORE => Ok(()),
            done => done.map(drop),
        }
    }

    /// To an address without an account: a mail, in the language that everybody gets.
    async fn write_to(
        &self,
        effect: Transaction,
        asked: &Received<Send>,
        email: &str,
        context: &Map<String, Value>,
    ) -> Result<Transaction> {
        if let Some(user) = asked.but_not_to
            && self.known(user).await?.recipient.is_some_and(|it| it.email.eq_ignore_ascii_case(email))
        {
            return Ok(effect);
        }
        let kind = kind_of(&asked.template).map_err(Failure::internal)?;
        let email: Email = email.parse().map_err(|_| Failure::internal("no address to send to"))?;
        let mut context = context.clone();
        context.entry("given_name").or_insert(json!(""));
        // What cannot be said must fail here, where the sender's mistake is seen.
        let to = Setting { locale: Locale::En, timezone: "UTC", unsubscribe: None };
        render(&wording(&self.table, kind.name, Locale::En).await?, &context, to)
            .map_err(|error| Failure::internal(format!("{}: {error}", kind.name)))?;
        let mail = EmailLog::new(kind, email.as_str(), Locale::En, "UTC", &context)?;
        let mail = EmailLog {
            event_id: Some(asked.envelope.id.to_string()),
            attachment: asked.attachment.clone(),
            ..mail
        };
        mail.order(effect, &self.table)
    }
}
