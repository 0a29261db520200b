//! Words as people look for them: without accents and case, and found by how they begin.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Prefixes of a word that are terms: shorter ones find everything, longer ones nothing else.
pub const SHORTEST: usize = 2;
pub const LONGEST: usize = 12;
/// Nobody types more of a word.
const WORD: usize = 40;

/// The text in its plainest form: compatibility forms apart (NFKD), no marks, lower case.
pub fn plain(text: &str) -> String {
    // Lowering makes marks (İ), and taking apart makes capitals (㎒): after the second time both are gone.
    pass(&pass(text))
}

fn pass(text: &str) -> String {
    let marked = |letter: &char| !is_combining_mark(*letter);
    let lower = text.nfkd().filter(marked).flat_map(char::to_lowercase);
    let mut plain = String::with_capacity(text.len());
    for letter in lower.nfkd().filter(marked) {
        match letter {
            // Letters that Unicode does not take apart, and that people type without their stroke.
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ı' => plain.push('i'),
            'ɛ' => plain.push('e'),
            'ɔ' => plain.push('o'),
            'ŋ' => plain.push('n'),
            'ς' => plain.push('σ'),
            other => plain.push(other),
        }
    }
    plain
}

/// The words of a text, in order and each as often as it stands there.
pub fn words(text: &str) -> Vec<String> {
    let plain = plain(text);
    let words = plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(WORD).collect()).collect()
}

/// A value of a facet, such as a city: its words with dashes between them.
pub fn slug(text: &str) -> String {
    words(text).join("-")
}

/// The beginnings under which a word is found.
pub fn prefixes(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = word.chars().collect();
    let longest = letters.len().min(LONGEST);
    (SHORTEST.min(longest)..=longest).map(|length| letters[..length].iter().collect()).collect()
}

/// The one beginning that is looked up for a word of a query.
pub fn lookup(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// Whether a word of a query finds a word of a text. A single letter finds only itself.
pub fn finds(wanted: &str, word: &str) -> bool {
    if wanted.chars().nth(1).is_none() { wanted == word } else { word.starts_with(wanted) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_text_stays_as_it_is(text in "\\PC*") {
            let once = plain(&text);
            prop_assert_eq!(plain(&once), once);
        }

        #[test]
        fn case_and_composition_make_no_difference(text in "[a-zA-ZÀ-ÖØ-öø-ÿĀ-ž ]*") {
            prop_assert_eq!(words(&text.to_lowercase()), words(&text));
            prop_assert_eq!(words(&text.nfc().collect::<String>()), words(&text));
            prop_assert_eq!(words(&text.nfd().collect::<String>()), words(&text));
        }

        #[test]
        fn every_beginning_of_a_word_finds_it_and_nothing_else_does(text in "\\PC{1,30}", length in 1_usize..40) {
            for word in words(&text) {
                let wanted: String = word.chars().take(length).collect();
                let alone = wanted.chars().count() == 1 && word != wanted;
                prop_assert_eq!(prefixes(&word).contains(&lookup(&wanted)), !alone);
                prop_assert_eq!(finds(&wanted, &word), !alone);
                let other = format!("{wanted}\u{1}");
                prop_assert!(!finds(&other, &word));
            }
        }

        #[test]
        fn a_word_has_as_many_terms_as_it_has_beginnings(word in "[a-z]{1,30}") {
            let expected = word.len().clamp(1, LONGEST).saturating_sub(1).max(1);
            prop_assert_eq!(prefixes(&word).len(), expected);
        }
    }

    #[test]
    fn accents_strokes_and_forms_are_not_what_people_type() {
        assert_eq!(
            words("Élodie Müller-Østergård, ﬁtter (ΟΔΟΣ)"),
            ["elodie", "muller", "ostergard", "fitter", "οδοσ"]
        );
        assert_eq!(words("Straße ㎒ İzmir Łódź"), ["strasse", "mhz", "izmir", "lodz"]);
        assert_eq!(slug("  Cape   Coast "), "cape-coast");
        assert!(words("… — !").is_empty());
    }
}
