//! Lists of reviews: by subject, by author, by status, all of them (RV-1, RV-2, RV-11).
//!
//! A list is made of lanes, partitions of an index in the order of time: one for each number of stars, so that a filter by
//! rating reads only what it shows. Sorted by time the lanes are merged, sorted by rating they follow each other. Whatever the
//! size of the table, a page reads a page of each lane at most.

mod query;

use std::cmp::Reverse;

use kernel::page::{Cursor, Cursors, Page, PageMeta};
use kernel::{Failure, Result, UserId};
use platform::{Aws, StartError, State, config};
use serde::{Deserialize, Serialize};
use store::expression::text;
use store::{Listing, Record};
use web::Caller;

pub use query::{AllReviewsQuery, QueueQuery, ReviewQuery};

use crate::Reviews;
use crate::rating::Rating;
use crate::review::{Review, ReviewId, ReviewView, Status};
use crate::subject::{Known, Subject, moderates};
use kernel::results::{Results, Shown};

const STARS: [u8; 5] = [1, 2, 3, 4, 5];

/// Reviews, and what seals the cursors that lead from one page to the next.
pub struct Reader {
    pub reviews: Reviews,
    cursor_key: Vec<u8>,
}

impl State for Reader {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Reviews::start(aws).await?, &config::required("CURSOR_KEY")?))
    }
}

/// A partition of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lane {
    index: u8,
    pk: String,
}

/// Which lanes, in which order.
struct List {
    /// Each group's lanes are merged by time; the groups follow each other.
    groups: Vec<Vec<Lane>>,
    newest_first: bool,
    /// For the cursors: what makes this list this list.
    name: String,
}

/// Behind which review a page begins.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Position {
    group: usize,
    after: ReviewId,
}

impl List {
    fn new(name: String, query: &ReviewQuery, lanes: impl Fn(u8) -> Vec<Lane>) -> Self {
        let order = query.order();
        let mut stars = query.stars();
        stars.sort_by_key(|stars| if order.best_first() { Reverse(*stars) } else { Reverse(5 - *stars) });
        let groups: Vec<Vec<Lane>> = stars.iter().map(|stars| lanes(*stars)).collect();
        let groups = if order.by_rating { groups } else { vec![groups.concat()] };
        let newest_first = order.by_rating || order.descending;
        Self { groups, newest_first, name: format!("{name} {order:?} {stars:?}") }
    }
}

impl Reader {
    pub fn new(reviews: Reviews, cursor_key: &str) -> Self {
        Self { reviews, cursor_key: cursor_key.as_bytes().to_vec() }
    }

    /// For who reads everything: no cursor is made or read.
    pub(crate) fn without_pages(reviews: Reviews) -> Self {
        Self { reviews, cursor_key: Vec::new() }
    }

    /// RV-2: what everybody may read of a subject. Numbered pages know how many there are: the rating has counted them.
    pub async fn of_subject(
        &self,
        subject: &Subject,
        query: &ReviewQuery,
        caller: Option<&Caller>,
    ) -> Result<Results<Shown<ReviewView>>> {
        let keys = [Known::key_of(subject), Rating::key_of(subject)];
        let mut items = self.reviews.table.items(&keys, true).await?;
        let known = items.remove(&keys[0]).map(Known::from_item).transpose()?;
        known.filter(|known| known.is_shown_to(caller)).ok_or_else(|| subject.unknown())?;
        let rating = items.remove(&keys[1]).map(Rating::from_item).transpose()?;
        let total = rating.map_or(0, |rating| rating.count_of(&query.stars()));
        let name = format!("subject {}", subject.name());
        let mut list =
            List::new(name, query, |stars| vec![Lane { index: 3, pk: Review::rated_key(subject, stars) }]);
        if !query.order().by_rating && query.stars().len() == STARS.len() {
            list.groups = vec![vec![Lane { index: 2, pk: Review::shown_key(subject) }]];
        }
        let (reviews, next) = self.page(&list, query).await?;
        self.results(query, &reviews, next, Some(total), caller)
    }

    /// RV-1: of one subject, of one author, or all.
    pub async fn all(&self, caller: &Caller, query: &AllReviewsQuery) -> Result<Results<Shown<ReviewView>>> {
        if let Some(subject) = &query.subject {
            if query.user.is_some() {
                return Err(Failure::field("user", "cannot be sent with subject"));
            }
            return self.of_subject(subject, &query.reviews, Some(caller)).await;
        }
        let list = match query.user {
            // Authors and administrators see what is not published, too.
            Some(user) => self.by_author(user, &query.reviews, caller.owns(user)),
            None => List::new("all".into(), &query.reviews, |stars| {
                vec![Lane { index: 1, pk: Review::status_key(Status::Approved, stars) }]
            }),
        };
        let (mut reviews, next) = self.page(&list, &query.reviews).await?;
        self.leave_out_hidden(&mut reviews, caller).await?;
        self.results(&query.reviews, &reviews, next, None, Some(caller))
    }

    /// RV-11: what waits for a moderator, the oldest first unless asked otherwise.
    pub async fn queue(&self, caller: &Caller, query: &QueueQuery) -> Result<Page<ReviewView>> {
        let list = List::new(format!("queue {}", query.status.name()), &query.reviews, |stars| {
            vec![Lane { index: 1, pk: Review::status_key(query.status, stars) }]
        });
        let (reviews, next) = self.page(&list, &query.reviews).await?;
        let view = |review: &Review| ReviewView::new(review, Some(caller));
        Ok(Page::new(reviews.iter().map(view).collect(), query.reviews.limit(), next))
    }

