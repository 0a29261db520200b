//! What realtime tells of open sockets.

use jiff::Timestamp;

use crate::Contract;

fact!(ConnectionOpened, "realtime.connection.opened", "Somebody has a live socket, or has it still.", {
    connection_id: String,
    /// Not open any more after that, unless it is told again with a later time.
    expires_at: Timestamp,
});

fact!(ConnectionClosed, "realtime.connection.closed", "A live socket is gone.", {
    connection_id: String,
});

pub fn events() -> Vec<Contract> {
    vec![Contract::of::<ConnectionOpened>(), Contract::of::<ConnectionClosed>()]
}
