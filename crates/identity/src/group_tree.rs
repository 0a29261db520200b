//! How groups stand below each other: one small item, so that a change of any group sees all of them at once.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::Put;
use kernel::{Failure, Permission, Problem, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::number;
use store::{Key, Record, Table};

use crate::account::GroupId;
use crate::group::Group;

/// A group and those above it.
pub const LEVELS: usize = 5;
/// Groups below one group: each change of it writes their lines in the session registry, in one transaction.
pub const BELOW: usize = 50;
/// All groups together, so that the item stays small.
pub const GROUPS: usize = 500;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tree {
    pub nodes: Vec<Node>,
    /// `0` before there is a group.
    pub version: u64,
}

/// A group, as far as others depend on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Node {
    pub id: GroupId,
    pub parent: Option<GroupId>,
    /// What it allows without its parents.
    pub grants: Vec<Permission>,
    pub active: bool,
}

impl From<&Group> for Node {
    fn from(group: &Group) -> Self {
        Self { id: group.id, parent: group.parent_group, grants: group.grants(), active: group.is_active }
    }
}

impl Tree {
    pub fn key_of_all() -> Key {
        Key::new("GROUPS", "TREE")
    }

    fn node(&self, id: GroupId) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The group and those above it, lowest first; never longer than the tree.
    fn path(&self, id: GroupId) -> Vec<&Node> {
        let upwards = std::iter::successors(self.node(id), |node| self.node(node.parent?));
        upwards.take(self.nodes.len()).collect()
    }

    /// What members of the group may do. An inactive group allows nothing, and passes on nothing.
    pub fn effective(&self, id: GroupId) -> Vec<Permission> {
        let active = self.path(id).into_iter().take_while(|node| node.active);
        let all: BTreeSet<_> = active.flat_map(|node| node.grants.iter().copied()).collect();
        all.into_iter().collect()
    }

    /// The groups below, at any depth.
    pub fn below(&self, id: GroupId) -> Vec<GroupId> {
        let mut found = vec![id];
        let mut at = 0;
        while let Some(above) = found.get(at).copied() {
            let children =
                self.nodes.iter().filter(|node| node.parent == Some(above) && !found.contains(&node.id));
            let children: Vec<_> = children.map(|node| node.id).collect();
            found.extend(children);
            at += 1;
        }
        found.split_off(1)
    }

    /// With the group as it is now, if the tree stays one that can be kept up to date.
    pub fn with(&self, node: Node) -> Result<Self> {
        let parent = |message: String| Failure::field("/parent_group", message);
        let mut next = self.clone();
        next.nodes.retain(|other| other.id != node.id);
        let (id, above) = (node.id, node.parent);
        next.nodes.push(node);
        if next.nodes.len() > GROUPS {
            return Err(Failure::field("/name", format!("would be one more than {GROUPS} groups")));
        }
        if let Some(above) = above {
            if self.node(above).is_none() {
                return Err(parent("is no group".into()));
            }
            if above == id || next.below(id).contains(&above) {
                return Err(parent("is this group or below it".into()));
            }
        }
        let lowest = next.below(id).into_iter().map(|below| next.path(below).len()).max();
        if lowest.unwrap_or(0).max(next.path(id).len()) > LEVELS {
            return Err(parent(format!("would make more than {LEVELS} levels")));
        }
        let top = next.path(id).last().map_or(id, |top| top.id);
        if next.below(top).len() > BELOW {
            return Err(parent(format!("would have more than {BELOW} groups below it")));
        }
        Ok(next)
    }

    pub fn without(&self, id: GroupId) -> Self {
        let mut next = self.clone();
        next.nodes.retain(|node| node.id != id);
        next
    }

    /// What the groups' members may do that is not what they might before.
    pub fn lines(&self, changed: GroupId) -> BTreeMap<GroupId, Vec<Permission>> {
        let all = std::iter::once(changed).chain(self.below(changed));
        all.map(|id| (id, self.effective(id))).collect()
    }

    /// Refused when any group was changed since the tree was read.
    pub fn put(&self, table: &Table) -> Result<Put> {
        let mut item = self.to_item()?;
        item.insert("version".into(), number(self.version + 1));
        let put = Put::builder().table_name(&table.name).set_item(Some(item));
        let put = match self.version {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            read => {
                put.condition_expression("version = :read").expression_attribute_values(":read", number(read))
            }
        };
        put.build().map_err(Failure::internal)
    }
}

