//! From the tour or trek in the catalogue to the money that arrived, and back again: every context that has a part in
//! it, and a server that speaks Stripe's protocol.

use acceptance::stripe::{CARD, DECLINED, Stripe};
use acceptance::tours::tour;
use acceptance::treks::{booking, hold, in_parts, name, on_sale, pay, people, wish};
use acceptance::{Member, SOON, Visitor, eventually, mail};
use kernel::time;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_tour_is_paid_on_the_providers_page_and_stands_among_my_tours() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    let tour = tour(|it| {
        it["maxGroupSize"] = json!(2);
        it["startDates"] = json!([time::now() + time::days(60)]);
    });
    let tour = admin.visitor.post("/tours", &tour).await.is(201).json();
    let tour_id = tour["id"].as_str().unwrap();
    let begin = format!("/bookings/checkout-session/{tour_id}");
    Visitor::new().post(&begin, &json!({})).await.is_problem(401, "not-signed-in");
    let opened = || async {
        let answer = ada.visitor.bare(Method::POST, &begin).await;
        (answer.status == 201).then(|| answer.json())
    };
    let opened = eventually("the tour's departure and the page to pay on", SOON, opened).await;
    let (id, page) = (opened["booking"]["id"].as_str().unwrap(), opened["url"].as_str().unwrap());
    assert_eq!(
        (&opened["booking"]["total"], &opened["booking"]["status"]),
        (&json!(39_700), &json!("on_hold"))
    );

    stripe.submit(page, DECLINED).await.is(402);
    let back = stripe.pay_page(page, CARD).await;
    assert!(back.ends_with("/my-tours?alert=booking"), "{back}");
    let paid = booking(&ada, id, |it| it["paid_amount"] == 39_700).await;
    assert_eq!(paid["balance"], 0);
    let mine = || async {
        let tours = ada.visitor.get("/my-tours").await.is(200).json();
        (tours["data"][0]["name"] == tour["name"]).then_some(())
    };
    eventually("the tour among my tours", SOON, mine).await;
    mail(&ada.email, "Payment received").await;
    mail(&ada.email, "Booking paid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trek_is_paid_in_two_parts_named_confirmed_and_partly_given_back() {
    let (stripe, (admin, ada)) = (Stripe::new(), people().await);
    let (trek, batch) = on_sale(&admin.visitor, 40, 4).await;
    let held = hold(&ada, &in_parts(wish(&ada, &trek, &batch, 2))).await;
    let id = held["id"].as_str().unwrap();
    // Two at 10,000 rupees and 5 % tax; half of it first.
    assert_eq!(held["total"], 2_100_000);
    assert_eq!(held["instalments"][0]["amount"], 1_050_000);

    let eve = Member::join().await;
    let body = json!({"subject_kind": "booking", "subject_id": id, "instalment": 1});
    assert!(eve.visitor.post("/payments/sessions", &body).await.status != 200, "a stranger pays nothing");
    assert_eq!(pay(&ada, &stripe, id, 1).await.amount, 1_050_000);
    booking(&ada, id, |it| it["status"] == "partially_paid").await;
    assert_eq!(pay(&ada, &stripe, id, 2).await.amount, 1_050_000);
    let paid = booking(&ada, id, |it| it["status"] == "paid").await;
    assert_eq!(paid["paid_amount"], 2_100_000);

    let named = name(&ada, id, 2).await.is(200).json();
    assert_eq!(named["status"], "confirmed");
    mail(&ada.email, "Booking confirmed").await;

    // More than 21 days before: all of what was paid for one of two.
    let first = named["participants"][0]["id"].as_str().unwrap();
    ada.visitor.put(&format!("/bookings/{id}/participants/{first}/cancel"), &json!({})).await.is(200);
    let back = booking(&ada, id, |it| it["refunded_amount"] == 1_050_000).await;
    assert_eq!(
        (&back["status"], &back["participants"][0]["status"]),
        (&json!("confirmed"), &json!("cancelled"))
    );
    let seats = ada.visitor.get(&format!("/batches/{batch}")).await.is(200).json();
    assert_eq!(seats["seats_left"], 3);
    ada.visitor.put(&format!("/bookings/{id}/cancel"), &json!({})).await.is(200);
    let back = booking(&ada, id, |it| it["refunded_amount"] == 2_100_000).await;
    assert_eq!(back["status"], "cancelled");
    let payments = ada.visitor.get("/payments").await.is(200).json()["data"].clone();
    let given_back = payments.as_array().unwrap().iter().filter_map(|it| it["refunded"].as_i64());
    assert_eq!(given_back.sum::<i64>(), 2_100_000);
}
