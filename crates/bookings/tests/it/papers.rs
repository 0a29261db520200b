//! Invoices and exports: what stands in them, who gets them, and numbers that nobody gets twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use bookings::Desk;
use bookings::booking::{BookingId, BookingStatus};
use bookings::desk::{CancelWish, ExportFile, ExportQuery, ParticipantsQuery, Printer};
use bookings::failed::FailureReason;
use bookings::participant::WhoComes;
use bookings::saga::NOT_NOW;
use kernel::query::{Parameters, Params};
use kernel::{Problem, time};
use papers::Format;
use platform::files::Read;
use serde_json::json;
use store::{Key, Pager};
use testkit::{Fault, read};
use web::Once;

use crate::common::{Scene, admin, somebody};

const MOST: usize = 10_000_000;

/// The bookings of a scene, and the bucket that their papers lie in.
async fn printer(scene: &Scene) -> Printer {
    let desk = Desk { bookings: scene.bookings.clone(), pager: Pager::new(&"c".repeat(64)) };
    Printer { desk, files: scene.cloud.bucket().await }
}

/// What lies behind a link.
async fn file(printer: &Printer, url: &str) -> Vec<u8> {
    let (_, key) = url.split('?').next().unwrap().split_once("/media-").unwrap();
    let (_, key) = key.split_once('/').unwrap();
    match printer.files.read(key, MOST).await.unwrap() {
        Some(Read::File(bytes)) => bytes,
        _ => panic!("no file {key}"),
    }
}

async fn lines(printer: &Printer, export: &ExportFile) -> Vec<String> {
    let text = String::from_utf8(file(printer, &export.url).await).unwrap();
    text.lines().map(|line| line.trim_end().to_owned()).collect()
}

fn read_query<Q: Parameters>(text: &str) -> kernel::Result<Q> {
    let mut params = Params::read(text)?;
    let query = Q::take(&mut params);
    params.finish(query)
}

fn query<Q: Parameters>(text: &str) -> Q {
    read_query(text).unwrap_or_else(|failure| panic!("{failure:?}"))
}

fn year() -> i16 {
    time::now().to_zoned(jiff::tz::TimeZone::UTC).year()
}

/// Numbers as they should be: from one on, none left out.
fn numbers(count: u32) -> BTreeSet<String> {
    (1..=count).map(|count| format!("{}-{count:06}", year())).collect()
}

async fn paid(scene: &Scene) -> BookingId {
    let held = scene.hold(&somebody(), 1).await.unwrap();
    scene.pay(&held, 1).await;
    held.id
}

#[tokio::test(flavor = "multi_thread")]
async fn invoices_that_are_asked_for_together_have_numbers_of_their_own_without_gaps() {
    let scene = Scene::open(20).await;
    let printer = Arc::new(printer(&scene).await);
    // Last year's numbers are none of this year's.
    let before = Key::new(format!("INVOICES#{}", year() - 1), "COUNTER");
    let mut item = before.to_item();
    item.insert("last".into(), store::expression::number(7));
    scene.cloud.put_item(&scene.bookings.table, item).await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let id = paid(&scene).await;
        // Each by two, as when somebody presses the button again.
        for _ in 0..2 {
            let printer = printer.clone();
            all.spawn(async move {
                // Who is in the way of too many others tries again.
                loop {
                    match printer.invoice(&admin(), id).await {
                        Err(failure) if failure.problem == Problem::UNAVAILABLE => {}
                        answered => return (id, answered.unwrap().number),
                    }
                }
            });
        }
    }
    let answers: BTreeSet<_> = all.join_all().await.into_iter().collect();
    assert_eq!(answers.len(), 12, "one number for each booking: {answers:?}");
    let given: BTreeSet<_> = answers.into_iter().map(|(_, number)| number).collect();
    assert_eq!(given, numbers(12));
}

#[tokio::test]
async fn an_invoice_whose_answer_was_lost_leaves_no_gap() {
    let scene = Scene::open(10).await;
    let printer = printer(&scene).await;
    let mut given = BTreeSet::new();
    let faults = [Fault::LostReply, Fault::LostRequest, Fault::Conflict, Fault::Throttled];
    for fault in faults {
        let id = paid(&scene).await;
        scene.cloud.faults().next("TransactWriteItems", fault);
        given.insert(printer.invoice(&admin(), id).await.unwrap().number);
    }
    // The file that was not written is written when it is asked for again.
    let id = paid(&scene).await;
    scene.cloud.faults().next("PutObject", Fault::LostRequest);
    let number = match printer.invoice(&admin(), id).await {
        Ok(invoice) => invoice.number,
        Err(_) => printer.invoice(&admin(), id).await.unwrap().number,
    };
    given.insert(number);
    assert_eq!(given, numbers(5));
}

