//! US-27: certificates, what staff says of them, and when they run out.
//!
//! A draft is handed in (`pending`), and staff takes it (`verified`) or not (`rejected`). Whatever the worker changes
//! afterwards has to be handed in again. One whose day has passed is `expired`.

use contracts::users::CertificateStatusChanged;
use deserr::Deserr;
use kernel::id::Ulid;
use kernel::page::{Cursor, Cursors, Page};
use kernel::text::Text;
use kernel::{Failure, FieldErrors, Problem, Result, Role, Timestamp, UserId, time};
use platform::{Aws, StartError, State, config};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::text;
use store::{Key, Record, Transaction};
use web::{Caller, Created, Json, NoContent, Once};

use super::child::{Content, Entry, View, page};
use super::fields::{Day, Link};
use super::{Counts, EntryId};
use crate::Users;

pub const NOT_PENDING: Problem =
    Problem::new("certificate-not-pending", 409, "The certificate was not handed in");

/// The partition of the due index with the days on which certificates run out.
const DUE: &str = "CERTIFICATES";
/// What one run of the schedule does at most; the next run goes on.
const A_RUN: i32 = 200;
/// Keeps the tokens of shares apart from the cursors, which the same key seals.
const SHARE: &str = "the share of a certificate";

kernel::words! {
    /// What staff thinks of a certificate.
    CertificateStatus { Draft "draft", Pending "pending", Verified "verified", Rejected "rejected", Expired "expired" }
}

kernel::words! {
    /// What staff decides.
    Decision { Verified "verified", Rejected "rejected" }
}

/// A proof of what a worker can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    pub name: Text<1, 160>,
    pub issuer: Text<1, 160>,
    pub credential_id: Option<Text<1, 100>>,
    pub link: Option<Link>,
    pub issued_on: Option<Day>,
    pub expires_on: Option<Day>,
    pub status: CertificateStatus,
    /// Why it was rejected.
    pub note: Option<Text<1, 300>>,
    pub decided_at: Option<Timestamp>,
    /// Which share is good: its token is made from this.
    #[schemars(skip)]
    pub share: Option<Ulid>,
}

impl Content for Certificate {
    const PATH: &'static str = "certificates";
    const KIND: &'static str = "certificate";
    const PREFIX: &'static str = "CERTIFICATE#";
    const MOST: u32 = 50;

    fn count(counts: &mut Counts) -> &mut u32 {
        &mut counts.certificates
    }

    fn due(&self) -> Option<Key> {
        let day = self.expires_on.filter(|_| self.status != CertificateStatus::Expired)?;
        Some(Key::new(DUE, day.to_string()))
    }
}

impl Certificate {
    /// The schedule may be late by a day; what everybody sees is not.
    fn is_good(&self) -> bool {
        self.status == CertificateStatus::Verified && self.expires_on.is_none_or(|day| day >= Day::today())
    }
}

/// Without what only the server needs.
fn shown(mut entry: Entry<Certificate>) -> View<Certificate> {
    entry.content.share = None;
    View::from(entry)
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewCertificate {
    #[schemars(example = &"Certified electrician")]
    pub name: Text<1, 160>,
    pub issuer: Text<1, 160>,
    #[deserr(default)]
    pub credential_id: Option<Text<1, 100>>,
    #[deserr(default)]
    pub link: Option<Link>,
    #[deserr(default)]
    pub issued_on: Option<Day>,
    /// The last day on which it is good.
    #[deserr(default)]
    pub expires_on: Option<Day>,
    /// Hands it in to be checked; else it is a draft.
    #[deserr(default)]
    #[schemars(example = &false)]
    pub submit: bool,
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Verdict {
    pub decision: Decision,
    /// For the worker.
    #[deserr(default)]
    pub note: Option<Text<1, 300>>,
}

/// Shows a certificate to whoever has it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Share {
    pub token: String,
    pub url: String,
}

impl NewCertificate {
    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if self.issued_on.zip(self.expires_on).is_some_and(|(issued, expires)| expires < issued) {
            errors.push("/expires_on", "must not be before `issued_on`");
        }
        if self.issued_on.is_some_and(|day| day > Day::today()) {
            errors.push("/issued_on", "must not be in the future");
        }
        if self.submit && self.expires_on.is_some_and(|day| day < Day::today()) {
            errors.push("/expires_on", "has passed");
        }
        errors.or(())
    }

    fn certificate(&self, share: Option<Ulid>) -> Certificate {
        let new = self.clone();
        Certificate {
            name: new.name,
            issuer: new.issuer,
            credential_id: new.credential_id,
            link: new.link,
            issued_on: new.issued_on,
            expires_on: new.expires_on,
            status: if new.submit { CertificateStatus::Pending } else { CertificateStatus::Draft },
            note: None,
            decided_at: None,
            share,
        }
    }
}

