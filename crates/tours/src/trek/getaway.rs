//! TO-22: treks as a weekend away, with how one gets there, what there is to do, and pictures of it.

use deserr::Deserr;
use kernel::query::{Catalogue, CatalogueQuery, Field, Kind, Parameter, Parameters, Params};
use kernel::text::Prose;
use kernel::text::Text;
use kernel::{Failure, FieldErrors, Result, time};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Transaction;
use web::Caller;

use super::list::{Listed, is_on_sale};
use super::write::no_such_trek;
use super::{Trek, TrekId, TrekView};
use crate::rating::json;
use crate::shelf::Shelf;
use crate::tour::Image;
use crate::tour::show::Handle;
use crate::{Tours, again};
use kernel::results::{Results, Shown};

/// How many elements each of its lists may have.
const MOST: usize = 50;
/// Of a picture, blog or activity: which trek it belongs to.
const TREK_ID: Field = Field::new("trek_id", Kind::Text).filter();

/// A weekend away. What it is called, where it leads and what it costs is said of the trek.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Getaway {
    /// Whether it is offered as one.
    #[serde(default)]
    #[deserr(default)]
    pub enabled: bool,
    #[serde(default)]
    #[deserr(default)]
    pub highlights: Vec<Text<1, 300>>,
    #[serde(default)]
    #[deserr(default)]
    pub transport: Option<Text<1, 300>>,
    #[serde(default)]
    #[deserr(default)]
    pub departure_time: Option<Text<1, 60>>,
    #[serde(default)]
    #[deserr(default)]
    pub return_time: Option<Text<1, 60>>,
    #[serde(default)]
    #[deserr(default)]
    pub party: Option<Part>,
    #[serde(default)]
    #[deserr(default)]
    pub food: Option<Part>,
    #[serde(default)]
    #[deserr(default)]
    pub stay: Option<Part>,
    #[serde(default)]
    #[deserr(default)]
    pub activities: Vec<Activity>,
    #[serde(default)]
    #[deserr(default)]
    pub blogs: Vec<Blog>,
    #[serde(default)]
    #[deserr(default)]
    pub gallery: Vec<Picture>,
}

/// The party, the food or the stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
#[schemars(rename = "GetawayPart")]
pub struct Part {
    pub title: Text<1, 120>,
    #[serde(default)]
    #[deserr(default)]
    pub description: Option<Prose<0, 2000>>,
    #[serde(default)]
    #[deserr(default)]
    pub items: Vec<Text<1, 200>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields, rename = "GetawayActivity")]
pub struct Activity {
    pub name: Text<1, 120>,
    #[serde(default)]
    #[deserr(default)]
    pub description: Option<Prose<0, 1000>>,
    #[serde(default)]
    #[deserr(default)]
    pub image: Option<Image>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Blog {
    pub title: Text<1, 200>,
    /// Where it can be read.
    pub url: Text<1, 500>,
    #[serde(default)]
    #[deserr(default)]
    pub summary: Option<Prose<0, 1000>>,
    #[serde(default)]
    #[deserr(default)]
    pub image: Option<Image>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
#[schemars(rename = "GetawayPicture")]
pub struct Picture {
    pub image: Image,
    pub category: GalleryCategory,
    #[serde(default)]
    #[deserr(default)]
    pub caption: Option<Text<1, 200>>,
}

kernel::words! {
    GalleryCategory { Scenery "scenery", Activities "activities", Party "party", Food "food", Accommodation "accommodation", People "people" }
}

impl Getaway {
    pub(super) fn images(&self) -> impl Iterator<Item = &Image> {
        let of_activities = self.activities.iter().filter_map(|it| it.image.as_ref());
        let of_blogs = self.blogs.iter().filter_map(|it| it.image.as_ref());
        self.gallery.iter().map(|it| &it.image).chain(of_activities).chain(of_blogs)
    }

    /// Names the mistakes below `at`.
    pub(super) fn check(&self, at: &str, errors: &mut FieldErrors) {
        let sizes = [
            ("highlights", self.highlights.len()),
            ("party/items", self.party.as_ref().map_or(0, |it| it.items.len())),
            ("food/items", self.food.as_ref().map_or(0, |it| it.items.len())),
            ("stay/items", self.stay.as_ref().map_or(0, |it| it.items.len())),
            ("activities", self.activities.len()),
            ("blogs", self.blogs.len()),
            ("gallery", self.gallery.len()),
        ];
        for (name, size) in sizes {
            if size > MOST {
                errors.push(format!("{at}/{name}"), format!("must have at most {MOST} elements"));
            }
        }
    }
}

/// Whether a trek is offered as a weekend away.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct GetawayWish {
    pub enabled: bool,
}

/// All pictures of a weekend away.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewGallery {
    #[schemars(length(max = 50))]
    pub gallery: Vec<Picture>,
}

/// A weekend away on its own page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GetawayPage {
    #[serde(flatten)]
    pub trek: TrekView,
}

/// Which trek something belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{T}OfTrek")]
pub struct Of<T> {
    /// Of the trek and its place there.
    pub id: String,
    pub trek_id: TrekId,
    pub trek_name: String,
    pub trek_slug: String,
    #[serde(flatten)]
    pub it: T,
}

/// What all weekends away have of something, on one list.
pub trait Listable: Serialize + DeserializeOwned + JsonSchema {
    const CATALOGUE: Catalogue;

