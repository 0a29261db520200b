//! HTTP: an endpoint is described once, as a handler's signature and a few lines beside it, and every
//! request takes the same way in: limits, sign-in, rate limit, typed reading, idempotency, problems.

mod endpoint;
mod extract;
mod handler;
pub mod health;
pub mod limit;
mod once;
mod problem;
mod reply;
mod request;
pub mod sessions;
pub mod socket;

pub use endpoint::{BASE, Endpoint, Guarded, delete, edge_secrets, get, not_found, patch, post, put};
pub use extract::{Asked, Body, CONFIRM_FIRST, Caller, Client, Cookies, FromRequest, Path, Query, Raw};
pub use handler::Handler;
pub use limit::Limit;
pub use once::Once;
pub use platform::App;
pub use platform::describe::{Action, FileAction, Function, Grant, Per};
pub use problem::Document;
pub use reply::{
    Accepted, Begun, Created, Eventual, Json, NoContent, Page, Pending, Redirect, Reply, Response,
};
pub use request::{EDGE_HEADER, Request};
