//! All contexts with their functions. Written by `cargo xtask generate`.

use platform::Described;
use platform::model::Entity;

/// Each context's name and what its functions are.
pub fn all() -> Vec<(&'static str, Vec<Described>)> {
    vec![
        ("bookings", bookings_functions::functions()),
        ("gateway", gateway_functions::functions()),
        ("identity", identity_functions::functions()),
        ("notifications", notifications_functions::functions()),
        ("payments", payments_functions::functions()),
        ("realtime", realtime_functions::functions()),
        ("reviews", reviews_functions::functions()),
        ("tours", tours_functions::functions()),
        ("users", users_functions::functions()),
    ]
}

/// Each context's name and what it stores.
pub fn models() -> Vec<(&'static str, Vec<Entity>)> {
    vec![
        ("bookings", bookings_functions::model()),
        ("gateway", gateway_functions::model()),
        ("identity", identity_functions::model()),
        ("notifications", notifications_functions::model()),
        ("payments", payments_functions::model()),
        ("realtime", realtime_functions::model()),
        ("reviews", reviews_functions::model()),
        ("tours", tours_functions::model()),
        ("users", users_functions::model()),
    ]
}