pub(super) fn not_oneself(caller: &Caller, worker: UserId) -> Result<()> {
    if caller.user_id == worker {
        return Err(Problem::FORBIDDEN.because("Nobody checks themselves."));
    }
    Ok(())
}

fn sees_all(caller: Option<&Caller>, worker: UserId) -> bool {
    caller.is_some_and(|caller| caller.owns(worker) || caller.is(Role::Staff))
}

impl Users {
    pub async fn list_certificates(
        &self,
        caller: Option<&Caller>,
        id: UserId,
    ) -> Result<Json<Page<View<Certificate>>>> {
        self.seen_worker(caller, id).await?;
        let mut entries = self.entries::<Certificate>(id).await?;
        entries.retain(|entry| sees_all(caller, id) || entry.content.is_good());
        entries.iter_mut().for_each(|entry| entry.content.share = None);
        Ok(page(entries))
    }

    pub async fn get_certificate(
        &self,
        caller: Option<&Caller>,
        id: UserId,
        certificate: EntryId,
    ) -> Result<Json<View<Certificate>>> {
        self.seen_worker(caller, id).await?;
        let entry = self.entry::<Certificate>(id, certificate).await?;
        if sees_all(caller, id) || entry.content.is_good() {
            return Ok(Json::new(shown(entry)));
        }
        Err(Failure::not_found(Certificate::KIND))
    }

    pub async fn add_certificate(
        &self,
        once: Once,
        caller: &Caller,
        id: UserId,
        new: &NewCertificate,
    ) -> Result<Created<View<Certificate>>> {
        new.check()?;
        let entry = Entry::new(id, new.certificate(None));
        let effect = Transaction::new().publish(&told(&entry))?;
        self.add_entry(once, caller, entry, effect).await
    }

    pub async fn change_certificate(
        &self,
        caller: &Caller,
        id: UserId,
        certificate: EntryId,
        new: &NewCertificate,
    ) -> Result<Json<View<Certificate>>> {
        new.check()?;
        self.own_worker(caller, id).await?;
        let entry = self.entry::<Certificate>(id, certificate).await?;
        let next = Entry { content: new.certificate(entry.content.share), ..entry.clone() };
        self.decide(&entry, next).await
    }

    pub async fn remove_certificate(
        &self,
        caller: &Caller,
        id: UserId,
        certificate: EntryId,
    ) -> Result<NoContent> {
        self.remove_entry::<Certificate>(caller, id, certificate, |content, counts| {
            let verified = u32::from(content.status == CertificateStatus::Verified);
            counts.verified_certificates = counts.verified_certificates.saturating_sub(verified);
        })
        .await
    }

    pub async fn verify_certificate(
        &self,
        caller: &Caller,
        id: UserId,
        certificate: EntryId,
        verdict: &Verdict,
    ) -> Result<Json<View<Certificate>>> {
        not_oneself(caller, id)?;
        let entry = self.entry::<Certificate>(id, certificate).await?;
        if entry.content.status != CertificateStatus::Pending {
            return Err(NOT_PENDING.because("Only what was handed in can be checked."));
        }
        let status = match verdict.decision {
            Decision::Verified => CertificateStatus::Verified,
            Decision::Rejected => CertificateStatus::Rejected,
        };
        let (note, decided_at) = (verdict.note.clone(), Some(time::now()));
        let content = Certificate { status, note, decided_at, ..entry.content.clone() };
        self.decide(&entry, Entry { content, ..entry.clone() }).await
    }

