//! Doing work again that somebody else's came in the way of.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use backon::{ExponentialBuilder, Retryable};
use kernel::{Failure, Problem, Result};

/// Does the work again, from reading on, when somebody else changed what it had read. Who does not get through in some
/// seconds, less than a function may run, is asked to come again.
pub async fn again<T, F: Future<Output = Result<T>>>(work: impl FnMut() -> F) -> Result<T> {
    again_at(&[], work).await
}

/// The same, for `passing` problems of the context beside a conflict.
pub async fn again_at<T, F: Future<Output = Result<T>>>(
    passing: &[Problem],
    work: impl FnMut() -> F,
) -> Result<T> {
    let passing =
        |failure: &Failure| failure.problem == Problem::CONFLICT || passing.contains(&failure.problem);
    // With jitter those who meet at one item, such as all who review one tour, get there one after the other.
    let patience = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(10))
        .with_max_delay(Duration::from_millis(500))
        .with_max_times(12)
        .with_jitter();
    let done = work.retry(patience).when(passing).await;
    done.map_err(|failure| if passing(&failure) { Failure::unavailable(failure) } else { failure })
}

/// Does a single write again while a transaction holds its item; the SDK takes that for a refusal.
pub async fn patiently<T, E, R, F>(write: impl Fn() -> F) -> Result<T, SdkError<E, R>>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E, R>>>,
{
    let held = |error: &SdkError<E, R>| {
        error.as_service_error().and_then(E::code) == Some("TransactionConflictException")
    };
    write.retry(patience()).when(held).await
}

/// How long a table that is busy is waited for.
pub(crate) fn patience() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(20))
        .with_max_delay(Duration::from_millis(400))
        .with_max_times(7)
        .with_jitter()
}
