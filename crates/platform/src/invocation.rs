//! What belongs to the invocation that is running: who set it going, and what it cost so far.
//!
//! It travels beside the code, as the span of a trace does, so that the outbox can stamp its events.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kernel::id::Ulid;

tokio::task_local! {
    static CURRENT: Arc<Invocation>;
}

/// One run of a function.
#[derive(Debug, Default)]
pub struct Invocation {
    /// The same for everything that one request set going.
    pub correlation_id: String,
    /// The event that led to this run, when one did.
    pub causation_id: Option<String>,
    /// Who asked, when a person did.
    pub actor_id: Option<String>,
    aws_calls: AtomicU32,
}

impl Invocation {
    pub fn new(correlation_id: impl Into<String>) -> Self {
        Self { correlation_id: correlation_id.into(), ..Self::default() }
    }

    pub fn caused_by(mut self, event_id: impl Into<String>) -> Self {
        self.causation_id = Some(event_id.into());
        self
    }

    pub fn acting(mut self, actor_id: Option<String>) -> Self {
        self.actor_id = actor_id;
        self
    }
}

/// Runs `work` as part of `invocation`; AWS calls count for the surrounding invocation too.
pub async fn within<F: Future>(invocation: Invocation, work: F) -> F::Output {
    let invocation = Arc::new(invocation);
    let answer = CURRENT.scope(Arc::clone(&invocation), work).await;
    let calls = invocation.aws_calls.load(Ordering::Relaxed);
    let _ = CURRENT.try_with(|outer| outer.aws_calls.fetch_add(calls, Ordering::Relaxed));
    answer
}

/// The running invocation; a new one where none was begun, as in tests.
pub fn current() -> Arc<Invocation> {
    CURRENT.try_with(Arc::clone).unwrap_or_else(|_| Arc::new(Invocation::new(Ulid::generate().to_string())))
}

/// AWS calls of the running invocation so far, retries included.
pub fn aws_calls() -> u32 {
    CURRENT.try_with(|current| current.aws_calls.load(Ordering::Relaxed)).unwrap_or(0)
}

pub(crate) fn count_aws_call() {
    let _ = CURRENT.try_with(|current| current.aws_calls.fetch_add(1, Ordering::Relaxed));
}
