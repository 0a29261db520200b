//! Pictures: what is uploaded is checked, cut and hung, and nothing else stays.

use std::io::Cursor;

use contracts::tours::{TourChanged, TrekChanged};
use image::{DynamicImage, ImageFormat, RgbImage};
use kernel::{Problem, Role};
use messaging::Upload;
use serde_json::{Value, json};
use testkit::{Fault, read, received};
use tours::images::{Gallery, HEIGHT, ImageName, ImageState, ImagesTold, NewImages, Owner, WIDTH};
use tours::tour::body::TourPatch;
use tours::tour::{TourId, TourView};
use web::Reply;

use crate::common::{self, Scene, caller};

struct Studio {
    scene: Scene,
    gallery: Gallery,
    tour: TourView,
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(width, height)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A PNG of one pixel that says it were larger.
fn bomb() -> Vec<u8> {
    let mut png = picture(1, 1);
    png[16..20].copy_from_slice(&50_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&50_000_u32.to_be_bytes());
    let sum = !png[12..29].iter().fold(!0_u32, |sum, byte| {
        (0..8)
            .fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (!(sum & 1)).wrapping_add(1)))
    });
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

fn name(address: &str) -> ImageName {
    address.rsplit('/').next().unwrap().parse().unwrap()
}

impl Studio {
    async fn open() -> Self {
        let scene = Scene::open().await;
        let files = scene.cloud.bucket().await;
        let tour = scene.tour("The Forest Hiker").await;
        let gallery = Gallery { tours: scene.tours.clone(), files };
        Self { scene, gallery, tour }
    }

    fn owner(&self) -> Owner {
        Owner::Tour(self.tour.id)
    }

    /// Announces files of this kind; answers where to put each, the cover first.
    async fn announce(&self, owner: Owner, body: Value) -> Vec<String> {
        let new: NewImages = read(body);
        let links = self.gallery.announce(owner, &new).await.unwrap().body;
        let all = links.cover.iter().chain(&links.images);
        let key = |url: &str| url[url.find("uploads/").unwrap()..url.find('?').unwrap()].to_owned();
        all.map(|link| key(&link.upload_url)).collect()
    }

    async fn put(&self, key: &str, file: &[u8]) {
        self.scene.cloud.files_aside().write(key, "image/png", file.to_vec()).await.unwrap();
    }

    async fn process(&self, key: &str) {
        self.gallery.process(&received(Upload { key: key.into(), size: 1 })).await.unwrap();
    }

    async fn shown(&self) -> TourView {
        let handle = common::handle(self.tour.id);
        self.scene.tours.show_tour(&handle, Some(&caller(&[Role::Admin]))).await.unwrap().tour
    }

    async fn states(&self) -> Vec<(String, ImageState)> {
        let all = self.scene.tours.list_images(self.owner()).await.unwrap();
        all.into_iter().map(|it| (it.name.to_string()[27..].to_owned(), it.state)).collect()
    }

    async fn tidy(&self) {
        let changed: Vec<TourChanged> =
            self.scene.told().await.iter().filter_map(|it| messaging::Incoming::read(it).ok()).collect();
        for it in changed.into_iter().filter(|it: &TourChanged| it.tour_id == self.tour.id.to_string()) {
            self.gallery.tidy(&ImagesTold::Tour(it)).await.unwrap();
        }
    }
}

fn file() -> Value {
    json!({"content_type": "image/png", "size": 100})
}

