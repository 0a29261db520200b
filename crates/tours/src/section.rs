//! Sections: of the catalogue, which treks stand in, and of the home page, which show treks or a banner.

pub mod list;
pub mod write;

use contracts::tours::SectionChanged;
use deserr::Deserr;
use kernel::text::Prose;
use kernel::text::{Invalid, Text};
use kernel::{FieldErrors, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Key, Record};

use crate::rating::json;
use crate::shelf::{Place, Shelf};
use crate::trek::{Seo, TrekId};

kernel::typed_id!(SectionId, "A section of the catalogue or of the home page.");

/// How many treks a section of the home page shows.
const MOST: usize = 50;

/// `#1a2b3c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Color(String);

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Color {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        if [3, 6].contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(Invalid("must be a colour, like #1a2b3c".into()))
        }
    }
}

kernel::text_value!(Color, {
    "type": "string",
    "pattern": "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$",
    "examples": ["#1a2b3c"]
});

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[deserr(rename_all = lowercase)]
pub enum SectionKind {
    /// Of the catalogue: treks stand in it.
    #[default]
    Catalogue,
    /// Of the home page: shows these treks.
    Trek,
    /// Of the home page: a picture that leads somewhere.
    Banner,
}

/// Where a section of the catalogue shows, and for whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    #[deserr(default)]
    pub homepage: bool,
    #[serde(default)]
    #[deserr(default)]
    pub navigation: bool,
    #[serde(default)]
    #[deserr(default)]
    pub special_permission: bool,
    #[serde(default = "eighteen")]
    #[deserr(default = 18)]
    #[schemars(range(max = 120))]
    pub min_age: u32,
    #[serde(default = "sixty_five")]
    #[deserr(default = 65)]
    #[schemars(range(max = 120))]
    pub max_age: u32,
}

fn eighteen() -> u32 {
    18
}

fn sixty_five() -> u32 {
    65
}

impl Default for Config {
    fn default() -> Self {
        Self { homepage: false, navigation: false, special_permission: false, min_age: 18, max_age: 65 }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Banner {
    pub image: Text<1, 500>,
    #[serde(default)]
    #[deserr(default)]
    pub overlay_text: Option<Text<1, 300>>,
    #[serde(default)]
    #[deserr(default)]
    pub text_color: Option<Color>,
    #[serde(default)]
    #[deserr(default)]
    pub overlay_color: Option<Color>,
    #[serde(default)]
    #[deserr(default)]
    #[schemars(range(min = 0, max = 1))]
    pub opacity: Option<f64>,
    #[serde(default)]
    #[deserr(default)]
    pub link: Option<Text<1, 500>>,
    #[serde(default)]
    #[deserr(default)]
    pub coupon: Option<Text<1, 40>>,
    /// Percent.
    #[serde(default)]
    #[deserr(default)]
    #[schemars(range(min = 0, max = 100))]
    pub discount: Option<f64>,
}

/// What is said of a section. Both what is sent and what is kept; an update sends all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct SectionFacts {
    #[serde(rename = "type", default)]
    #[deserr(rename = "type", default)]
    #[schemars(rename = "type")]
    pub kind: SectionKind,
    #[schemars(example = &"Winter treks")]
    pub name: Text<2, 80>,
    #[serde(default)]
    #[deserr(default)]
    pub description: Option<Prose<0, 2000>>,
    #[serde(default)]
    #[deserr(default)]
    pub icon: Option<Text<1, 200>>,
    #[serde(default)]
    #[deserr(default)]
    pub color: Option<Color>,
    #[serde(default = "yes")]
    #[deserr(default = true)]
    pub is_active: bool,
    #[serde(default)]
    #[deserr(default)]
    pub is_featured: bool,
    #[serde(default)]
    #[deserr(default)]
    pub config: Config,
    #[serde(default)]
    #[deserr(default)]
    pub seo: Option<Seo>,
    /// Of a section of type `trek`.
    #[serde(default)]
    #[deserr(default)]
    pub trek_ids: Vec<TrekId>,
    /// Of a section of type `banner`.
    #[serde(default)]
    #[deserr(default)]
    pub banner: Option<Banner>,
}

fn yes() -> bool {
    true
}

impl SectionFacts {
    pub fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if self.trek_ids.len() > MOST {
            errors.push("/trek_ids", format!("must have at most {MOST} elements"));
        }
        if self.kind != SectionKind::Trek && !self.trek_ids.is_empty() {
            errors.push("/trek_ids", "is only for a section of type trek");
        }
        if (self.kind == SectionKind::Banner) != self.banner.is_some() {
            errors.push("/banner", "is required for a section of type banner, and only for it");
        }
        if let Some(banner) = &self.banner {
            if banner.opacity.is_some_and(|opacity| !(0.0..=1.0).contains(&opacity)) {
                errors.push("/banner/opacity", "must be from 0 to 1");
            }
            if banner.discount.is_some_and(|discount| !(0.0..=100.0).contains(&discount)) {
                errors.push("/banner/discount", "must be from 0 to 100");
            }
        }
        if self.config.min_age > self.config.max_age || self.config.max_age > 120 {
            errors.push("/config/max_age", "must be at least the minimum, and at most 120");
        }
        errors.or(())
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Section {
    pub id: SectionId,
    pub slug: String,
    pub facts: SectionFacts,
    #[serde(default)]
    pub place: Option<Place>,
    pub created_at: Timestamp,
    pub version: u64,
}

/// A section as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SectionView {
    pub id: SectionId,
    pub slug: String,
    #[serde(flatten)]
    pub facts: SectionFacts,
    pub created_at: Timestamp,
}

impl From<&Section> for SectionView {
    fn from(section: &Section) -> Self {
        let Section { id, slug, facts, created_at, .. } = section.clone();
        Self { id, slug, facts, created_at }
    }
}

impl Record for Section {
    const KIND: &'static str = "section";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Section {
    pub fn partition(id: SectionId) -> String {
        format!("SECTION#{id}")
    }

