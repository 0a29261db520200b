//! The payment provider of the tests: everybody pays at one, and each test sees its own.

use testkit::stripe::{self, Receiver};

#[tokio::test]
async fn a_payment_is_made_and_its_event_comes_signed() {
    let receiver = Receiver::open();
    let (status, intent) =
        stripe::ask("/v1/payment_intents", &[("amount", "500"), ("currency", "eur")]).await;
    assert_eq!(status, 200, "{intent}");
    let secret = intent["client_secret"].as_str().unwrap();
    let (status, refused) = stripe::pay(secret, "pm_card_visa_chargeDeclined").await;
    assert_eq!((status, &refused["error"]["code"]), (402, &"card_declined".into()));
    let (status, paid) = stripe::pay(secret, "pm_card_visa").await;
    assert_eq!((status, &paid["status"]), (200, &"succeeded".into()), "{paid}");
    let delivery = receiver.event("payment_intent.succeeded", intent["id"].as_str().unwrap()).await;
    assert!(delivery.signature.starts_with("t=") && delivery.signature.contains(",v1="));
    assert_eq!(delivery.event()["data"]["object"]["id"], intent["id"]);
}

#[tokio::test]
async fn a_page_is_paid() {
    let form = [
        ("mode", "payment"),
        ("success_url", "https://app.example/{CHECKOUT_SESSION_ID}"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "500"),
        ("line_items[0][price_data][product_data][name]", "Tour"),
    ];
    let (status, session) = stripe::ask("/v1/checkout/sessions", &form).await;
    assert_eq!(status, 200, "{session}");
    let id = session["id"].as_str().unwrap();
    assert_eq!(stripe::pay_page(id, "4000000000000002").await, 402);
    assert_eq!(stripe::pay_page(id, "4242424242424242").await, 303);
}
