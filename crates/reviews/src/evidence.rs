//! Who may review what: what they booked, bought or did, as other contexts tell it (RV-3, RV-9, RV-12).

use contracts::bookings::{
    BookingCancelled, BookingCompleted, BookingConfirmed, BookingFacts, BookingRescheduled, BookingRestored,
};
use contracts::jobs::JobCompleted;
use contracts::orders::OrderChanged;
use contracts::reviews::InviteDue;
use contracts::{Envelope, Message};
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use messaging::{Incoming, Received};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::again;
use store::{Key, Record, Transaction};

use crate::Reviews;
use crate::pair::{Pair, WINDOW};
use crate::person::Person;
use crate::review::Authorship;
use crate::settle::changed_meanwhile;
use crate::subject::{Kind, Known, Subject, SubjectId};

const SEEN: Problem = Problem::new("seen-before", 409, "Known already");

/// That somebody has booked, bought or done something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    pub user_id: UserId,
    pub subject_kind: Kind,
    pub subject_id: SubjectId,
    /// The booking, order or job.
    pub source_ref: String,
    pub version: u64,
    /// False for what was cancelled.
    pub open: bool,
    /// When that was told: what is older counts less.
    pub as_of: Timestamp,
    /// From when on they can say how it is.
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    /// It has taken place: nothing changes it any more.
    pub completed: bool,
}

impl Record for Evidence {
    const KIND: &'static str = "evidence";

    fn key(&self) -> Key {
        Self::key_of(self.user_id, &self.subject(), &self.source_ref)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// Everything that is known of somebody but their name and their reviews.
pub fn partition(user: UserId) -> String {
    format!("USER#{user}")
}

pub(crate) fn prefix(subject: &Subject) -> String {
    format!("MAY#{}#", subject.name())
}

impl Evidence {
    pub fn key_of(user: UserId, subject: &Subject, source_ref: &str) -> Key {
        Key::new(partition(user), format!("{}{source_ref}", prefix(subject)))
    }

    fn new(user_id: UserId, subject: &Subject, source_ref: &str, at: Timestamp) -> Self {
        Self {
            user_id,
            subject_kind: subject.kind,
            subject_id: subject.id.clone(),
            source_ref: source_ref.to_owned(),
            version: 1,
            open: true,
            as_of: at,
            from: at,
            until: None,
            completed: true,
        }
    }

    pub fn subject(&self) -> Subject {
        Subject::new(self.subject_kind, self.subject_id.clone())
    }

    pub fn is_open(&self, now: Timestamp) -> bool {
        self.open && self.from <= now && self.until.is_none_or(|until| now < until)
    }

    fn invitation(&self, name: Option<&str>) -> InviteDue {
        InviteDue {
            user_id: self.user_id,
            subject_kind: self.subject_kind.to_string(),
            subject_id: self.subject_id.to_string(),
            subject_name: name.map(str::to_owned),
            source_ref: self.source_ref.clone(),
            until: self.until,
        }
    }
}

/// What is told of bookings, orders and jobs.
#[derive(Debug, Clone, PartialEq)]
pub enum SaleTold {
    Confirmed(BookingFacts),
    /// It has its seats again, or others.
    Moved(BookingFacts),
    Cancelled(BookingFacts),
    Completed(BookingFacts),
    Order(OrderChanged),
    Job(JobCompleted),
}

impl Incoming for SaleTold {
    fn types() -> Vec<&'static str> {
        vec![
            BookingConfirmed::TYPE,
            BookingRestored::TYPE,
            BookingRescheduled::TYPE,
            BookingCancelled::TYPE,
            BookingCompleted::TYPE,
            OrderChanged::TYPE,
            JobCompleted::TYPE,
        ]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        Ok(match envelope.kind.as_str() {
            BookingConfirmed::TYPE => Self::Confirmed(BookingConfirmed::read(envelope)?.booking),
            BookingRestored::TYPE => Self::Moved(BookingRestored::read(envelope)?.booking),
            BookingRescheduled::TYPE => Self::Moved(BookingRescheduled::read(envelope)?.booking),
            BookingCancelled::TYPE => Self::Cancelled(BookingCancelled::read(envelope)?.booking),
            BookingCompleted::TYPE => Self::Completed(BookingCompleted::read(envelope)?.booking),
            OrderChanged::TYPE => Self::Order(OrderChanged::read(envelope)?),
            _ => Self::Job(JobCompleted::read(envelope)?),
        })
    }
}

impl Reviews {
    /// Being told twice changes nothing, and what is older counts less than what is newer.
    pub async fn follow_sale(&self, told: &Received<SaleTold>) -> Result<()> {
        let at = told.envelope.occurred_at;
        match &told.message {
            SaleTold::Order(order) => self.follow_order(order, at).await,
            SaleTold::Job(job) => self.follow_job(job).await,
            SaleTold::Confirmed(booking)
            | SaleTold::Moved(booking)
            | SaleTold::Cancelled(booking)
            | SaleTold::Completed(booking) => again(|| self.follow_booking(&told.message, booking, at)).await,
        }
    }

