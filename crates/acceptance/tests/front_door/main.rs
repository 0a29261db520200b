//! Everything that users of the platform do, through its front door.

mod bookings;
mod coverage;
mod events;
mod gateway;
mod google;
mod groups;
mod identity;
mod legacy;
mod lifecycle;
mod natours;
mod notifications;
mod operator;
mod passwords;
mod paying;
mod payments;
mod people;
mod photos;
mod privacy;
mod profiles;
mod realtime;
mod reviews;
mod second_factor;
mod trek;
mod trek_booking;
mod workers;
