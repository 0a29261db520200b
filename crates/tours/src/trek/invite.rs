//! TO-21: the link of a trek that was made for somebody, by mail to them.

use std::collections::BTreeMap;

use contracts::notifications::{Recipient, Send};
use deserr::Deserr;
use kernel::text::{Email, Text, digest};
use kernel::{Problem, Result, Timestamp, time};
use platform::{Aws, StartError, State, config};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;
use web::{Accepted, Once};

use super::TrekId;
use super::show::LINK_EXPIRED;
use super::write::no_such_trek;
use crate::Tours;

pub const NOT_CUSTOM: Problem = Problem::new("trek-without-link", 409, "The trek was not made for somebody");

/// The template of notifications.
const TEMPLATE: &str = "custom_trek_link";

/// To whom the link is to be sent.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewInvite {
    pub email: Email,
    /// How the mail calls them.
    #[deserr(default)]
    pub name: Option<Text<1, 100>>,
}

/// That the mail is on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Invited {
    pub email: Email,
    /// How long the link leads to the trek.
    pub expires_at: Timestamp,
}

/// What an invitation needs: where the front door is.
pub struct Inviter {
    pub tours: Tours,
    pub public_url: String,
}

impl State for Inviter {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { tours: Tours::start(aws).await?, public_url: config::public_url()? })
    }
}

impl Inviter {
    /// Asks notifications for the mail. Whoever asks twice on a day for the same link sends one mail.
    pub async fn invite(&self, once: Once, id: TrekId, new: &NewInvite) -> Result<Accepted<Invited>> {
        let (trek, _) = self.tours.trek(id).await?.ok_or_else(no_such_trek)?;
        let (Some(custom), Some(token)) = (&trek.facts.custom, &trek.access_token) else {
            return Err(NOT_CUSTOM.because("Only a trek with `custom` has a link."));
        };
        let (now, expires_at) = (time::now(), custom.link_expires_at.0);
        if expires_at <= now {
            return Err(LINK_EXPIRED.because("Give the link more time first."));
        }
        let day = now.as_second().div_euclid(86_400);
        let mut variables = BTreeMap::from([
            ("trek".to_owned(), trek.facts.name.to_string()),
            ("link".to_owned(), format!("{}/api/v1/treks/custom/{token}", self.public_url)),
            ("expires_at".to_owned(), expires_at.to_string()),
        ]);
        variables.extend(new.name.iter().map(|name| ("name".to_owned(), name.to_string())));
        let mail = Send {
            key: format!("{TEMPLATE}:{id}:{}:{day}", digest(&format!("{token} {}", new.email))),
            template: TEMPLATE.into(),
            recipient: Recipient::Email(new.email.to_string()),
            variables,
            attachment: None,
            but_not_to: None,
        };
        let effect = Transaction::new().command(&mail)?;
        let invited = Accepted(Invited { email: new.email.clone(), expires_at });
        once.commit(&self.tours.table, effect, invited).await
    }
}
