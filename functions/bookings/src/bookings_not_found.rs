//! ANY $default: the answer to every path that bookings does not serve.

use web::Function;

pub fn endpoint() -> impl Function {
    web::not_found()
}
