//! Gateway: what concerns the platform as a whole: its health, its documents, its parts.

pub mod docs;
pub mod health;
pub mod services;

use platform::model::Entity;

/// The gateway's table holds nothing but rate limits.
pub fn model() -> Vec<Entity> {
    Vec::new()
}
