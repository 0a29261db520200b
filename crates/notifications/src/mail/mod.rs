//! Mails: what is to be sent, the sending, what comes back of them, and how people are rid of them.

pub mod admin;
pub mod feedback;
pub mod log;
pub mod post;
pub mod suppression;
pub mod unsubscribe;
