//! Pure types that every other crate speaks: ids, money, time, pages, the query language, problems.
//!
//! Nothing here does input or output.

pub mod failure;
pub mod id;
pub mod money;
pub mod page;
pub mod permission;
pub mod query;
pub mod results;
pub mod role;
pub mod text;
pub mod time;
pub mod words;

pub use failure::{Failure, FieldError, FieldErrors, Problem, Result};
pub use id::UserId;
pub use permission::Permission;
pub use role::Role;
pub use time::Timestamp;
