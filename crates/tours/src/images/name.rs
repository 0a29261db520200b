//! How pictures are called: in links, in the bucket, and where they are uploaded.

use std::fmt;
use std::str::FromStr;

use kernel::id::Ulid;
use kernel::text::Invalid;
use kernel::{Failure, Result};
use store::Key;

use super::{IMAGES, UPLOADS};
use crate::region::{Region, RegionId};
use crate::tour::{Tour, TourId};
use crate::trek::{Trek, TrekId};

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Tour(TourId),
    Trek(TrekId),
    Region(RegionId),
}

impl Owner {
    /// `tours/<id>`, as addresses have it.
    fn read(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "tours" => id.parse().ok().map(Self::Tour),
            "treks" => id.parse().ok().map(Self::Trek),
            "regions" => id.parse().ok().map(Self::Region),
            _ => None,
        }
    }

    /// Of a path such as `/api/v1/tours/<id>/images/<name>`.
    pub fn of_path(path: &str) -> Result<Self> {
        let mut parts = path.trim_start_matches("/api/v1").trim_start_matches('/').split('/');
        let (kind, id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        Self::read(kind, id).ok_or_else(|| Failure::not_found("picture"))
    }

    pub(super) fn missing(self) -> Failure {
        Failure::not_found(match self {
            Self::Tour(_) => "tour",
            Self::Trek(_) => "trek",
            Self::Region(_) => "region",
        })
    }

    pub(super) fn key(self) -> Key {
        match self {
            Self::Tour(id) => Tour::key_of(id),
            Self::Trek(id) => Trek::key_of(id),
            Self::Region(id) => Region::key_of(id),
        }
    }

    pub(super) fn partition(self) -> String {
        self.key().pk
    }

    pub(super) fn path(self) -> String {
        format!("/api/v1/{self}/images")
    }

    /// What the facts say of a picture, and clients ask for.
    pub(super) fn address(self, name: ImageName) -> String {
        format!("{}/{name}", self.path())
    }

    pub(super) fn name_of(self, address: &str) -> Option<ImageName> {
        address.strip_prefix(&self.path())?.strip_prefix('/')?.parse().ok()
    }

    pub(super) fn upload_key(self, name: ImageName) -> String {
        format!("{UPLOADS}{self}/{name}")
    }

    /// Whose upload a key is, and which.
    pub(super) fn of_upload(key: &str) -> Option<(Self, ImageName)> {
        let mut parts = key.strip_prefix(UPLOADS)?.split('/');
        let (kind, id, name) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().is_none();
        Some((Self::read(kind, id).filter(|_| whole)?, name.parse().ok()?))
    }

    /// Named after the upload, so that whoever does it again does the same.
    pub(super) fn file(self, name: ImageName) -> String {
        format!("{IMAGES}{self}/{name}.jpg")
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tour(id) => write!(f, "tours/{id}"),
            Self::Trek(id) => write!(f, "treks/{id}"),
            Self::Region(id) => write!(f, "regions/{id}"),
        }
    }
}

/// An upload and which of its files; the ids sort by the time of their announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageName {
    pub upload: Ulid,
    /// 0 is the cover.
    pub slot: u8,
}

impl ImageName {
    pub const fn cover(upload: Ulid) -> Self {
        Self { upload, slot: 0 }
    }

    pub const fn is_cover(&self) -> bool {
        self.slot == 0
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.slot {
            0 => write!(f, "{}-cover", self.upload),
            slot => write!(f, "{}-{slot}", self.upload),
        }
    }
}

impl FromStr for ImageName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid("must be the name of a picture".into());
        let (upload, slot) = text.split_once('-').ok_or_else(invalid)?;
        let slot = match slot {
            "cover" => 0,
            "1" => 1,
            "2" => 2,
            "3" => 3,
            _ => return Err(invalid()),
        };
        Ok(Self { upload: kernel::id::parse(upload).map_err(|_| invalid())?, slot })
    }
}

kernel::text_value!(ImageName, {
    "type": "string",
    "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}-(cover|[1-3])$",
    "examples": ["01JD2QK8N4M5V6W7X8Y9ZABCDE-cover"]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_named_is_read_again_and_nothing_else_is() {
        let (tour, upload) = (TourId::new(), Ulid::generate());
        let owner = Owner::Tour(tour);
        for name in [ImageName::cover(upload), ImageName { upload, slot: 3 }] {
            assert_eq!(Owner::of_upload(&owner.upload_key(name)), Some((owner, name)));
            assert_eq!(owner.name_of(&owner.address(name)), Some(name));
            assert_eq!(Owner::of_path(&owner.address(name)).unwrap(), owner);
            assert_eq!(Owner::Tour(TourId::new()).name_of(&owner.address(name)), None);
        }
        for key in [
            format!("uploads/tours/tours/{tour}/{upload}-4"),
            format!("uploads/tours/tours/{tour}/{upload}-cover/more"),
            format!("uploads/tours/users/{tour}/{upload}-cover"),
            format!("uploads/users/tours/{tour}/{upload}-cover"),
            "uploads/tours/".to_owned(),
        ] {
            assert_eq!(Owner::of_upload(&key), None, "{key}");
        }
    }
}
