//! The use cases of users, against tables of their own in the offline cloud.

mod addresses;
mod common;
mod leaving;
mod photos;
mod profiles;
mod workers;
