//! All contexts with their functions. Written by `cargo xtask generate`.

use platform::Described;

/// Each context's name and what its functions are.
pub fn all() -> Vec<(&'static str, Vec<Described>)> {
    vec![
        ("gateway", gateway_functions::functions()),
        ("identity", identity_functions::functions()),
        ("notifications", notifications_functions::functions()),
        ("realtime", realtime_functions::functions()),
    ]
}
