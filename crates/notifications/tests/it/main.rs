//! The use cases of notifications, against tables of their own in the offline cloud.

mod common;
mod inbox;
mod mail;
mod notify;
mod personal;
mod presence;
mod recipients;
