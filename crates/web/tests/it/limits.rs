//! Rate limits: a token bucket that all environments share.

use std::time::{Duration, Instant};

use kernel::{Problem, Result, time};
use platform::{Aws, StartError, State};
use proptest::prelude::*;
use store::Table;
use testkit::{Call, Cloud, Environment, Fault, forever, in_environment};
use tokio::task::JoinSet;
use web::limit::{ANONYMOUS, Limiter, SIGNED_IN};
use web::{App, Guarded, Limit, NoContent, Per, get};

const FIVE: Limit = Limit { name: "five", count: 5, window: time::minutes(15), per: Per::Address };

fn limiter(environment: &Environment, table: &Table) -> Limiter {
    Limiter::new(environment.table(table))
}

async fn open() -> (Cloud, Table) {
    let cloud = Cloud::open().await;
    let table = cloud.table("identity").await;
    (cloud, table)
}

#[tokio::test]
async fn a_full_bucket_gives_its_tokens_and_then_says_how_long_to_wait() {
    let (_cloud, table) = open().await;
    let limiter = Limiter::new(table);
    for left in (0..5).rev() {
        let allowance = limiter.take(FIVE, "ada").await.unwrap();
        assert_eq!(allowance.remaining, left);
        assert!(allowance.reset <= FIVE.window);
    }
    let refused = limiter.take(FIVE, "ada").await.unwrap_err();
    assert_eq!(refused.problem, Problem::RATE_LIMITED);
    let wait = refused.retry_after.unwrap();
    assert!(wait <= time::minutes(3) && wait > time::minutes(3) - Duration::from_secs(30), "{wait:?}");
}

#[tokio::test]
async fn who_waits_as_long_as_told_is_served() {
    let (_cloud, table) = open().await;
    let limiter = Limiter::new(table);
    let short = Limit { count: 2, window: Duration::from_millis(800), ..FIVE };
    let refused = loop {
        if let Err(refused) = limiter.take(short, "ada").await {
            break refused;
        }
    };
    let wait = refused.retry_after.unwrap();
    assert!(wait <= Duration::from_millis(400), "{wait:?}");
    tokio::time::sleep(wait + Duration::from_millis(1)).await;
    limiter.take(short, "ada").await.unwrap();
}

#[tokio::test]
async fn two_environments_share_a_bucket_and_two_clients_do_not() {
    let (cloud, table) = open().await;
    let both = [limiter(&cloud.environment(), &table), limiter(&cloud.environment(), &table)];
    let mut served = 0;
    for turn in 0..10 {
        served += u32::from(both[turn % 2].take(FIVE, "ada").await.is_ok());
    }
    assert_eq!(served, FIVE.count);
    assert!(both[0].take(FIVE, "grace").await.is_ok());
    assert!(both[1].take(Limit { name: "another", ..FIVE }, "ada").await.is_ok());
}

#[tokio::test]
async fn a_token_costs_one_call_and_a_wrong_guess_about_the_bucket_one_more() {
    let (cloud, table) = open().await;
    let [first, second] = [cloud.environment(), cloud.environment()];
    let [one, two] = [limiter(&first, &table), limiter(&second, &table)];
    one.take(FIVE, "ada").await.unwrap();
    one.take(FIVE, "ada").await.unwrap();
    assert_eq!(first.faults.total(), 2);
    // The second has not seen the bucket and takes it for full.
    two.take(FIVE, "ada").await.unwrap();
    assert_eq!(second.faults.total(), 2);
    two.take(FIVE, "ada").await.unwrap();
    assert_eq!(second.faults.total(), 3);
}

#[tokio::test]
async fn of_forty_at_once_only_as_many_as_allowed_are_served() {
    let (cloud, table) = open().await;
    let both = [0, 1].map(|_| forever(limiter(&cloud.environment(), &table)));
    let mut all = JoinSet::new();
    for turn in 0..40 {
        all.spawn(async move { both[turn % 2].take(FIVE, "ada").await });
    }
    let (served, refused): (Vec<_>, Vec<_>) = all.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(served.len(), 5);
    for refused in refused {
        assert_eq!(refused.unwrap_err().problem, Problem::RATE_LIMITED);
    }
}

