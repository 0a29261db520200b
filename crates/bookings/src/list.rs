//! BK-4, BK-5, BK-6: whose bookings who may see.

use kernel::page::{Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::text::{Email, Text};
use kernel::time::Moment;
use kernel::{Failure, Permission, Problem, Result, Role};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use store::{Key, Listing, Record};
use web::Caller;

use crate::booking::{BatchId, Booking, BookingId, BookingStatus, OwnerId, OwnerKind};
use crate::change::reference_guard;
use crate::days::day;
use crate::entry::Entry;
use crate::statistics::Statistics;
use crate::view::BookingView;
use crate::{Bookings, Desk};

/// Whether somebody may see other people's bookings.
pub fn sees_all(caller: &Caller) -> bool {
    caller.is(Role::LeadGuide) || caller.may(Permission::Bookings) || caller.may(Permission::ManageBookings)
}

/// Everybody else sees only their own.
pub fn must_see_all(caller: &Caller) -> Result<()> {
    if sees_all(caller) {
        Ok(())
    } else {
        Err(Problem::FORBIDDEN.because("Your own are at `GET /bookings/me`."))
    }
}

/// Departures are offered by lead guides, too.
pub fn manages_treks(caller: &Caller) -> Result<()> {
    if caller.is(Role::LeadGuide) || caller.may(Permission::ManageTreks) {
        return Ok(());
    }
    Err(Problem::FORBIDDEN.because("Departures are offered by those who manage treks."))
}

/// Which bookings. One of trek, tour, batch, date and search leads to a list; a status narrows it, so that a page may then
/// hold fewer than `limit`.
#[derive(Debug)]
pub struct BookingQuery {
    pub status: Option<BookingStatus>,
    pub trek: Option<OwnerId>,
    pub tour: Option<OwnerId>,
    pub batch: Option<BatchId>,
    pub date: Option<Moment>,
    pub search: Option<Text<1, 254>>,
    pub page: PageRequest,
}

impl Parameters for BookingQuery {
    fn take(params: &mut Params) -> Self {
        let query = Self {
            status: params.take_as("status"),
            trek: params.take_as("trek"),
            tour: params.take_as("tour"),
            batch: params.take_as("batch"),
            date: params.take_as("date"),
            search: params.take_as("search"),
            page: PageRequest::take(params),
        };
        let lists = [query.trek.is_some(), query.tour.is_some(), query.batch.is_some(), query.date.is_some()];
        if lists.into_iter().chain([query.search.is_some()]).filter(|it| *it).count() > 1 {
            params.refuse(
                "search",
                "only one of trek, tour, batch, date and search can be asked for at a time",
            );
        }
        query
    }

    fn parameters() -> Vec<Parameter> {
        let text = json!({"type": "string"});
        let states: Vec<_> = BookingStatus::ALL.iter().map(|it| it.name()).collect();
        let mut all = vec![
            Parameter::new("status", "How far it is.", json!({"type": "string", "enum": states})),
            Parameter::new("trek", "Of this trek.", text.clone()),
            Parameter::new("tour", "Of this tour.", text.clone()),
            Parameter::new("batch", "On this departure.", text.clone()),
            Parameter::new(
                "date",
                "Booked on this day, in UTC.",
                json!({"type": "string", "format": "date"}),
            ),
            Parameter::new("search", "A reference, or the contact's whole address.", text),
        ];
        all.extend(PageRequest::parameters());
        all
    }
}

/// A page of bookings with the numbers of all.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BookingList {
    #[serde(flatten)]
    pub page: Page<BookingView>,
    pub stats: Statistics,
}

impl Desk {
    /// Somebody's own, the newest first.
    pub async fn list_own(&self, caller: &Caller, request: &PageRequest) -> Result<Page<BookingView>> {
        let pk = Booking::of_user(caller.user_id);
        let listing = Listing { index: Some(2), pk: &pk, prefix: "", newest_first: true };
        let page = self.pager.page::<Booking>(&self.bookings.table, listing, request).await?;
        Ok(page.map(|it| BookingView::for_owner(&it)))
    }

    pub async fn list_bookings(&self, query: &BookingQuery) -> Result<BookingList> {
        let page = self.found(query).await?;
        let stats = self.bookings.statistics().await?;
        Ok(BookingList { page: page.map(|it| BookingView::for_operator(&it)), stats })
    }

    pub(crate) async fn found(&self, query: &BookingQuery) -> Result<Page<Booking>> {
        let mut page = if let Some(search) = &query.search {
            self.searched(search.as_str(), &query.page).await?
        } else if let Some(batch) = query.batch {
            self.listed(3, &Booking::of_batch(batch), &query.page).await?
        } else if let Some(trek) = query.trek {
            self.entered(2, &Entry::of_owner(OwnerKind::Trek, trek), &query.page).await?
        } else if let Some(tour) = query.tour {
            self.entered(2, &Entry::of_owner(OwnerKind::Tour, tour), &query.page).await?
        } else if let Some(date) = query.date {
            self.entered(3, &Entry::of_day(day(date.0)), &query.page).await?
        } else if let Some(status) = query.status {
            self.listed(4, &Booking::in_status(status), &query.page).await?
        } else {
            self.entered(1, Entry::ALL, &query.page).await?
        };
        page.data.retain(|booking| query.status.is_none_or(|status| booking.status == status));
        Ok(page)
    }

    async fn searched(&self, text: &str, request: &PageRequest) -> Result<Page<Booking>> {
        if let Ok(email) = text.parse::<Email>() {
            return self.entered(4, &Entry::of_email(email.as_str()), request).await;
        }
        let table = &self.bookings.table;
        let guard = table.item(&Key::new(reference_guard(&text.to_uppercase()), "GUARD"), true).await?;
        let id = guard.and_then(|item| item.get("owner")?.as_s().ok()?.parse::<BookingId>().ok());
        let found = match id {
            Some(id) => table.get::<Booking>(&Booking::key_of(id)).await?,
            None => None,
        };
        Ok(Page::new(found.into_iter().collect(), request.limit, None))
    }

    async fn listed(&self, index: u8, pk: &str, request: &PageRequest) -> Result<Page<Booking>> {
        let listing = Listing { index: Some(index), pk, prefix: "", newest_first: true };
        self.pager.page(&self.bookings.table, listing, request).await
    }

    /// By entries, and then the bookings themselves in one call.
    async fn entered(&self, index: u8, pk: &str, request: &PageRequest) -> Result<Page<Booking>> {
        let listing = Listing { index: Some(index), pk, prefix: "", newest_first: true };
        let page = self.pager.page::<Entry>(&self.bookings.table, listing, request).await?;
        let keys: Vec<_> = page.data.iter().map(|it| Booking::key_of(it.booking_id)).collect();
        let mut items = self.bookings.table.items(&keys, true).await?;
        let found = keys.iter().filter_map(|key| items.remove(key)).map(Booking::from_item);
        Ok(Page { data: found.collect::<Result<_>>()?, meta: page.meta })
    }
}

impl Bookings {
    /// The owner's, or that of whoever sees all; for others there is none.
    pub async fn show(&self, caller: &Caller, id: BookingId) -> Result<BookingView> {
        let booking = self.booking(id).await?;
        if sees_all(caller) {
            return Ok(BookingView::for_operator(&booking));
        }
        booking.must_be_of(caller)?;
        Ok(BookingView::for_owner(&booking))
    }
}

impl Booking {
    /// For strangers there is no such booking.
    pub(crate) fn must_be_of(&self, caller: &Caller) -> Result<()> {
        if caller.owns(self.user_id) { Ok(()) } else { Err(Failure::not_found("booking")) }
    }
}
