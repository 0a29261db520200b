//! On demand: sends the snapshots of all accounts to a queue, so that a projection can be built late.

use web::Function;

pub fn replay() -> impl Function {
<<<<<<< HEAD
    messaging::replay(identity::snapshot, &["keep-profiles", "keep-recipients"])
=======
    messaging::replay(identity::snapshot, &["count-accounts", "keep-recipients"])
>>>>>>> main
}
