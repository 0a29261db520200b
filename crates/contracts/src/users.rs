//! What users tells: profiles, workers, and a person's wishes about their own data.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Contract, Event, Message, Nature};

/// A profile as others may know it; sent with every change of it, and by a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileChanged {
    pub user_id: kernel::UserId,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    pub display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    pub language: String,
    /// IANA name, such as `Africa/Accra`.
    pub timezone: String,
    /// False when hidden: deactivated, suspended or deleted.
    pub active: bool,
}

impl Message for ProfileChanged {
    const TYPE: &'static str = "users.user.updated";

    fn subject(&self) -> String {
        self.user_id.to_string()
    }
}

impl Event for ProfileChanged {
    const NATURE: Nature = Nature::Snapshot;
}

/// A worker as others may know them; sent with every change, and by a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkerChanged {
    pub user_id: kernel::UserId,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    pub display_name: String,
    pub profession: Option<String>,
    /// Minor units an hour.
    pub hourly_rate: Option<i64>,
    pub currency: Option<String>,
    pub listed: bool,
}

impl Message for WorkerChanged {
    const TYPE: &'static str = "users.worker.updated";

    fn subject(&self) -> String {
        self.user_id.to_string()
    }
}

impl Event for WorkerChanged {
    const NATURE: Nature = Nature::Snapshot;
}

fact!(UserCreated, "users.user.created", "A profile exists for a new account.", {});

fact!(UserDeleted, "users.user.deleted", "The account was deleted; what is known of the person is erased later.", {
    erase_at: Timestamp,
});

fact!(
    UserErased,
    "users.user.erased",
    "Everything about the person must go now; what bookkeeping must keep loses its name.",
    {}
);

fact!(EmailChangeRequested, "users.user.email_change_requested", "The owner wants another address.", {
    email: String,
});

fact!(UserActivated, "users.user.activated", "An administrator let the account in again.", {});

fact!(UserDeactivated, "users.user.deactivated", "An administrator shut the account out.", {});

fact!(PreferencesUpdated, "users.preferences.updated", "How and when the person wants to be told.", {
    /// The whole document, as `GET /users/me/preferences` shows it.
    preferences: serde_json::Value,
});

fact!(PhotoUploaded, "users.user.photo_uploaded", "The person has a new photo.", {
    photo: String,
});

fact!(AvailabilityChanged, "users.worker.availability_changed", "The worker takes jobs, or does not.", {
    status: String,
});

fact!(WorkerViewed, "users.worker.viewed", "Somebody looked at a worker's profile, for the first time that day.", {
    viewer: Option<String>,
});

fact!(CertificateStatusChanged, "users.certificate.status_changed", "A certificate was handed in, checked, or has run out.", {
    certificate_id: String,
    status: String,
});

fact!(WishlistChanged, "users.wishlist.changed", "Something was put on the wishlist or taken off.", {
    kind: String,
    target_id: String,
    listed: bool,
});

fact!(BlockChanged, "users.block.changed", "The person does not want to hear of another, or does again.", {
    blocked_id: String,
    blocked: bool,
});

fact!(ExportRequested, "users.export.requested", "The person wants a copy of everything known of them.", {
    export_id: String,
});

/// A context has done its part of an export or of an erasure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartDone {
    pub user_id: kernel::UserId,
    /// The context that did it.
    pub context: String,
    /// Which export; none for an erasure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export_id: Option<String>,
}

impl PartDone {
    pub fn erased(user_id: kernel::UserId, context: &str) -> Self {
        Self { user_id, context: context.to_owned(), export_id: None }
    }

    pub fn exported(user_id: kernel::UserId, context: &str, export: String) -> Self {
        Self { user_id, context: context.to_owned(), export_id: Some(export) }
    }
}

impl Message for PartDone {
    const TYPE: &'static str = "users.part_done";

    fn subject(&self) -> String {
        self.user_id.to_string()
    }
}

impl Command for PartDone {
    const QUEUE: &'static str = "collect-parts";
}

pub fn events() -> Vec<Contract> {
    vec![
        Contract::of::<ProfileChanged>(),
        Contract::of::<WorkerChanged>(),
        Contract::of::<UserCreated>(),
        Contract::of::<UserDeleted>(),
        Contract::of::<UserErased>(),
        Contract::of::<EmailChangeRequested>(),
        Contract::of::<UserActivated>(),
        Contract::of::<UserDeactivated>(),
        Contract::of::<PreferencesUpdated>(),
        Contract::of::<PhotoUploaded>(),
        Contract::of::<AvailabilityChanged>(),
        Contract::of::<WorkerViewed>(),
        Contract::of::<CertificateStatusChanged>(),
        Contract::of::<WishlistChanged>(),
        Contract::of::<BlockChanged>(),
        Contract::of::<ExportRequested>(),
    ]
}