/// A refusal inside: another group was changed meanwhile.
pub(crate) const TREE_CHANGED: Problem = Problem::new("groups-changed", 409, "Changed meanwhile");

impl Record for Tree {
    const KIND: &'static str = "group-tree";

    fn key(&self) -> Key {
        Self::key_of_all()
    }

    fn version(&self) -> u64 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn node(id: GroupId, parent: Option<GroupId>, grant: Permission) -> Node {
        Node { id, parent, grants: vec![grant], active: true }
    }

    fn ids<const N: usize>() -> [GroupId; N] {
        [(); N].map(|()| GroupId::new())
    }

    #[test]
    fn members_may_what_the_group_and_its_active_parents_allow() {
        let [top, middle, low] = ids();
        let mut tree = Tree::default().with(node(top, None, Permission::Stats)).unwrap();
        tree = tree.with(node(middle, Some(top), Permission::Orders)).unwrap();
        tree = tree.with(node(low, Some(middle), Permission::Users)).unwrap();
        assert_eq!(tree.effective(low), [Permission::Stats, Permission::Users, Permission::Orders]);
        assert_eq!(tree.effective(top), [Permission::Stats]);
        let asleep = Node { active: false, ..node(middle, Some(top), Permission::Orders) };
        let tree = tree.with(asleep).unwrap();
        assert_eq!(tree.effective(low), [Permission::Users]);
        assert_eq!(tree.effective(middle), []);
        assert_eq!(tree.lines(top).len(), 3);
    }

    #[test]
    fn a_circle_is_refused() {
        let [top, low] = ids();
        let tree = Tree::default().with(node(top, None, Permission::Stats)).unwrap();
        let tree = tree.with(node(low, Some(top), Permission::Stats)).unwrap();
        assert!(tree.with(node(top, Some(low), Permission::Stats)).is_err());
        assert!(tree.with(node(top, Some(top), Permission::Stats)).is_err());
        assert!(tree.with(node(low, Some(GroupId::new()), Permission::Stats)).is_err());
    }

    #[test]
    fn five_levels_are_enough_and_fifty_groups_below_one() {
        let levels = ids::<6>();
        let mut tree = Tree::default();
        for at in 0..5_usize {
            let parent = at.checked_sub(1).map(|above| levels[above]);
            tree = tree.with(node(levels[at], parent, Permission::Stats)).unwrap();
        }
        assert!(tree.with(node(levels[5], Some(levels[4]), Permission::Stats)).is_err());
        // Moved below another one, the lowest would be too low.
        let tree = tree.with(node(levels[5], None, Permission::Stats)).unwrap();
        assert!(tree.with(node(levels[0], Some(levels[5]), Permission::Stats)).is_err());

        let top = GroupId::new();
        let mut tree = Tree::default().with(node(top, None, Permission::Stats)).unwrap();
        for _ in 0..BELOW {
            tree = tree.with(node(GroupId::new(), Some(top), Permission::Stats)).unwrap();
        }
        assert!(tree.with(node(GroupId::new(), Some(top), Permission::Stats)).is_err());
        assert!(tree.with(node(GroupId::new(), None, Permission::Stats)).is_ok());
    }

    proptest! {
        /// Whatever is put below whatever: what is accepted has no circle and keeps its bounds.
        #[test]
        fn every_tree_that_is_accepted_is_one(moves in prop::collection::vec((0_usize..12, 0_usize..13), 1..40)) {
            let groups = ids::<12>();
            let mut tree = Tree::default();
            for (which, parent) in moves {
                let node = node(groups[which], groups.get(parent).copied(), Permission::Stats);
                if let Ok(next) = tree.with(node) {
                    tree = next;
                }
                for node in &tree.nodes {
                    let path = tree.path(node.id);
                    prop_assert!(path.len() <= LEVELS);
                    prop_assert!(path.last().unwrap().parent.is_none());
                    prop_assert!(!tree.below(node.id).contains(&node.id));
                    prop_assert!(tree.below(node.id).len() <= BELOW);
                }
            }
        }
    }
}
