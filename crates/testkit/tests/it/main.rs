//! What the kit promises to the tests that stand on it.

mod costs;
mod stripe;
mod user_costs;
