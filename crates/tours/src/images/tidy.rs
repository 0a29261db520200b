//! Removes the files that nothing shows any more, whoever changed what is shown.

use std::collections::BTreeSet;

use contracts::tours::{RegionChanged, TourChanged, TrekChanged};
use contracts::{Envelope, Message};
use kernel::Result;
use messaging::Incoming;
use store::Transaction;

use super::{Gallery, Owner, Uploads};
use crate::again;
use crate::tour::write::changed_meanwhile;

/// That something with pictures has changed, or is gone.
#[derive(Debug, Clone, PartialEq)]
pub enum ImagesTold {
    Tour(TourChanged),
    Trek(TrekChanged),
    Region(RegionChanged),
}

impl Incoming for ImagesTold {
    fn types() -> Vec<&'static str> {
        vec![RegionChanged::TYPE, TourChanged::TYPE, TrekChanged::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            TourChanged::TYPE => TourChanged::read(envelope).map(Self::Tour),
            TrekChanged::TYPE => TrekChanged::read(envelope).map(Self::Trek),
            _ => RegionChanged::read(envelope).map(Self::Region),
        }
    }
}

impl ImagesTold {
    fn owner(&self) -> Option<Owner> {
        match self {
            Self::Tour(it) => it.tour_id.parse().ok().map(Owner::Tour),
            Self::Trek(it) => it.trek_id.parse().ok().map(Owner::Trek),
            Self::Region(it) => it.region_id.parse().ok().map(Owner::Region),
        }
    }
}

impl Gallery {
    /// The event only says that something changed; what is shown now is read. So it may come twice, late, or in any order.
    pub async fn tidy(&self, told: &ImagesTold) -> Result<()> {
        let Some(owner) = told.owner() else { return Ok(()) };
        again(|| async {
            let (shown, uploads) = match self.tours.pictured(owner).await? {
                Some((pictured, uploads)) => (Some(pictured.names(owner)), uploads),
                None => match self.tours.table.get::<Uploads>(&Uploads::key_of(&owner.partition())).await? {
                    Some(uploads) => (None, uploads),
                    None => return Ok(()),
                },
            };
            let stays = shown.clone().unwrap_or_default();
            let gone: BTreeSet<_> = uploads.files.difference(&stays).copied().collect();
            for name in &gone {
                self.files.delete(&owner.file(*name)).await?;
            }
            let table = &self.tours.table;
            if shown.is_none() {
                return Transaction::new().discard(table, &uploads, changed_meanwhile())?.commit(table).await;
            }
            if gone.is_empty() {
                return Ok(());
            }
            let left = Uploads { files: &uploads.files - &gone, ..uploads };
            Transaction::new().replace(table, &left)?.commit(table).await
        })
        .await
    }
}
