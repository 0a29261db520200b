//! NT-13: what comes back of mails. An address that takes none, or whose owner calls them spam, gets no more.

use kernel::Result;
use messaging::{Feedback, MailFeedback, Received};
use store::again;
use store::{Record, Transaction};

use super::log::{COMPLAINED, EmailLog, MailId, MailStatus};
use super::suppression::{Reason, Suppression, hash};
use crate::Notifications;

impl Notifications {
    pub async fn hear_back(&self, told: &Received<MailFeedback>) -> Result<()> {
        let (reason, error) = match told.what {
            Feedback::Bounced => (Some(Reason::Bounced), "bounced"),
            Feedback::BouncedForNow => (None, "bounced for now"),
            Feedback::Complained => (Some(Reason::Complained), COMPLAINED),
        };
        again(|| async {
            let mail = match told.mail.as_deref().map(str::parse::<MailId>) {
                Some(Ok(id)) => self.table.get::<EmailLog>(&EmailLog::key_of(id)).await?,
                // One of identity's, which has its own queue.
                _ => None,
            };
            let mut effect = match mail {
                Some(mail) => mail.settle(&self.table, MailStatus::Bounced, Some(error))?,
                None => Transaction::new(),
            };
            if let Some(reason) = reason {
                let mut hashes: Vec<_> = told.addresses.iter().map(|address| hash(address)).collect();
                hashes.sort_unstable();
                hashes.dedup();
                for hash in hashes {
                    effect = effect.overwrite(&self.table, Suppression::new(hash, reason).to_item()?)?;
                }
            }
            told.commit(&self.table, effect).await.map(drop)
        })
        .await
    }
}
