//! What operators do with bookings: call off a departure, take money at the desk, and give somebody a second chance.

use acceptance::stripe::Stripe;
use acceptance::treks::{SEAT, booked, booking, hold, id, in_parts, name, on_sale, pay, people, wish};
use acceptance::{Member, SOON, eventually, mail, mails_to};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_departure_that_is_called_off_gives_everybody_everything_back() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    let eve = Member::join().await;
    mail(&eve.email, "Welcome").await;
    // Ten days before the start: by the policy half would go back.
    let (trek, batch) = on_sale(&admin.visitor, 10, 5).await;
    let (whole, first) = booked(&ada, &stripe, &wish(&ada, &trek, &batch, 2)).await;
    name(&ada, id(&whole), 2).await.is(200);
    let half = hold(&eve, &in_parts(wish(&eve, &trek, &batch, 1))).await;
    let second = pay(&eve, &stripe, id(&half), 1).await;
    booking(&eve, id(&half), |it| it["status"] == "partially_paid").await;
    let held = hold(&ada, &wish(&ada, &trek, &batch, 1)).await;

    let status = format!("/batches/{batch}/status");
    let cancelled = json!({"status": "cancelled"});
    ada.visitor.put(&status, &cancelled).await.is_problem(403, "forbidden");
    admin.visitor.delete(&format!("/batches/{batch}")).await.is_problem(409, "batch-booked");
    admin.visitor.put(&status, &cancelled).await.is(200);
    admin.visitor.put(&status, &json!({"status": "upcoming"})).await.is_problem(409, "batch-state");

    for (member, one, amount) in [(&ada, &whole, 2 * SEAT), (&eve, &half, SEAT / 2), (&ada, &held, 0)] {
        let ended =
            booking(member, id(one), |it| it["status"] == "cancelled" && it["refunded_amount"] == amount);
        assert_eq!(ended.await["cancellation"]["by"], "batch_cancelled");
    }
    assert_eq!(stripe.given_back(&first.intent).await, 2 * SEAT);
    assert_eq!(stripe.given_back(&second.intent).await, SEAT / 2);
    for member in [&ada, &eve] {
        mail(&member.email, "Booking cancelled").await;
        mail(&member.email, "Your refund is on its way").await;
    }
    ada.visitor.post("/bookings", &wish(&ada, &trek, &batch, 1)).await.is_problem(409, "not-on-sale");
    // What was due is due no more.
    let body = json!({"subject_kind": "booking", "subject_id": half["id"], "instalment": 2});
    let lapsed =
        || async { (eve.visitor.post("/payments/sessions", &body).await.status != 200).then_some(()) };
    eventually("the balance to lapse", SOON, lapsed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_came_to_nothing_comes_back_only_while_there_are_seats() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    let eve = Member::join().await;
    let (trek, batch) = on_sale(&admin.visitor, 30, 1).await;
    let held = hold(&ada, &wish(&ada, &trek, &batch, 1)).await;
    ada.visitor.put(&format!("/bookings/{}/cancel", id(&held)), &json!({"reason": "Ill"})).await.is(200);
    ada.visitor.get("/failed-bookings").await.is_problem(403, "forbidden");
    let archived = || async {
        let list = admin.visitor.get("/failed-bookings?reason=user_cancelled").await.is(200).json();
        list["data"].as_array()?.iter().find(|it| it["booking_id"] == held["id"]).cloned()
    };
    let archived = eventually("the archive", SOON, archived).await;
    assert_eq!((&archived["details"], &archived["total"]), (&json!("Ill"), &json!(SEAT)));

    let path = format!("/failed-bookings/{}", id(&held));
    let restore = format!("{path}/restore");
    ada.visitor.post(&restore, &json!({})).await.is_problem(403, "forbidden");
    let other = hold(&eve, &wish(&eve, &trek, &batch, 1)).await;
    admin.visitor.post(&restore, &json!({})).await.is_problem(409, "sold-out");
    admin.visitor.get(&path).await.is(200);
    eve.visitor.put(&format!("/bookings/{}/cancel", id(&other)), &json!({})).await.is(200);
    let restored = admin.visitor.post(&restore, &json!({})).await.is(200).json();
    assert_eq!((&restored["status"], &restored["attempts"]), (&json!("on_hold"), &json!(2)));
    admin.visitor.get(&path).await.is_problem(404, "not-found");
    eve.visitor.post("/bookings", &wish(&eve, &trek, &batch, 1)).await.is_problem(409, "sold-out");
    let due = restored["instalments"].as_array().unwrap().iter().find(|it| it["status"] == "due").unwrap();
    let no = u32::try_from(due["no"].as_u64().unwrap()).unwrap();
    assert_eq!(pay(&ada, &stripe, id(&held), no).await.amount, SEAT);
    booking(&ada, id(&held), |it| it["status"] == "paid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_that_was_paid_at_the_desk_is_in_the_books_once() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    let (trek, batch) = on_sale(&admin.visitor, 30, 2).await;
    let held = hold(&ada, &in_parts(wish(&ada, &trek, &batch, 1))).await;
    let path = format!("/bookings/{}/mark-partial-complete", id(&held));
    admin.visitor.put(&path, &json!({})).await.is_problem(409, "booking-state");
    let card = pay(&ada, &stripe, id(&held), 1).await;
    booking(&ada, id(&held), |it| it["status"] == "partially_paid").await;
    ada.visitor.put(&path, &json!({})).await.is_problem(403, "forbidden");
    let paid = admin.visitor.put(&path, &json!({})).await.is(200).json();
    assert_eq!((&paid["status"], &paid["paid_amount"]), (&json!("paid"), &json!(SEAT)));
    admin.visitor.put(&path, &json!({})).await.is_problem(409, "booking-state");
    // Payments has booked it, too, as money of its own kind.
    let booked = || async {
        let list = ada.visitor.get("/payments").await.is(200).json()["data"].clone();
        let of = |provider: &str| {
            let all = list.as_array().into_iter().flatten();
            all.filter(|it| it["provider"] == provider).filter_map(|it| it["captured"].as_i64()).sum::<i64>()
        };
        (of("offline") == SEAT / 2 && of("stripe") == SEAT / 2).then_some(())
    };
    eventually("both payments in the books", SOON, booked).await;
    // All of it goes back, each part the way it came.
    admin.visitor.put(&format!("/bookings/{}/cancel", id(&held)), &json!({})).await.is(200);
    booking(&ada, id(&held), |it| it["refunded_amount"] == SEAT).await;
    assert_eq!(stripe.given_back(&card.intent).await, SEAT / 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_got_lost_in_the_mail_is_sent_again_by_hand() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    let (trek, batch) = on_sale(&admin.visitor, 30, 1).await;
    let (paid, _) = booked(&ada, &stripe, &wish(&ada, &trek, &batch, 1)).await;
    let path = format!("/bookings/{}", id(&paid));
    let send = async |what: &str| admin.visitor.post(&format!("{path}/{what}"), &json!({})).await;
    send("send-confirmation").await.is_problem(409, "booking-state");
    send("send-participant-reminder").await.is(202);
    mail(&ada.email, "Who comes along").await;
    name(&ada, id(&paid), 1).await.is(200);
    mail(&ada.email, "Booking confirmed").await;

    ada.visitor.post(&format!("{path}/send-confirmation"), &json!({})).await.is_problem(403, "forbidden");
    send("send-confirmation").await.is(202);
    eventually("the second confirmation", SOON, || async {
        let mails = mails_to(&ada.email).await;
        let confirmed = mails.iter().filter(|it| it.subject.contains("Booking confirmed"));
        (confirmed.filter(|it| it.text.contains("10500.00 INR are paid")).count() == 2).then_some(())
    })
    .await;
    ada.visitor.get(&format!("{path}/invoice")).await.is(200);
    send("send-invoice").await.is(202);
    mail(&ada.email, "invoice").await;
    send("send-reminder").await.is(202);
    mail(&ada.email, "Off you go soon").await;
}