    fn of(getaway: Getaway) -> Vec<Self>;
}

impl Listable for Picture {
    const CATALOGUE: Catalogue = Catalogue::new(&[
        TREK_ID,
        Field::new("category", Kind::Enum(GalleryCategory::NAMES)).filter().sort().repeat(),
        Field::new("trek_name", Kind::Text).sort(),
        Field::new("trek_slug", Kind::Text),
        Field::new("image", Kind::Text),
        Field::new("caption", Kind::Text),
    ]);

    fn of(getaway: Getaway) -> Vec<Self> {
        getaway.gallery
    }
}

impl Listable for Blog {
    const CATALOGUE: Catalogue = Catalogue::new(&[
        TREK_ID,
        Field::new("title", Kind::Text).sort(),
        Field::new("trek_name", Kind::Text).sort(),
        Field::new("trek_slug", Kind::Text),
        Field::new("url", Kind::Text),
        Field::new("summary", Kind::Text),
        Field::new("image", Kind::Text),
    ]);

    fn of(getaway: Getaway) -> Vec<Self> {
        getaway.blogs
    }
}

impl Listable for Activity {
    const CATALOGUE: Catalogue = Catalogue::new(&[
        TREK_ID,
        Field::new("name", Kind::Text).sort(),
        Field::new("trek_name", Kind::Text).sort(),
        Field::new("trek_slug", Kind::Text),
        Field::new("description", Kind::Text),
        Field::new("image", Kind::Text),
    ]);

    fn of(getaway: Getaway) -> Vec<Self> {
        getaway.activities
    }
}

/// The query parameters of such a list.
#[derive(Debug, Clone, PartialEq)]
pub struct GetawayQuery<T>(CatalogueQuery, std::marker::PhantomData<fn() -> T>);

impl<T: Listable> Parameters for GetawayQuery<T> {
    fn take(params: &mut Params) -> Self {
        Self(T::CATALOGUE.take(params), std::marker::PhantomData)
    }

    fn parameters() -> Vec<Parameter> {
        T::CATALOGUE.parameters()
    }
}

/// What of an entry such a list needs.
#[derive(Deserialize)]
struct Entry {
    id: TrekId,
    name: String,
    slug: String,
    #[serde(default)]
    weekend_getaway: Option<Getaway>,
}

/// Whether a trek's entry is offered as a weekend away.
pub(super) fn is_getaway(entry: &Value) -> bool {
    entry["is_weekend_getaway"] == true
}

impl Tours {
    /// The pictures, blogs or activities of all weekends away that are on sale.
    pub async fn list_of_getaways<T: Listable>(
        &self,
        query: &GetawayQuery<T>,
    ) -> Result<Results<Shown<Of<T>>>> {
        let shelves = self.catalogue.open([Shelf::Treks]).await?;
        let now = time::now();
        let mut found = Vec::new();
        for entry in shelves.all().filter(|entry| is_getaway(entry)) {
            let listed = Listed::deserialize(entry).map_err(Failure::internal)?;
            if !is_on_sale(&listed, now) {
                continue;
            }
            let Entry { id, name, slug, weekend_getaway } =
                Entry::deserialize(entry).map_err(Failure::internal)?;
            for (at, it) in weekend_getaway.into_iter().flat_map(T::of).enumerate() {
                let (trek_name, trek_slug) = (name.clone(), slug.clone());
                found.push(json(&Of { id: format!("{id}-{at:02}"), trek_id: id, trek_name, trek_slug, it })?);
            }
        }
        Ok(query.0.apply(&found).into())
    }

    /// One weekend away with everything about it, by the id or slug of its trek.
    pub async fn show_getaway(&self, handle: &Handle, caller: Option<&Caller>) -> Result<GetawayPage> {
        let id = self.trek_id(handle).await?.ok_or_else(no_such_trek)?;
        let (trek, departures) = self.trek(id).await?.ok_or_else(no_such_trek)?;
        let offered = trek.is_public() && trek.facts.weekend_getaway.as_ref().is_some_and(|it| it.enabled);
        if !offered && !caller.is_some_and(Caller::is_admin) {
            return Err(no_such_trek());
        }
        Ok(GetawayPage { trek: TrekView::new(&trek, &departures) })
    }

    /// Offers a trek as a weekend away, or does not any more; what was said of it stays.
    pub async fn offer_getaway(&self, id: TrekId, wish: &GetawayWish) -> Result<TrekView> {
        self.change_getaway(id, |getaway| getaway.enabled = wish.enabled).await
    }

    pub async fn replace_gallery(&self, id: TrekId, new: &NewGallery) -> Result<TrekView> {
        if new.gallery.len() > MOST {
            return Err(Failure::field("/gallery", format!("must have at most {MOST} elements")));
        }
        self.change_getaway(id, |getaway| getaway.gallery.clone_from(&new.gallery)).await
    }

    async fn change_getaway(&self, id: TrekId, change: impl Fn(&mut Getaway)) -> Result<TrekView> {
        again(|| async {
            let head = self.catalogue.head().await?;
            let (mut trek, departures): (Trek, _) = self.trek(id).await?.ok_or_else(no_such_trek)?;
            change(trek.facts.weekend_getaway.get_or_insert_default());
            let effect = self.replace_trek(Transaction::new(), head, &mut trek, &departures).await?;
            effect.commit(&self.table).await?;
            Ok(TrekView::new(&trek, &departures))
        })
        .await
    }
}
