//! The use cases of bookings, against tables of their own in the offline cloud.

mod bookings;
mod common;
mod custom;
mod dying;
mod failed;
mod mornings;
mod papers;
mod people;
mod saga;
mod seats;
