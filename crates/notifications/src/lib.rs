//! Notifications: who is to be told what, and how.
//!
//! Access patterns of the table:
//!
//! | question | key or index | consistency |
//! |---|---|---|
//! | how is this person reached? | `USER#<id>` · `RECIPIENT` | strong where it decides: a projection of identity |
//! | language, time zone, quiet hours, wishes | `USER#<id>` · `WISHES` | the same: a projection of users |
//! | what did they choose here? | `USER#<id>` · `PREFERENCES` | strong |
//! | on which devices? | `USER#<id>` · `DEVICES` | strong |
//! | whose device is it? | `DEVICE#<hash>` · `OWNER` | strong |
//! | do they look at a screen of ours? | `USER#<id>` · `SOCKET#<connection>` | strong: a projection of realtime |
//! | what is in the app, the newest first | `USER#<id>` · `NOTICE#<id>` | eventual |
//! | what of it is unread, or of one type, or both | index 2 `UNREAD#<user>`, 3 `TYPE#<user>#<type>`, 4 `UNREAD#<user>#<type>` | eventual |
//! | what waits for the digest, for the end of quiet hours | `USER#<id>` · `DIGEST`, `DEFERRED#<id>` | strong |
//! | what of that is due? | index 1 `DUE#<what>#<shard>` | eventual; who takes it out does it |
//! | everybody, to tell them all | index 2 `PEOPLE#<shard>` | eventual |
//! | what everybody is told | `BROADCAST#<id>` · `BROADCAST` | strong |
//! | a mail | `MAIL#<id>` · `MAIL` | strong |
//! | mails of a day, of a day and state, of a person | index 2 `MAILS#<day>`, 3 `MAILS#<day>#<state>`, 4 `MAILS#USER#<id>` | eventual |
//! | does an address take mail? | `SUPPRESSED#<hash>` · `SUPPRESSED` | strong |
//! | an administrator's words, and what they were before | `TEMPLATE#<key>#<locale>` · `TEMPLATE`, `VERSION#<n>` | eventual where mail is written |

pub mod broadcast;
pub mod clock;
pub mod device;
pub mod digest;
pub mod inbox;
pub mod known;
pub mod mail;
pub mod notice;
pub mod notify;
pub mod personal;
pub mod phone;
pub mod preferences;
pub mod presence;
pub mod push;
pub mod recipient;
pub mod rules;
pub mod send;
pub mod template;
pub mod work;

use kernel::Result;
use platform::model::Entity;
use platform::{Aws, StartError, State};
use store::Table;

/// The context's table.
#[derive(Debug, Clone)]
pub struct Notifications {
    pub table: Table,
}

impl State for Notifications {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    vec![
        Entity::of::<recipient::Recipient>("Recipient", "pk USER#user_id · sk RECIPIENT"),
        Entity::of::<recipient::Wishes>("Wishes", "pk USER#user_id · sk WISHES"),
        Entity::of::<preferences::Preferences>("NotificationPreferences", "pk USER#user_id · sk PREFERENCES"),
        Entity::of::<device::Devices>("Devices", "pk USER#user_id · sk DEVICES"),
        Entity::of::<device::DeviceOwner>("DeviceOwner", "pk DEVICE#device · sk OWNER"),
        Entity::of::<presence::Socket>("Socket", "pk USER#user_id · sk SOCKET#connection_id"),
        Entity::of::<notice::Notice>("Notification", "pk USER#user_id · sk NOTICE#id"),
        Entity::of::<digest::Pending>("PendingDigest", "pk USER#user_id · sk DIGEST"),
        Entity::of::<work::Deferred>("Deferred", "pk USER#user_id · sk DEFERRED#id"),
        Entity::of::<broadcast::Broadcast>("Broadcast", "pk BROADCAST#id · sk BROADCAST"),
        Entity::of::<mail::log::EmailLog>("EmailLog", "pk MAIL#id · sk MAIL"),
        Entity::of::<mail::suppression::Suppression>(
            "Suppression",
            "pk SUPPRESSED#email_hash · sk SUPPRESSED",
        ),
        Entity::of::<template::Override>("Template", "pk TEMPLATE#key#locale · sk TEMPLATE"),
    ]
}
