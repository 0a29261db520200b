//! TO-7: one tour, by its id or its slug.

use std::str::FromStr;

use kernel::text::Invalid;
use kernel::{Result, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Key;
use web::Caller;

use super::write::{no_such_tour, slug_guard};
use super::{TourId, TourPage, TourView};
use crate::Tours;

/// What an address calls a thing: its id, or its slug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Handle(String);

impl FromStr for Handle {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.chars().count() {
            1..=200 => Ok(Self(text.to_owned())),
            _ => Err(Invalid("must be an id or a slug".into())),
        }
    }
}

impl Handle {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who may see what is not public: those who write it or guide it.
pub(crate) fn is_crew(caller: Option<&Caller>) -> bool {
    let crew = [Role::Admin, Role::LeadGuide, Role::Guide];
    caller.is_some_and(|caller| crew.into_iter().any(|role| caller.is(role)))
}

impl Tours {
    pub async fn show_tour(&self, handle: &Handle, caller: Option<&Caller>) -> Result<TourPage> {
        let id = self.tour_id(handle).await?.ok_or_else(no_such_tour)?;
        let (tour, departures, reviews) = self.tour_with_reviews(id).await?.ok_or_else(no_such_tour)?;
        if tour.shelf().is_none() && !is_crew(caller) {
            return Err(no_such_tour());
        }
        let guides = self.guides(&tour.facts.guides).await?;
        let tour = TourView { guides, ..TourView::new(&tour, &departures) };
        Ok(TourPage { tour, reviews: reviews.shown() })
    }

    async fn tour_id(&self, handle: &Handle) -> Result<Option<TourId>> {
        match handle.as_str().parse() {
            Ok(id) => Ok(Some(id)),
            Err(_) => self.owner(&slug_guard(handle.as_str())).await,
        }
    }

    /// Whose name or slug it is.
    pub(crate) async fn owner<T: FromStr>(&self, guard: &str) -> Result<Option<T>> {
        let item = self.table.item(&Key::new(guard, "GUARD"), true).await?;
        Ok(item.and_then(|item| item.get("owner")?.as_s().ok()?.parse().ok()))
    }
}
