//! The entities of all contexts. Written by `cargo xtask generate`.

use platform::model::Entity;

/// Each context's name and what it stores.
pub fn all() -> Vec<(&'static str, Vec<Entity>)> {
    vec![
        ("gateway", gateway::model()),
        ("identity", identity::model()),
        ("notifications", notifications::model()),
    ]
}
