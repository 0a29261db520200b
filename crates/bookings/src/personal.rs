//! What is known here of somebody: a copy for themselves; and once they are erased, books without names.

use std::collections::HashSet;

use contracts::identity::AccountChanged;
use contracts::users::{ExportRequested, PartDone, UserErased};
use contracts::{Envelope, Message};
use kernel::{Failure, Result, UserId};
use messaging::{Incoming, Received};
use platform::files::Files;
use platform::{Aws, StartError, State};
use store::expression::text;
use store::sdk::types::AttributeValue;
use store::{Record, Transaction};

use crate::Bookings;
use crate::booking::{Booking, BookingId, Contact, LastError};
use crate::entry::Entry;
use crate::failed::FailedBooking;
use crate::saga::Step;
use crate::terms::Person;
use crate::view::BookingView;

const CONTEXT: &str = "bookings";
/// Who stands in the books instead of a person.
const NOBODY: &str = "Erased";
const NOWHERE: &str = "erased@invalid.example";

/// What is told of people.
#[derive(Debug, Clone, PartialEq)]
pub enum PersonTold {
    Account(Box<AccountChanged>),
    Erased(UserErased),
}

impl Incoming for PersonTold {
    fn types() -> Vec<&'static str> {
        vec![AccountChanged::TYPE, UserErased::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            AccountChanged::TYPE => AccountChanged::read(envelope).map(|it| Self::Account(Box::new(it))),
            _ => UserErased::read(envelope).map(Self::Erased),
        }
    }
}

/// What a copy needs.
pub struct Copier {
    pub bookings: Bookings,
    pub files: Files,
}

impl State for Copier {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { bookings: Bookings::start(aws).await?, files: Files::start(aws)? })
    }
}

impl Copier {
    pub async fn export(&self, asked: &Received<ExportRequested>) -> Result<()> {
        let known = self.bookings.bookings_of(asked.user_id).await?;
        let views: Vec<_> = known.iter().map(BookingView::for_owner).collect();
        asked.export(CONTEXT, &views, &self.files, &self.bookings.table).await
    }
}

impl Bookings {
    pub async fn follow_person(&self, told: &Received<PersonTold>) -> Result<()> {
        match &told.message {
            PersonTold::Account(account) => self.keep_person(account).await,
            PersonTold::Erased(erased) => self.erase(told, erased.user_id).await,
        }
    }

    /// Bookkeeping stays, names go: seats, money and dates say nothing of who it was.
    async fn erase(&self, told: &Received<PersonTold>, user: UserId) -> Result<()> {
        for booking in self.bookings_of(user).await? {
            self.change(booking.id, |booking, now| {
                let mut step = Step::of(booking, now);
                step.booking.forget()?;
                Ok((step.booking != Booking { updated_at: now, ..booking.clone() }).then_some(step))
            })
            .await?;
            self.forget_places(booking.id).await?;
        }
        // What stays is that nobody of that id is known, so that late news cannot bring them back.
        let nobody = Person {
            user_id: user,
            version: u64::MAX >> 11,
            name: String::new(),
            email: String::new(),
            phone: None,
            active: false,
            erased: true,
        };
        let mut item = nobody.to_item()?;
        item.insert("gone".into(), AttributeValue::Bool(true));
        let effect = Transaction::new().overwrite(&self.table, item)?;
        told.commit(&self.table, effect.command(&PartDone::erased(user, CONTEXT))?).await.map(drop)
    }

    /// Neither an address nor words of theirs lead to the booking.
    async fn forget_places(&self, id: BookingId) -> Result<()> {
        let entry = Entry::of(&self.booking(id).await?);
        let mut effect = Transaction::new().overwrite(&self.table, entry.to_item()?)?;
        if let Some(mut failed) = self.table.get::<FailedBooking>(&FailedBooking::key_of(id)).await? {
            failed.details = None;
            effect = effect.overwrite(&self.table, failed.to_item()?)?;
        }
        effect.commit(&self.table).await
    }

    /// All bookings of somebody; the index may be a moment behind, so each is read again by whoever changes it.
    async fn bookings_of(&self, user: UserId) -> Result<Vec<Booking>> {
        let pages = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name("gsi2")
            .key_condition_expression("gsi2pk = :user")
            .expression_attribute_values(":user", text(Booking::of_user(user)))
            .into_paginator();
        let mut items = pages.items().send();
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        while let Some(item) = items.next().await {
            let booking = Booking::from_item(item.map_err(store::failure)?)?;
            if seen.insert(booking.id) {
                all.push(booking);
            }
        }
        Ok(all)
    }
}

impl Booking {
    fn forget(&mut self) -> Result<()> {
        let broken = |_| Failure::internal("our own words for nobody");
        self.contact = Contact {
            name: NOBODY.parse().map_err(broken)?,
            email: NOWHERE.parse().map_err(broken)?,
            phone: None,
        };
        self.emergency_contact = None;
        self.additional_requests = None;
        self.checkout = None;
        for participant in &mut self.participants {
            participant.details = None;
        }
        for remark in &mut self.remarks {
            remark.text = NOBODY.into();
        }
        if let Some(request) = &mut self.request {
            (request.reason, request.response) = (NOBODY.into(), None);
        }
        if let Some(cancellation) = &mut self.cancellation {
            cancellation.reason = None;
        }
        self.last_error = self.last_error.take().map(|it| LastError { message: String::new(), ..it });
        Ok(())
    }
}
