//! A copy for who asks, and nothing for who went.

use contracts::users::{ExportRequested, UserErased};
use kernel::UserId;
use messaging::part_key;
use notifications::personal::Copier;
use notifications::recipient::{Recipient, Recipients};
use platform::files::Read;
use testkit::{Cloud, Fault, read, received};

use crate::common::{House, account, caller, told};

async fn parts_told(cloud: &Cloud, recipients: &Recipients) -> usize {
    cloud.told(&recipients.table, "users.part_done").await.len()
}

#[tokio::test]
async fn a_copy_is_written_and_told_once() {
    let cloud = Cloud::open().await;
    let recipients = Recipients { table: cloud.table("notifications").await };
    let files = cloud.bucket().await;
    let copier = Copier { table: recipients.table.clone(), files: files.clone() };
    let user = UserId::new();
    recipients.keep(account(user, 1)).await.unwrap();

    let asked = received(ExportRequested { user_id: user, export_id: "01JD2QK8N4M5V6W7X8Y9ZABCDE".into() });
    copier.export(&asked).await.unwrap();
    copier.export(&asked).await.unwrap();
    let Some(Read::File(file)) =
        files.read(&part_key(&asked.export_id, "notifications"), 10_000).await.unwrap()
    else {
        panic!("no file");
    };
    let file = String::from_utf8(file).unwrap();
    assert!(file.contains("@example.com") && !file.contains("\"pk\""), "{file}");
    assert_eq!(parts_told(&cloud, &recipients).await, 1);
}

#[tokio::test]
async fn an_erased_person_is_forgotten_whatever_dies_in_between_and_stays_so() {
    for fault in [Fault::DeathBefore, Fault::DeathAfter] {
        for operation in ["Query", "BatchWriteItem", "TransactWriteItems"] {
            let cloud = Cloud::open().await;
            let recipients = Recipients { table: cloud.table("notifications").await };
            let user = UserId::new();
            recipients.keep(account(user, 1)).await.unwrap();
            let mut more = recipients.table.item(&Recipient::key_of(user), true).await.unwrap().unwrap();
            more.insert("sk".into(), store::expression::text("NOTICE#1"));
            cloud.put_item(&recipients.table, more).await;

            let erased = received(UserErased { user_id: user });
            cloud.faults().next(operation, fault);
            let _ = recipients.erase(&erased).await;
            cloud.faults().calm();
            recipients.erase(&erased).await.unwrap();
            recipients.keep(account(user, 2)).await.unwrap();
            let left = cloud.items(&recipients.table).await;
            assert!(!format!("{left:?}").contains("@example.com"), "{left:?}");
            let nobody: Recipient = recipients.table.get(&Recipient::key_of(user)).await.unwrap().unwrap();
            assert_eq!(nobody, Recipient::nobody(user));
            assert_eq!(parts_told(&cloud, &recipients).await, 1);
        }
    }
}

#[tokio::test]
async fn everything_goes_with_a_person_and_nothing_reaches_them_afterwards() {
    let house = House::open().await;
    house
        .notifications
        .notify(&told("bookings.booking.confirmed", "booking_confirmed", house.ada))
        .await
        .unwrap();
    let device = read(serde_json::json!({"platform": "ios", "token": "a-token-of-an-app"}));
    house.notifications.add_device(&caller(house.ada), web::Once::default(), &device).await.unwrap();
    assert_eq!((house.notices().await.len(), house.mails().await.len()), (1, 1));

    house.recipients.erase(&received(UserErased { user_id: house.ada })).await.unwrap();
    house
        .notifications
        .notify(&told("bookings.booking.confirmed", "booking_confirmed", house.ada))
        .await
        .unwrap();
    assert!(house.notices().await.is_empty() && house.mails().await.is_empty());
    let left = house.cloud.items(&house.notifications.table).await;
    let kinds: Vec<_> = left.iter().filter_map(|item| item.get("kind")?.as_s().ok()).collect();
    assert!(kinds.iter().all(|kind| ["recipient", "done", "outbox"].contains(&kind.as_str())), "{kinds:?}");
}
