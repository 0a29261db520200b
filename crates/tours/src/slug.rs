//! Names as they stand in an address.

use kernel::{Problem, Result};
use store::Key;

use crate::Tours;

/// Never answered: the work is done again with the next free one.
pub const TAKEN: Problem = Problem::new("slug-taken", 409, "Somebody was faster with this slug");

/// How many things of one name get a slug with a number.
const MOST: usize = 50;

/// `The Forest Hiker!` is `the-forest-hiker`.
pub fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<_> =
        lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    match words.is_empty() {
        true => "untitled".to_owned(),
        false => words.join("-"),
    }
}

/// The same for names that differ in case and punctuation only.
pub fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Tours {
    /// The first slug of the name that nobody has, with a number when it must. The transaction's guard has the last word.
    pub(crate) async fn free_slug(&self, guard: fn(&str) -> String, name: &str) -> Result<String> {
        let base = slug(name);
        let candidates: Vec<_> = std::iter::once(base.clone())
            .chain((2..=MOST).map(|number| format!("{base}-{number}")))
            .collect();
        let keys: Vec<_> = candidates.iter().map(|slug| Key::new(guard(slug), "GUARD")).collect();
        let taken = self.table.items(&keys, true).await?;
        let free = candidates.into_iter().zip(&keys).find(|(_, key)| !taken.contains_key(key));
        free.map(|(slug, _)| slug)
            .ok_or_else(|| kernel::Failure::field("/name", "is the name of too many others"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_the_words_of_the_name() {
        assert_eq!(slug("The Forest Hiker"), "the-forest-hiker");
        assert_eq!(slug("  Été — à la mer! "), "été-à-la-mer");
        assert_eq!(slug("!!!"), "untitled");
        assert_eq!(folded(" The  Forest Hiker"), "the forest hiker");
    }
}
