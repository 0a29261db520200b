//! A copy of everything for who asks, and nothing left of who went.

use std::io::{Cursor, Read as _};

use contracts::users::{ExportRequested, PartDone};
use kernel::{Problem, Timestamp};
use messaging::part_key;
use platform::files::Read;
use serde_json::{Value, json};
use testkit::{Fault, body, received};
use users::erasure::{Eraser, Erasure};
use users::export::{CONTEXTS, EXPORT_RUNNING, EXPORTED_TODAY, Export, Exports, bundle_key};
use users::profile::Photo;
use web::{Caller, Once};

use crate::common::{Scene, account};

struct Leaving {
    scene: Scene,
    exports: Exports,
    eraser: Eraser,
    ada: Caller,
}

impl Leaving {
    async fn open() -> Self {
        let scene = Scene::open().await;
        let files = scene.cloud.bucket().await;
        let exports = Exports { users: scene.users.clone(), files: files.clone() };
        let eraser = Eraser { users: scene.users.clone(), files };
        let ada = scene.join().await;
        Self { scene, exports, eraser, ada }
    }

    async fn ask(&self) -> ExportRequested {
        let begun = self.scene.users.request_export(&self.ada, Once::default()).await.unwrap();
        ExportRequested { user_id: self.ada.user_id, export_id: begun.body.id.to_string() }
    }

    async fn part(&self, export: &str, context: &str) {
        let part = PartDone {
            user_id: self.ada.user_id,
            context: context.into(),
            export_id: Some(export.to_owned()),
        };
        self.scene
            .cloud
            .files_aside()
            .write(&part_key(export, context), "application/json", b"{}".to_vec())
            .await
            .unwrap();
        self.exports.collect(&received(part), export).await.unwrap();
    }

    async fn erased_by(&self, context: &str) {
        let part = PartDone { user_id: self.ada.user_id, context: context.into(), export_id: None };
        self.scene.users.collect_erased(&received(part)).await.unwrap();
    }

    async fn look(&self, export: &str) -> Value {
        body(&self.exports.look(&self.ada, export.parse().unwrap()).await.unwrap())
    }

    async fn archive(&self, export: &str) -> Vec<(String, String)> {
        let Some(Read::File(bytes)) =
            self.scene.cloud.files_aside().read(&bundle_key(export), 1 << 20).await.unwrap()
        else {
            panic!("no bundle");
        };
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut files = Vec::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            files.push((file.name().unwrap().into_owned(), text));
        }
        files
    }

    /// Somebody with a little of everything, who left and whose time has come.
    async fn leave(&self) {
        let (users, ada) = (&self.scene.users, &self.ada);
        for target in ["a", "b", "c"] {
            let wish = users::wishlist::NewWish {
                kind: users::wishlist::WishKind::Tour,
                target_id: target.parse().unwrap(),
            };
            users.wish(ada, Once::default(), &wish).await.unwrap();
        }
        let export = self.ask().await.export_id;
        let mut profile = self.scene.profile(ada.user_id).await.unwrap();
        let [now, before] = ["now", "before"].map(|name| format!("media/users/{}/{name}.jpg", ada.user_id));
        profile.photo = Some(Photo { key: now.clone(), replaces: Some(before.clone()) });
        self.scene.cloud.put(self.scene.table(), &profile).await;
        for key in [now, before, bundle_key(&export), part_key(&export, "users")] {
            self.scene.cloud.files_aside().write(&key, "text/plain", b"Ada".to_vec()).await.unwrap();
        }
        let farewell = users::closing::Farewell { confirmation: "DELETE".into() };
        users.delete_me(ada, &farewell).await.unwrap();
        self.scene.make_due(ada.user_id).await;
    }

    /// What is left of the person: only that there was one to erase.
    async fn is_gone(&self) {
        assert_eq!(self.scene.cloud.files().await, Vec::<String>::new());
        let id = self.ada.user_id.to_string();
        for item in self.scene.cloud.items(self.scene.table()).await {
            let kind = item.get("kind").and_then(|kind| kind.as_s().ok()).cloned().unwrap_or_default();
            let of_ada = item.values().any(|value| value.as_s().is_ok_and(|text| text.contains(&id)));
            // For as long as late news may come, that there is nothing to be made of it again.
            let vanishing = ["gone", "manifest"].contains(&kind.as_str()) && item.contains_key("expires");
            assert!(!of_ada || vanishing || ["erasure", "outbox"].contains(&kind.as_str()), "{item:?}");
        }
        assert_eq!(self.scene.told().await["users.user.erased"], 1);
    }
}

