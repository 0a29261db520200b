//! What becomes of a trek that was paid: reminders, what goes back when, other dates, papers, and a trek of one's own.

use acceptance::stripe::Stripe;
use acceptance::treks::{
    SEAT, booked, booking, departure, hold, id, in_parts, moment, name, on_sale, pay, people, wish, written,
};
use acceptance::{Member, SOON, Visitor, chore, download, eventually, mail, mails_to, secret};
use kernel::time;
use serde_json::{Value, json};

async fn mails_about(member: &Member, subject: &str) -> usize {
    mails_to(&member.email).await.iter().filter(|mail| mail.subject.contains(subject)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_and_a_trip_are_reminded_of_once() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    // The balance of the first is due in two days; the second starts tomorrow.
    let (trek, near) = on_sale(&admin.visitor, 5, 2).await;
    let tomorrow = departure(&admin.visitor, &trek, 1, 2).await;
    let held = hold(&ada, &in_parts(wish(&ada, &trek, &near, 1))).await;
    pay(&ada, &stripe, id(&held), 1).await;
    let late = in_parts(wish(&ada, &trek, &tomorrow, 1));
    let refused = ada.visitor.post("/bookings", &late).await;
    refused.is_problem(400, "invalid-request");
    let (trip, _) = booked(&ada, &stripe, &wish(&ada, &trek, &tomorrow, 1)).await;
    name(&ada, id(&trip), 1).await.is(200);
    booking(&ada, id(&held), |it| it["status"] == "partially_paid").await;

    // What is due is found by an index, which may be a moment behind.
    let run = || async {
        chore(&["invoke", "remind-bookers"]);
        let (balance, trip) =
            (mails_about(&ada, "Still to pay").await, mails_about(&ada, "Off you go soon").await);
        (balance > 0 && trip > 0).then_some(())
    };
    eventually("the reminders", SOON, run).await;
    let reminder = mail(&ada.email, "Still to pay").await;
    assert!(reminder.text.contains("5250.00 INR"), "half of 10,500 rupees: {}", reminder.text);
    let before = booking(&ada, id(&held), |_| true).await;
    chore(&["invoke", "remind-bookers"]);
    let after = booking(&ada, id(&held), |_| true).await;
    assert_eq!(before["version"], after["version"], "nothing is left to do");
    assert_eq!((mails_about(&ada, "Still to pay").await, mails_about(&ada, "Off you go soon").await), (1, 1));
    // By hand neither: the balance only once.
    let path = format!("/bookings/{}/send-partial-reminder", id(&held));
    admin.visitor.post(&path, &json!({})).await.is_problem(409, "booking-state");
}

/// Books, and cancels so many days before the start.
async fn gives_back(admin: &Member, ada: &Member, stripe: &Stripe, wish: Value, days: u64, percent: i64) {
    let (paid, payment) = booked(ada, stripe, &wish).await;
    let path = format!("/bookings/{}", id(&paid));
    let owed = SEAT * percent / 100;
    let preview = ada.visitor.post(&format!("{path}/calculate-refund"), &json!({})).await;
    let preview = preview.is(200).json();
    assert_eq!(
        (&preview["amount"], &preview["percent"], &preview["days_to_start"], &preview["share"]),
        (&json!(owed), &json!(percent), &json!(days), &json!(SEAT))
    );
    // No owner gets everything by asking for it.
    let everything = json!({"refund_type": "full"});
    ada.visitor.put(&format!("{path}/cancel"), &everything).await.is_problem(403, "forbidden");
    let custom = json!({"refund_type": "custom", "amount": SEAT});
    ada.visitor.put(&format!("{path}/cancel"), &custom).await.is_problem(403, "forbidden");
    if percent > 0 {
        ada.visitor.put(&format!("{path}/cancel"), &json!({})).await.is(200);
        let back = booking(ada, id(&paid), |it| it["refunded_amount"] == owed).await;
        assert_eq!((&back["status"], &back["refund"]["status"]), (&json!("cancelled"), &json!("success")));
        assert_eq!(stripe.given_back(&payment.intent).await, owed);
        return;
    }
    // Out of goodwill an operator may give more than the policy, and no more than was paid.
    let custom = |amount: i64| json!({"refund_type": "custom", "amount": amount});
    let cancel = format!("{path}/cancel");
    admin.visitor.put(&cancel, &custom(SEAT + 1)).await.is_problem(400, "invalid-request");
    admin.visitor.put(&cancel, &custom(123_456)).await.is(200);
    booking(ada, id(&paid), |it| it["refunded_amount"] == 123_456).await;
    assert_eq!(stripe.given_back(&payment.intent).await, 123_456);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_back_is_what_the_policy_gives_on_that_day() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    let (trek, first) = on_sale(&admin.visitor, 30, 2).await;
    let mut batches = vec![(first, 30, 100)];
    for (days, percent) in [(18, 75), (11, 50), (5, 0)] {
        batches.push((departure(&admin.visitor, &trek, days, 2).await, days, percent));
    }
    // All at once: each waits for several messages.
    let all = batches.iter().map(|(batch, days, percent)| {
        let wish = wish(&ada, &trek, batch, 1);
        gives_back(&admin, &ada, &stripe, wish, *days, *percent)
    });
    futures_util::future::join_all(all).await;
    mail(&ada.email, "Booking cancelled").await;
    mail(&ada.email, "Your refund is on its way").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_moves_to_another_date_when_the_operator_agrees() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    let (trek, from) = on_sale(&admin.visitor, 30, 2).await;
    let to = departure(&admin.visitor, &trek, 40, 2).await;
    let (paid, payment) = booked(&ada, &stripe, &wish(&ada, &trek, &from, 2)).await;
    let path = format!("/bookings/{}", id(&paid));
    let request = format!("{path}/cancellation-request");
    let to_there = json!({"type": "reschedule", "reason": "Rain", "preferred_batch": to});

    ada.visitor
        .post(&request, &json!({"type": "reschedule", "reason": "Rain", "preferred_batch": from}))
        .await
        .is_problem(400, "invalid-request");
    ada.visitor.post(&request, &to_there).await.is(201);
    ada.visitor.post(&request, &to_there).await.is_problem(409, "request-pending");
    let no = json!({"approve": false, "answer": "The guides are away"});
    ada.visitor.put(&request, &no).await.is_problem(403, "forbidden");
    let stayed = admin.visitor.put(&request, &no).await.is(200).json();
    assert_eq!((&stayed["batch_id"], &stayed["request"]["status"]), (&json!(from), &json!("rejected")));
    mail(&ada.email, "We cannot grant your wish").await;

    ada.visitor.post(&request, &to_there).await.is(201);
    let moved = admin.visitor.put(&request, &json!({"approve": true})).await.is(200).json();
    assert_eq!((&moved["batch_id"], &moved["request"]["status"]), (&json!(to), &json!("approved")));
    mail(&ada.email, "New date").await;
    mail(&ada.email, "Your wish is granted").await;
    let left = async |batch: &str| {
        Visitor::new().get(&format!("/batches/{batch}")).await.is(200).json()["seats_left"].clone()
    };
    assert_eq!((left(&from).await, left(&to).await), (json!(2), json!(0)));

    // The operator moves it without being asked, but not to where there is no room.
    let full = departure(&admin.visitor, &trek, 50, 1).await;
    let shift = format!("{path}/shift-batch");
    ada.visitor.put(&shift, &json!({"batch_id": from})).await.is_problem(403, "forbidden");
    let refused = admin.visitor.put(&shift, &json!({"batch_id": full})).await;
    refused.is_problem(409, "sold-out");
    assert_eq!(refused.json()["seats_left"], 1);
    let back = admin.visitor.put(&shift, &json!({"batch_id": from})).await.is(200).json();
    assert_eq!((&back["batch_id"], &back["paid_amount"]), (&json!(from), &json!(2 * SEAT)));
    assert_eq!((left(&from).await, left(&to).await), (json!(0), json!(2)));
    assert_eq!(stripe.given_back(&payment.intent).await, 0, "nobody asked for money back");

    // And a request to cancel, once it is granted, is a cancellation.
    ada.visitor.post(&request, &json!({"type": "cancellation", "reason": "Ill"})).await.is(201);
    admin.visitor.put(&request, &json!({"approve": true})).await.is(200);
    let ended = booking(&ada, id(&paid), |it| it["refunded_amount"] == 2 * SEAT).await;
    assert_eq!((&ended["status"], &ended["cancellation"]["reason"]), (&json!("cancelled"), &json!("Ill")));
    assert_eq!(stripe.given_back(&payment.intent).await, 2 * SEAT);
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_are_downloaded_by_whoever_may_see_them() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    let (trek, batch) = on_sale(&admin.visitor, 30, 4).await;
    let held = hold(&ada, &wish(&ada, &trek, &batch, 1)).await;
    let path = format!("/bookings/{}", id(&held));
    ada.visitor.get(&format!("{path}/invoice")).await.is_problem(409, "booking-state");
    pay(&ada, &stripe, id(&held), 1).await;
    booking(&ada, id(&held), |it| it["status"] == "paid").await;
    name(&ada, id(&held), 1).await.is(200);

    let invoice = ada.visitor.get(&format!("{path}/invoice")).await.is(200).json();
    let number = invoice["number"].as_str().unwrap();
    let (year, counted) = number.split_once('-').expect("a year and a count");
    assert_eq!(year, moment(&invoice["issued_at"]).to_string().split('-').next().unwrap());
    assert!(counted.len() == 6 && counted.parse::<u32>().is_ok_and(|count| count > 0), "{number}");
    let url = invoice["url"].as_str().unwrap();
    assert!(download(url).await.starts_with(b"%PDF"));
    let again = admin.visitor.get(&format!("{path}/invoice")).await.is(200).json();
    assert_eq!(again["number"], number);
    Member::join().await.visitor.get(&format!("{path}/invoice")).await.is_problem(404, "not-found");
    let (other, _) = booked(&ada, &stripe, &wish(&ada, &trek, &batch, 1)).await;
    let other = ada.visitor.get(&format!("/bookings/{}/invoice", id(&other))).await.is(200).json();
    let count = |number: &Value| number.as_str().unwrap().split_once('-').unwrap().1.parse::<u32>().unwrap();
    assert!(count(&other["number"]) > count(&invoice["number"]));

    let export = "/admin/bookings/export";
    ada.visitor.get(export).await.is_problem(403, "forbidden");
    let reference = held["reference"].as_str().unwrap();
    let csv = || async {
        let file = admin.visitor.get(&format!("{export}?fileType=csv")).await.is(200).json();
        let text = String::from_utf8(download(file["url"].as_str().unwrap()).await).unwrap();
        text.contains(reference).then_some((file, text))
    };
    let (file, text) = eventually("the booking in the export", SOON, csv).await;
    assert!(file["truncated"] == false, "{file}");
    assert_eq!(text.lines().count() as u64, file["rows"].as_u64().unwrap() + 1, "a heading and the rows");
    for (kind, begin) in [("xlsx", b"PK\x03\x04".as_slice()), ("pdf", b"%PDF")] {
        let file = admin.visitor.get(&format!("{export}?fileType={kind}")).await.is(200).json();
        assert!(download(file["url"].as_str().unwrap()).await.starts_with(begin), "{kind}");
    }
    let list = format!("/batches/{batch}/participants/export?fields=reference,name,emergency_name");
    ada.visitor.get(&list).await.is_problem(403, "forbidden");
    let list = admin.visitor.get(&list).await.is(200).json();
    let text = String::from_utf8(download(list["url"].as_str().unwrap()).await).unwrap();
    assert!(text.lines().any(|line| line.trim_end() == format!("{reference},Ada,Eve")), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trek_of_ones_own_is_booked_by_its_link_until_it_expires() {
    let (admin, ada) = people().await;
    let made = async |expires_in: std::time::Duration| {
        let start = time::now() + time::days(30);
        let trek = written(&admin.visitor, |trek| {
            trek["custom"] = json!({
                "link_expires_at": time::now() + expires_in, "start_date": start,
                "end_date": start + time::days(6), "max_participants": 3,
            });
        })
        .await;
        let token = admin.visitor.get(&format!("/treks/{trek}")).await.is(200).field("access_token");
        secret(&token);
        (trek, token)
    };
    let (_, brief) = made(time::seconds(3)).await;
    let (trek, token) = made(time::days(3)).await;
    let wish = |token: &str, seats: u32| {
        json!({
            "token": token, "participants": seats,
            "contact": {"name": "Ada", "email": ada.email, "phone": "+4915112345678"},
        })
    };
    Visitor::new().post("/bookings/custom", &wish(&token, 2)).await.is_problem(401, "not-signed-in");
    ada.visitor.post("/bookings/custom", &wish("no-such-link", 1)).await.is_problem(404, "not-found");
    let taken = || async {
        let answer = ada.visitor.post("/bookings/custom", &wish(&token, 2)).await;
        (answer.status == 201).then(|| answer.json())
    };
    let confirmed = eventually("its departure", SOON, taken).await;
    assert_eq!(
        (&confirmed["status"], &confirmed["owner_id"], &confirmed["balance"]),
        (&json!("confirmed"), &json!(trek), &json!(0))
    );
    mail(&ada.email, "Booking confirmed").await;
    let refused = ada.visitor.post("/bookings/custom", &wish(&token, 2)).await;
    refused.is_problem(409, "sold-out");
    assert_eq!(refused.json()["seats_left"], 1);
    // The way of the others does not lead there.
    let batch = confirmed["batch_id"].as_str().unwrap();
    let open = ada.visitor.post("/bookings", &acceptance::treks::wish(&ada, &trek, batch, 1)).await;
    open.is_problem(400, "invalid-request");

    let gone = || async {
        let answer = ada.visitor.post("/bookings/custom", &wish(&brief, 1)).await;
        (answer.status == 410).then_some(answer)
    };
    eventually("the end of a link", SOON, gone).await.is_problem(410, "link-expired");
}
