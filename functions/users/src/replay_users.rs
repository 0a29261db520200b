//! On demand: sends the snapshots of all profiles and workers to a queue, so that a projection can be built late.

use web::Function;

pub fn replay() -> impl Function {
    messaging::replay(users::snapshot)
}
