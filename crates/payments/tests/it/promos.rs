//! Promotions: made by who may, used as often as they may be, and told to whoever calculates prices.

use contracts::payments::{DueRejected, PaymentDue, PromoChanged, PromoUse, Subject};
use kernel::page::{DEFAULT_LIMIT, PageRequest};
use kernel::{Problem, time};
use payments::due::Standing;
use payments::promo::validate::PromoQuestion;
use payments::promo::write::{NewPromo, PROMO_TAKEN, PromoFacts};
use payments::{Lists, Payments};
use serde_json::{Value, json};
use store::Pager;
use testkit::{body, read, received};
use web::Once;

use crate::common::{self, Scene, booking, instalment};

fn facts(change: impl FnOnce(&mut Value)) -> Value {
    let now = time::now();
    let mut facts = json!({
        "kind": "percentage", "value": 1_000, "max_uses": 1,
        "valid_from": (now - time::hours(1)).to_string(), "valid_until": (now + time::hours(1)).to_string(),
    });
    change(&mut facts);
    facts
}

async fn create(payments: &Payments, code: &str, facts: Value) -> kernel::Result<()> {
    let new: NewPromo = read(json!({"code": code, "promo": facts}));
    payments.create_promo(Once::default(), &new).await.map(drop)
}

fn due(scene: &Scene, about: &Subject, revision: u64, code: &str) -> PaymentDue {
    let promo = Some(PromoUse { code: code.into(), discount: 100 });
    PaymentDue { promo, ..scene.due(about, revision, 900) }
}

#[tokio::test]
async fn the_last_use_goes_to_exactly_one_and_comes_back_when_it_lapses() {
    let scene = Scene::open().await;
    create(scene.payments(), "monsoon", facts(|_| ())).await.unwrap();
    let (one, two) = (booking("B1"), booking("B2"));
    let ((_, first), (_, second)) = (scene.environment(), scene.environment());
    let (due_one, due_two) =
        (received(due(&scene, &one, 1, "Monsoon")), received(due(&scene, &two, 1, "MONSOON")));
    let (a, b) = tokio::join!(first.open_due(&due_one), second.open_due(&due_two));
    a.unwrap();
    b.unwrap();
    let mut standings = Vec::new();
    for about in [&one, &two] {
        standings.push(scene.payments().due(about).await.unwrap().unwrap().standing);
    }
    standings.sort_by_key(|standing| *standing != Standing::Open);
    assert_eq!(standings, [Standing::Open, Standing::Rejected]);
    let rejected: Vec<DueRejected> = scene.said().await;
    assert_eq!((rejected.len(), rejected[0].code.as_str()), (1, "promo_exhausted"));
    assert_eq!(scene.payments().used("MONSOON").await.unwrap(), 1);

    let winner = if rejected[0].about == one { &two } else { &one };
    for _ in 0..2 {
        scene.lapse(winner, 1).await;
    }
    assert_eq!(scene.payments().used("MONSOON").await.unwrap(), 0);
    scene.cashier.open_due(&received(due(&scene, &rejected[0].about, 2, "MONSOON"))).await.unwrap();
    assert_eq!(scene.payments().used("MONSOON").await.unwrap(), 1);
}

#[tokio::test]
async fn a_new_revision_keeps_the_use_and_one_without_the_code_gives_it_back() {
    let scene = Scene::open().await;
    create(scene.payments(), "monsoon", facts(|_| ())).await.unwrap();
    let about = instalment("B1", 1);
    scene.cashier.open_due(&received(due(&scene, &about, 1, "MONSOON"))).await.unwrap();
    scene.cashier.open_due(&received(due(&scene, &about, 2, "MONSOON"))).await.unwrap();
    scene.cashier.open_due(&received(due(&scene, &about, 2, "MONSOON"))).await.unwrap();
    assert_eq!(scene.payments().used("MONSOON").await.unwrap(), 1);
    scene.tell_due(&about, 3, 1_000).await;
    assert_eq!(scene.payments().used("MONSOON").await.unwrap(), 0);
    scene.cashier.open_due(&received(due(&scene, &about, 4, "NOBODY-KNOWS"))).await.unwrap();
    let rejected: Vec<DueRejected> = scene.said().await;
    assert_eq!((rejected.len(), rejected[0].code.as_str()), (1, "promo_invalid"));
    let refused = scene.cashier.begin(&scene.ada, &common::session(&about)).await;
    assert!(refused.is_err(), "what was rejected is not paid");
}

