//! What a client may ask of lists of reviews.

use kernel::UserId;
use kernel::page::Cursor;
use kernel::query::{Catalogue, CatalogueQuery, Field, Kind, Parameter, Parameters, Params};
use serde_json::{Value, json};

use super::STARS;
use crate::review::Status;
use crate::subject::Subject;

/// The fields of a review, and what can be asked of them.
const REVIEWS: Catalogue = Catalogue::new(&[
    Field::new("rating", Kind::Integer).filter().sort().repeat(),
    Field::new("created_at", Kind::Time).sort(),
    Field::new("subject_kind", Kind::Text),
    Field::new("subject_id", Kind::Text),
    Field::new("subject_name", Kind::Text),
    Field::new("author", Kind::Text),
    Field::new("title", Kind::Text),
    Field::new("text", Kind::Text),
    Field::new("verified", Kind::Bool),
    Field::new("imported", Kind::Bool),
    Field::new("status", Kind::Text),
    Field::new("held", Kind::Bool),
    Field::new("response", Kind::Text),
    Field::new("helpful_count", Kind::Integer),
    Field::new("updated_at", Kind::Time),
])
.sorted("-created_at");

/// The oldest first: nobody is to wait for ever.
const QUEUE: Catalogue = Catalogue::new(&[
    Field::new("rating", Kind::Integer).filter().sort().repeat(),
    Field::new("created_at", Kind::Time).sort(),
])
.sorted("created_at");

/// How far numbered pages lead; a cursor leads to the end.
const NUMBERED: u32 = 1_000;

/// A page of reviews: filtered by rating, sorted by rating or by time.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewQuery {
    query: CatalogueQuery,
    min_rating: u32,
    pub cursor: Option<Cursor>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) by_rating: bool,
    pub(super) descending: bool,
}

impl Order {
    pub(super) fn best_first(self) -> bool {
        !self.by_rating || self.descending
    }
}

impl ReviewQuery {
    fn read(catalogue: &Catalogue, params: &mut Params) -> Self {
        let min_rating = params.take_number("min_rating", 1..=5, 1);
        let cursor = params.take("cursor").map(Cursor::from);
        let query = catalogue.take(params);
        if query.page > 1 && cursor.is_some() {
            params.refuse("cursor", "cannot be sent with page");
        }
        if query.page > 1 && query.page.saturating_mul(query.limit) > NUMBERED {
            params.refuse("page", format!("leads to the first {NUMBERED} only; go on with meta.next_cursor"));
        }
        let names: Vec<_> = query.sort.iter().map(|order| (order.field.name, order.descending)).collect();
        // Equal ratings stand with the newest first: nothing else is indexed.
        if names.len() > 1 && (names[0].0 != "rating" || names[1] != ("created_at", true)) {
            params.refuse("sort", "must be rating or created_at; after rating only -created_at");
        }
        Self { query, min_rating, cursor }
    }

    fn described(catalogue: &Catalogue) -> Vec<Parameter> {
        let mut parameters = catalogue.parameters();
        let stars = json!({"type": "integer", "minimum": 1, "maximum": 5, "default": 1});
        parameters.push(Parameter::new("min_rating", "At least so many stars.", stars));
        parameters.push(Parameter::new(
            "cursor",
            "Where to go on: `meta.next_cursor` of the page before.",
            json!({"type": "string"}),
        ));
        parameters
    }

    pub(super) fn order(&self) -> Order {
        let first = self.query.sort.first();
        Order {
            by_rating: first.is_some_and(|order| order.field.name == "rating"),
            descending: first.is_none_or(|order| order.descending),
        }
    }

    /// The ratings that pass the filters.
    pub(super) fn stars(&self) -> Vec<u8> {
        let passes = |stars: &u8| {
            u32::from(*stars) >= self.min_rating && self.query.matches(&json!({ "rating": stars }))
        };
        STARS.into_iter().filter(passes).collect()
    }

    pub(super) fn limit(&self) -> u32 {
        self.query.limit
    }

    pub(super) fn page(&self) -> u32 {
        self.query.page
    }

    pub(super) fn skip(&self) -> usize {
        (self.query.page as usize - 1) * self.query.limit as usize
    }

    pub(super) fn project(&self, view: &Value) -> Value {
        self.query.project(view)
    }
}

impl Parameters for ReviewQuery {
    fn take(params: &mut Params) -> Self {
        Self::read(&REVIEWS, params)
    }

    fn parameters() -> Vec<Parameter> {
        Self::described(&REVIEWS)
    }
}

/// A page of all reviews that the caller may see.
#[derive(Debug, Clone, PartialEq)]
pub struct AllReviewsQuery {
    pub subject: Option<Subject>,
    pub user: Option<UserId>,
    pub reviews: ReviewQuery,
}

impl Parameters for AllReviewsQuery {
    fn take(params: &mut Params) -> Self {
        let (subject, user) = (params.take_as("subject"), params.take_as("user"));
        Self { subject, user, reviews: ReviewQuery::take(params) }
    }

    fn parameters() -> Vec<Parameter> {
        let text = json!({"type": "string"});
        let mut parameters = vec![
            Parameter::new("subject", "Only of this: a kind and an id, such as `tour:01J…`.", text.clone()),
            Parameter::new(
                "user",
                "Only by this account. One's own are shown before they are published.",
                text,
            ),
        ];
        parameters.extend(ReviewQuery::parameters());
        parameters
    }
}

/// A page of what moderators look after.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueQuery {
    pub status: Status,
    pub reviews: ReviewQuery,
}

impl Parameters for QueueQuery {
    fn take(params: &mut Params) -> Self {
        let status = params.take("status");
        let known = |name: &str| Status::ALL.into_iter().find(|status| status.name() == name);
        let found = status.as_deref().map_or(Some(Status::Pending), known);
        if found.is_none() {
            let names = Status::ALL.map(Status::name).join(", ");
            params.refuse("status", format!("must be one of {names}"));
        }
        let status = found.unwrap_or(Status::Pending);
        Self { status, reviews: ReviewQuery::read(&QUEUE, params) }
    }

    fn parameters() -> Vec<Parameter> {
        let names = Status::ALL.map(Status::name);
        let schema = json!({"type": "string", "enum": names, "default": "pending"});
        let mut parameters = vec![Parameter::new("status", "What became of them.", schema)];
        parameters.extend(ReviewQuery::described(&QUEUE));
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> kernel::Result<ReviewQuery> {
        let mut params = Params::read(raw).unwrap();
        let query = ReviewQuery::take(&mut params);
        params.finish(query)
    }

    #[test]
    fn filters_by_rating_become_the_ratings_that_pass() {
        let stars = |raw: &str| read(raw).unwrap().stars();
        assert_eq!(stars(""), [1, 2, 3, 4, 5]);
        assert_eq!(stars("min_rating=4"), [4, 5]);
        assert_eq!(stars("rating[gte]=2&rating[lt]=5"), [2, 3, 4]);
        assert_eq!(stars("rating=1&rating=5"), [1, 5]);
        assert!(stars("rating=7").is_empty());
    }

    #[test]
    fn what_no_index_can_answer_is_refused() {
        for raw in
            ["sort=created_at,rating", "sort=rating,created_at", "sort=text", "page=51", "page=2&cursor=x"]
        {
            assert!(read(raw).is_err(), "{raw}");
        }
        for raw in ["sort=-rating,-created_at", "sort=rating", "sort=created_at", "page=50", "fields=rating"]
        {
            assert!(read(raw).is_ok(), "{raw}");
        }
    }
}
