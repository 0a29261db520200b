//! What identity tells. Codes, tokens and passwords never stand in an event.

use jiff::Timestamp;
use kernel::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Contract, Event, Message, Nature};

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

fact!(UserEmailChanged, "identity.user.email_changed", "The account has a new address, proven by its owner.", {
    email: String,
});

fact!(
    PasswordResetRequested,
    "identity.password.reset_requested",
    "Somebody asked for a link to set a new password.",
    {}
);

fact!(
    PasswordChanged,
    "identity.password.changed",
    "The account has a new password; older sessions are over.",
    {}
);

fact!(MfaEnabled, "identity.mfa.enabled", "A log-in needs a second factor from now on.", {
    /// `totp` or `email_otp`.
    kind: String,
});

fact!(MfaDisabled, "identity.mfa.disabled", "A log-in needs only the password again.", {});

fact!(PhoneVerified, "identity.phone.verified", "The number belongs to the account's owner.", {
    phone: String,
});

fact!(UserUnlocked, "identity.user.unlocked", "An administrator let the account try passwords again.", {});

fact!(
    AccountDeactivated,
    "identity.user.deactivated",
    "The owner closed the account; they can come back.",
    {}
);

fact!(UserReactivated, "identity.user.reactivated", "The account is open again.", {});

fact!(UserRoleChanged, "identity.user.role_changed", "The account has these roles from now on.", {
    roles: Vec<String>,
});

fact!(UserGroupChanged, "identity.user.group_changed", "The account is in this group from now on, or in none.", {
    group_id: Option<String>,
});

/// A group as others may know it; sent with every change of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupChanged {
    pub group_id: String,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    pub name: String,
    pub active: bool,
    pub permissions: Vec<String>,
    pub deleted: bool,
}

impl Message for GroupChanged {
    const TYPE: &'static str = "identity.group.changed";

    fn subject(&self) -> String {
        self.group_id.clone()
    }
}

impl Event for GroupChanged {
    const NATURE: Nature = Nature::Snapshot;
}

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Proven by a text message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    #[serde(default)]
    pub created_at: Option<Timestamp>,
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

/// Somebody without an account is to have one, as an operator vouches for who they are.
///
/// They choose their password themselves, by a link that identity mails them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CreateUser {
    pub email: String,
    pub given_name: String,
    pub family_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The operator.
    pub asked_by: UserId,
}

impl Message for CreateUser {
    const TYPE: &'static str = "identity.create_user";

    fn subject(&self) -> String {
        // No address in the envelope, and no account is known yet.
        "unknown".into()
    }
}

impl Command for CreateUser {
    const QUEUE: &'static str = "create-user";
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
        Contract::of::<UserEmailChanged>(),
        Contract::of::<PasswordResetRequested>(),
        Contract::of::<PasswordChanged>(),
        Contract::of::<MfaEnabled>(),
        Contract::of::<MfaDisabled>(),
        Contract::of::<PhoneVerified>(),
        Contract::of::<UserUnlocked>(),
        Contract::of::<AccountDeactivated>(),
        Contract::of::<UserReactivated>(),
        Contract::of::<UserRoleChanged>(),
        Contract::of::<UserGroupChanged>(),
        Contract::of::<GroupChanged>(),
    ]
}
