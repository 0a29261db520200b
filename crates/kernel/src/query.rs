//! The query language of bounded catalogues: `?price[lte]=50000&sort=-rating,name&fields=name&page=2`.
//!
//! A catalogue declares its fields once. The same list reads requests and describes them for OpenAPI;
//! [`CatalogueQuery`] then answers from a snapshot in memory.

mod field;
mod params;
mod snapshot;

use serde_json::json;

pub use field::{Field, Kind, Op, Value};
pub use params::{Parameter, Params, pairs};
pub use snapshot::{CatalogueQuery, Filter, Order, Projection};

use crate::Result;
use crate::page::{DEFAULT_LIMIT, MAX_LIMIT, limit_parameter};
use crate::text::Invalid;

/// The query parameters of an endpoint: read one by one, mistakes collected, and described from the same type.
pub trait Parameters: Sized {
    fn take(params: &mut Params) -> Self;

    fn parameters() -> Vec<Parameter>;
}

/// Enough for every choice a person makes; more would only be work for us.
const MOST_CHOICES: usize = 100;

/// A bounded list that can be filtered and sorted by its fields.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    fields: &'static [Field],
    sort: Option<&'static str>,
    limit: u32,
}

impl Catalogue {
    /// Newest first, 20 on a page.
    pub const fn new(fields: &'static [Field]) -> Self {
        Self { fields, sort: None, limit: DEFAULT_LIMIT }
    }

    /// The order where a client asks for none, in the form of `sort`.
    pub const fn sorted(self, sort: &'static str) -> Self {
        Self { sort: Some(sort), ..self }
    }

    /// The size of a page where a client asks for none.
    pub const fn limit(self, limit: u32) -> Self {
        Self { limit, ..self }
    }

    /// Of a catalogue whose only parameters are these.
    pub fn parse(&self, pairs: Vec<(String, String)>) -> Result<CatalogueQuery> {
        let mut params = Params::new(pairs);
        let query = self.take(&mut params);
        params.finish(query)
    }

    /// Of a catalogue that has parameters of its own, such as a search.
    pub fn take(&self, params: &mut Params) -> CatalogueQuery {
        let page = params.take_number("page", 1..=u32::MAX, 1);
        let limit = params.take_number("limit", 1..=MAX_LIMIT, self.limit);
        CatalogueQuery {
            sort: self.orders(params),
            fields: self.projection(params),
            filters: self.filters(params),
            page,
            limit,
        }
    }

    /// The same query for a list of the first `most`, in an order of its own unless the client asked for another.
    pub fn first(
        &self,
        query: CatalogueQuery,
        most: u32,
        order: Option<&'static str>,
    ) -> Result<CatalogueQuery> {
        let usual = self.parse(Vec::new())?.sort;
        let sort = match order.filter(|_| query.sort == usual) {
            Some(order) => self.parse(vec![("sort".into(), order.into())])?.sort,
            None => query.sort,
        };
        Ok(CatalogueQuery { sort, limit: query.limit.min(most), ..query })
    }

    /// Every parameter, as OpenAPI describes it.
    pub fn parameters(&self) -> Vec<Parameter> {
        let list = |items| json!({"type": "array", "items": items, "minItems": 1, "uniqueItems": true});
        let minus = |names: &[&str]| names.iter().map(|name| format!("-{name}")).collect::<Vec<_>>();
        let number = json!({"type": "integer", "minimum": 1, "maximum": u32::MAX, "default": 1});
        let mut parameters =
            vec![Parameter::new("page", "Which page, from 1.", number), limit_parameter(self.limit)];
        let sortable = self.names(|field| field.sort);
        if !sortable.is_empty() {
            let mut either = minus(&sortable);
            either.extend(sortable.into_iter().map(str::to_owned));
            let either = json!({"type": "string", "enum": either});
            let text = format!(
                "Sorted by these, the first first; `-` sorts downwards. Each field once. Without it: {}.",
                self.sort.unwrap_or("newest first")
            );
            parameters.push(Parameter::new("sort", text, list(either)).with_commas());
        }
        let names = self.names(|_| true);
        let only = list(json!({"type": "string", "enum": names}));
        let without = list(json!({"type": "string", "enum": minus(&names)}));
        let schema = json!({"anyOf": [only, without]});
        let text = "Only these fields of each item, or with `-` all but these. The `id` always comes.";
        parameters.push(Parameter::new("fields", text, schema).with_commas());
        parameters.extend(self.fields.iter().filter(|field| field.filter).flat_map(filters_of));
        parameters
    }

