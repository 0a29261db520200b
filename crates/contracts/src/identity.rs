//! What identity tells. Codes, tokens and passwords never stand in an event.

use jiff::Timestamp;
use kernel::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Contract, Event, Message, Nature};

/// Declares a fact about one account.
macro_rules! fact {
    ($name:ident, $kind:literal, $doc:literal, { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            pub user_id: UserId,
            $($(#[$meta])* pub $field: $type),*
        }

        impl Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.user_id.to_string()
            }
        }

        impl Event for $name {
            const NATURE: Nature = Nature::Fact;
        }
    };
}

fact!(UserRegistered, "identity.user.registered", "Somebody opened an account; the address is not verified yet.", {
    email: String,
    given_name: String,
    family_name: String,
    roles: Vec<String>,
});

fact!(UserVerified, "identity.user.verified", "The account's address belongs to its owner.", {
    email: String,
    given_name: String,
});

fact!(UserLoggedIn, "identity.user.logged_in", "Somebody signed in.", {
    session_id: String,
});

fact!(LoginFailed, "identity.login.failed", "A password was refused.", {
    /// Failures from that address since the last success.
    failures: u32,
});

fact!(UserLocked, "identity.user.locked", "The account takes no password until then.", {
    until: Timestamp,
});

fact!(ChallengeIssued, "identity.challenge.issued", "A code was sent.", {
    purpose: String,
});

fact!(SessionRefreshed, "identity.session.refreshed", "A refresh token was exchanged for its successor.", {
    session_id: String,
});

fact!(SessionEnded, "identity.session.ended", "A session cannot be used any more.", {
    session_id: String,
});

fact!(TokenReuseDetected, "identity.token.reuse_detected", "A superseded refresh token came back: its session was ended.", {
    session_id: String,
});

/// The account as others may know it; sent with every change of it, and by a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountChanged {
    pub user_id: UserId,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    pub email: String,
    pub given_name: String,
    pub family_name: String,
    pub roles: Vec<String>,
    pub verified: bool,
    pub active: bool,
}

impl Message for AccountChanged {
    const TYPE: &'static str = "identity.account.changed";

    fn subject(&self) -> String {
        self.user_id.to_string()
    }
}

impl Event for AccountChanged {
    const NATURE: Nature = Nature::Snapshot;
}

pub fn events() -> Vec<Contract> {
    vec![
        Contract::of::<AccountChanged>(),
        Contract::of::<UserRegistered>(),
        Contract::of::<UserVerified>(),
        Contract::of::<UserLoggedIn>(),
        Contract::of::<LoginFailed>(),
        Contract::of::<UserLocked>(),
        Contract::of::<ChallengeIssued>(),
        Contract::of::<SessionRefreshed>(),
        Contract::of::<SessionEnded>(),
        Contract::of::<TokenReuseDetected>(),
    ]
}
