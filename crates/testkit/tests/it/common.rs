//! Holding an endpoint's calls against its description.

use std::pin::Pin;

use platform::Function;
use platform::describe::Kind;
use testkit::{Answer, Call, Cloud, forever};

/// Sends two requests to an endpoint that just started, and counts the calls of the second: the first looks
/// the session up. On the heap, because all of them together are too much for a test's stack.
pub fn costs<'a, F: Function>(
    cloud: &'a Cloud,
    endpoint: F,
    calls: [Call; 2],
) -> Pin<Box<dyn Future<Output = Answer> + 'a>> {
    Box::pin(counted(cloud, endpoint, calls))
}

async fn counted<F: Function>(cloud: &Cloud, endpoint: F, [first, second]: [Call; 2]) -> Answer {
    let Kind::Endpoint(http) = endpoint.describe().kind else { panic!("not an endpoint") };
    let route = http.routes[0].clone();
    let state = endpoint.start(cloud.aws()).await.unwrap_or_else(|why| panic!("it does not start: {why}"));
    let state = forever(state);
    first.to(&endpoint, state).await;
    cloud.faults().forget();
    let answer = second.to(&endpoint, state).await;
    assert!(answer.status < 400, "{route:?}: {}", String::from_utf8_lossy(&answer.body));
    let made = cloud.faults().calls();
    assert_eq!(made.values().sum::<u32>(), http.calls, "{route:?}: {made:?}");
    answer
}
