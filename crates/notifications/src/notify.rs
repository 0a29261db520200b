//! NT-12: what happened, told to whom it concerns, by the channels they like.
//!
//! Everything that follows from one event (the notification in the app, the mail in the log, the orders to the queues that
//! send) is one transaction with the record that the event was seen: a person gets a message once, however often it comes.

use contracts::notifications::PushRequested;
use contracts::{Envelope, Message};
use kernel::{Failure, Result, UserId, time};
use messaging::{Incoming, Received};
use serde_json::{Map, Value, json};
use store::again;
use store::sdk::types::ConditionCheck;
use store::{Record, Transaction};

use crate::Notifications;
use crate::digest::{Entry, Pending};
use crate::known::Known;
use crate::mail::log::EmailLog;
use crate::notice::{Entity, Notice, Priority};
use crate::recipient::Recipient;
use crate::rules::{Channel, Kind, Rule, events, rule_for};
use crate::template::engine::{Setting, head};
use crate::template::wording;
use crate::work::{Deferred, SendPush, SendText, Work};

/// Any event of the table of rules.
#[derive(Debug, Clone)]
pub struct Told {
    pub event: String,
    pub data: Map<String, Value>,
}

impl Incoming for Told {
    fn types() -> Vec<&'static str> {
        events()
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        let Value::Object(data) = envelope.data.clone() else {
            return Err(Failure::internal(format!("{} without fields", envelope.kind)));
        };
        Ok(Self { event: envelope.kind.clone(), data })
    }
}

/// One thing to tell one person.
pub(crate) struct Telling<'a> {
    pub kind: &'static Kind,
    pub context: Map<String, Value>,
    pub entity: Option<Entity>,
    pub action_url: Option<String>,
    pub attachment: Option<&'a str>,
    /// The event or command it comes from.
    pub source: String,
}

impl Notifications {
    pub async fn notify(&self, told: &Received<Told>) -> Result<()> {
        let data = Value::Object(told.data.clone());
        let Some(rule) = rule_for(&told.event, &data) else { return Ok(()) };
        let user = match told.data.get(rule.who).and_then(Value::as_str) {
            Some(user) => user,
            // Of a review by somebody without an account there is nobody to tell.
            None if rule.who != "user_id" => return Ok(()),
            None => return Err(Failure::internal(format!("{} without a person", told.event))),
        };
        let user: UserId =
            user.parse().map_err(|_| Failure::internal(format!("{}: no person", told.event)))?;
        again(|| async {
            let mut known = self.known(user).await?;
            if told.event == contracts::identity::UserVerified::TYPE {
                prove(&mut known, user, &told.data);
            }
            let telling = rule.telling(told);
            let effect = self.tell(Transaction::new(), &known, telling).await?;
            told.commit(&self.table, effect).await.map(drop)
        })
        .await
    }

    /// Adds everything by which one person is told. Nothing for somebody who was erased.
    pub(crate) async fn tell(
        &self,
        effect: Transaction,
        known: &Known,
        mut telling: Telling<'_>,
    ) -> Result<Transaction> {
        let Some(recipient) = &known.recipient else {
            return Err(Failure::unavailable("identity has not told of this account yet"));
        };
        if recipient.is_nobody() {
            return Ok(effect);
        }
        let (kind, now) = (telling.kind, time::now());
        telling.context.insert("given_name".into(), json!(recipient.given_name));
        let words = wording(&self.table, kind.name, known.locale()).await?;
        let to = Setting { locale: known.locale(), timezone: known.timezone(), unsubscribe: None };
        let [title, content] = head(&words, &telling.context, to)
            .map_err(|error| Failure::internal(format!("{}: {error}", kind.name)))?;
        let on = |channel| kind.channels.contains(&channel) && known.wants(kind, channel);
        let mut effect = self.unless_erased(effect, recipient)?;
        if on(Channel::InApp) {
            effect = notice(recipient, &telling, &title, &content).add(effect, &self.table)?;
        }
        let digest = known.next_digest(now).filter(|_| kind.category.may_wait() && !kind.is_pressing());
        let mut work = Vec::new();
        if on(Channel::Email) && recipient.reachable {
            match digest {
                Some(due) => {
                    let entry = Entry { title: title.clone(), content: content.clone() };
                    let pending = Pending::with(known.pending.as_ref(), recipient.user_id, due, entry);
                    effect = pending.save(effect, self)?;
                }
                None => {
                    let mail = mail(known, recipient, &telling)?;
                    effect = mail.write(effect, &self.table)?;
                    work.push(mail.work());
                }
            }
        }
        if on(Channel::Push) && known.devices.as_ref().is_some_and(|it| !it.devices.is_empty()) {
            let (user_id, name) = (recipient.user_id, kind.name.to_owned());
            effect = effect.publish(&PushRequested { user_id, kind: name.clone() })?;
            let about = telling.entity.as_ref().map(|entity| format!("{}#{}", entity.kind, entity.id));
            let collapse = about.unwrap_or_else(|| name.clone());
            let (title, content) = (title.clone(), content.clone());
            work.push(Work::Push(SendPush { user_id, kind: name, title, content, collapse }));
        }
        if on(Channel::Sms) && recipient.phone.is_some() {
            let text = format!("{title}. {content}");
            work.push(Work::Text(SendText { user_id: recipient.user_id, text }));
        }
        let quiet = known.quiet_until(now).filter(|_| !kind.is_pressing());
        match quiet {
            Some(due) if !work.is_empty() => {
                let deferred = Deferred::new(recipient.user_id, due, work);
                effect.create(&self.table, &deferred, Failure::internal("an id used twice"))
            }
            _ => work.iter().try_fold(effect, |effect, work| work.order(effect)),
        }
    }

