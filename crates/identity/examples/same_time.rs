//! `cargo run --release -p identity --example same_time`: does an answer's time tell whether an account exists?
//!
//! Asks for a known and for an unknown address in turn, in the offline cloud, and prints the medians of both and their
//! ratio for each flow that takes an address. One means that nothing can be told.

use std::time::{Duration, Instant};

use identity::log_in::Credentials;
use identity::verify_email::Address;
use kernel::Role;
use testkit::{Cloud, PASSWORD, People, client_at, forever};
use web::Once;

const ROUNDS: usize = 60;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let people: &'static People = forever(People::open(forever(Cloud::open().await)).await);
    let known = people.sign_in(&[Role::User]).await.account.email.to_string();
    println!("{:<22} {:>10} {:>10} {:>8}", "flow", "known", "unknown", "ratio");
    compare("log in, wrong password", &known, async |email, round| {
        let credentials =
            Credentials { email: email.parse().unwrap(), password: format!("{PASSWORD}!").parse().unwrap() };
        // Each from another address, or the account would be locked.
        let client = client_at(&format!("203.0.{}.{}", round / 250, round % 250));
        drop(people.issuer.log_in(&credentials, client).await);
    })
    .await;
    compare("forgot password", &known, async |email, _| {
        let address = Address { email: email.parse().unwrap() };
        drop(people.identity.forgot_password(&address).await);
    })
    .await;
    compare("resend verification", &known, async |email, _| {
        let address = Address { email: email.parse().unwrap() };
        drop(people.identity.resend_verification(&address).await);
    })
    .await;
    compare("register", &known, async |email, _| {
        let new = identity::register::NewAccount {
            given_name: "Ada".parse().unwrap(),
            family_name: "Lovelace".parse().unwrap(),
            email: email.parse().unwrap(),
            username: None,
            password: PASSWORD.parse().unwrap(),
            password_confirm: None,
            role: None,
            terms_accepted: true,
        };
        drop(people.identity.register(Once::default(), &new).await);
    })
    .await;
}

async fn compare(flow: &str, known: &str, ask: impl AsyncFn(&str, usize)) {
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let unknown = format!("nobody-{}-{round}@example.com", flow.len());
        // In turn who comes first, so that nobody always finds things warm.
        let mut turns = [(known, &mut of_known), (unknown.as_str(), &mut of_unknown)];
        if round % 2 == 1 {
            turns.reverse();
        }
        for (email, times) in turns {
            let begun = Instant::now();
            ask(email, round).await;
            times.push(begun.elapsed());
        }
    }
    let (known, unknown) = (median(of_known), median(of_unknown));
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    println!("{flow:<22} {:>7.1} ms {:>7.1} ms {ratio:>8.2}", millis(known), millis(unknown));
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