#[tokio::test]
async fn who_a_bucket_belongs_to_cannot_be_read_from_it() {
    let (cloud, table) = open().await;
    Limiter::new(table.clone()).take(FIVE, "203.0.113.7").await.unwrap();
    let items = cloud.items(&table).await;
    assert_eq!(items.len(), 1);
    assert!(!format!("{items:?}").contains("203.0.113.7"));
    let expires: i64 = items[0]["expires"].as_n().unwrap().parse().unwrap();
    assert!(expires > time::now().as_second() + 900, "it must outlive its window");
}

#[tokio::test]
async fn a_limit_that_cannot_be_counted_refuses_for_a_moment() {
    let (cloud, table) = open().await;
    cloud.faults().next("UpdateItem", Fault::DeathBefore);
    let failure = Limiter::new(table).take(FIVE, "ada").await.unwrap_err();
    assert_eq!(failure.problem, Problem::UNAVAILABLE);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 8,
        max_shrink_iters: 4,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// However requests come: in no span of time more than the bucket and what ran into it meanwhile, and
    /// nobody is refused while the bucket of the model has a token.
    #[test]
    fn a_bucket_never_gives_more_than_it_has_nor_less(
        count in 1_u32..7,
        token in 20_i64..80,
        pauses in prop::collection::vec((0_u64..60, 0_usize..2), 10..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (cloud, table) = open().await;
            let both = [limiter(&cloud.environment(), &table), limiter(&cloud.environment(), &table)];
            let window = token * i64::from(count);
            let limit = Limit { count, window: Duration::from_millis(window as u64), ..FIVE };
            let now = || time::now().as_millisecond();
            let (mut served, mut full_at_most) = (Vec::new(), 0);
            for (pause, which) in pauses {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                let before = now();
                let answer = both[which].take(limit, "ada").await;
                let after = now();
                if answer.is_ok() {
                    served.push((before, after));
                    full_at_most = full_at_most.max(after) + token;
                } else {
                    assert!(full_at_most + token > before + window, "refused with a token left");
                }
            }
            for (first, (began, _)) in served.iter().enumerate() {
                for (last, (_, ended)) in served.iter().enumerate().skip(first) {
                    let most = i64::from(count) + (ended - began + 1) / token;
                    assert!((last - first + 1) as i64 <= most, "{served:?} of {count} and one each {token} ms");
                }
            }
        });
    }
}

struct Nothing;

impl State for Nothing {
    async fn start(_: &Aws) -> Result<Self, StartError> {
        Ok(Self)
    }
}

async fn nothing(_: App<Nothing>) -> Result<NoContent> {
    Ok(NoContent)
}

#[test]
fn the_limits_that_hold_everywhere_are_those_of_the_specification() {
    assert_eq!((ANONYMOUS.count, ANONYMOUS.window, ANONYMOUS.per), (100, time::minutes(15), Per::Address));
    assert_eq!((SIGNED_IN.count, SIGNED_IN.window, SIGNED_IN.per), (1000, time::minutes(15), Per::Caller));
}

#[tokio::test]
async fn an_answer_says_what_is_left_and_a_refusal_when_to_come_back() {
    let (_cloud, table) = open().await;
    let guarded = forever(Guarded::new(Nothing, None, Some(table)));
    let endpoint = get("/nothing", nothing).public().limit(Limit { count: 2, ..FIVE });
    let call = Call::get("/api/v1/nothing");
    let first = call.to(&endpoint, guarded).await;
    assert_eq!(first.status, 204);
    assert_eq!(first.header("ratelimit-policy"), Some("\"five\";q=2;w=900"));
    assert!(first.header("ratelimit").unwrap().starts_with("\"five\";r=1;t="), "{first:?}");
    call.to(&endpoint, guarded).await;
    let refused = call.to(&endpoint, guarded).await;
    assert_eq!((refused.status, refused.problem().as_str()), (429, "rate-limited"));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((440..=450).contains(&wait), "{wait}");
    assert_eq!(call.from("198.51.100.1").to(&endpoint, guarded).await.status, 204);
}

#[test]
fn wide_limits_are_for_stages_that_ask_for_them() {
    in_environment(wide_limits_are_for_stages_that_ask_for_them, &[("RATE_LIMITS", "wide")], async {
        let (_cloud, table) = open().await;
        let limiter = Limiter::new(table);
        let began = Instant::now();
        for _ in 0..20 {
            limiter.take(FIVE, "ada").await.unwrap();
        }
        assert!(began.elapsed() < FIVE.window);
    });
}