    /// Whoever is erased at this very moment gets nothing any more.
    fn unless_erased(&self, effect: Transaction, recipient: &Recipient) -> Result<Transaction> {
        let check = ConditionCheck::builder()
            .table_name(&self.table.name)
            .set_key(Some(recipient.key().to_item()))
            .condition_expression("attribute_not_exists(pk) OR version < :erased")
            .expression_attribute_values(":erased", store::expression::number(u64::MAX))
            .build()
            .map_err(Failure::internal)?;
        let erased = kernel::Problem::CONFLICT.because("The account was erased.");
        Ok(effect.check(check, erased))
    }
}

impl Rule {
    fn telling(&'static self, told: &Received<Told>) -> Telling<'static> {
        let field = |name: &str| told.data.get(name).and_then(Value::as_str).map(str::to_owned);
        let entity = self.entity.and_then(|(kind, name)| {
            let id = field(name)?;
            // Reviews are of things of several kinds.
            let kind = if kind == "subject" { field("subject_kind")? } else { kind.to_owned() };
            Some(Entity { kind, id })
        });
        Telling {
            kind: &self.kind,
            context: told.data.clone(),
            action_url: entity.as_ref().map(|entity| format!("/{}s/{}", entity.kind, entity.id)),
            entity,
            attachment: None,
            source: told.envelope.id.to_string(),
        }
    }
}

/// That the address was verified says how its owner is reached, also when the news of the account comes later.
fn prove(known: &mut Known, user: UserId, data: &Map<String, Value>) {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fresh = || Recipient { version: 0, ..Recipient::nobody(user) };
    let recipient = known.recipient.get_or_insert_with(fresh);
    if !recipient.is_nobody() && !recipient.reachable {
        recipient.email = text("email");
        recipient.given_name = text("given_name");
        recipient.reachable = true;
    }
}

fn notice(recipient: &Recipient, telling: &Telling<'_>, title: &str, content: &str) -> Notice {
    let priority = match (telling.kind.urgent, telling.kind.is_pressing()) {
        (true, _) => Priority::Urgent,
        (false, true) => Priority::High,
        (false, false) => Priority::Normal,
    };
    let mut notice =
        Notice::new(recipient.user_id, telling.kind.name, title.to_owned(), content.to_owned(), priority);
    notice.entity.clone_from(&telling.entity);
    notice.action_url.clone_from(&telling.action_url);
    notice
}

fn mail(known: &Known, recipient: &Recipient, telling: &Telling<'_>) -> Result<EmailLog> {
    let mail =
        EmailLog::new(telling.kind, &recipient.email, known.locale(), known.timezone(), &telling.context)?;
    Ok(EmailLog {
        user_id: Some(recipient.user_id),
        event_id: Some(telling.source.clone()),
        attachment: telling.attachment.map(str::to_owned),
        ..mail
    })
}
