//! What notifications is asked for, and what it tells.

use std::collections::BTreeMap;

use kernel::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Contract, Event, Message, Nature};

/// Who is to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Somebody with an account, by the channels they like.
    User(UserId),
    /// Somebody without one, such as a participant: by mail.
    Email(String),
}

/// Somebody is to be told something that no rule of notifications says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Send {
    /// The same message is sent once by this.
    pub key: String,
    /// A template of notifications.
    pub template: String,
    pub recipient: Recipient,
    /// What the template shows.
    pub variables: BTreeMap<String, String>,
    /// A file in the bucket that goes along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
    /// Whoever has this account is told otherwise: nothing is sent to their address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub but_not_to: Option<UserId>,
}

impl Message for Send {
    const TYPE: &'static str = "notifications.send";

    fn subject(&self) -> String {
        self.key.clone()
    }
}

impl Command for Send {
    const QUEUE: &'static str = "send-requested";
}

fact!(NotificationCreated, "notifications.notification.created", "Somebody has something new to read.", {
    notification_id: String,
    /// What it is about, such as `booking_confirmed`.
    kind: String,
    title: String,
    content: String,
    /// `normal`, `high` or `urgent`.
    priority: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action_url: Option<String>,
});

fact!(NotificationRead, "notifications.notification.read", "Somebody has read something, or everything.", {
    /// None: everything that was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notification_id: Option<String>,
});

/// Declares an event about one mail. Its address and its text are not in it.
macro_rules! about_mail {
    ($name:ident, $kind:literal, $doc:literal, { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            pub mail_id: String,
            pub template: String,
            /// None for somebody without an account.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub user_id: Option<UserId>,
            $($(#[$meta])* pub $field: $type),*
        }

        impl Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.mail_id.clone()
            }
        }

        impl Event for $name {
            const NATURE: Nature = Nature::Fact;
        }
    };
}

about_mail!(EmailRequested, "notifications.email.requested", "A mail is to be sent.", {});
about_mail!(EmailSent, "notifications.email.sent", "The mail service has taken a mail.", {});
about_mail!(EmailFailed, "notifications.email.failed", "A mail does not arrive.", {
    /// `refused`, `bounced`, `complained` or `suppressed`.
    reason: String,
});

fact!(PushRequested, "notifications.push.requested", "Somebody's devices are to show something.", {
    kind: String,
});
fact!(PushSent, "notifications.push.sent", "Somebody's devices were told.", {
    kind: String,
    devices: u32,
});
fact!(PushFailed, "notifications.push.failed", "No device of somebody could be told.", {
    kind: String,
    reason: String,
});

pub fn events() -> Vec<Contract> {
    vec![
        Contract::of::<NotificationCreated>(),
        Contract::of::<NotificationRead>(),
        Contract::of::<EmailRequested>(),
        Contract::of::<EmailSent>(),
        Contract::of::<EmailFailed>(),
        Contract::of::<PushRequested>(),
        Contract::of::<PushSent>(),
        Contract::of::<PushFailed>(),
    ]
}
