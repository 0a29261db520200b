//! TO-10: pictures of tours, treks and regions. Each comes by a signed link of its own, a consumer checks and cuts it, and
//! it takes the place of what was shown before. The name of a file is in the facts of what it shows, and that is the
//! one place that says which pictures there are.

pub mod name;
mod process;
mod tidy;

use std::collections::BTreeSet;

use deserr::Deserr;
use kernel::id::Ulid;
use kernel::{Failure, FieldErrors, Result, Timestamp, time};
use pictures::{NewPicture, UploadLink};
use platform::files::Files;
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::sdk::types::ConditionCheck;
use store::{Key, Record, Transaction};
use web::{Caller, Created, Redirect};

pub use name::{ImageName, Owner};
pub use tidy::ImagesTold;

use crate::departures::Departures;
use crate::region::Region;
use crate::tour::show::is_crew;
use crate::tour::{Image, Tour};
use crate::trek::Trek;
use crate::{Tours, again};

/// Where browsers put files, and where those are kept that were checked.
pub const UPLOADS: &str = "uploads/tours/";
pub const IMAGES: &str = "media/tours/";

/// Pixels of every picture (natours).
pub const WIDTH: u32 = 2000;
pub const HEIGHT: u32 = 1333;
/// How many beside the cover come at once.
const MOST: usize = 3;

/// How long a link shows a picture: longer than the redirect to it is kept, so that no kept one is dead.
const LINK: std::time::Duration = time::hours(1);
const KEPT_SECONDS: u32 = 300;

/// What pictures need beside the table.
pub struct Gallery {
    pub tours: Tours,
    pub files: Files,
}

impl State for Gallery {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { tours: Tours::start(aws).await?, files: Files::start(aws)? })
    }
}

/// Which files are about to come; either part alone will do.
#[derive(Debug, Clone, Default, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewImages {
    /// Takes the place of the cover. A trek has none.
    #[deserr(default)]
    pub cover: Option<NewPicture>,
    /// Take the place of the other pictures, all of them, as soon as the first is there.
    #[deserr(default)]
    #[schemars(length(max = 3))]
    pub images: Option<Vec<NewPicture>>,
}

/// Where to send each file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImageUploads {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<UploadLink>,
    pub images: Vec<UploadLink>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImageState {
    Pending,
    Ready,
    Refused,
}

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImageStatus {
    pub name: ImageName,
    pub state: ImageState,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub at: Timestamp,
}

/// The uploads of a tour, trek or region: what became of the last ones, and which files there may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Uploads {
    /// The partition of what they show.
    pub owner: String,
    pub last: Vec<ImageStatus>,
    pub files: BTreeSet<ImageName>,
    pub version: u64,
}

impl Record for Uploads {
    const KIND: &'static str = "uploads";

