//! Keys under which people are found: in lists by role and group, in searches by how a text begins.

use std::collections::BTreeSet;

use kernel::{Role, UserId};
use store::Key;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Partitions of each list, so that none is hot when many people join at once.
pub const SHARDS: u8 = 4;
/// In place of a role or group: everybody's list.
pub const ANY: &str = "*";

/// The search in which everybody is found.
pub const EVERYBODY: &str = "everybody";
/// The search in which only public profiles are found.
pub const PUBLIC: &str = "public";

/// Names have few words; more postings than that help nobody.
const MOST_WORDS: usize = 4;
/// Longer than anybody types.
const LONGEST: usize = 60;

/// The lists that somebody is in, everybody's first.
pub fn lists<'a>(
    roles: &'a BTreeSet<Role>,
    group: Option<&'a str>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let roles = std::iter::once(ANY).chain(roles.iter().map(|role| role.name()));
    roles.flat_map(move |role| std::iter::once(ANY).chain(group).map(move |group| (role, group)))
}

pub fn list_pk(role: &str, group: &str, shard: u8) -> String {
    format!("LIST#{role}#{group}#{shard}")
}

/// In each list the active come first, and of them the newest: an id begins with its moment.
pub fn list_key(id: UserId, role: &str, group: &str, active: bool) -> Key {
    let shard = (id.ulid().random() % u128::from(SHARDS)) as u8;
    Key::new(list_pk(role, group, shard), format!("{}#{id}", u8::from(active)))
}

/// Lower case without accents, each blank once.
pub fn folded(text: &str) -> String {
    // Some letters come apart only in lower case.
    let plain = text.nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c));
    let plain: String = plain.collect();
    let one_blank: Vec<_> = plain.split_whitespace().collect();
    let short: String = one_blank.join(" ").chars().take(LONGEST).collect();
    short.trim_end().to_owned()
}

/// A name from each of its words on, so that every word finds it.
pub fn words_of(name: &str) -> BTreeSet<String> {
    let name = folded(name);
    let starts = std::iter::once(0).chain(name.match_indices(' ').map(|(at, _)| at + 1));
    starts.take(MOST_WORDS).map(|at| name[at..].to_owned()).filter(|text| !text.is_empty()).collect()
}

/// `text` is folded.
pub fn find_pk(space: &str, text: &str) -> String {
    let first: String = text.chars().take(1).collect();
    format!("FIND#{space}#{first}")
}

pub fn find_key(space: &str, text: &str, id: UserId) -> Key {
    Key::new(find_pk(space, text), format!("{text}#{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_case_and_blanks_make_no_difference() {
        assert_eq!(folded("  Zoë   ÅNGSTRÖM "), "zoe angstrom");
        let words = words_of("Ana María  López");
        assert_eq!(words.into_iter().collect::<Vec<_>>(), ["ana maria lopez", "lopez", "maria lopez"]);
    }

    proptest! {
        #[test]
        fn every_beginning_of_every_word_finds_the_name(name in "[A-Za-zÀ-ÿ]{1,12}( [A-Za-zÀ-ÿ]{1,12}){0,3}", at: prop::sample::Index, length in 1..12_usize) {
            let words: Vec<_> = name.split(' ').collect();
            let typed: String = words[at.index(words.len())].chars().take(length).collect();
            let typed = folded(&typed);
            prop_assume!(!typed.is_empty());
            prop_assert!(words_of(&name).iter().any(|text| text.starts_with(&typed)), "{typed} in {name}");
        }

        #[test]
        fn folding_twice_is_folding_once(text in ".{0,80}") {
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }
    }

    #[test]
    fn one_is_in_every_combination_of_ones_lists_once() {
        let roles = BTreeSet::from([Role::User, Role::Worker]);
        let all: Vec<_> = lists(&roles, Some("g")).collect();
        assert_eq!(
            all,
            [("*", "*"), ("*", "g"), ("user", "*"), ("user", "g"), ("worker", "*"), ("worker", "g")]
        );
        assert_eq!(lists(&BTreeSet::new(), None).count(), 1);
    }
}
