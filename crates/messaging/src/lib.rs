//! Events between contexts: the relay carries the outbox to topics and queues, consumers take from
//! their queue and do each message once.

mod consumer;
mod export;
mod feedback;
mod publisher;
mod relay;
mod replay;
mod schedule;
mod sweep;
mod task;
mod upload;

pub use consumer::{Consumer, Incoming, Received, on_command, on_event};
pub use export::{EXPORTS, part_key};
pub use feedback::{Feedback, MailFeedback, on_mail_feedback};
pub use publisher::{Published, Publisher};
pub use relay::{Relay, relay};
pub use replay::{Page, Replay, Replayer, Snapshots, replay};
pub use schedule::{Schedule, every};
pub use sweep::{Sweep, sweep};
pub use task::{Nothing, Task, task};
pub use upload::{Upload, on_upload};
