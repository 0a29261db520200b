//! Waiting without guessing how long.

use std::time::{Duration, Instant};

/// Goes on in another millisecond: ids made from then on sort behind all that were made before.
pub async fn next_millisecond() {
    let now = kernel::time::now().as_millisecond();
    while kernel::time::now().as_millisecond() == now {
        tokio::task::yield_now().await;
    }
}

/// Asks again and again until there is an answer; fails after ten seconds.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
