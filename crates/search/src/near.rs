//! What is near a point, the nearest first: rings around it, each from the few cells that cover it.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use kernel::page::{Cursors, Page, PageRequest};
use kernel::{Failure, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::expression::text;

use crate::document::{PRECISIONS, cell};
use crate::find::POSTINGS;
use crate::geo::{Point, cover};
use crate::{Hit, Index, Posting, Query};

/// The widest circle.
pub const MOST_KM: f64 = 500.0;
/// Where rings end: each about as wide as a cell of the next precision, so that it is covered by four.
const RINGS: [f64; 5] = [0.3, 2.4, 10.0, 75.0, 300.0];
/// Cells that cover a ring, except around a pole.
const CELLS: usize = 4;
/// Queries for one page.
const QUERIES: usize = 24;

/// Where a list goes on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    ring: usize,
    /// The cells that held more than one query reads, and how far they were read; none at the beginning of a ring.
    from: Option<BTreeMap<String, String>>,
    /// The last hit shown of what these queries read, by its distance in millimetres.
    after: Option<(u64, String)>,
}

/// A cell's postings from somewhere on.
struct Cell<C> {
    pk: String,
    postings: Vec<Posting<C>>,
    /// Where to go on, if there are more.
    rest: Option<String>,
}

impl Index {
    /// Rings come in order, and what is in a ring is sorted by its exact distance. Only where one cell holds more postings
    /// than a query reads, its parts come one after the other.
    pub(crate) async fn nearby<C: DeserializeOwned>(
        &self,
        cursors: &Cursors<'_>,
        query: &Query,
        page: &PageRequest,
    ) -> Result<Page<Hit<C>>> {
        let near = query.near.ok_or_else(|| Failure::internal("by distance from nowhere"))?;
        let rings = rings(near.km);
        let opened = page.cursor.as_ref().map(|cursor| cursors.open::<Position>(cursor)).transpose()?;
        let mut at = opened.unwrap_or_default();
        let (limit, mut queries, mut hits) = (page.limit as usize, 0, Vec::new());
        while at.ring < rings.len() && hits.len() < limit {
            let wanted: Vec<_> = match &at.from {
                Some(rest) => rest.iter().map(|(pk, sk)| (pk.clone(), sk.clone())).collect(),
                None => cells(near.point, rings[at.ring])
                    .iter()
                    .map(|hash| (cell(&self.schema, hash), String::new()))
                    .collect(),
            };
            if queries > 0 && queries + wanted.len() > QUERIES {
                break;
            }
            queries += wanted.len();
            let read: Vec<Cell<C>> =
                try_join_all(wanted.into_iter().map(|(pk, after)| self.cell(pk, after))).await?;
            let rest: BTreeMap<_, _> =
                read.iter().filter_map(|cell| Some((cell.pk.clone(), cell.rest.clone()?))).collect();
            let inner = at.ring.checked_sub(1).map(|before| millimetres(rings[before]));
            let ring = |mm: u64| inner.is_none_or(|inner| mm > inner) && mm <= millimetres(rings[at.ring]);
            let mut found: Vec<_> = read
                .into_iter()
                .flat_map(|cell| cell.postings)
                .filter(|posting| query.matches(posting))
                .filter_map(|posting| Some((millimetres(query.km(&posting)?), posting)))
                .filter(|(mm, posting)| ring(*mm) && at.after.as_ref() < Some(&(*mm, posting.id.clone())))
                .collect();
            found.sort_by(|(a, one), (b, other)| (a, &one.id).cmp(&(b, &other.id)));
            let whole = found.len() <= limit - hits.len();
            for (mm, posting) in found.into_iter().take(limit - hits.len()) {
                at.after = Some((mm, posting.id.clone()));
                hits.push(Hit { km: query.km(&posting), id: posting.id, card: posting.card });
            }
            if whole {
                let ring = if rest.is_empty() { at.ring + 1 } else { at.ring };
                at = Position { ring, from: (!rest.is_empty()).then_some(rest), after: None };
            }
        }
        let next = (at.ring < rings.len()).then(|| cursors.seal(&at)).transpose()?;
        Ok(Page::new(hits, page.limit, next))
    }

    async fn cell<C: DeserializeOwned>(&self, pk: String, after: String) -> Result<Cell<C>> {
        let mut request = self.table.client.query().table_name(&self.table.name);
        request = match after.as_str() {
            "" => request.key_condition_expression("pk = :pk"),
            after => request
                .key_condition_expression("pk = :pk AND sk > :after")
                .expression_attribute_values(":after", text(after)),
        };
        let request = request.expression_attribute_values(":pk", text(&pk));
        let answer = request.limit(POSTINGS as i32).send().await.map_err(store::failure)?;
        let last = answer.last_evaluated_key.as_ref().and_then(|key| key.get("sk")?.as_s().ok().cloned());
        let postings =
            answer.items.unwrap_or_default().into_iter().map(Posting::read).collect::<Result<_>>()?;
        Ok(Cell { pk, postings, rest: last })
    }
}

fn millimetres(km: f64) -> u64 {
    (km * 1e6).round() as u64
}

fn rings(km: f64) -> Vec<f64> {
    RINGS.into_iter().filter(|ring| *ring < km).chain([km]).collect()
}

/// The finest few cells that cover a circle.
fn cells(point: Point, km: f64) -> BTreeSet<String> {
    let mut best = cover(point, km, *PRECISIONS.start());
    for precision in PRECISIONS.skip(1) {
        let finer = cover(point, km, precision);
        if finer.len() > CELLS.max(best.len()) {
            break;
        }
        best = finer;
    }
    best
}
