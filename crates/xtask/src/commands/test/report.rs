//! Counting what passed and keeping what failed.

use std::process::ExitCode;

use anyhow::Result;

use crate::progress;

/// What has been run so far.
#[derive(Default)]
pub struct Report {
    passed: usize,
    failed: usize,
    failures: Vec<(String, String)>,
}

/// The numbers of a `cargo test`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
}

impl Report {
    /// Runs one check; it counts as one test. Says whether it passed.
    pub async fn check(&mut self, name: &str, work: impl Future<Output = Result<()>>) -> bool {
        match progress::step(name, work).await {
            Ok(()) => {
                self.passed += 1;
                true
            }
            Err(error) => {
                self.fail(name, &format!("{error:#}"));
                false
            }
        }
    }

    /// Adds the tests of a `cargo test`; `output` is kept when some failed.
    pub fn tests(&mut self, name: &str, counts: &Counts, output: &str) {
        progress::say(format!("  {name}: {} passed, {} failed", counts.passed, counts.failed));
        self.passed += counts.passed;
        self.failed += counts.failed;
        if counts.failed > 0 {
            self.failures.push((name.to_owned(), output.to_owned()));
        }
    }

    /// How many failed so far.
    pub fn failed(&self) -> usize {
        self.failed
    }

    /// Adds what may explain the last failure.
    pub fn explain(&mut self, more: &str) {
        if let Some((_, why)) = self.failures.last_mut() {
            *why = format!("{}\n\n{more}", why.trim_end());
        }
    }

    fn fail(&mut self, name: &str, why: &str) {
        self.failed += 1;
        self.failures.push((name.to_owned(), why.to_owned()));
    }

    /// Prints what failed and the count.
    pub fn finish(self) -> ExitCode {
        for (name, why) in &self.failures {
            progress::line(format_args!("\n--- {name}\n{}", why.trim_end()));
        }
        progress::line(format_args!("\n{} passed, {} failed", self.passed, self.failed));
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl Counts {
    /// Adds up the `test result:` lines of cargo's output.
    pub fn read(output: &str) -> Self {
        let mut counts = Self::default();
        for line in output.lines().filter(|line| line.starts_with("test result: ")) {
            counts.passed += number_before(line, " passed");
            counts.failed += number_before(line, " failed");
        }
        counts
    }
}

fn number_before(line: &str, word: &str) -> usize {
    line.split(word)
        .next()
        .and_then(|before| before.rsplit(|c: char| !c.is_ascii_digit()).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_lines_of_all_binaries_are_added_up() {
        let output = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n\
                      test result: FAILED. 12 passed; 2 failed; 0 ignored\n";
        assert_eq!(Counts::read(output), Counts { passed: 15, failed: 2 });
    }
}
