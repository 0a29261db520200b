//! NT-11: a link in every mail that may be switched off, and one click by which it is (RFC 8058).
//!
//! What the link names is signed with the key of cursors: nobody can make one up for somebody else. Looking at it changes
//! nothing, because mail programs look at links by themselves.

use std::fmt::Write as _;

use kernel::page::{Cursor, Cursors};
use kernel::{Failure, Result, UserId, time};
use platform::{Aws, StartError, State, config};
use serde::{Deserialize, Serialize};
use store::again;
use store::sdk::types::Put;
use store::{Record, Table, Transaction};
use web::Page;

use super::log::EmailLog;
use super::suppression::{Reason, Suppression, hash};
use crate::Notifications;
use crate::preferences::Preferences;
use crate::rules::kind_of;

const LIST: &str = "unsubscribe";

/// Makes and reads the links.
pub struct Unsubscriber {
    notifications: Notifications,
    key: String,
}

impl State for Unsubscriber {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Table::start(aws)?, config::required("CURSOR_KEY")?))
    }
}

/// What somebody does not want any more.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
enum Unwanted {
    /// Mails of one kind.
    User { user: UserId, kind: String },
    /// Somebody without an account: all mails.
    Address { hash: String },
}

impl Unsubscriber {
    pub fn new(table: Table, key: String) -> Self {
        Self { notifications: Notifications { table }, key }
    }

    pub fn link(&self, public_url: &str, mail: &EmailLog) -> Result<String> {
        let unwanted = match mail.user_id {
            Some(user) => Unwanted::User { user, kind: mail.template.clone() },
            None => Unwanted::Address { hash: hash(&mail.to) },
        };
        let token = Cursors::new(self.key.as_bytes(), LIST)?.seal(&unwanted)?;
        Ok(format!("{public_url}/api/v1/notifications/unsubscribe/{token}"))
    }

    fn read(&self, token: &str) -> Result<Unwanted> {
        let opened = Cursors::new(self.key.as_bytes(), LIST)?.open(&Cursor::from(token.to_owned()));
        opened.map_err(|_| Failure::not_found("link"))
    }

    /// A page that asks, so that looking at the link does nothing.
    pub fn ask(&self, token: &str) -> Result<Page> {
        self.read(token)?;
        Ok(page("No more of these mails?", "<form method=\"post\"><button>Yes, no more</button></form>"))
    }

    /// Done twice, it is done.
    pub async fn unsubscribe(&self, token: &str) -> Result<Page> {
        match self.read(token)? {
            Unwanted::User { user, kind } => self.switch_off(user, &kind).await?,
            Unwanted::Address { hash } => self.suppress(hash).await?,
        }
        Ok(page("Done", "<p>You get no more of these mails.</p>"))
    }

    async fn switch_off(&self, user: UserId, kind: &str) -> Result<()> {
        let kind = kind_of(kind).map_err(|_| Failure::not_found("link"))?;
        let notifications = &self.notifications;
        again(|| async {
            let known = notifications.known(user).await?;
            // Whoever was erased must not come back by a link in an old mail.
            if known.recipient.as_ref().is_none_or(|it| it.is_nobody()) {
                return Ok(());
            }
            let mut changed = known.preferences;
            if kind.name == crate::rules::DIGEST {
                changed.digest = crate::preferences::Every::Never;
            }
            let choice = changed.types.get(kind.name).copied().unwrap_or_default();
            changed.types.insert(kind.name.to_owned(), choice.without_email());
            let changed = Preferences { changed_at: time::now(), ..changed };
            notifications.save(Transaction::new(), &changed)?.commit(&notifications.table).await
        })
        .await
    }

    async fn suppress(&self, hash: String) -> Result<()> {
        let table = &self.notifications.table;
        let item = Suppression::new(hash, Reason::Unsubscribed).to_item()?;
        // A bounce says more.
        let put = Put::builder().table_name(&table.name).set_item(Some(item));
        let put = put.condition_expression("attribute_not_exists(pk)").build().map_err(Failure::internal)?;
        let there = kernel::Problem::CONFLICT.because("It is on the list already.");
        match Transaction::new().put(put, there).commit(table).await {
            Err(failure) if failure.problem == kernel::Problem::CONFLICT => Ok(()),
            done => done,
        }
    }
}

fn page(title: &str, body: &str) -> Page {
    let mut html = String::from("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    let _ = write!(html, "<title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>");
    Page {
        content_type: "text/html; charset=utf-8",
        body: html.into_bytes(),
        gzip: false,
        content_security_policy: Some("default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
    }
}