    /// Changes the status, the worker's count of good ones, and tells of it.
    async fn decide(
        &self,
        entry: &Entry<Certificate>,
        next: Entry<Certificate>,
    ) -> Result<Json<View<Certificate>>> {
        let was = u32::from(entry.content.status == CertificateStatus::Verified);
        let is = u32::from(next.content.status == CertificateStatus::Verified);
        let mut effect = Transaction::new().replace(&self.table, &next)?;
        if entry.content.status != next.content.status {
            effect = effect.publish(&told(&next))?;
        }
        let answer = || Json::new(shown(next.clone()));
        if was == is {
            effect.commit(&self.table).await?;
            return Ok(answer());
        }
        self.change_worker(Once::default(), next.worker_id, |worker| {
            let counts = &mut worker.counts;
            counts.verified_certificates = (counts.verified_certificates + is).saturating_sub(was);
            Ok((effect.clone(), answer()))
        })
        .await
    }

    /// Marks what has run out; answers how many.
    pub async fn expire_certificates(&self) -> Result<usize> {
        let request = self.table.client.query().table_name(&self.table.name).index_name("gsi1");
        let answer = request
            .key_condition_expression("gsi1pk = :due AND gsi1sk < :today")
            .expression_attribute_values(":due", text(DUE))
            .expression_attribute_values(":today", text(Day::today()))
            .limit(A_RUN)
            .send()
            .await
            .map_err(store::failure)?;
        let mut expired = 0;
        for item in answer.items.unwrap_or_default() {
            let entry = Entry::<Certificate>::from_item(item)?;
            let content = Certificate { status: CertificateStatus::Expired, ..entry.content.clone() };
            match self.decide(&entry, Entry { content, ..entry.clone() }).await {
                Ok(_) => expired += 1,
                // Somebody was faster, or the worker is gone: the next run sees what is left.
                Err(failure) if [Problem::CONFLICT, Problem::NOT_FOUND].contains(&failure.problem) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(expired)
    }
}

fn told(entry: &Entry<Certificate>) -> CertificateStatusChanged {
    CertificateStatusChanged {
        user_id: entry.worker_id,
        certificate_id: entry.id.to_string(),
        status: entry.content.status.to_string(),
    }
}

/// Makes and reads the tokens of shares. A token names the certificate and the share under a signature, so it is
/// nowhere stored, and is worth nothing once the share was taken back.
#[derive(Clone)]
pub struct Shares {
    pub users: Users,
    key: Vec<u8>,
    url: String,
}

impl State for Shares {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        let (users, key) = (Users::start(aws).await?, config::required("CURSOR_KEY")?);
        Ok(Self::new(users, &key, &config::public_url()?))
    }
}

impl Shares {
    pub fn new(users: Users, key: &str, url: &str) -> Self {
        Self { users, key: key.as_bytes().to_vec(), url: url.to_owned() }
    }

    /// The same token as long as the share is not taken back.
    pub async fn share(&self, caller: &Caller, id: UserId, certificate: EntryId) -> Result<Json<Share>> {
        let entry = self.set_share(caller, id, certificate, true).await?;
        let position = (id, certificate, entry.content.share);
        let token = Cursors::new(&self.key, SHARE)?.seal(&position)?.to_string();
        let url = format!("{}/api/v1/workers/shared-certificates/{token}", self.url);
        Ok(Json::new(Share { token, url }))
    }

    pub async fn unshare(&self, caller: &Caller, id: UserId, certificate: EntryId) -> Result<NoContent> {
        self.set_share(caller, id, certificate, false).await?;
        Ok(NoContent)
    }

    async fn set_share(
        &self,
        caller: &Caller,
        id: UserId,
        certificate: EntryId,
        shared: bool,
    ) -> Result<Entry<Certificate>> {
        self.users.own_worker(caller, id).await?;
        let table = &self.users.table;
        let mut entry = self.users.entry::<Certificate>(id, certificate).await?;
        if entry.content.share.is_some() != shared {
            entry.content.share = shared.then(Ulid::generate);
            Transaction::new().replace(table, &entry)?.commit(table).await?;
        }
        Ok(entry)
    }

    /// For whoever has the token, whether the worker is listed or not.
    pub async fn shared(&self, token: &str) -> Result<Json<View<Certificate>>> {
        let none = || Failure::not_found("certificate");
        let cursors = Cursors::new(&self.key, SHARE)?;
        let opened = cursors.open::<(UserId, EntryId, Option<Ulid>)>(&Cursor::from(token.to_owned()));
        let (id, certificate, share) = opened.map_err(|_| none())?;
        let entry = self.users.entry::<Certificate>(id, certificate).await?;
        if share.is_none() || entry.content.share != share {
            return Err(none());
        }
        Ok(Json::new(shown(entry)))
    }
}
