//! Requests through the layers that every endpoint has, in process.

mod limits;
mod once;
mod requests;
mod sign_in;
