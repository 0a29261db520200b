//! US-4: a photo comes by a signed link, is checked and cut by a consumer, and is seen through another link.

use std::time::Duration;

use contracts::users::PhotoUploaded;
use kernel::id::Ulid;
use kernel::{Failure, FieldErrors, Problem, Result, UserId, time};
use messaging::{Received, Upload};
use pictures::{MOST_BYTES, Refusal, TOO_LARGE};
use platform::files::{Files, Read};
use platform::{Aws, StartError, State};
use store::Transaction;
use web::{Caller, Created, Redirect};

use crate::Users;
use crate::change::TRIES;
use crate::preferences::Visibility;
use crate::profile::{Photo, PhotoState, PhotoStatus, Profile, photo_path};

pub use pictures::{NewPicture as NewPhoto, PictureType as PhotoType, UploadLink};

/// Where browsers put files, and where those are kept that were checked.
pub const UPLOADS: &str = "uploads/users/";
pub const PHOTOS: &str = "media/users/";

/// Pixels of each side of the photo.
const SIDE: u32 = 500;
/// How long a link shows the photo: longer than the redirect to it is kept, so that no kept one is dead.
const PHOTO_LINK: Duration = time::hours(1);
const KEPT_SECONDS: u32 = 300;

/// What photos need beside the table.
pub struct Photos {
    pub users: Users,
    pub files: Files,
}

impl State for Photos {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { users: Users::start(aws).await?, files: Files::start(aws)? })
    }
}

/// Whose upload a key is, and which.
fn owner_of(key: &str) -> Option<(UserId, Ulid)> {
    let (user, upload) = key.strip_prefix(UPLOADS)?.split_once('/')?;
    Some((user.parse().ok()?, kernel::id::parse(upload).ok()?))
}

pub(crate) fn upload_key(user: UserId, upload: &str) -> String {
    format!("{UPLOADS}{user}/{upload}")
}

/// Named after the upload, so that whoever does it again does the same.
pub(crate) fn photo_key(user: UserId, upload: &str) -> String {
    format!("{PHOTOS}{user}/{upload}.jpg")
}

impl Photos {
    /// A link for one upload.
    pub async fn announce(&self, caller: &Caller, new: &NewPhoto) -> Result<Created<UploadLink>> {
        let mut errors = FieldErrors::default();
        new.check("", &mut errors);
        errors.or(())?;
        let (user, upload) = (caller.user_id, Ulid::generate().to_string());
        let status = PhotoStatus {
            state: PhotoState::Pending,
            reason: None,
            at: time::now(),
            upload: Some(upload.clone()),
        };
        let announced = self.users.edit_own(user, "photo announced", |profile| {
            profile.photo_status = Some(status.clone());
            Ok(Transaction::new())
        });
        announced.await?;
        let body = new.link(&self.files, &upload_key(user, &upload)).await?;
        Ok(Created { location: photo_path(user), body })
    }

    /// Checks and cuts what was uploaded. It can be repeated from any line.
    pub async fn process(&self, upload: &Received<Upload>) -> Result<()> {
        let Some((user, id)) = owner_of(&upload.key) else {
            return self.files.delete(&upload.key).await;
        };
        let id = id.to_string();
        match self.files.read(&upload.key, MOST_BYTES).await? {
            // Done by an earlier delivery, but for what it could not tidy up.
            None => {}
            Some(Read::TooLarge) => self.refuse(upload, user, &id, TOO_LARGE).await?,
            Some(Read::File(file)) => match pictures::cut(&file, SIDE, SIDE) {
                Ok(portrait) => {
                    self.files.write(&photo_key(user, &id), "image/jpeg", portrait).await?;
                    self.hang(upload, user, &id).await?;
                }
                Err(refusal) => self.refuse(upload, user, &id, refusal).await?,
            },
        }
        self.tidy(user, &upload.key, &id).await
    }

    /// The new photo takes the place of the one before, unless a newer one was faster.
    async fn hang(&self, upload: &Received<Upload>, user: UserId, id: &str) -> Result<()> {
        let key = photo_key(user, id);
        self.noted(upload, user, |profile| {
            // The ids sort by the time of their announcement.
            if profile.photo.as_ref().is_some_and(|photo| photo.key >= key) {
                return Ok(None);
            }
            let replaces = profile.photo.take().map(|photo| photo.key);
            profile.photo = Some(Photo { key: key.clone(), replaces });
            note(profile, id, PhotoState::Ready, None);
            Ok(Some(Transaction::new().publish(&PhotoUploaded { user_id: user, photo: photo_path(user) })?))
        })
        .await
    }

    async fn refuse(&self, upload: &Received<Upload>, user: UserId, id: &str, why: Refusal) -> Result<()> {
        self.noted(upload, user, |profile| {
            note(profile, id, PhotoState::Refused, Some(why.0));
            Ok(Some(Transaction::new()))
        })
        .await
    }

    async fn noted(
        &self,
        upload: &Received<Upload>,
        user: UserId,
        change: impl Fn(&mut Profile) -> Result<Option<Transaction>>,
    ) -> Result<()> {
        let mut tried = 1;
        loop {
            let before = match self.users.existing(user).await {
                Err(failure) if failure.problem == Problem::NOT_FOUND => return Ok(()),
                read => read?,
            };
            let mut after = before.clone();
            let Some(effect) = change(&mut after)? else { return Ok(()) };
            after.remember("photo");
            let effect = self.users.changed(effect, &before, &after)?;
            match upload.commit(&self.users.table, effect).await {
                Err(failure) if failure.problem == Problem::CONFLICT && tried < TRIES => tried += 1,
                Err(failure) => return Err(failure),
                Ok(_) => return Ok(()),
            }
        }
    }

    /// Only the photo that is shown stays.
    async fn tidy(&self, user: UserId, upload: &str, id: &str) -> Result<()> {
        let profile = self.users.table.get::<Profile>(&Profile::key_of(user)).await?;
        let photo = profile.filter(|profile| !profile.is_deleted()).and_then(|profile| profile.photo);
        let own = photo_key(user, id);
        if photo.as_ref().is_none_or(|photo| photo.key != own) {
            self.files.delete(&own).await?;
        }
        if let Some(before) = photo.and_then(|photo| photo.replaces) {
            self.files.delete(&before).await?;
        }
        self.files.delete(upload).await
    }

    /// Where the photo is right now, for whoever may see the profile.
    pub async fn show(&self, viewer: Option<&Caller>, id: UserId) -> Result<Redirect> {
        let profile = self.users.seen(viewer, id).await?;
        let photo = profile.photo.as_ref().ok_or_else(|| Failure::not_found("photo"))?;
        let location = self.files.download_link(&photo.key, None, PHOTO_LINK).await?;
        let redirect = Redirect::to(location);
        let everybodys = profile.privacy.visibility == Visibility::Public;
        Ok(if everybodys { redirect.cached(KEPT_SECONDS) } else { redirect })
    }
}

/// What became of an upload, if it is still the last one.
fn note(profile: &mut Profile, upload: &str, state: PhotoState, reason: Option<&str>) {
    let last = profile.photo_status.as_ref().and_then(|status| status.upload.as_deref());
    if last.is_none_or(|last| last <= upload) {
        profile.photo_status = Some(PhotoStatus {
            state,
            reason: reason.map(str::to_owned),
            at: time::now(),
            upload: Some(upload.to_owned()),
        });
    }
}
