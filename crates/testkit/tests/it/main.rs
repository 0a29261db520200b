//! What the kit promises to the tests that stand on it, and the cost model of whole contexts.

mod common;
mod costs;
mod stripe;
mod user_costs;
mod worker_costs;
