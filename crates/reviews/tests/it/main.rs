//! The use cases of reviews, against tables of their own in the offline cloud.

mod common;
mod moderation;
mod moving;
mod ratings;
mod writing;