#[tokio::test]
async fn an_export_is_ready_when_the_last_part_has_come() {
    let leaving = Leaving::open().await;
    let asked = leaving.ask().await;
    let export = asked.export_id.clone();
    assert_eq!(leaving.look(&export).await["state"], "pending");
    let again = leaving.scene.users.request_export(&leaving.ada, Once::default()).await;
    assert_eq!(again.err().unwrap().problem, EXPORT_RUNNING);

    let message = received(asked);
    leaving.exports.export_own(&message).await.unwrap();
    leaving.exports.export_own(&message).await.unwrap();
    assert_eq!(leaving.scene.told().await["users.part_done"], 1);
    let part =
        PartDone { user_id: leaving.ada.user_id, context: "users".into(), export_id: Some(export.clone()) };
    leaving.exports.collect(&received(part), &export).await.unwrap();
    leaving.part(&export, "identity").await;
    assert_eq!(leaving.look(&export).await["state"], "pending");
    for context in others(&["identity", "users"]) {
        leaving.part(&export, context).await;
    }

    let view = leaving.look(&export).await;
    assert_eq!((&view["state"], &view["missing"]), (&json!("ready"), &json!([])));
    assert!(view["download_url"].as_str().unwrap().contains("bundle.zip"));
    let archive = leaving.archive(&export).await;
    let names: Vec<_> = archive.iter().map(|(name, _)| name.as_str()).collect();
    let parts: Vec<_> = CONTEXTS.iter().map(|context| format!("{context}.json")).collect();
    assert_eq!(
        (names[0], &names[1..]),
        ("about.json", &parts.iter().map(String::as_str).collect::<Vec<_>>()[..])
    );
    let own = &archive.iter().find(|(name, _)| name == "users.json").unwrap().1;
    assert!(own.contains("Lovelace") && !own.contains("gsi2pk"));
    assert_eq!(leaving.scene.cloud.files().await, [bundle_key(&export)], "the parts are in it");

    let today = leaving.scene.users.request_export(&leaving.ada, Once::default()).await;
    assert_eq!(today.err().unwrap().problem, EXPORTED_TODAY);
    let eve = leaving.scene.join().await;
    let strangers = leaving.exports.look(&eve, export.parse().unwrap()).await;
    assert_eq!(strangers.err().unwrap().problem, Problem::NOT_FOUND);
}

/// All contexts that know something of people but these.
fn others(but: &[&str]) -> Vec<&'static str> {
    CONTEXTS.into_iter().filter(|context| !but.contains(context)).collect()
}

#[tokio::test]
async fn at_the_deadline_what_is_missing_is_named_and_nothing_at_all_is_a_failure() {
    for came in [true, false] {
        let leaving = Leaving::open().await;
        let export = leaving.ask().await.export_id;
        if came {
            leaving.part(&export, "notifications").await;
        }
        assert_eq!(leaving.exports.finish_due().await.unwrap(), 0, "not yet");
        let key = Export::key_of(leaving.ada.user_id);
        let mut late: Export = leaving.scene.table().get(&key).await.unwrap().unwrap();
        late.deadline = Timestamp::from_second(1).unwrap();
        leaving.scene.cloud.put(leaving.scene.table(), &late).await;
        assert_eq!(leaving.exports.finish_due().await.unwrap(), 1);
        assert_eq!(leaving.exports.finish_due().await.unwrap(), 0);
        let view = leaving.look(&export).await;
        if came {
            assert_eq!(
                (&view["state"], &view["missing"]),
                (&json!("ready"), &json!(others(&["notifications"])))
            );
            assert!(leaving.archive(&export).await[0].1.contains("identity"));
        } else {
            assert_eq!(view["state"], "failed");
            leaving.ask().await;
        }
    }
}