    async fn follow_booking(&self, told: &SaleTold, booking: &BookingFacts, at: Timestamp) -> Result<()> {
        let Some(subject) = Subject::told(&booking.owner_kind, &booking.owner_id) else { return Ok(()) };
        let first = Evidence {
            version: 0,
            open: false,
            completed: false,
            from: booking.start_date,
            ..Evidence::new(booking.user_id, &subject, &booking.booking_id, Timestamp::UNIX_EPOCH)
        };
        let keys = [first.key(), Person::key_of(booking.user_id)];
        let mut items = self.table.items(&keys, true).await?;
        let gone = items.remove(&keys[1]).map(Person::from_item).transpose()?;
        let known = items.remove(&keys[0]).map(Evidence::from_item).transpose()?.unwrap_or(first);
        let completes = matches!(told, SaleTold::Completed(_));
        if gone.is_some_and(|person| person.erased.is_some())
            || known.completed
            || (known.as_of >= at && !completes)
        {
            return Ok(());
        }
        let open = match told {
            SaleTold::Cancelled(_) => false,
            // Seats alone say nothing of the money.
            SaleTold::Moved(_) => known.open || booking.paid >= booking.total,
            _ => true,
        };
        let from = if completes { at.min(time::now()) } else { booking.start_date };
        let next = Evidence { open, as_of: at, from, completed: completes, ..known };
        let mut effect = self.save_evidence(Transaction::new(), next.clone())?;
        if completes && !self.has_reviewed(booking.user_id, &subject).await? {
            effect = effect.publish(&next.invitation(Some(&booking.owner_name)))?;
        }
        effect.commit(&self.table).await
    }

    fn save_evidence(&self, effect: Transaction, evidence: Evidence) -> Result<Transaction> {
        match evidence.version {
            0 => effect.create(&self.table, &Evidence { version: 1, ..evidence }, changed_meanwhile()),
            _ => effect.replace(&self.table, &evidence),
        }
    }

    /// Each product that was delivered by itself: its key says whether it is known.
    async fn follow_order(&self, order: &OrderChanged, at: Timestamp) -> Result<()> {
        if self.is_gone(order.user_id).await? {
            return Ok(());
        }
        for line in order.lines.iter().filter(|line| line.delivered) {
            let Some(subject) = Subject::told("product", &line.product_id) else { continue };
            let name = line.product_name.clone();
            self.keep_first(&Known::first(subject.clone(), Some(name), None)).await?;
            let evidence = Evidence::new(order.user_id, &subject, &order.order_id, at.min(time::now()));
            let mut effect = Transaction::new().create(&self.table, &evidence, seen())?;
            if !self.has_reviewed(order.user_id, &subject).await? {
                effect = effect.publish(&evidence.invitation(Some(&line.product_name)))?;
            }
            unless_seen(effect.commit(&self.table).await)?;
        }
        Ok(())
    }

    /// Opens both sides, once; their time begins when they hear of it.
    async fn follow_job(&self, job: &JobCompleted) -> Result<()> {
        let ids = (job.job_id.parse::<SubjectId>(), job.worker_id.to_string().parse::<SubjectId>());
        let (Ok(job_id), Ok(worker_id)) = ids else { return Ok(()) };
        if self.is_gone(job.hirer_id).await? || self.is_gone(job.worker_id).await? {
            return Ok(());
        }
        let worker = Subject::new(Kind::Worker, worker_id);
        let own = Subject::new(Kind::Job, job_id.clone());
        self.keep_first(&Known::first(worker.clone(), None, Some(job.worker_id))).await?;
        self.keep_first(&Known::first(own.clone(), Some(job.title.clone()), Some(job.hirer_id))).await?;
        let now = time::now();
        let pair = Pair {
            job_id,
            version: 1,
            hirer_id: job.hirer_id,
            worker_id: job.worker_id,
            closes_at: now + WINDOW,
            by_hirer: None,
            by_worker: None,
            revealed: false,
        };
        let until = Some(pair.closes_at);
        let mut effect = Transaction::new().create(&self.table, &pair, seen())?;
        for (user, subject) in [(job.hirer_id, worker), (job.worker_id, own)] {
            let evidence = Evidence { until, ..Evidence::new(user, &subject, &job.job_id, now) };
            effect = effect.create(&self.table, &evidence, seen())?;
            if !self.has_reviewed(user, &subject).await? {
                effect = effect.publish(&evidence.invitation(Some(&job.title)))?;
            }
        }
        unless_seen(effect.commit(&self.table).await)
    }

    async fn is_gone(&self, user: UserId) -> Result<bool> {
        let person = self.table.get::<Person>(&Person::key_of(user)).await?;
        Ok(person.is_some_and(|person| person.erased.is_some()))
    }

    async fn has_reviewed(&self, user: UserId, subject: &Subject) -> Result<bool> {
        let key = Authorship::key_of(subject, &Authorship::author(user));
        Ok(self.table.item(&key, true).await?.is_some())
    }
}

fn seen() -> Failure {
    SEEN.because("It was told before.")
}

fn unless_seen(done: Result<()>) -> Result<()> {
    match done {
        Err(failure) if failure.problem == SEEN => Ok(()),
        done => done,
    }
}
