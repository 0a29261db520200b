//! The use cases of tours, against tables of their own in the offline cloud.

mod catalogue;
mod common;
mod documents;
mod getaways;
mod hidden;
mod images;
mod tours;
mod treks;
