//! US-28: pieces of work that a worker shows.

use deserr::Deserr;
use kernel::page::Page;
use kernel::query::{Parameter, Parameters, Params};
use kernel::text::Prose;
use kernel::text::Text;
use kernel::{FieldErrors, Result, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Transaction;
use web::{Caller, Created, Json, NoContent, Once};

use super::child::{Content, Entry, View, page};
use super::fields::{Day, Link};
use super::{Counts, EntryId};
use crate::Users;

const MOST_FILES: usize = 10;

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PortfolioItem {
    pub title: Text<5, 200>,
    pub description: Option<Prose<1, 2000>>,
    pub files: Vec<File>,
    pub started_on: Option<Day>,
    pub ended_on: Option<Day>,
    /// Shown first.
    pub featured: bool,
}

/// A picture or document of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields, rename = "PortfolioFile")]
pub struct File {
    pub link: Link,
    #[deserr(default)]
    pub caption: Option<Text<1, 160>>,
}

impl Content for PortfolioItem {
    const PATH: &'static str = "portfolio";
    const KIND: &'static str = "portfolio-item";
    const PREFIX: &'static str = "PORTFOLIO#";
    const MOST: u32 = 50;

    fn count(counts: &mut Counts) -> &mut u32 {
        &mut counts.portfolio
    }
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewPortfolioItem {
    #[schemars(example = &"A kitchen in Osu")]
    pub title: Text<5, 200>,
    #[deserr(default)]
    pub description: Option<Prose<1, 2000>>,
    #[deserr(default)]
    #[schemars(length(max = 10))]
    pub files: Vec<File>,
    #[deserr(default)]
    pub started_on: Option<Day>,
    /// Not before `started_on`.
    #[deserr(default)]
    pub ended_on: Option<Day>,
    #[deserr(default)]
    pub featured: bool,
}

impl NewPortfolioItem {
    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if self.files.len() > MOST_FILES {
            errors.push("/files", format!("may have at most {MOST_FILES}"));
        }
        not_backwards(self.started_on, self.ended_on, &mut errors);
        errors.or(())
    }

    fn item(&self) -> PortfolioItem {
        let new = self.clone();
        PortfolioItem {
            title: new.title,
            description: new.description,
            files: new.files,
            started_on: new.started_on,
            ended_on: new.ended_on,
            featured: new.featured,
        }
    }
}

pub(super) fn not_backwards(from: Option<Day>, to: Option<Day>, errors: &mut FieldErrors) {
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        errors.push("/ended_on", "must not be before `started_on`");
    }
}

/// Which pieces of a portfolio.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub q: Option<Text<1, 100>>,
    pub featured: bool,
}

impl Parameters for Wanted {
    fn take(params: &mut Params) -> Self {
        let q = params.take_as("q");
        let featured = match params.take("featured").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                params.refuse("featured", "must be true or false");
                false
            }
        };
        Self { q, featured }
    }

    fn parameters() -> Vec<Parameter> {
        vec![
            Parameter::new(
                "q",
                "Beginnings of words in title and description, all of which must stand there.",
                json!({"type": "string", "minLength": 1, "maxLength": 100}),
            ),
            Parameter::new(
                "featured",
                "Only what is featured.",
                json!({"type": "boolean", "default": false}),
            ),
        ]
    }
}

impl Wanted {
    fn matches(&self, item: &PortfolioItem) -> bool {
        let description = item.description.as_ref().map_or("", Prose::as_str);
        let words = search::text::words(&format!("{} {description}", item.title));
        let wanted = self.q.as_ref().map(|q| search::text::words(q.as_str())).unwrap_or_default();
        let found = |wanted: &String| words.iter().any(|word| search::text::finds(wanted, word));
        (item.featured || !self.featured) && wanted.iter().all(found)
    }
}

impl Users {
    /// The featured ones first, then the newest.
    pub async fn list_portfolio(
        &self,
        caller: Option<&Caller>,
        id: UserId,
        wanted: &Wanted,
    ) -> Result<Json<Page<View<PortfolioItem>>>> {
        self.seen_worker(caller, id).await?;
        let mut entries = self.entries::<PortfolioItem>(id).await?;
        entries.retain(|entry| wanted.matches(&entry.content));
        entries.sort_by_key(|entry| (!entry.content.featured, std::cmp::Reverse(entry.id)));
        Ok(page(entries))
    }

    pub async fn get_portfolio_item(
        &self,
        caller: Option<&Caller>,
        id: UserId,
        item: EntryId,
    ) -> Result<Json<View<PortfolioItem>>> {
        self.seen_worker(caller, id).await?;
        Ok(Json::new(View::from(self.entry::<PortfolioItem>(id, item).await?)))
    }

    pub async fn add_portfolio_item(
        &self,
        once: Once,
        caller: &Caller,
        id: UserId,
        new: &NewPortfolioItem,
    ) -> Result<Created<View<PortfolioItem>>> {
        new.check()?;
        self.add_entry(once, caller, Entry::new(id, new.item()), Transaction::new()).await
    }

    pub async fn change_portfolio_item(
        &self,
        caller: &Caller,
        id: UserId,
        item: EntryId,
        new: &NewPortfolioItem,
    ) -> Result<Json<View<PortfolioItem>>> {
        new.check()?;
        self.change_entry(caller, id, item, new.item()).await
    }

    pub async fn remove_portfolio_item(
        &self,
        caller: &Caller,
        id: UserId,
        item: EntryId,
    ) -> Result<NoContent> {
        self.remove_entry::<PortfolioItem>(caller, id, item, |_, _| ()).await
    }
}
