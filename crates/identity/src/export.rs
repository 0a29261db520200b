//! What identity knows of a person, for themselves: no hashes, no secrets.

use contracts::users::ExportRequested;
use kernel::text::{Email, Phone};
use kernel::{Result, Role, Timestamp, UserId};
use messaging::Received;
use platform::files::Files;
use platform::{Aws, StartError, State};
use serde::Serialize;

use crate::Identity;
use crate::account::{Account, Name, SecondFactor, Status, Username};
use crate::audit::AuditEntry;
use crate::device::Device;
use crate::oauth::{LINKED, Linked};
use crate::provider::Provider;
use crate::session::Session;

/// Entries of each list; an account never has as many in regular use.
const MOST: i32 = 500;

/// What exporting needs.
pub struct Exporter {
    pub identity: Identity,
    pub files: Files,
}

impl State for Exporter {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { identity: Identity::start(aws).await?, files: Files::start(aws)? })
    }
}

#[derive(Serialize)]
struct Bundle {
    account: Option<OwnAccount>,
    sessions: Vec<OwnSession>,
    /// Accounts elsewhere by which the person signs in.
    linked: Vec<OwnLink>,
    /// What administrators did; who they are is not the person's.
    interventions: Vec<Intervention>,
}

#[derive(Serialize)]
struct OwnAccount {
    id: UserId,
    email: Email,
    username: Option<Username>,
    given_name: Name,
    family_name: Name,
    roles: Vec<Role>,
    group_id: Option<crate::account::GroupId>,
    phone: Option<Phone>,
    status: Status,
    second_factor: &'static str,
    email_verified_at: Option<Timestamp>,
    password_changed_at: Timestamp,
    terms_accepted_at: Timestamp,
    created_at: Timestamp,
}

impl From<Account> for OwnAccount {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            email: account.email,
            username: account.username,
            given_name: account.given_name,
            family_name: account.family_name,
            roles: account.roles,
            group_id: account.group_id,
            phone: account.phone,
            status: account.status,
            second_factor: match account.second_factor {
                SecondFactor::None => "none",
                SecondFactor::EmailOtp => "email_otp",
                SecondFactor::Totp(_) => "totp",
            },
            email_verified_at: account.verified_at,
            password_changed_at: account.password_changed_at,
            terms_accepted_at: account.terms_accepted_at,
            created_at: account.created_at,
        }
    }
}

#[derive(Serialize)]
struct OwnSession {
    device: Device,
    address: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
}

#[derive(Serialize)]
struct OwnLink {
    provider: Provider,
    /// Who they are there.
    subject: String,
    linked_at: Timestamp,
}

#[derive(Serialize)]
struct Intervention {
    action: crate::audit::Deed,
    at: Timestamp,
}

impl Exporter {
    pub async fn export(&self, request: &Received<ExportRequested>) -> Result<()> {
        let bundle = self.bundle(request.user_id).await?;
        request.export("identity", &bundle, &self.files, &self.identity.table).await
    }

    async fn bundle(&self, user: UserId) -> Result<Bundle> {
        let (table, pk) = (&self.identity.table, format!("USER#{user}"));
        let account = table.get::<Account>(&Account::key_of(user)).await?;
        let sessions = table.list::<Session>(&pk, "SESSION#", MOST).await?;
        let linked = table.list::<Linked>(&pk, LINKED, MOST).await?;
        let audit = table.list::<AuditEntry>(&pk, "AUDIT#", MOST).await?;
        let own = |session: Session| OwnSession {
            device: Device::of(&session.user_agent),
            address: session.address,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
        };
        let link =
            |it: Linked| OwnLink { provider: it.provider, subject: it.subject, linked_at: it.linked_at };
        let intervention = |entry: AuditEntry| Intervention { action: entry.action, at: entry.at };
        Ok(Bundle {
            account: account.map(OwnAccount::from),
            sessions: sessions.into_iter().map(own).collect(),
            linked: linked.into_iter().map(link).collect(),
            interventions: audit.into_iter().map(intervention).collect(),
        })
    }
}