#[tokio::test]
async fn pictures_are_cut_shown_and_replace_those_before() {
    let studio = Studio::open().await;
    let both = json!({"cover": file(), "images": [file(), file(), file()]});
    let keys = studio.announce(studio.owner(), both).await;
    assert_eq!(keys.len(), 4);
    assert!(studio.states().await.iter().all(|(_, state)| *state == ImageState::Pending));
    // They come in any order, and one of them never does.
    for at in [3, 0, 1] {
        studio.put(&keys[at], &picture(300, 400)).await;
        studio.process(&keys[at]).await;
    }
    let shown = studio.shown().await;
    assert!(shown.image_cover.ends_with("-cover"), "{}", shown.image_cover);
    let slots: Vec<_> = shown.images.iter().map(|it| name(it).slot).collect();
    assert_eq!(slots, [1, 3]);
    let states = studio.states().await;
    let state = |slot: &str| states.iter().find(|it| it.0 == slot).unwrap().1;
    assert_eq!(
        (state("cover"), state("2"), state("3")),
        (ImageState::Ready, ImageState::Pending, ImageState::Ready)
    );
    let files = studio.scene.cloud.files().await;
    assert_eq!(files.len(), 3, "{files:?}");
    assert!(files.iter().all(|key| key.starts_with("media/tours/tours/")));
    let Some(platform::files::Read::File(bytes)) =
        studio.scene.cloud.files_aside().read(&files[0], 10_000_000).await.unwrap()
    else {
        panic!("no file");
    };
    assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
    let cut = image::load_from_memory(&bytes).unwrap();
    assert_eq!((cut.width(), cut.height()), (WIDTH, HEIGHT));
    let kinds: Vec<_> = studio.scene.told().await.into_iter().map(|it| it.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "tours.tour.updated").count(), 4, "each is told");

    // Either part alone: the cover stays.
    testkit::next_millisecond().await;
    let keys = studio.announce(studio.owner(), json!({"images": [file()]})).await;
    studio.put(&keys[0], &picture(40, 50)).await;
    studio.process(&keys[0]).await;
    studio.process(&keys[0]).await;
    let second = studio.shown().await;
    assert_eq!((second.image_cover.as_str(), second.images.len()), (shown.image_cover.as_str(), 1));
    studio.tidy().await;
    studio.tidy().await;
    assert_eq!(studio.scene.cloud.files().await.len(), 2, "those of before are gone");

    // An address of elsewhere takes its place, and a deleted tour leaves nothing.
    let patch: TourPatch = read(json!({"imageCover": "tour-1-cover.jpg"}));
    studio.scene.tours.update_tour(studio.tour.id, &patch).await.unwrap();
    studio.tidy().await;
    assert_eq!(studio.scene.cloud.files().await.len(), 1);
    studio.scene.tours.delete_tour(studio.tour.id).await.unwrap();
    studio.tidy().await;
    assert!(studio.scene.cloud.files().await.is_empty());
    assert!(studio.scene.cloud.items_of(&studio.scene.tours.table, "uploads").await.is_empty());
}

#[tokio::test]
async fn what_is_no_picture_leaves_nothing_but_the_reason() {
    let studio = Studio::open().await;
    let svg = &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..];
    for file in [svg, b"\x7fELF", b"MZ\x90\x00", b"x", &bomb(), &vec![0; 5 * 1024 * 1024 + 1]] {
        let keys = studio.announce(studio.owner(), json!({"cover": self::file()})).await;
        studio.put(&keys[0], file).await;
        studio.process(&keys[0]).await;
        let status = studio.scene.tours.list_images(studio.owner()).await.unwrap();
        assert_eq!(status.len(), 1);
        assert!(status[0].state == ImageState::Refused && status[0].reason.is_some());
        assert!(studio.scene.cloud.files().await.is_empty());
    }
    assert_eq!(studio.shown().await.image_cover, "tour-1-cover.jpg");
    // What nobody asked for is thrown away.
    for key in ["uploads/tours/tours/x/y", "uploads/tours/other"] {
        studio.put(key, &picture(4, 4)).await;
        studio.process(key).await;
        assert!(studio.scene.cloud.files().await.is_empty());
    }
}

#[tokio::test]
async fn what_is_announced_is_bounded_and_belongs_to_something() {
    let studio = Studio::open().await;
    let region = studio.scene.region("Himalaya").await;
    let trek = Owner::Trek(studio.scene.trek(region, |_| ()).await);
    let refused = async |owner, body: Value| {
        let failure = studio.gallery.announce(owner, &read(body)).await.err().unwrap();
        (failure.problem.status, failure.errors.first().map(|it| it.pointer.clone()))
    };
    let tour = studio.owner();
    assert_eq!(refused(tour, json!({})).await.0, 400);
    let four = json!({"images": [file(), file(), file(), file()]});
    assert_eq!(refused(tour, four).await, (400, Some("/images".into())));
    let large = json!({"images": [file(), {"content_type": "image/png", "size": 5_242_881}]});
    assert_eq!(refused(tour, large).await, (400, Some("/images/1/size".into())));
    assert_eq!(refused(trek, json!({"cover": file()})).await, (400, Some("/cover".into())));
    assert_eq!(refused(Owner::Tour(TourId::new()), json!({"cover": file()})).await.0, 404);
    assert!(studio.scene.cloud.items_of(&studio.scene.tours.table, "uploads").await.is_empty());
}

