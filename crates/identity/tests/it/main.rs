//! The use cases of identity, against tables of their own in the offline cloud.

mod accounts;
mod common;
mod following;
mod groups;
mod inviting;
mod keys;
mod lifecycle;
mod oauth;
mod passwords;
mod second_factor;
mod sessions;