#[tokio::test]
async fn nobody_is_erased_before_their_time() {
    let leaving = Leaving::open().await;
    let farewell = users::closing::Farewell { confirmation: "DELETE".into() };
    leaving.scene.users.delete_me(&leaving.ada, &farewell).await.unwrap();
    assert_eq!(leaving.eraser.erase_due().await.unwrap(), 0);
    assert!(!leaving.eraser.erase(leaving.ada.user_id).await.unwrap());
    assert!(leaving.scene.profile(leaving.ada.user_id).await.is_some());
}

#[tokio::test]
async fn an_erased_person_does_not_come_back_and_the_erasure_ends_when_all_have_done_their_part() {
    let leaving = Leaving::open().await;
    leaving.leave().await;
    assert_eq!(leaving.eraser.erase_due().await.unwrap(), 1);
    leaving.is_gone().await;
    leaving.scene.users.keep(&account(leaving.ada.user_id, 99)).await.unwrap();
    assert_eq!(leaving.scene.profile(leaving.ada.user_id).await, None);

    leaving.erased_by("identity").await;
    let key = Erasure::key_of(leaving.ada.user_id);
    let mut open: Erasure = leaving.scene.table().get(&key).await.unwrap().unwrap();
    open.deadline = Timestamp::from_second(1).unwrap();
    leaving.scene.cloud.put(leaving.scene.table(), &open).await;
    let overdue = leaving.eraser.erase_due().await.err().unwrap();
    let missing = others(&["identity", "users"]).join(", ");
    assert!(overdue.for_operator().unwrap().contains(&format!("overdue in {missing}")));
    for context in others(&["identity", "users"]) {
        leaving.erased_by(context).await;
    }
    assert_eq!(leaving.eraser.erase_due().await.unwrap(), 0);
}

/// The run dies before and after each of its calls in turn, and then runs again.
#[tokio::test]
async fn an_erasure_that_dies_at_any_step_and_is_repeated_leaves_nothing() {
    let mut steps = 0;
    for fault in [Fault::DeathBefore, Fault::DeathAfter] {
        for operation in ["Query", "GetItem", "TransactWriteItems", "BatchWriteItem", "DeleteObject"] {
            for passing in 0.. {
                let leaving = Leaving::open().await;
                leaving.leave().await;
                leaving.scene.cloud.faults().after(passing, operation, fault);
                let run = leaving.eraser.erase_due().await;
                let died = leaving.scene.cloud.faults().is_dead();
                assert!(!died || run.is_err() || fault == Fault::DeathAfter);
                leaving.scene.cloud.faults().calm();
                leaving.eraser.erase_due().await.unwrap();
                leaving.is_gone().await;
                steps += usize::from(died);
                if !died {
                    break;
                }
            }
        }
    }
    assert!(steps > 20, "{steps}");
}

#[tokio::test]
async fn an_erasure_that_is_run_by_several_at_once_tells_everybody_once() {
    let leaving = Leaving::open().await;
    leaving.leave().await;
    let (one, other) = tokio::join!(leaving.eraser.erase_due(), leaving.eraser.erase_due());
    for failure in [one.err(), other.err()].into_iter().flatten() {
        assert_ne!(failure.problem, Problem::NOT_FOUND);
    }
    leaving.eraser.erase_due().await.unwrap();
    leaving.is_gone().await;
}
