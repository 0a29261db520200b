//! TO-14: one trek, with everything a person needs before they book.

use contracts::tours::TrekViewed;
use kernel::text::digest;
use kernel::{Failure, Problem, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Transaction};
use web::{Caller, Client};

use super::price::{PriceBreakdown, breakdown};
use super::write::{no_such_trek, slug_guard, token_guard};
use super::{Told, Trek, TrekFacts, TrekId};
use crate::Tours;
use crate::counters::{self, Counters};
use crate::departures::Departures;
use crate::reviews::ReviewView;
use crate::tour::show::Handle;

/// One view a day counts for each caller.
const COUNTED_ONCE: std::time::Duration = time::days(2);
pub const LINK_EXPIRED: Problem = Problem::new("link-expired", 410, "The link does not lead there any more");
const SEEN: Problem = Problem::new("view-counted", 409, "Counted today");

/// A trek on its own page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrekPage {
    pub id: TrekId,
    pub slug: String,
    #[serde(flatten)]
    pub facts: TrekFacts,
    pub is_enabled: bool,
    /// What the display price is made of.
    pub price: PriceBreakdown,
    /// With one decimal; 0 without any rating.
    pub average_rating: f64,
    pub ratings_quantity: u64,
    pub booking_count: u64,
    pub view_count: u64,
    /// Leads to a trek that was made for somebody; for administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// What was booked, for administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales: Option<Counters>,
    /// Those to come that can be booked; for administrators all of them. The earliest first.
    pub departures: Vec<DepartureView>,
    /// The newest twenty.
    pub reviews: Vec<ReviewView>,
    /// Where all its reviews are.
    pub reviews_url: String,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DepartureView {
    pub batch_id: String,
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    pub seats_left: u32,
    /// Whether it can be booked now.
    pub open: bool,
    pub price: PriceBreakdown,
}

/// Remembers that somebody saw a trek on a day; not who.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct View {
    #[serde(skip)]
    pk: String,
    forget_at: Timestamp,
}

impl Record for View {
    const KIND: &'static str = "view";

    fn key(&self) -> Key {
        Key::new(&self.pk, "VIEW")
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.forget_at)
    }
}

impl Tours {
    pub async fn show_trek(
        &self,
        handle: &Handle,
        caller: Option<&Caller>,
        client: &Client,
    ) -> Result<TrekPage> {
        let id = self.trek_id(handle).await?.ok_or_else(no_such_trek)?;
        let told = self.trek_with_all(id).await?.ok_or_else(no_such_trek)?;
        let admin = caller.is_some_and(Caller::is_admin);
        if !told.trek.is_public() && !admin {
            return Err(no_such_trek());
        }
        self.trek_page(told, admin, caller, client).await
    }

    /// TO-16: a trek that was made for somebody, for whoever holds its link.
    pub async fn show_custom_trek(&self, token: &Handle, client: &Client) -> Result<TrekPage> {
        let id = self.owner::<TrekId>(&token_guard(token.as_str())).await?.ok_or_else(no_such_trek)?;
        let told = self.trek_with_all(id).await?.ok_or_else(no_such_trek)?;
        let (trek, custom) = (&told.trek, told.trek.facts.custom.as_ref());
        let custom = custom.filter(|_| trek.is_enabled).ok_or_else(no_such_trek)?;
        if custom.link_expires_at.0 <= time::now() {
            return Err(LINK_EXPIRED.because("Ask for a new link."));
        }
        self.trek_page(told, false, None, client).await
    }

    async fn trek_page(
        &self,
        told: Told,
        admin: bool,
        caller: Option<&Caller>,
        client: &Client,
    ) -> Result<TrekPage> {
        let Told { trek, departures, counters, reviews } = told;
        let id = trek.id;
        // A page is worth more than its count: when counting fails, it is not counted.
        let counted = self.count_view(id, caller, client).await.unwrap_or(false);
        Ok(TrekPage {
            id,
            price: price_of(&trek, trek.facts.display_price)?,
            departures: departures_of(&trek, &departures, admin)?,
            is_enabled: trek.is_enabled,
            average_rating: trek.rating.average,
            ratings_quantity: trek.rating.quantity,
            booking_count: trek.bookings(),
            view_count: counters.views + u64::from(counted),
            access_token: trek.access_token.clone().filter(|_| admin),
            sales: admin.then_some(counters),
            reviews: reviews.shown(),
            reviews_url: format!("/api/v1/treks/{id}/reviews"),
            created_at: trek.created_at,
            slug: trek.slug,
            facts: trek.facts,
        })
    }

    async fn count_view(&self, id: TrekId, caller: Option<&Caller>, client: &Client) -> Result<bool> {
        let who = caller.map_or_else(|| client.address.clone(), |caller| caller.user_id.to_string());
        let now = time::now();
        let day = now.as_second().div_euclid(86_400);
        let view = View { pk: format!("VIEW#{id}#{day}#{}", digest(&who)), forget_at: now + COUNTED_ONCE };
        let effect = Transaction::new().create(&self.table, &view, SEEN.because("Counted today."))?;
        let effect = counters::count_view(effect, &self.table, &Trek::partition(id))?;
        match effect.publish(&TrekViewed { trek_id: id.to_string() })?.commit(&self.table).await {
            Ok(()) => Ok(true),
            Err(failure) if failure.problem == SEEN => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    pub(crate) async fn trek_id(&self, handle: &Handle) -> Result<Option<TrekId>> {
        match handle.as_str().parse() {
            Ok(id) => Ok(Some(id)),
            Err(_) => self.owner(&slug_guard(handle.as_str())).await,
        }
    }
}

fn departures_of(trek: &Trek, departures: &Departures, admin: bool) -> Result<Vec<DepartureView>> {
    let now = time::now();
    let mut list: Vec<_> =
        departures.list.iter().filter(|it| !it.deleted && (admin || it.is_open(now))).collect();
    list.sort_by_key(|it| (it.start_date, &it.batch_id));
    let view = |it: &&crate::departures::Departure| {
        Ok(DepartureView {
            batch_id: it.batch_id.clone(),
            start_date: it.start_date,
            end_date: it.end_date,
            seats_left: it.seats_left,
            open: it.is_open(now),
            price: price_of(trek, it.price)?,
        })
    };
    list.iter().map(view).collect::<Result<_, Failure>>()
}

fn price_of(trek: &Trek, price: i64) -> Result<PriceBreakdown> {
    breakdown(price, trek.facts.currency, trek.facts.gst, trek.facts.gateway)
}
