//! The use cases of payments, against tables in the offline cloud and an offline Stripe.

mod books;
mod common;
mod paying;
mod promos;
mod refunds;
mod webhooks;
