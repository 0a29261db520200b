//! US-5: finding people. Everybody by the beginning of a name; administrators by role, group and state, too.
//!
//! The index says who, the profiles say what: they are read strongly, so that who was deleted or hid a
//! moment ago is not shown, even where the index does not know yet. A page may be shorter for it.

use std::collections::BTreeSet;

use kernel::page::{Cursor, Cursors, Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::text::Text;
use kernel::{Failure, Permission, Problem, Result, Role, Timestamp, UserId};
use platform::{Aws, StartError, State, config};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::expression::text;
use store::{Item, Record};
use web::{Caller, Json};

use crate::Users;
use crate::blocks::Block;
use crate::profile::{Profile, ProfileStatus};
use crate::search::{self, ANY, EVERYBODY, PUBLIC, SHARDS};

/// What a search and a list need beside the table.
pub struct Directory {
    pub users: Users,
    cursor_key: String,
}

impl State for Directory {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(Users::start(aws).await?, config::required("CURSOR_KEY")?))
    }
}

#[derive(Debug)]
pub struct UserQuery {
    pub q: Option<Text<1, 100>>,
    pub search: Option<Text<1, 100>>,
    pub role: Option<Role>,
    pub group: Option<Text<1, 40>>,
    pub is_active: Option<bool>,
    pub page: PageRequest,
}

impl Parameters for UserQuery {
    fn take(params: &mut Params) -> Self {
        let is_active = params.take("is_active").and_then(|text| match text.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                params.refuse("is_active", "must be true or false");
                None
            }
        });
        Self {
            q: params.take_as("q"),
            search: params.take_as("search"),
            role: params.take_as("role"),
            group: params.take_as("group"),
            is_active,
            page: PageRequest::take(params),
        }
    }

    fn parameters() -> Vec<Parameter> {
        let words = json!({"type": "string", "minLength": 1, "maxLength": 100});
        let roles = Role::ALL.map(Role::name);
        let own = [
            Parameter::new(
                "q",
                "How a word of the name begins; needed unless you administer.",
                words.clone(),
            ),
            Parameter::new(
                "search",
                "For administrators: how a word of the name, the e-mail address or the phone number begins.",
                words,
            ),
            Parameter::new("role", "For administrators.", json!({"type": "string", "enum": roles})),
            Parameter::new("group", "For administrators.", json!({"type": "string", "maxLength": 40})),
            Parameter::new("is_active", "For administrators.", json!({"type": "boolean"})),
        ];
        own.into_iter().chain(PageRequest::parameters()).collect()
    }
}

/// Somebody in a list; what only administrators see is left out for others.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Listed {
    pub id: UserId,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    pub status: ProfileStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administration: Option<ForAdministrators>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ForAdministrators {
    pub email: String,
    pub phone: Option<kernel::text::Phone>,
    pub roles: BTreeSet<Role>,
    pub group_id: Option<String>,
    pub is_verified: bool,
    pub is_active: bool,
    pub created_at: Timestamp,
}

impl Listed {
    fn of(profile: Profile, whole: bool) -> Self {
        let is_active = profile.is_active();
        Self {
            id: profile.id,
            name: profile.display_name(),
            photo: profile.photo_path(),
            status: profile.status(),
            administration: whole.then_some(ForAdministrators {
                email: profile.email,
                phone: profile.phone,
                roles: profile.roles,
                group_id: profile.group_id,
                is_verified: profile.is_verified,
                is_active,
                created_at: profile.created_at,
            }),
        }
    }
}

/// The last one shown.
#[derive(Debug, Serialize, Deserialize)]
struct Position(String);

/// Whom to look for in the index: partitions, how sort keys begin, and whether they go downwards.
struct Asked {
    index: u8,
    partitions: Vec<String>,
    prefix: String,
    downwards: bool,
}

impl Directory {
    pub fn new(users: Users, cursor_key: impl Into<String>) -> Self {
        Self { users, cursor_key: cursor_key.into() }
    }

