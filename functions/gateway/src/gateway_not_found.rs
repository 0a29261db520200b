//! ANY $default: the answer to every path that nobody serves.

use web::Function;

pub fn endpoint() -> impl Function {
    web::not_found()
}
