//! Checks and cuts what was uploaded, and hangs it where it belongs.

use kernel::{Failure, Result};
use messaging::{Received, Upload};
use pictures::{MOST_BYTES, Refusal, TOO_LARGE};
use platform::files::Read;
use store::Transaction;

use super::{Gallery, HEIGHT, ImageName, ImageState, Owner, Pictured, WIDTH};
use crate::again;
use crate::tour::Image;

impl Gallery {
    /// It can be repeated from any line.
    pub async fn process(&self, upload: &Received<Upload>) -> Result<()> {
        let Some((owner, name)) = Owner::of_upload(&upload.key) else {
            return self.files.delete(&upload.key).await;
        };
        match self.files.read(&upload.key, MOST_BYTES).await? {
            // Done by an earlier delivery, but for what it could not tidy up.
            None => {}
            Some(Read::TooLarge) => self.refuse(upload, owner, name, TOO_LARGE).await?,
            Some(Read::File(file)) => match pictures::cut(&file, WIDTH, HEIGHT) {
                Ok(picture) => {
                    self.files.write(&owner.file(name), "image/jpeg", picture).await?;
                    self.hang(upload, owner, name).await?;
                }
                Err(refusal) => self.refuse(upload, owner, name, refusal).await?,
            },
        }
        // Only what is shown stays.
        let shown = self.tours.pictured(owner).await?;
        if shown.is_none_or(|(pictured, _)| !pictured.names(owner).contains(&name)) {
            self.files.delete(&owner.file(name)).await?;
        }
        self.files.delete(&upload.key).await
    }

    /// The new picture takes the place of the one before, unless a newer one was faster.
    async fn hang(&self, upload: &Received<Upload>, owner: Owner, name: ImageName) -> Result<()> {
        again(|| async {
            let head = self.tours.catalogue.head().await?;
            let Some((mut pictured, mut uploads)) = self.tours.pictured(owner).await? else { return Ok(()) };
            if !hang(&mut pictured, owner, name)? {
                return Ok(());
            }
            uploads.note(name, ImageState::Ready, None);
            uploads.files.insert(name);
            let effect = self.tours.keep_uploads(Transaction::new(), &uploads)?;
            let effect = match &mut pictured {
                Pictured::Tour(tour, departures) => {
                    self.tours.replace_tour(effect, head, tour, departures).await?
                }
                Pictured::Trek(trek, departures) => {
                    self.tours.replace_trek(effect, head, trek, departures).await?
                }
                Pictured::Region(region) => self.tours.replace_region(effect, head, region).await?,
            };
            upload.commit(&self.tours.table, effect).await.map(drop)
        })
        .await
    }

    async fn refuse(
        &self,
        upload: &Received<Upload>,
        owner: Owner,
        name: ImageName,
        why: Refusal,
    ) -> Result<()> {
        again(|| async {
            let Some((_, mut uploads)) = self.tours.pictured(owner).await? else { return Ok(()) };
            uploads.note(name, ImageState::Refused, Some(why.0));
            let effect = self.tours.keep_uploads(Transaction::new(), &uploads)?;
            upload.commit(&self.tours.table, effect).await.map(drop)
        })
        .await
    }
}

/// `false` when what is shown is newer.
fn hang(pictured: &mut Pictured, owner: Owner, name: ImageName) -> Result<bool> {
    let address: Image = owner.address(name).parse().map_err(Failure::internal)?;
    if !name.is_cover() {
        return hang_beside(pictured.others(), owner, name, address);
    }
    let is_newer = |shown: &Image| owner.name_of(shown.as_str()).is_some_and(|it| it >= name);
    let cover = match pictured {
        Pictured::Tour(tour, _) => &mut tour.facts.image_cover,
        Pictured::Region(region) => region.facts.cover.get_or_insert_with(|| address.clone()),
        Pictured::Trek(..) => return Ok(false),
    };
    if *cover != address && is_newer(cover) {
        return Ok(false);
    }
    *cover = address;
    Ok(true)
}

/// The first of an upload replaces all that were there; those that follow stand beside it, in their order.
fn hang_beside(images: &mut Vec<Image>, owner: Owner, name: ImageName, address: Image) -> Result<bool> {
    let own = images.iter().filter_map(|image| owner.name_of(image.as_str()));
    let newest = own.map(|it| it.upload).max();
    if newest.is_some_and(|newest| newest > name.upload) {
        return Ok(false);
    }
    images.retain(|image| owner.name_of(image.as_str()).is_some_and(|it| it.upload == name.upload));
    if !images.contains(&address) {
        images.push(address);
    }
    images.sort_by_key(|image| owner.name_of(image.as_str()));
    Ok(true)
}

impl Pictured {
    /// Those beside the cover.
    fn others(&mut self) -> &mut Vec<Image> {
        match self {
            Self::Tour(tour, _) => &mut tour.facts.images,
            Self::Trek(trek, _) => &mut trek.facts.images,
            Self::Region(region) => &mut region.facts.images,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tour::TourId;
    use kernel::id::Ulid;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_comes_first_the_newest_upload_is_shown_in_its_order(
            order in Just((0..3_usize).flat_map(|upload| (1..=3_u8).map(move |slot| (upload, slot))).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let owner = Owner::Tour(TourId::new());
            let uploads: Vec<_> = (1..=3_u128).map(|number| Ulid::from(number << 80)).collect();
            let mut images = vec!["tour-1-1.jpg".parse::<Image>().unwrap()];
            for (upload, slot) in order {
                let name = ImageName { upload: uploads[upload], slot };
                let address = owner.address(name).parse().unwrap();
                hang_beside(&mut images, owner, name, address).unwrap();
            }
            let expected: Vec<_> = (1..=3).map(|slot| ImageName { upload: uploads[2], slot }).collect();
            let shown: Vec<_> = images.iter().filter_map(|image| owner.name_of(image.as_str())).collect();
            prop_assert_eq!(shown, expected);
        }
    }
}
