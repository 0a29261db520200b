//! Everything that decides how somebody is told: read in one call.

use jiff::tz::TimeZone;
use kernel::{Failure, Result, Timestamp, UserId};
use store::sdk::types::AttributeValue;
use store::{Item, Record};

use crate::Notifications;
use crate::clock::{next_at, quiet_until, zone};
use crate::device::Devices;
use crate::digest::Pending;
use crate::preferences::{Every, Preferences};
use crate::recipient::{QuietHours, Recipient, Wishes};
use crate::rules::{Channel, Kind};
use crate::template::Locale;

/// One person, as far as we know them.
#[derive(Debug, Clone)]
pub struct Known {
    /// None before identity has told of them.
    pub recipient: Option<Recipient>,
    pub wishes: Wishes,
    pub preferences: Preferences,
    pub devices: Option<Devices>,
    pub pending: Option<Pending>,
}

impl Known {
    /// Whether they want to be told of this by that way. What is mandatory is not asked for.
    pub fn wants(&self, kind: &Kind, channel: Channel) -> bool {
        if kind.category.is_mandatory() && matches!(channel, Channel::InApp | Channel::Email) {
            return true;
        }
        let asked = self.wishes.preferences.as_ref();
        let own = &self.preferences;
        own.types
            .get(kind.name)
            .and_then(|choice| choice.of(channel))
            .or_else(|| own.channels.of(channel))
            .or_else(|| asked?.types.get(kind.name)?.of(channel))
            .or_else(|| asked?.channels.of(channel))
            .unwrap_or_else(|| channel.by_default())
    }

    pub fn locale(&self) -> Locale {
        Locale::nearest(self.wishes.language.as_deref())
    }

    pub fn timezone(&self) -> &str {
        self.wishes.timezone.as_deref().unwrap_or("UTC")
    }

    fn zone(&self) -> TimeZone {
        zone(self.timezone())
    }

    pub fn quiet_hours(&self) -> Option<QuietHours> {
        self.wishes.preferences.as_ref()?.quiet_hours.filter(|quiet| quiet.enabled)
    }

    /// When they may be disturbed again, unless they may be now.
    pub fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        let quiet = self.quiet_hours()?;
        quiet_until(now, &self.zone(), quiet.start, quiet.end)
    }

    /// When their next digest comes, if they want one.
    pub fn next_digest(&self, now: Timestamp) -> Option<Timestamp> {
        let mondays = match self.preferences.digest {
            Every::Never => return None,
            Every::Day => false,
            Every::Week => true,
        };
        next_at(now, &self.zone(), self.preferences.digest_at, mondays)
    }
}

impl Notifications {
    pub async fn known(&self, user: UserId) -> Result<Known> {
        let keys = [
            Recipient::key_of(user),
            Wishes::key_of(user),
            Preferences::key_of(user),
            Devices::key_of(user),
            Pending::key_of(user),
        ];
        let items = self.table.items(&keys, true).await?;
        let mut known = Known {
            recipient: None,
            wishes: Wishes::default(),
            preferences: Preferences::new(user),
            devices: None,
            pending: None,
        };
        for item in items.into_values() {
            match sort_key(&item) {
                "RECIPIENT" => known.recipient = Some(Recipient::from_item(item)?),
                "WISHES" => known.wishes = serde_dynamo::from_item(item).map_err(Failure::internal)?,
                "PREFERENCES" => known.preferences = Preferences::from_item(item)?,
                "DEVICES" => known.devices = Some(Devices::from_item(item)?),
                _ => known.pending = Some(Pending::from_item(item)?),
            }
        }
        Ok(known)
    }
}

fn sort_key(item: &Item) -> &str {
    item.get("sk").and_then(|sk: &AttributeValue| sk.as_s().ok()).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipient::{Asked, Choice};
    use crate::rules::kind_of;

    fn somebody() -> Known {
        Known {
            recipient: None,
            wishes: Wishes::default(),
            preferences: Preferences::new(UserId::new()),
            devices: None,
            pending: None,
        }
    }

    #[test]
    fn the_more_exact_wish_holds_and_what_protects_the_account_is_never_off() {
        let confirmed = kind_of("booking_confirmed").unwrap();
        let mut known = somebody();
        assert!(known.wants(confirmed, Channel::Email) && !known.wants(confirmed, Channel::Sms));
        let off = Choice { email: Some(false), in_app: Some(false), ..Choice::default() };
        known.wishes.preferences = Some(Asked { channels: off, ..Asked::default() });
        assert!(!known.wants(confirmed, Channel::Email));
        known.preferences.channels.email = Some(true);
        assert!(known.wants(confirmed, Channel::Email));
        known.preferences.types.insert("booking_confirmed".into(), off);
        assert!(!known.wants(confirmed, Channel::Email) && !known.wants(confirmed, Channel::InApp));
        let security = kind_of("password_changed").unwrap();
        known.preferences.types.insert("password_changed".into(), off);
        assert!(known.wants(security, Channel::Email) && known.wants(security, Channel::InApp));
    }
}