#[tokio::test]
async fn what_was_paid_stays_used() {
    let scene = Scene::open().await;
    create(scene.payments(), "monsoon", facts(|_| ())).await.unwrap();
    let about = booking("B1");
    scene.cashier.open_due(&received(due(&scene, &about, 1, "MONSOON"))).await.unwrap();
    scene.pay(&about).await;
    scene.lapse(&about, 1).await;
    assert_eq!(scene.payments().used("MONSOON").await.unwrap(), 1);
}

#[tokio::test]
async fn promotions_are_made_changed_and_taken_away() {
    let scene = Scene::open().await;
    let payments = scene.payments();
    create(payments, "monsoon", facts(|_| ())).await.unwrap();
    let twice = create(payments, "MONSOON", facts(|_| ())).await;
    assert_eq!(twice.err().unwrap().problem, PROMO_TAKEN);
    let wrong = create(payments, "winter", facts(|it| it["value"] = json!(10_001))).await;
    assert_eq!(wrong.err().unwrap().errors[0].pointer, "/promo/value");
    let wrong = create(payments, "winter", facts(|it| it["kind"] = json!("fixed"))).await;
    assert_eq!(wrong.err().unwrap().errors[0].pointer, "/promo/currency");

    let code = "Monsoon".parse().unwrap();
    let changed: PromoFacts = read(facts(|it| it["value"] = json!(2_000)));
    payments.update_promo(&code, &changed).await.unwrap();
    assert_eq!(body(&payments.show_promo(&code).await.unwrap())["value"], 2_000);
    let lists = Lists {
        payments: payments.clone(),
        pager: Pager::new("a key for the cursors of the tests, long enough"),
    };
    let request = PageRequest { limit: DEFAULT_LIMIT, cursor: None };
    assert_eq!(body(&lists.promos(&request).await.unwrap())["data"].as_array().unwrap().len(), 1);
    payments.delete_promo(&code).await.unwrap();
    assert_eq!(payments.show_promo(&code).await.err().unwrap().problem, Problem::NOT_FOUND);
    assert!(body(&lists.promos(&request).await.unwrap())["data"].as_array().unwrap().is_empty());
    let told: Vec<PromoChanged> = scene.said().await;
    let told: Vec<_> = told.iter().map(|it| (it.version, it.value, it.deleted)).collect();
    assert_eq!(told, [(1, 1_000, false), (2, 2_000, false), (3, 2_000, true)]);
}

#[tokio::test]
async fn a_code_is_judged_before_it_is_used() {
    let scene = Scene::open().await;
    let payments = scene.payments();
    let for_tour = |it: &mut Value| {
        it["applicable"] = json!(["T1"]);
        it["min_order"] = json!(500);
    };
    create(payments, "monsoon", facts(for_tour)).await.unwrap();
    let fixed = |it: &mut Value| {
        it["kind"] = json!("fixed");
        it["value"] = json!(5_000);
        it["currency"] = json!("EUR");
    };
    create(payments, "five-thousand", facts(fixed)).await.unwrap();
    let ask = async |code: &str, amount: i64, item: &str| {
        let asked: PromoQuestion =
            read(json!({"code": code, "amount": amount, "currency": "EUR", "item_id": item}));
        let answer = body(&payments.validate_promo(&asked).await.unwrap());
        (answer["reason"].as_str().unwrap_or("valid").to_owned(), answer["discount"].as_i64().unwrap())
    };
    assert_eq!(ask("monsoon", 1_000, "T1").await, ("valid".into(), 100));
    assert_eq!(ask("monsoon", 1_000, "T2").await, ("not_for_this".into(), 0));
    assert_eq!(ask("monsoon", 499, "T1").await, ("order_too_small".into(), 0));
    assert_eq!(ask("five-thousand", 3_000, "T2").await, ("valid".into(), 3_000));
    assert_eq!(ask("unknown", 3_000, "T2").await, ("unknown".into(), 0));
    scene.cashier.open_due(&received(due(&scene, &booking("B1"), 1, "MONSOON"))).await.unwrap();
    assert_eq!(ask("monsoon", 1_000, "T1").await, ("used_up".into(), 0));
}
