//! Photos: what is uploaded is checked and cut, and nothing else stays.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use kernel::Problem;
use messaging::Upload;
use testkit::{Fault, Faults, received};
use users::photo::{NewPhoto, PhotoType, Photos};
use users::preferences::{Privacy, Visibility};
use users::profile::PhotoState;
use web::{Caller, Reply};

use crate::common::Scene;

struct Studio {
    scene: Scene,
    photos: Photos,
    ada: Caller,
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(width, height)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

impl Studio {
    async fn open() -> Self {
        let scene = Scene::open().await;
        let files = scene.cloud.bucket().await;
        let photos = Photos { users: scene.users.clone(), files };
        let ada = scene.join().await;
        Self { scene, photos, ada }
    }

    /// Announces a photo and uploads a file in its place; answers where it lies.
    async fn upload(&self, file: &[u8]) -> String {
        let new = NewPhoto { content_type: PhotoType::Png, size: file.len() as u64 };
        self.photos.announce(&self.ada, &new).await.unwrap();
        let profile = self.scene.profile(self.ada.user_id).await.unwrap();
        let upload = profile.photo_status.unwrap().upload.unwrap();
        let key = format!("uploads/users/{}/{upload}", self.ada.user_id);
        let files = self.scene.cloud.files_aside();
        files.write(&key, "image/png", file.to_vec()).await.unwrap();
        key
    }

    async fn process(&self, key: &str) {
        self.photos.process(&received(upload(key))).await.unwrap();
    }

    async fn state(&self) -> (PhotoState, Option<String>) {
        let status = self.scene.profile(self.ada.user_id).await.unwrap().photo_status.unwrap();
        (status.state, status.reason)
    }

    fn faults(&self) -> &Faults {
        self.scene.cloud.faults()
    }
}

fn upload(key: &str) -> Upload {
    Upload { key: key.into(), size: 1 }
}

#[tokio::test]
async fn a_photo_is_cut_shown_and_replaces_the_one_before() {
    let studio = Studio::open().await;
    let key = studio.upload(&picture(800, 600)).await;
    assert_eq!(studio.state().await.0, PhotoState::Pending);
    studio.process(&key).await;
    assert_eq!(studio.state().await.0, PhotoState::Ready);
    let first = studio.scene.cloud.files().await;
    assert!(first.len() == 1 && first[0].starts_with("media/users/"), "{first:?}");

    testkit::next_millisecond().await;
    let key = studio.upload(&picture(40, 50)).await;
    studio.process(&key).await;
    let second = studio.scene.cloud.files().await;
    assert!(second.len() == 1 && second != first, "{second:?}");
    assert_eq!(studio.scene.told().await["users.user.photo_uploaded"], 2);

    let link = studio.photos.show(None, studio.ada.user_id).await.unwrap();
    assert!(link.location.contains(&second[0]) && link.location.contains("X-Amz-Signature"));
    assert_eq!(link.to_response().header("cache-control"), Some("public, max-age=300"));
    let private = Privacy { visibility: Visibility::Private, show_email: false, show_phone: false };
    studio.scene.users.set_privacy(&studio.ada, private).await.unwrap();
    let hidden = studio.photos.show(None, studio.ada.user_id).await.err().unwrap();
    assert_eq!(hidden.problem, Problem::NOT_FOUND);
    let own = studio.photos.show(Some(&studio.ada), studio.ada.user_id).await.unwrap();
    assert_eq!(own.to_response().header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn what_is_no_photo_leaves_nothing_but_the_reason() {
    let studio = Studio::open().await;
    // The last one was announced smaller than it is.
    for file in [&b"<svg onload='alert(1)'/>"[..], b"\x7fELF", b"x", &vec![0; 5 * 1024 * 1024 + 1]] {
        let key = studio.upload(&file[..1]).await;
        let files = studio.scene.cloud.files_aside();
        files.write(&key, "image/png", file.to_vec()).await.unwrap();
        studio.process(&key).await;
        let (state, reason) = studio.state().await;
        assert_eq!(state, PhotoState::Refused);
        assert!(reason.is_some());
        assert_eq!(studio.scene.cloud.files().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_older_upload_that_comes_late_does_not_replace_a_newer_one() {
    let studio = Studio::open().await;
    let older = studio.upload(&picture(10, 10)).await;
    testkit::next_millisecond().await;
    let newer = studio.upload(&picture(20, 20)).await;
    studio.process(&newer).await;
    studio.process(&older).await;
    let photo = studio.scene.profile(studio.ada.user_id).await.unwrap().photo.unwrap();
    assert!(photo.key.contains(newer.rsplit('/').next().unwrap()));
    assert_eq!(studio.scene.cloud.files().await, [photo.key]);
}

#[tokio::test]
async fn what_nobody_announced_or_a_person_who_left_uploaded_is_thrown_away() {
    let studio = Studio::open().await;
    let files = studio.scene.cloud.files_aside();
    for key in ["uploads/users/nobody/x", "uploads/users/../x"] {
        files.write(key, "image/png", picture(5, 5)).await.unwrap();
        studio.process(key).await;
    }
    let key = studio.upload(&picture(10, 10)).await;
    let farewell = users::closing::Farewell { confirmation: "DELETE".into() };
    studio.scene.users.delete_me(&studio.ada, &farewell).await.unwrap();
    studio.process(&key).await;
    assert_eq!(studio.scene.cloud.files().await, Vec::<String>::new());
}

/// Dies at every call in turn, before it and after it; the message comes again.
#[tokio::test]
async fn whatever_dies_in_between_the_photo_hangs_once_and_nothing_lies_around() {
    for fault in [Fault::DeathBefore, Fault::DeathAfter] {
        for operation in ["GetItem", "TransactWriteItems", "GetObject", "PutObject", "DeleteObject"] {
            for passing in 0..3 {
                let studio = Studio::open().await;
                studio.process(&studio.upload(&picture(10, 10)).await).await;
                testkit::next_millisecond().await;
                let key = studio.upload(&picture(20, 20)).await;
                let message = received(upload(&key));
                studio.faults().after(passing, operation, fault);
                let _ = studio.photos.process(&message).await;
                studio.faults().calm();
                studio.photos.process(&message).await.unwrap();
                let photo = studio.scene.profile(studio.ada.user_id).await.unwrap().photo.unwrap();
                assert_eq!(studio.scene.cloud.files().await, [photo.key]);
                assert_eq!(studio.scene.told().await["users.user.photo_uploaded"], 2);
            }
        }
    }
}