    fn names(&self, chosen: impl Fn(&Field) -> bool) -> Vec<&'static str> {
        let fields = self.fields.iter().filter(|field| chosen(field));
        fields.map(|field| field.name).collect()
    }

    fn orders(&self, params: &mut Params) -> Vec<Order> {
        let mut orders = Vec::<Order>::new();
        let sent = params.take("sort");
        let Some(sort) = sent.as_deref().or(self.sort) else {
            return orders;
        };
        for part in sort.split(',') {
            let (name, descending) = match part.strip_prefix('-') {
                Some(name) => (name, true),
                None => (part, false),
            };
            let field = self.fields.iter().find(|field| field.sort && field.name == name);
            match field {
                None => {
                    let names = self.names(|field| field.sort).join(", ");
                    params.refuse("sort", format!("cannot sort by `{name}`, only by: {names}"));
                }
                Some(_) if orders.iter().any(|order| order.field.name == name) => {
                    params.refuse("sort", format!("names {name} twice"));
                }
                Some(field) => orders.push(Order { field: *field, descending }),
            }
        }
        orders
    }

    fn projection(&self, params: &mut Params) -> Projection {
        let Some(text) = params.take("fields") else {
            return Projection::All;
        };
        let (mut only, mut without) = (Vec::new(), Vec::new());
        for part in text.split(',') {
            let (name, list) = match part.strip_prefix('-') {
                Some(name) => (name, &mut without),
                None => (part, &mut only),
            };
            match self.fields.iter().find(|field| field.name == name) {
                Some(field) => list.push(*field),
                None => {
                    let names = self.names(|_| true).join(", ");
                    params.refuse("fields", format!("there is no field `{name}`, only: {names}"));
                }
            }
        }
        match (only.is_empty(), without.is_empty()) {
            (false, false) => {
                params.refuse("fields", "must either name fields or leave fields out, not both");
                Projection::All
            }
            (_, true) => Projection::Only(only),
            (true, false) => Projection::Without(without),
        }
    }

    fn filters(&self, params: &mut Params) -> Vec<Filter> {
        let mut filters = Vec::new();
        for field in self.fields.iter().filter(|field| field.filter) {
            for op in field.kind.ops() {
                let name = op.parameter(field.name);
                let values = match op {
                    Op::Eq => params.take_all(&name),
                    _ => params.remove(&name),
                };
                if values.len() > 1 && !field.repeat {
                    params.refuse(&name, "may be given only once");
                } else if !values.is_empty() {
                    read_filter(*field, *op, &values, &mut filters)
                        .unwrap_or_else(|invalid| params.refuse(&name, invalid.0));
                }
            }
            let known: Vec<_> = field.kind.ops().iter().map(|op| op.parameter(field.name)).collect();
            let message = format!("is no filter; those of this field are {}", known.join(", "));
            params.refuse_left(&format!("{}[", field.name), &message);
        }
        filters
    }
}

fn read_filter(field: Field, op: Op, values: &[String], to: &mut Vec<Filter>) -> Result<(), Invalid> {
    // Nothing equals two values, so `a=1&a=2` can only mean either; a text with a comma is chosen so.
    let either = op == Op::In || (op == Op::Eq && values.len() > 1);
    let mut read = Vec::new();
    for value in values {
        let comma = (op == Op::In).then_some(',');
        for part in value.split(|letter| Some(letter) == comma) {
            read.push(field.kind.read(part)?);
        }
    }
    if read.len() > MOST_CHOICES {
        return Err(Invalid(format!("may have at most {MOST_CHOICES} values")));
    }
    let filter = |op, value| Filter { field, op, value };
    if either {
        to.push(filter(Op::In, Value::List(read)));
    } else {
        to.extend(read.into_iter().map(|value| filter(op, value)));
    }
    Ok(())
}

fn filters_of(field: &Field) -> impl Iterator<Item = Parameter> {
    let each = field.kind.schema();
    let list = json!({"type": "array", "items": each, "minItems": 1, "maxItems": MOST_CHOICES});
    field.kind.ops().iter().map(move |op| {
        let name = op.parameter(field.name);
        let schema = if *op == Op::In || field.repeat { &list } else { &each };
        let parameter = Parameter::new(name, op.description(), schema.clone());
        if *op == Op::In { parameter.with_commas() } else { parameter }
    })
}

#[cfg(test)]
mod tests;