#[tokio::test]
async fn an_invoice_is_the_owners_and_of_what_was_paid() {
    let scene = Scene::open(3).await;
    let printer = printer(&scene).await;
    let ada = somebody();
    let held = scene.hold(&ada, 2).await.unwrap();
    assert_eq!(printer.invoice(&ada, held.id).await.err().unwrap().problem, NOT_NOW);
    scene.pay(&held, 1).await;
    assert_eq!(printer.invoice(&somebody(), held.id).await.err().unwrap().problem, Problem::NOT_FOUND);
    let first = printer.invoice(&ada, held.id).await.unwrap();
    assert!(file(&printer, &first.url).await.starts_with(b"%PDF"));
    // Cancelled since: the same number, and the paper says what went back.
    scene.bookings.cancel(&ada, held.id, &CancelWish::default()).await.unwrap();
    let again = printer.invoice(&admin(), held.id).await.unwrap();
    assert_eq!((&again.number, again.issued_at), (&first.number, first.issued_at));
    assert_eq!(scene.booking(held.id).await.invoice.unwrap().number, first.number);
}

#[tokio::test]
async fn an_export_has_every_booking_and_no_formula() {
    let scene = Scene::open(120).await;
    let printer = printer(&scene).await;
    let evil = scene.wish(1, |it| it["contact"]["name"] = json!("=HYPERLINK(\"//evil.example\")"));
    let evil = scene.bookings.hold(&somebody(), Once::default(), &evil).await.unwrap().body;
    // More than one page of them.
    for _ in 0..102 {
        scene.hold(&somebody(), 1).await.unwrap();
    }
    scene.pay(&evil, 1).await;
    let export = printer.export_bookings(&query::<ExportQuery>("fileType=csv")).await.unwrap();
    assert_eq!((export.rows, export.truncated), (103, false));
    let all = lines(&printer, &export).await;
    assert_eq!(all.len(), 104);
    let heading = "Reference,Status,Name,E-mail,Phone,Trip,Start,Participants,Total,Paid,Refunded,Booked";
    assert!(all[0].trim_start_matches('\u{feff}') == heading, "{}", all[0]);
    let row = all.iter().find(|line| line.contains(&evil.reference)).unwrap();
    assert!(row.contains("'=HYPERLINK") && row.contains(",paid,") && row.contains("1050.00"), "{row}");

    let export = printer.export_bookings(&query::<ExportQuery>("status=paid")).await.unwrap();
    assert_eq!(export.rows, 1);
    for (format, begin) in [(Format::Xlsx, b"PK\x03\x04".as_slice()), (Format::Pdf, b"%PDF")] {
        let wanted = ExportQuery { format, status: Some(BookingStatus::Paid), reason: None };
        let export = printer.export_bookings(&wanted).await.unwrap();
        assert!(file(&printer, &export.url).await.starts_with(begin), "{format:?}");
    }
}

#[tokio::test]
async fn the_list_of_a_departure_has_those_who_come_and_nobody_else() {
    let scene = Scene::open(9).await;
    let printer = printer(&scene).await;
    let one = |name: &str| json!({"name": name, "email": "ada@example.com", "phone": "+4915112345678"});
    let who: WhoComes = read(json!({
        "participants": [one("Ada"), one("Bob")],
        "emergency_contact": {"name": "Eve", "phone": "+4915112345679", "relation": "Sister"},
    }));
    let ada = somebody();
    let coming = scene.hold(&ada, 2).await.unwrap();
    scene.pay(&coming, 1).await;
    let named = scene.bookings.name_participants(&ada, coming.id, &who).await.unwrap();
    let bob = named.participants[1].id;
    scene.bookings.cancel_participant(&ada, coming.id, bob, &CancelWish::default()).await.unwrap();
    let unpaid = scene.hold(&somebody(), 1).await.unwrap();
    let gone = scene.hold(&somebody(), 1).await.unwrap();
    scene.pay(&gone, 1).await;
    scene.bookings.cancel(&admin(), gone.id, &CancelWish::default()).await.unwrap();

    let wanted: ParticipantsQuery = query("fields=name,reference,status");
    let export = printer.export_participants(scene.batch, &wanted).await.unwrap();
    let list = lines(&printer, &export).await;
    assert_eq!(list[1..], [format!("Ada,{},confirmed", coming.reference)], "not {}", unpaid.reference);
    let nowhere = printer.export_participants(bookings::booking::BatchId::new(), &wanted).await;
    assert_eq!(nowhere.err().unwrap().problem, Problem::NOT_FOUND);
    assert!(read_query::<ParticipantsQuery>("fields=password").is_err());
}

#[tokio::test]
async fn what_came_to_nothing_is_exported_by_its_reason() {
    let scene = Scene::open(5).await;
    let printer = printer(&scene).await;
    let ada = somebody();
    let ill = scene.hold(&ada, 1).await.unwrap();
    scene.bookings.cancel(&ada, ill.id, &read(json!({"reason": "Ill"}))).await.unwrap();
    let late = scene.hold(&somebody(), 1).await.unwrap();
    scene.let_hold_run_out(late.id).await;
    scene.bookings.expire_holds().await.unwrap();
    let all = printer.export_failed(&query::<ExportQuery>("")).await.unwrap();
    assert_eq!(all.rows, 2);
    let wanted =
        ExportQuery { format: Format::Csv, status: None, reason: Some(FailureReason::UserCancelled) };
    let export = printer.export_failed(&wanted).await.unwrap();
    let list = lines(&printer, &export).await;
    assert_eq!(list.len(), 2);
    assert!(list[1].starts_with(&format!("{},user_cancelled,Ill,", ill.reference)), "{}", list[1]);
}
