//! Authorizer of $connect: whoever holds a good access token may open a socket.

use web::{Function, socket};

pub fn authorizer() -> impl Function {
    socket::connect_authorizer()
}
