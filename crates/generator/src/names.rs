//! How names are written where.

/// `relay-identity` as a logical id: `RelayIdentity`.
pub fn pascal(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(capitalised).collect()
}

pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `UserId` as a field: `user_id`.
pub fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Every line that is not empty, further to the right.
pub fn indented(text: &str, spaces: usize) -> String {
    let space = " ".repeat(spaces);
    let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("{space}{line}\n") };
    text.lines().map(line).collect()
}

/// The text with what stands between two marks replaced, indented like the first of them.
pub fn between(text: &str, begin: &str, end: &str, block: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    let space = before.len() - before.trim_end_matches(' ').len();
    Some(format!("{before}{begin}{}{}{end}{after}", indented(block, space), " ".repeat(space)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_their_form_and_nothing_else() {
        assert_eq!(pascal("/identity/queue/identity-mail/arn"), "IdentityQueueIdentityMailArn");
        assert_eq!(pascal("log-in-2"), "LogIn2");
        assert_eq!(snake("UserId"), "user_id");
        assert_eq!(indented("a\n\nb\n", 2), "  a\n\n  b\n");
    }

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        let (begin, end) = ("# begin\n", "# end");
        let text = "a\n    # begin\n    old\n    # end\nb\n";
        assert_eq!(between(text, begin, end, "new\n").unwrap(), "a\n    # begin\n    new\n    # end\nb\n");
        assert_eq!(between("a\nb\n", begin, end, ""), None);
    }
}