    pub fn key_of(id: SectionId) -> Key {
        Key::new(Self::partition(id), "SECTION")
    }

    /// An inactive section is for administrators.
    pub fn shelf(&self) -> Shelf {
        if self.facts.is_active { Shelf::Sections } else { Shelf::HiddenSections }
    }

    pub(crate) fn entry(&self) -> Result<Option<(Shelf, Value)>> {
        Ok(Some((self.shelf(), json(&SectionView::from(self))?)))
    }
}

impl From<&Section> for SectionChanged {
    fn from(section: &Section) -> Self {
        Self {
            section_id: section.id.to_string(),
            version: section.version,
            name: section.facts.name.to_string(),
            slug: section.slug.clone(),
            active: section.facts.is_active,
            deleted: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn broken(body: Value) -> Vec<String> {
        let errors = match deserr::deserialize::<SectionFacts, _, FieldErrors>(body) {
            Ok(facts) => facts.check().map_or_else(|failure| failure.errors, |()| Vec::new()),
            Err(errors) => errors.0,
        };
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn each_type_has_its_own_fields() {
        assert!(broken(json!({"name": "Winter"})).is_empty());
        assert!(broken(json!({"name": "Winter", "type": "trek", "trek_ids": [TrekId::new()]})).is_empty());
        assert_eq!(broken(json!({"name": "Winter", "trek_ids": [TrekId::new()]})), ["/trek_ids"]);
        assert_eq!(broken(json!({"name": "Sale", "type": "banner"})), ["/banner"]);
        let banner = json!({"image": "a.jpg", "opacity": 1.1, "discount": 101, "text_color": "red"});
        assert_eq!(
            broken(json!({"name": "Sale", "type": "banner", "banner": banner})),
            ["/banner/text_color"]
        );
        let banner = json!({"image": "a.jpg", "opacity": 1.1, "discount": 101});
        let pointers = broken(json!({"name": "Sale", "type": "banner", "banner": banner}));
        assert_eq!(pointers, ["/banner/opacity", "/banner/discount"]);
        let ages = json!({"min_age": 70});
        assert_eq!(broken(json!({"name": "Winter", "config": ages})), ["/config/max_age"]);
    }
}
