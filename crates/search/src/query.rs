//! What is looked for.

use std::collections::BTreeSet;

use crate::document::{Posting, price_key, rating_key, term};
use crate::geo::Point;
use crate::{ALL, SHARDS, Schema, WORD, text};

/// In which order a list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Where the words stand, then by rating.
    #[default]
    Relevance,
    Rating,
    /// The cheapest first.
    Price,
    Newest,
    /// Needs [`Query::near`].
    Distance,
}

/// A circle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    pub point: Point,
    pub km: f64,
}

/// Everything that a hit must match.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// Beginnings of words, all of which must stand in the document.
    words: Vec<String>,
    facets: Vec<(&'static str, String)>,
    pub order: Order,
    pub min_rating: Option<u32>,
    pub max_price: Option<u64>,
    pub near: Option<Near>,
}

impl Query {
    /// The words of a text; one without any asks for nothing.
    pub fn words(mut self, text: &str) -> Self {
        self.words = text::words(text);
        // The longest says most.
        self.words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        self.words.dedup();
        self
    }

    pub fn facet(mut self, name: &'static str, value: &str) -> Self {
        let wanted = (name, text::slug(value));
        if !self.facets.contains(&wanted) {
            self.facets.push(wanted);
        }
        self
    }

    pub fn matches<C>(&self, posting: &Posting<C>) -> bool {
        let has_word = |wanted: &String| posting.words.iter().any(|word| text::finds(wanted, word));
        let has_facet = |(name, value): &(&str, String)| posting.facets.contains(&term(name, value));
        let ranks = posting.ranks;
        self.words.iter().all(has_word)
            && self.facets.iter().all(has_facet)
            && self.min_rating.is_none_or(|least| ranks.rating >= least)
            && self.max_price.is_none_or(|most| ranks.price.is_some_and(|price| price <= most))
            && self.near.is_none_or(|near| self.km(posting).is_some_and(|km| km <= near.km))
    }

    /// How far away it is.
    pub fn km<C>(&self, posting: &Posting<C>) -> Option<f64> {
        Some(self.near?.point.distance(posting.point?))
    }

    /// The term that is read.
    pub(crate) fn plan(&self, schema: &Schema) -> Plan {
        let pair = schema.pairs.iter().find_map(|(one, other)| {
            let read = format!("{}|{}", self.wanted(one)?, self.wanted(other)?);
            Some((read, vec![*one, *other]))
        });
        let single = || schema.singles.iter().find_map(|name| Some((self.wanted(name)?, vec![*name])));
        let (terms, read) = match pair.or_else(single) {
            Some((term, read)) => (vec![term], read),
            None => ((0..SHARDS).map(|shard| format!("{ALL}~{shard}")).collect(), Vec::new()),
        };
        let partitions = terms.iter().map(|term| format!("TERM#{}#{term}", schema.name)).collect();
        Plan { partitions, exact: self.is_told_by(&read), bound: self.bound() }
    }

    /// The term of a facet that is asked for, or of the first word.
    fn wanted(&self, name: &str) -> Option<String> {
        if name == WORD {
            return self.words.first().map(|word| term(WORD, &text::lookup(word)));
        }
        self.facets.iter().find(|(facet, _)| *facet == name).map(|(name, value)| term(name, value))
    }

    /// Whether every posting of the terms read is a hit.
    fn is_told_by(&self, read: &[&str]) -> bool {
        let read: BTreeSet<_> = read.iter().copied().collect();
        let words = match self.words.as_slice() {
            [] => true,
            [word] => read.contains(WORD) && word.chars().count() <= text::LONGEST,
            _ => false,
        };
        let facets: BTreeSet<_> = self.facets.iter().map(|(name, _)| *name).collect();
        let rating = self.min_rating.is_none() || self.order == Order::Rating;
        let price = self.max_price.is_none() || self.order == Order::Price;
        words
            && rating
            && price
            && self.near.is_none()
            && facets.len() == self.facets.len()
            && facets.is_subset(&read)
    }

    /// Where the sort keys of hits end, when the order tells.
    fn bound(&self) -> String {
        let last = "\u{7f}";
        match (self.order, self.min_rating, self.max_price) {
            (Order::Rating, Some(rating), _) => format!("{}#{last}", rating_key(rating)),
            (Order::Price, _, Some(price)) => format!("{}#{last}", price_key(Some(price))),
            _ => last.to_owned(),
        }
    }
}

/// What is read for a query.
pub(crate) struct Plan {
    /// Merged when there are several.
    pub partitions: Vec<String>,
    /// Whether everything that is read matches.
    pub exact: bool,
    /// The last sort key that can match.
    pub bound: String,
}
