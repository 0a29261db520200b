//! What happens between the contexts: nothing is lost, nothing blocks, and what was given up comes back.

use acceptance::{
    Member, SOON, address, chore, cloud, envelope, eventually, mails_to, put_into_queue, queue_url,
};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::QueueAttributeName;
use kernel::UserId;
use kernel::id::Ulid;
use serde_json::{Value, json};
use testkit::Cloud;

const RECIPIENTS: &str = "caravan-local-notifications";

async fn recipient(cloud: &Cloud, user: &str) -> Option<Value> {
    let request = cloud.aside().dynamodb().get_item().table_name(RECIPIENTS);
    let request = request.key("pk", AttributeValue::S(format!("USER#{user}")));
    let answer = request.key("sk", AttributeValue::S("RECIPIENT".into())).consistent_read(true).send().await;
    let item = answer.expect("the table").item?;
    Some(json!({"email": item["email"].as_s().ok()?, "reachable": item["reachable"].as_bool().ok()?}))
}

fn account_changed(user: UserId, version: u64, email: &str) -> Value {
    let data = json!({
        "user_id": user, "version": version, "email": email, "given_name": "Ada", "family_name": "Lovelace",
        "roles": ["user"], "verified": true, "active": true,
    });
    envelope("identity.account.changed", data)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_twice_or_late_has_one_effect() {
    let (cloud, user) = (cloud(), UserId::new());
    let newest = account_changed(user, 3, "new@example.com");
    for event in [&newest, &account_changed(user, 2, "old@example.com"), &newest] {
        put_into_queue("keep-recipients", event).await;
    }
    let last = account_changed(UserId::new(), 1, "last@example.com");
    put_into_queue("keep-recipients", &last).await;
    let user = user.to_string();
    let kept = eventually("the projection", SOON, || recipient(&cloud, &user)).await;
    assert_eq!(kept["email"], "new@example.com");

    let (id, email) = (UserId::new(), address("ada"));
    let verified =
        envelope("identity.user.verified", json!({"user_id": id, "email": email, "given_name": "Ada"}));
    let welcome = queue_url(&cloud, "notify-people").await;
    for _ in 0..3 {
        put_into_queue("notify-people", &verified).await;
    }
    let emptied = || async {
        let request = cloud.aside().sqs().get_queue_attributes().queue_url(&welcome);
        let answer = request.attribute_names(QueueAttributeName::All).send().await.ok()?.attributes?;
        let none = |name| answer.get(&name).is_some_and(|count| count == "0");
        (none(QueueAttributeName::ApproximateNumberOfMessages)
            && none(QueueAttributeName::ApproximateNumberOfMessagesNotVisible))
        .then_some(())
    };
    eventually("the last delivery", SOON, emptied).await;
    acceptance::mail(&email, "Welcome").await;
    assert_eq!(mails_to(&email).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_message_ends_in_the_dead_letter_queue_and_redrive_brings_it_back() {
    let cloud = cloud();
    let queue = queue_url(&cloud, "notify-people").await;
    let dead = queue_url(&cloud, "notify-people-dlq").await;
    // Five receives would take a quarter of an hour at the real visibility timeout.
    let quick = cloud.aside().sqs().set_queue_attributes().queue_url(&queue);
    quick.attributes(QueueAttributeName::VisibilityTimeout, "1").send().await.unwrap();

    let poison = envelope("identity.user.verified", json!({"nonsense": Ulid::generate().to_string()}));
    let email = address("ada");
    let neighbour = envelope(
        "identity.user.verified",
        json!({"user_id": UserId::new(), "email": email, "given_name": "Ada"}),
    );
    for event in [&poison, &neighbour] {
        put_into_queue("notify-people", event).await;
    }
    acceptance::mail(&email, "Welcome").await;
    let arrived = || async { waiting(&cloud, &dead).await.filter(|count| *count >= 1) };
    eventually("the dead letter", std::time::Duration::from_secs(60), arrived).await;
    assert_eq!(mails_to(&email).await.len(), 1, "the neighbour was repeated");

    let said = String::from_utf8(chore(&["redrive", "notify-people"]).stdout).unwrap();
    assert!(said.contains("moved 1"), "{said}");
    // Still poison: it comes back to where it was, so it was really tried again.
    eventually("the dead letter again", std::time::Duration::from_secs(60), arrived).await;
}

async fn waiting(cloud: &Cloud, queue: &str) -> Option<u64> {
    let name = QueueAttributeName::ApproximateNumberOfMessages;
    let request = cloud.aside().sqs().get_queue_attributes().queue_url(queue).attribute_names(name.clone());
    request.send().await.ok()?.attributes?.get(&name)?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_fills_an_empty_projection() {
    let (cloud, member) = (cloud(), Member::join().await);
    let user = member.id().await;
    let there =
        || async { recipient(&cloud, &user).await.filter(|recipient| recipient["reachable"] == true) };
    eventually("the projection", SOON, there).await;
    let delete = cloud.aside().dynamodb().delete_item().table_name(RECIPIENTS);
    let delete = delete.key("pk", AttributeValue::S(format!("USER#{user}")));
    delete.key("sk", AttributeValue::S("RECIPIENT".into())).send().await.unwrap();
    chore(&["replay", "identity", "--to", "keep-recipients"]);
    let kept = eventually("the projection again", SOON, there).await;
    assert_eq!(kept["email"], member.email);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_looks_up_the_parts_of_every_context() {
    let (cloud, member) = (cloud(), Member::join().await);
    let user = member.id().await;
    // There is no endpoint yet that makes an administrator.
    let roles = AttributeValue::L(vec![AttributeValue::S("admin".into())]);
    let update = cloud.aside().dynamodb().update_item().table_name("caravan-local-identity");
    let update = update
        .key("pk", AttributeValue::S(format!("USER#{user}")))
        .key("sk", AttributeValue::S("ACCOUNT".into()));
    let update =
        update.update_expression("SET #roles = :roles").expression_attribute_names("#roles", "roles");
    update.expression_attribute_values(":roles", roles).send().await.unwrap();
    let admin = Member::log_in(&member.email).await;
    let services = admin.visitor.get("/services").await.is(200).json();
    let identity = services.as_array().unwrap().iter().find(|service| service["name"] == "identity").unwrap();
    for part in ["api-id", "table-name", "topic-arn", "queue/identity-mail/arn"] {
        assert!(identity["parts"][part].is_string(), "{part}: {identity}");
    }
}
