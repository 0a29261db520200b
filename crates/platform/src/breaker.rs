//! A circuit breaker: whoever does not answer is left alone for a while (gateway.md, GW-12).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kernel::{Failure, Problem};

/// Failures in a row that open the circuit.
const FAILURES: u32 = 5;
/// How long it stays open, before one call may try again.
const OPEN: Duration = Duration::from_secs(30);
/// How long a single call may take.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Stands before all calls of an environment to one provider.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Makes the call unless the circuit is open. What counts against the provider is that it is unavailable; a refusal is
    /// an answer.
    pub async fn call<T>(&self, call: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        self.admit(Instant::now())?;
        let answer = call.await;
        let failed = answer.as_ref().is_err_and(|failure| failure.problem == Problem::UNAVAILABLE);
        self.count(failed, Instant::now());
        answer
    }

    /// Half open, it admits one call, and nobody else for as long as that may take.
    fn admit(&self, now: Instant) -> Result<(), Failure> {
        let mut state = self.state();
        match state.open_until {
            Some(until) if now < until => {
                Err(Failure::unavailable("the circuit is open").retry_after(until - now))
            }
            Some(_) => {
                state.open_until = Some(now + OPEN);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn count(&self, failed: bool, now: Instant) {
        let mut state = self.state();
        if !failed {
            *state = State::default();
            return;
        }
        state.failures += 1;
        if state.failures >= FAILURES {
            state.open_until = Some(now + OPEN);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(now: Instant) -> Breaker {
        let breaker = Breaker::default();
        for _ in 0..FAILURES {
            breaker.admit(now).unwrap();
            breaker.count(true, now);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_fewer_do_not() {
        let now = Instant::now();
        let breaker = Breaker::default();
        for failed in [true, true, true, true, false, true, true, true, true] {
            breaker.admit(now).unwrap();
            breaker.count(failed, now);
        }
        assert!(breaker.admit(now).is_ok());
        let refused = broken(now).admit(now + Duration::from_secs(10)).unwrap_err();
        assert_eq!(refused.retry_after, Some(Duration::from_secs(20)));
    }

    #[test]
    fn half_open_it_admits_one_call_which_decides() {
        let now = Instant::now();
        let later = now + OPEN;
        let breaker = broken(now);
        breaker.admit(later).unwrap();
        assert!(breaker.admit(later).is_err());
        breaker.count(true, later);
        assert!(breaker.admit(later + Duration::from_secs(29)).is_err());
        breaker.admit(later + OPEN).unwrap();
        breaker.count(false, later + OPEN);
        assert!(breaker.admit(later + OPEN).is_ok());
        assert!(breaker.admit(later + OPEN).is_ok());
    }
}