    fn by_author(&self, user: UserId, query: &ReviewQuery, everything: bool) -> List {
        List::new(format!("author {user} {everything}"), query, |stars| {
            let shown = [true, false].into_iter().filter(|visible| *visible || everything);
            shown.map(|visible| Lane { index: 4, pk: Review::author_key(user, stars, visible) }).collect()
        })
    }

    /// What is said of a secret tour is as secret as the tour.
    async fn leave_out_hidden(&self, reviews: &mut Vec<Review>, caller: &Caller) -> Result<()> {
        if moderates(caller) {
            return Ok(());
        }
        let mut keys: Vec<_> = reviews.iter().map(|review| Known::key_of(&review.subject())).collect();
        keys.sort_by(|a, b| a.pk.cmp(&b.pk));
        keys.dedup();
        let mut shown = Vec::new();
        for (key, item) in self.reviews.table.items(&keys, true).await? {
            if Known::from_item(item)?.is_shown_to(Some(caller)) {
                shown.push(key);
            }
        }
        reviews.retain(|review| review.is_by(caller) || shown.contains(&Known::key_of(&review.subject())));
        Ok(())
    }

    fn results(
        &self,
        query: &ReviewQuery,
        reviews: &[Review],
        next_cursor: Option<Cursor>,
        total: Option<u64>,
        caller: Option<&Caller>,
    ) -> Result<Results<Shown<ReviewView>>> {
        let shown = |review: &Review| {
            let view = serde_json::to_value(ReviewView::new(review, caller)).map_err(Failure::internal)?;
            Ok(Shown::new(query.project(&view)))
        };
        let data = reviews.iter().map(shown).collect::<Result<Vec<_>>>()?;
        let page = query.cursor.is_none().then(|| query.page());
        let meta = PageMeta { limit: query.limit(), next_cursor, page, total };
        Ok(Results { results: data.len(), data, meta })
    }

    /// The reviews of a page, and where the next one begins.
    async fn page(&self, list: &List, query: &ReviewQuery) -> Result<(Vec<Review>, Option<Cursor>)> {
        let cursors = Cursors::new(&self.cursor_key, &list.name)?;
        let start: Option<Position> = query.cursor.as_ref().map(|it| cursors.open(it)).transpose()?;
        let (skip, limit) = (query.skip(), query.limit() as usize);
        let most = skip + limit + 1;
        let mut found: Vec<(usize, Review)> = Vec::new();
        for (at, lanes) in list.groups.iter().enumerate().skip(start.map_or(0, |start| start.group)) {
            if found.len() >= most {
                break;
            }
            let after = start.filter(|start| start.group == at).map(|start| start.after);
            let mut merged = Vec::new();
            for lane in lanes {
                merged.extend(self.read(lane, list.newest_first, after, most - found.len()).await?);
            }
            merged.sort_by_key(|review| review.id);
            if list.newest_first {
                merged.reverse();
            }
            found.extend(merged.into_iter().map(|review| (at, review)));
        }
        let more = found.len() >= most;
        found.truncate(skip + limit);
        let shown: Vec<_> = found.into_iter().skip(skip).collect();
        let last = shown.last().filter(|_| more);
        let next = last.map(|(group, review)| cursors.seal(&Position { group: *group, after: review.id }));
        Ok((shown.into_iter().map(|(_, review)| review).collect(), next.transpose()?))
    }

    async fn read(
        &self,
        lane: &Lane,
        newest_first: bool,
        after: Option<ReviewId>,
        most: usize,
    ) -> Result<Vec<Review>> {
        let (index, table) = (lane.index, &self.reviews.table);
        let mut query = table
            .client
            .query()
            .table_name(&table.name)
            .index_name(format!("gsi{index}"))
            .expression_attribute_names("#pk", format!("gsi{index}pk"))
            .expression_attribute_values(":pk", text(&lane.pk))
            .scan_index_forward(!newest_first)
            .limit(i32::try_from(most).unwrap_or(i32::MAX));
        query = match after {
            None => query.key_condition_expression("#pk = :pk"),
            Some(after) => query
                .key_condition_expression(if newest_first {
                    "#pk = :pk AND #sk < :after"
                } else {
                    "#pk = :pk AND #sk > :after"
                })
                .expression_attribute_names("#sk", format!("gsi{index}sk"))
                .expression_attribute_values(":after", text(after)),
        };
        let items = query.send().await.map_err(store::failure)?.items.unwrap_or_default();
        items.into_iter().map(Review::from_item).collect()
    }

    /// The first of one lane.
    pub(crate) async fn newest(&self, listing: Listing<'_>, most: u32) -> Result<Vec<Review>> {
        let lane = Lane { index: listing.index.unwrap_or(2), pk: listing.pk.to_owned() };
        self.read(&lane, listing.newest_first, None, most as usize).await
    }

    /// Everything that somebody wrote, a lane after the other.
    pub(crate) async fn written_by(&self, user: UserId) -> Result<Vec<Review>> {
        const AT_ONCE: usize = 100;
        let mut all = Vec::new();
        for (stars, visible) in STARS.into_iter().flat_map(|stars| [(stars, true), (stars, false)]) {
            let lane = Lane { index: 4, pk: Review::author_key(user, stars, visible) };
            let mut after = None;
            loop {
                let page = self.read(&lane, false, after, AT_ONCE).await?;
                after = page.last().map(|review| review.id);
                let full = page.len() == AT_ONCE;
                all.extend(page);
                if !full {
                    break;
                }
            }
        }
        Ok(all)
    }
}