#[tokio::test]
async fn an_older_upload_that_comes_late_does_not_replace_a_newer_one() {
    let studio = Studio::open().await;
    let both = || json!({"cover": file(), "images": [file()]});
    let older = studio.announce(studio.owner(), both()).await;
    testkit::next_millisecond().await;
    let newer = studio.announce(studio.owner(), both()).await;
    for key in newer.iter().chain(&older) {
        studio.put(key, &picture(20, 20)).await;
        studio.process(key).await;
    }
    let shown = studio.shown().await;
    assert_eq!(newer[0].rsplit('/').next(), shown.image_cover.rsplit('/').next());
    assert_eq!(newer[1].rsplit('/').next(), shown.images[0].rsplit('/').next());
    assert_eq!(studio.scene.cloud.files().await.len(), 2);
    // What was deleted meanwhile takes no more pictures.
    let late = studio.announce(studio.owner(), both()).await;
    studio.put(&late[0], &picture(20, 20)).await;
    studio.scene.tours.delete_tour(studio.tour.id).await.unwrap();
    studio.process(&late[0]).await;
    studio.tidy().await;
    assert!(studio.scene.cloud.files().await.is_empty());
}

#[tokio::test]
async fn who_dies_at_any_step_and_begins_again_leaves_the_same() {
    for fault in [Fault::DeathBefore, Fault::DeathAfter] {
        for operation in ["PutObject", "TransactWriteItems", "DeleteObject"] {
            let studio = Studio::open().await;
            let keys = studio.announce(studio.owner(), json!({"cover": file()})).await;
            studio.put(&keys[0], &picture(20, 20)).await;
            let upload = received(Upload { key: keys[0].clone(), size: 1 });
            studio.scene.cloud.faults().next(operation, fault);
            let _ = studio.gallery.process(&upload).await;
            studio.scene.cloud.faults().calm();
            studio.gallery.process(&upload).await.unwrap();
            assert!(studio.shown().await.image_cover.ends_with("-cover"), "{fault:?} {operation}");
            let files = studio.scene.cloud.files().await;
            assert!(files.len() == 1 && files[0].starts_with("media/"), "{fault:?} {operation}: {files:?}");
        }
    }
}

#[tokio::test]
async fn a_picture_is_shown_to_whoever_may_see_what_it_shows() {
    let studio = Studio::open().await;
    let keys = studio.announce(studio.owner(), json!({"cover": file()})).await;
    studio.put(&keys[0], &picture(20, 20)).await;
    studio.process(&keys[0]).await;
    let cover = name(&studio.shown().await.image_cover);
    let link = studio.gallery.show(studio.owner(), cover, None).await.unwrap();
    assert!(link.location.contains("media/tours/tours/") && link.location.contains("X-Amz-Signature"));
    assert_eq!(link.to_response().header("cache-control"), Some("public, max-age=300"));
    let other = ImageName { slot: 1, ..cover };
    let missing = studio.gallery.show(studio.owner(), other, None).await.err().unwrap();
    assert_eq!(missing.problem, Problem::NOT_FOUND);
    let elsewhere = Owner::Tour(studio.scene.tour("The Sea Explorer").await.id);
    assert!(studio.gallery.show(elsewhere, cover, None).await.is_err());

    let secret: TourPatch = read(json!({"secretTour": true}));
    studio.scene.tours.update_tour(studio.tour.id, &secret).await.unwrap();
    for (role, sees) in [(None, false), (Some(Role::User), false), (Some(Role::Guide), true)] {
        let who = role.map(|role| caller(&[role]));
        let shown = studio.gallery.show(studio.owner(), cover, who.as_ref()).await;
        assert_eq!(shown.is_ok(), sees, "{role:?}");
        if let Ok(redirect) = shown {
            assert_eq!(redirect.to_response().header("cache-control"), Some("no-store"));
        }
    }
}

#[tokio::test]
async fn treks_and_regions_have_pictures_of_their_own() {
    let studio = Studio::open().await;
    let region = studio.scene.region("Himalaya").await;
    let trek = studio.scene.trek(region, |_| ()).await;
    for (owner, body) in [
        (Owner::Trek(trek), json!({"images": [file()]})),
        (Owner::Region(region), json!({"cover": file(), "images": [file()]})),
    ] {
        for key in studio.announce(owner, body).await {
            studio.put(&key, &picture(20, 20)).await;
            studio.process(&key).await;
            let image = name(&key);
            let (admin, nobody) = (caller(&[Role::Admin]), None);
            assert!(studio.gallery.show(owner, image, Some(&admin)).await.is_ok());
            // The trek is not on sale.
            assert_eq!(
                studio.gallery.show(owner, image, nobody).await.is_ok(),
                owner == Owner::Region(region)
            );
        }
    }
    assert_eq!(studio.scene.cloud.files().await.len(), 3);
    studio.scene.tours.delete_trek(trek).await.unwrap();
    let gone: Vec<TrekChanged> =
        studio.scene.told().await.iter().filter_map(|it| messaging::Incoming::read(it).ok()).collect();
    studio.gallery.tidy(&ImagesTold::Trek(gone.last().unwrap().clone())).await.unwrap();
    assert_eq!(studio.scene.cloud.files().await.len(), 2);
}