    fn key(&self) -> Key {
        Self::key_of(&self.owner)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Uploads {
    fn key_of(owner: &str) -> Key {
        Key::new(owner, "UPLOADS")
    }

    /// What is announced anew takes the place of what was announced before.
    fn announce(&mut self, names: &[ImageName]) {
        let replaced = |it: &ImageStatus| names.iter().any(|name| name.is_cover() == it.name.is_cover());
        self.last.retain(|it| !replaced(it));
        let pending = |name: &ImageName| ImageStatus {
            name: *name,
            state: ImageState::Pending,
            reason: None,
            at: time::now(),
        };
        self.last.extend(names.iter().map(pending));
    }

    /// What became of an upload, if it is still one of the last.
    fn note(&mut self, name: ImageName, state: ImageState, reason: Option<&str>) {
        if let Some(status) = self.last.iter_mut().find(|it| it.name == name) {
            status.state = state;
            status.reason = reason.map(str::to_owned);
            status.at = time::now();
        }
    }
}

/// What has pictures.
enum Pictured {
    Tour(Box<Tour>, Departures),
    Trek(Box<Trek>, Departures),
    Region(Box<Region>),
}

impl Pictured {
    /// Every picture that it shows.
    fn images(&self) -> Vec<&Image> {
        match self {
            Self::Tour(tour, _) => tour.facts.images.iter().chain([&tour.facts.image_cover]).collect(),
            Self::Trek(trek, _) => trek.facts.all_images().collect(),
            Self::Region(region) => region.facts.images.iter().chain(&region.facts.cover).collect(),
        }
    }

    /// The names of those that were uploaded here.
    fn names(&self, owner: Owner) -> BTreeSet<ImageName> {
        self.images().into_iter().filter_map(|image| owner.name_of(image.as_str())).collect()
    }

    /// The same rule as for the page that shows them.
    fn is_shown_to(&self, caller: Option<&Caller>) -> bool {
        let admin = caller.is_some_and(Caller::is_admin);
        match self {
            Self::Tour(tour, _) => tour.shelf().is_some() || is_crew(caller),
            // Whoever holds the link of a trek knows the names of its pictures, and nobody else does.
            Self::Trek(trek, _) => admin || trek.is_public() || trek.has_open_link(),
            Self::Region(region) => admin || region.is_active,
        }
    }

    fn is_public(&self) -> bool {
        self.is_shown_to(None)
    }
}

impl Tours {
    /// What has pictures, with its uploads; strongly consistent, in one call.
    async fn pictured(&self, owner: Owner) -> Result<Option<(Pictured, Uploads)>> {
        let partition = owner.partition();
        let keys = [owner.key(), Departures::key_of(&partition), Uploads::key_of(&partition)];
        let mut items = self.table.items(&keys, true).await?;
        let Some(entity) = items.remove(&keys[0]) else { return Ok(None) };
        let departures = items.remove(&keys[1]).map(Departures::from_item).transpose()?;
        let departures = departures.unwrap_or_else(|| Departures::of(partition.clone()));
        let uploads = items.remove(&keys[2]).map(Uploads::from_item).transpose()?;
        let pictured = match owner {
            Owner::Tour(_) => Pictured::Tour(Tour::from_item(entity)?.into(), departures),
            Owner::Trek(_) => Pictured::Trek(Trek::from_item(entity)?.into(), departures),
            Owner::Region(_) => Pictured::Region(Region::from_item(entity)?.into()),
        };
        let none = Uploads { owner: partition, last: Vec::new(), files: BTreeSet::new(), version: 0 };
        Ok(Some((pictured, uploads.unwrap_or(none))))
    }

    fn keep_uploads(&self, effect: Transaction, uploads: &Uploads) -> Result<Transaction> {
        match uploads.version {
            0 => {
                let first = Uploads { version: 1, ..uploads.clone() };
                let faster = kernel::Problem::CONFLICT.because("Somebody was faster.");
                effect.create(&self.table, &first, faster)
            }
            _ => effect.replace(&self.table, uploads),
        }
    }

    /// What became of the last uploads.
    pub async fn list_images(&self, owner: Owner) -> Result<Vec<ImageStatus>> {
        let (_, uploads) = self.pictured(owner).await?.ok_or_else(|| owner.missing())?;
        Ok(uploads.last)
    }
}

impl Gallery {
    /// A link for each file.
    pub async fn announce(&self, owner: Owner, new: &NewImages) -> Result<Created<ImageUploads>> {
        new.check(owner)?;
        let (upload, others) = (Ulid::generate(), new.images.as_deref().unwrap_or_default());
        let slots = (1..).zip(others).map(|(slot, file)| (ImageName { upload, slot }, file));
        let cover = new.cover.as_ref().map(|file| (ImageName::cover(upload), file));
        let names: Vec<_> = cover.iter().map(|it| it.0).chain(slots.clone().map(|it| it.0)).collect();
        again(|| async {
            let (_, mut uploads) = self.tours.pictured(owner).await?.ok_or_else(|| owner.missing())?;
            uploads.announce(&names);
            let table = &self.tours.table;
            // Nothing is to be kept of what is deleted in this moment.
            let there = ConditionCheck::builder()
                .table_name(&table.name)
                .set_key(Some(owner.key().to_item()))
                .condition_expression("attribute_exists(pk)")
                .build()
                .map_err(Failure::internal)?;
            let effect = self.tours.keep_uploads(Transaction::new(), &uploads)?;
            effect.check(there, owner.missing()).commit(table).await
        })
        .await?;
        let mut links = ImageUploads { cover: None, images: Vec::new() };
        if let Some((name, file)) = cover {
            links.cover = Some(file.link(&self.files, &owner.upload_key(name)).await?);
        }
        for (name, file) in slots {
            links.images.push(file.link(&self.files, &owner.upload_key(name)).await?);
        }
        Ok(Created { location: owner.path(), body: links })
    }

    /// Where the picture is right now, for whoever may see what it shows.
    pub async fn show(&self, owner: Owner, name: ImageName, caller: Option<&Caller>) -> Result<Redirect> {
        let missing = || Failure::not_found("picture");
        let (pictured, _) = self.tours.pictured(owner).await?.ok_or_else(missing)?;
        if !pictured.is_shown_to(caller) || !pictured.names(owner).contains(&name) {
            return Err(missing());
        }
        let redirect = Redirect::to(self.files.download_link(&owner.file(name), None, LINK).await?);
        Ok(if pictured.is_public() { redirect.cached(KEPT_SECONDS) } else { redirect })
    }
}

impl NewImages {
    fn check(&self, owner: Owner) -> Result<()> {
        let mut errors = FieldErrors::default();
        let others = self.images.as_deref().unwrap_or_default();
        if self.cover.is_none() && others.is_empty() {
            errors.push("", "must have a cover, or images, or both");
        }
        if others.len() > MOST {
            errors.push("/images", format!("must have at most {MOST} elements"));
        }
        match &self.cover {
            Some(_) if matches!(owner, Owner::Trek(_)) => errors.push("/cover", "a trek has none"),
            Some(cover) => cover.check("/cover", &mut errors),
            None => {}
        }
        for (at, file) in others.iter().enumerate() {
            file.check(&format!("/images/{at}"), &mut errors);
        }
        errors.or(())
    }
}
