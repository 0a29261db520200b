//! Notifications: what happens reaches the app and the mailbox, by the channels somebody likes, and nobody else.

use acceptance::{
    Member, SOON, Visitor, address, envelope, eventually, mail, mails_to, put_into_queue, send, tell_queue,
};
use kernel::id::Ulid;
use kernel::time;
use reqwest::Method;
use serde_json::{Value, json};

fn booking(user: &str) -> Value {
    json!({
        "booking_id": Ulid::generate().to_string(),
        "reference": "CT-7K2M9",
        "user_id": user,
        "owner_kind": "trek",
        "owner_id": Ulid::generate().to_string(),
        "owner_name": "Annapurna <Circuit>",
        "batch_id": Ulid::generate().to_string(),
        "start_date": "2027-04-10T00:00:00Z",
        "end_date": "2027-04-24T00:00:00Z",
        "participants": 2,
        "total": 248_000,
        "paid": 248_000,
        "currency": "EUR",
    })
}

/// Waits for a notification of a type.
async fn notice(member: &Member, kind: &str) -> Value {
    let found = || async {
        let list = member.visitor.get(&format!("/notifications?type={kind}")).await.is(200).json();
        list["data"][0].as_object().map(|notice| json!(notice))
    };
    eventually(&format!("a notification {kind}"), SOON, found).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_booking_is_in_the_app_and_in_the_mailbox_once() {
    let (member, stranger) = (Member::join().await, Member::join().await);
    let told = envelope("bookings.booking.confirmed", booking(&member.id().await));
    for _ in 0..3 {
        put_into_queue("notify-people", &told).await;
    }
    let notice = notice(&member, "booking_confirmed").await;
    assert_eq!(notice["title"], "Booking confirmed: CT-7K2M9");
    let sent = mail(&member.email, "Booking confirmed: CT-7K2M9").await;
    assert!(sent.text.contains("Hello Ada") && sent.text.contains("2480.00 EUR are paid"), "{}", sent.text);
    assert!(sent.text.contains("10 April 2027"));

    let path = format!("/notifications/{}", notice["id"].as_str().unwrap());
    stranger.visitor.bare(Method::PATCH, &format!("{path}/read")).await.is_problem(404, "not-found");
    stranger.visitor.delete(&path).await.is_problem(404, "not-found");
    let count = member.visitor.get("/notifications/unread-count").await.is(200).json();
    assert!(count["count"].as_u64().unwrap() >= 1 && count["more"] == false);
    member.visitor.bare(Method::PATCH, &format!("{path}/read")).await.is(200);
    let unread = member.visitor.get("/notifications?unread=true&type=booking_confirmed").await.is(200).json();
    assert_eq!(unread["data"], json!([]));
    member.visitor.delete(&path).await.is(204);
    member.visitor.delete(&path).await.is_problem(404, "not-found");

    member.visitor.bare(Method::PATCH, "/notifications/read-all").await.is(204);
    let none = || async {
        let count = member.visitor.get("/notifications/unread-count").await.is(200).json();
        (count["count"] == 0).then_some(())
    };
    eventually("nothing unread", SOON, none).await;
    member.visitor.delete("/notifications").await.is(204);
    assert_eq!(member.visitor.get("/notifications").await.is(200).json()["data"], json!([]));
    let mails = mails_to(&member.email).await.into_iter().filter(|it| it.subject.contains("CT-7K2M9"));
    assert_eq!(mails.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_switched_a_mail_off_gets_none_and_security_mail_comes_anyway() {
    let member = Member::join().await;
    mail(&member.email, "Welcome to Caravan").await;
    let off = json!({"types": [{"type": "booking_cancelled", "email": false}]});
    let view = member.visitor.put("/notifications/preferences", &off).await;
    let types = view.is(200).json()["types"].as_array().cloned().unwrap();
    let of = |kind: &str| types.iter().find(|it| it["type"] == kind).cloned().unwrap();
    assert_eq!(of("booking_cancelled")["email"], false);
    assert_eq!(of("password_changed")["mandatory"], true);
    let security = json!({"types": [{"type": "password_changed", "email": false}]});
    member.visitor.put("/notifications/preferences", &security).await.is_problem(400, "invalid-request");

    let user = member.id().await;
    let mut cancelled = booking(&user);
    cancelled["by"] = json!("customer");
    cancelled["was_confirmed"] = json!(true);
    cancelled["refund"] = json!(0);
    tell_queue("notify-people", "bookings.booking.cancelled", cancelled).await;
    notice(&member, "booking_cancelled").await;
    tell_queue("notify-people", "identity.password.changed", json!({"user_id": user})).await;
    mail(&member.email, "Your Caravan password was changed").await;
    assert!(mails_to(&member.email).await.iter().all(|it| !it.subject.contains("cancelled")));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_in_a_mail_ends_such_mails_and_looking_at_the_link_does_not() {
    let member = Member::join().await;
    mail(&member.email, "Welcome to Caravan").await;
    tell_queue("notify-people", "bookings.booking.confirmed", booking(&member.id().await)).await;
    let sent = mail(&member.email, "Booking confirmed").await;
    let (_, link) = sent.text.split_once("/api/v1/notifications/unsubscribe/").expect("a link in the mail");
    let token = link.split_whitespace().next().unwrap();
    let path = format!("/notifications/unsubscribe/{token}");
    let wants = || async {
        let view = member.visitor.get("/notifications/preferences").await.is(200).json();
        let types = view["types"].as_array().cloned().unwrap();
        types.iter().find(|it| it["type"] == "booking_confirmed").unwrap()["email"].clone()
    };
    let page = Visitor::new().get(&path).await;
    assert!(page.is(200).text.contains("<form"));
    assert_eq!(wants().await, json!(true));
    let click = Visitor::new().request(Method::POST, &format!("/api/v1{path}"));
    let click =
        click.header("content-type", "application/x-www-form-urlencoded").body("List-Unsubscribe=One-Click");
    send(click).await.is(200);
    assert_eq!(wants().await, json!(false));
    Visitor::new().get("/notifications/unsubscribe/forged").await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_bounced_gets_no_more_mail_and_administrators_see_why() {
    let (admin, member) = (Member::admin().await, Member::join().await);
    mail(&member.email, "Welcome to Caravan").await;
    let user = member.id().await;
    tell_queue("notify-people", "bookings.booking.confirmed", booking(&user)).await;
    mail(&member.email, "Booking confirmed").await;
    let log = |template: &'static str| {
        let (visitor, user) = (admin.visitor.clone(), user.clone());
        async move {
            let list = visitor.get(&format!("/admin/email-log?user_id={user}")).await.is(200).json();
            let mails = list["data"].as_array().cloned().unwrap();
            mails.into_iter().find(|mail| mail["template"] == template)
        }
    };
    let sent = || async { log("booking_confirmed").await.filter(|mail| mail["status"] == "sent") };
    let sent = eventually("the mail is sent", SOON, sent).await;
    let bounce = json!({
        "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Email Bounced",
        "source": "aws.ses", "time": time::now(), "region": "us-east-1", "resources": [],
        "detail": {
            "eventType": "Bounce",
            "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": member.email}]},
            "mail": {"messageId": sent["provider_id"], "tags": {"mail": [sent["id"]]}},
        },
    });
    put_into_queue("suppress-addresses", &bounce).await;
    let bounced = || async { log("booking_confirmed").await.filter(|mail| mail["status"] == "bounced") };
    let mail = eventually("the bounce in the log", SOON, bounced).await;

    tell_queue("notify-people", "bookings.booking.paid", booking(&user)).await;
    let suppressed = || async { log("booking_paid").await.filter(|mail| mail["status"] == "suppressed") };
    eventually("the next mail is suppressed", SOON, suppressed).await;
    let resend = format!("/admin/email-log/{}/resend", mail["id"].as_str().unwrap());
    member.visitor.bare(Method::POST, &resend).await.is_problem(403, "forbidden");
    admin.visitor.bare(Method::POST, &resend).await.is(202);
    assert!(mails_to(&member.email).await.iter().all(|it| !it.subject.contains("Booking paid")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_tells_everybody_with_a_role_and_nobody_else() {
    let (admin, worker, other) =
        (Member::admin().await, Member::join_as("worker").await, Member::join().await);
    mail(&worker.email, "Welcome to Caravan").await;
    mail(&other.email, "Welcome to Caravan").await;
    let news =
        json!({"to": {"role": "worker"}, "title": "For workers", "content": "Hello", "action_url": "/news"});
    other.visitor.post("/notifications/system", &news).await.is_problem(403, "forbidden");
    admin.visitor.post("/notifications/system", &news).await.is(202);
    assert_eq!(notice(&worker, "system").await["title"], "For workers");
    assert_eq!(other.visitor.get("/notifications?type=system").await.is(200).json()["data"], json!([]));
    let direct = json!({"to": {"user_id": other.id().await}, "title": "For you", "content": "Hello"});
    admin.visitor.post("/notifications/system", &direct).await.is(202);
    assert_eq!(notice(&other, "system").await["title"], "For you");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_previewed_and_broken_ones_are_refused() {
    let (admin, member) = (Member::admin().await, Member::join().await);
    member.visitor.get("/admin/notification-templates").await.is_problem(403, "forbidden");
    let list = admin.visitor.get("/admin/notification-templates").await.is(200).json();
    assert!(list["data"].as_array().is_some_and(|all| all.len() >= 70));
    let path = "/admin/notification-templates/booking_cancelled";
    let template = admin.visitor.get(path).await.is(200).json();
    assert!(template["variables"].as_array().unwrap().contains(&json!("refund")));
    let preview = json!({"locale": "de", "variables": "{\"owner_name\": \"<b>Anna</b>\"}"});
    let said = admin.visitor.post(&format!("{path}/preview"), &preview).await.is(200).json();
    assert!(said["subject"].as_str().unwrap().starts_with("Buchung storniert"));
    assert!(
        said["html"].as_str().unwrap().contains("&lt;b&gt;Anna")
            && said["text"].as_str().unwrap().contains("<b>")
    );
    let broken = json!({"locale": "en", "subject": "{{ nothing }}", "short": "x", "text": "x", "html": "x"});
    admin.visitor.put(path, &broken).await.is_problem(400, "invalid-request");
    admin.visitor.get("/admin/notification-templates/none").await.is_problem(404, "not-found");
    // One that nothing else here waits for.
    let path = "/admin/notification-templates/mfa_disabled";
    let own = json!({"locale": "en", "subject": "Off", "short": "Off.", "text": "Off", "html": "<p>Off</p>"});
    let saved = admin.visitor.put(path, &own).await;
    assert!(saved.is(200).json()["version"].as_u64() >= Some(1));
    tell_queue("notify-people", "identity.mfa.disabled", json!({"user_id": member.id().await})).await;
    assert_eq!(notice(&member, "mfa_disabled").await["title"], "Off");
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_belong_to_one_person_at_a_time() {
    let (member, other) = (Member::join().await, Member::join().await);
    let device = json!({"platform": "android", "token": format!("token-{}", Ulid::generate())});
    let added = member.visitor.post("/notifications/devices", &device).await;
    let path = format!("/notifications/devices/{}", added.is(201).field("id"));
    assert!(!added.text.contains("token-"));
    other.visitor.post("/notifications/devices", &device).await.is(201);
    assert_eq!(member.visitor.get("/notifications/devices").await.is(200).json()["data"], json!([]));
    member.visitor.delete(&path).await.is_problem(404, "not-found");
    other.visitor.delete(&path).await.is(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_context_has_somebody_without_an_account_told_once() {
    let guest = address("guest");
    let wish = json!({
        "key": Ulid::generate().to_string(),
        "template": "participant_confirmation",
        "recipient": {"email": guest},
        "variables": {"owner_name": "Annapurna", "start_date": "2027-04-10T00:00:00Z"},
    });
    for _ in 0..2 {
        tell_queue("send-requested", "notifications.send", wish.clone()).await;
    }
    mail(&guest, "You come along: Annapurna").await;
    assert_eq!(mails_to(&guest).await.len(), 1);
}
