//! Tests of what is read from the environment, which belongs to all tests of a process.

use std::any::type_name;
use std::process::Command;

const INSIDE: &str = "CARAVAN_TEST_INSIDE";

/// Runs a test once more, in a process of its own with these variables, and `body` there.
///
/// `_test` is the calling test itself.
pub fn in_environment<T: Fn()>(_test: T, variables: &[(&str, &str)], body: impl Future<Output = ()>) {
    // Its path below the crate is what `cargo test` calls it.
    let (_, test) = type_name::<T>().split_once("::").expect("the path of a function");
    if std::env::var(INSIDE).is_ok_and(|inside| inside == test) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        return runtime.expect("a runtime").block_on(body);
    }
    let binary = std::env::current_exe().expect("this test's own binary");
    let output = Command::new(binary)
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, test)
        .env("CARAVAN_CLOUD", crate::emulator::endpoint())
        .envs(variables.iter().copied())
        .output()
        .expect("this test's own binary");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "in its own process: {said}\n{complained}");
    assert!(said.contains("1 passed"), "there is no test {test}: {said}");
}