    pub async fn list(&self, caller: &Caller, query: &UserQuery) -> Result<Json<Page<Listed>>> {
        let whole = caller.may(Permission::Users);
        let asked = if whole { query.administrators()? } else { query.everybodys()? };
        let limit = query.page.limit as usize;
        let context = format!("users {} {:?} {}", asked.index, asked.partitions, asked.prefix);
        let cursors = Cursors::new(self.cursor_key.as_bytes(), &context)?;
        let after = query.page.cursor.as_ref().map(|cursor| cursors.open::<Position>(cursor)).transpose()?;
        let mut found = self.found(&asked, after, limit + 1).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more);
        let next: Option<Cursor> = last.map(|(at, _)| cursors.seal(&Position(at.clone()))).transpose()?;
        let viewer = if whole { None } else { Some(caller.user_id) };
        let profiles = self.profiles(found.into_iter().map(|(_, id)| id).collect(), viewer).await?;
        let listed = profiles.into_iter().map(|profile| Listed::of(profile, whole)).collect();
        Ok(Json::new(Page::new(listed, query.page.limit, next)))
    }

    /// One query for each partition, merged: each brings as many as the page takes, so the merged page is exact.
    async fn found(
        &self,
        asked: &Asked,
        after: Option<Position>,
        most: usize,
    ) -> Result<Vec<(String, UserId)>> {
        let mut found = Vec::new();
        for partition in &asked.partitions {
            for item in self.partition(asked, partition, after.as_ref(), most).await? {
                found.extend(place_of(&item, asked.index));
            }
        }
        found.sort_unstable();
        if asked.downwards {
            found.reverse();
        }
        found.truncate(most);
        Ok(found)
    }

    async fn partition(
        &self,
        asked: &Asked,
        partition: &str,
        after: Option<&Position>,
        most: usize,
    ) -> Result<Vec<Item>> {
        // A range instead of a start key: the position is the same in every partition.
        let highest = format!("{}\u{10FFFF}", asked.prefix);
        let (low, high) = match (after, asked.downwards) {
            (None, _) => (asked.prefix.clone(), highest),
            (Some(Position(at)), true) => (asked.prefix.clone(), at.clone()),
            (Some(Position(at)), false) => (at.clone(), highest),
        };
        // A key condition may not compare with an empty text.
        let low = if low.is_empty() { " ".to_owned() } else { low };
        let (table, index) = (&self.users.table, asked.index);
        // One more than asked for: the range begins with the last one shown.
        let limit = i32::try_from(most + 1).unwrap_or(i32::MAX);
        let answer = table
            .client
            .query()
            .table_name(&table.name)
            .index_name(format!("gsi{index}"))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
            .expression_attribute_names("#pk", format!("gsi{index}pk"))
            .expression_attribute_names("#sk", format!("gsi{index}sk"))
            .expression_attribute_values(":pk", text(partition))
            .expression_attribute_values(":low", text(low))
            .expression_attribute_values(":high", text(high))
            .scan_index_forward(!asked.downwards)
            .limit(limit)
            .send()
            .await
            .map_err(store::failure)?;
        let shown = |item: &Item| {
            let at = place_of(item, index).map(|(at, _)| at);
            after.is_some_and(|Position(last)| at.as_ref() == Some(last))
        };
        let items = answer.items.unwrap_or_default();
        Ok(items.into_iter().filter(|item| !shown(item)).take(most).collect())
    }

    /// The profiles in this order, as they are now; for `viewer`, without whoever hides or has blocked them.
    async fn profiles(&self, ids: Vec<UserId>, viewer: Option<UserId>) -> Result<Vec<Profile>> {
        let mut seen = BTreeSet::new();
        let ids: Vec<_> = ids.into_iter().filter(|id| seen.insert(*id)).collect();
        let keys: Vec<_> = ids.iter().map(|id| Profile::key_of(*id)).collect();
        let blocks: Vec<_> = ids.iter().filter_map(|id| Some(Block::key_of(*id, viewer?))).collect();
        let mut items = self.users.table.items(&keys, true).await?;
        let blocking = self.users.table.items(&blocks, true).await?;
        let mut profiles = Vec::new();
        for key in &keys {
            let Some(item) = items.remove(key) else { continue };
            let profile = Profile::from_item(item)?;
            let blocked =
                viewer.is_some_and(|viewer| blocking.contains_key(&Block::key_of(profile.id, viewer)));
            let shown =
                if viewer.is_some() { profile.is_public() && !blocked } else { !profile.is_deleted() };
            if shown {
                profiles.push(profile);
            }
        }
        Ok(profiles)
    }
}

/// Where an item stands in the index, and of whom it is.
fn place_of(item: &Item, index: u8) -> Option<(String, UserId)> {
    let at = item.get(&format!("gsi{index}sk"))?.as_s().ok()?;
    let (_, id) = at.rsplit_once('#')?;
    Some((at.clone(), id.parse().ok()?))
}

impl UserQuery {
    fn everybodys(&self) -> Result<Asked> {
        let more = self.search.is_some() || self.role.is_some() || self.group.is_some();
        if more || self.is_active.is_some() {
            let detail =
                "Only administrators filter by search, role, group and is_active; look for a name with q.";
            return Err(Problem::FORBIDDEN.because(detail));
        }
        let q = self.q.as_ref().ok_or_else(|| Failure::field("q", "is required"))?;
        found_by(PUBLIC, q, "q")
    }

    fn administrators(&self) -> Result<Asked> {
        let filtered = self.role.is_some() || self.group.is_some() || self.is_active.is_some();
        match (&self.q, &self.search) {
            (Some(_), Some(_)) => Err(Failure::field("q", "is the same as search: send one of them")),
            (Some(_), _) | (_, Some(_)) if filtered => {
                Err(Failure::field("search", "cannot be combined with role, group or is_active"))
            }
            (Some(text), None) => found_by(EVERYBODY, text, "q"),
            (None, Some(text)) => found_by(EVERYBODY, text, "search"),
            (None, None) => {
                let role = self.role.map_or(ANY, Role::name);
                let group = self.group.as_ref().map_or(ANY, Text::as_str);
                let prefix = self.is_active.map_or(String::new(), |it| format!("{}#", u8::from(it)));
                let partitions = (0..SHARDS).map(|shard| search::list_pk(role, group, shard)).collect();
                Ok(Asked { index: 2, partitions, prefix, downwards: true })
            }
        }
    }
}

fn found_by(space: &str, typed: &Text<1, 100>, parameter: &str) -> Result<Asked> {
    let prefix = search::folded(typed.as_str());
    if prefix.is_empty() {
        return Err(Failure::field(parameter, "must have a letter or a digit"));
    }
    let index = if space == PUBLIC { 2 } else { 3 };
    Ok(Asked { index, partitions: vec![search::find_pk(space, &prefix)], prefix, downwards: false })
}
