//! The forms that Stripe takes: `line_items[0][price_data][currency]=eur` as a tree.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

pub type Tree = Map<String, Value>;

/// Leaves are texts; names of digits only, and `[]`, make lists.
pub fn tree(form: &str) -> Tree {
    let mut root = Tree::new();
    for (name, value) in form_urlencoded::parse(form.as_bytes()) {
        let (first, rest) = name.split_once('[').unwrap_or((&name, ""));
        let path: Vec<&str> = rest.split('[').filter(|part| !part.is_empty()).collect();
        let path = path.iter().map(|part| part.trim_end_matches(']'));
        put(&mut root, first, &path.collect::<Vec<_>>(), value.into_owned());
    }
    root.into_iter().map(|(name, value)| (name, lists(value))).collect()
}

fn put(tree: &mut Tree, name: &str, path: &[&str], value: String) {
    let name = if name.is_empty() { tree.len().to_string() } else { name.to_owned() };
    let Some((next, rest)) = path.split_first() else {
        tree.insert(name, Value::String(value));
        return;
    };
    let branch = tree.entry(name).or_insert_with(|| Value::Object(Tree::new()));
    if let Value::Object(branch) = branch {
        put(branch, next, rest, value);
    }
}

fn lists(value: Value) -> Value {
    let Value::Object(tree) = value else { return value };
    let numbers: Option<Vec<usize>> = tree.keys().map(|name| name.parse().ok()).collect();
    match numbers {
        Some(numbers) if !numbers.is_empty() => {
            let mut items: Vec<_> =
                numbers.into_iter().zip(tree.into_iter().map(|(_, it)| lists(it))).collect();
            items.sort_by_key(|(number, _)| *number);
            Value::Array(items.into_iter().map(|(_, item)| item).collect())
        }
        _ => Value::Object(tree.into_iter().map(|(name, value)| (name, lists(value))).collect()),
    }
}

/// A text of a tree, by its path; the empty text is none.
pub fn text<'a>(tree: &'a Tree, path: &str) -> Option<&'a str> {
    let mut parts = path.split('.');
    let mut value = tree.get(parts.next()?)?;
    for part in parts {
        value = value.get(part)?;
    }
    value.as_str().filter(|text| !text.is_empty())
}

/// For a query or a path.
pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn brackets_make_trees_and_lists() {
        let form = "amount=5&metadata[a]=x%20y&line_items[1][price_data][currency]=eur&line_items[0][quantity]=2&expand[]=a&expand[]=b";
        assert_eq!(
            Value::Object(tree(form)),
            json!({"amount": "5", "metadata": {"a": "x y"}, "expand": ["a", "b"],
                "line_items": [{"quantity": "2"}, {"price_data": {"currency": "eur"}}]})
        );
        assert_eq!(text(&tree("a[b][c]=1&d="), "a.b.c"), Some("1"));
        assert_eq!(text(&tree("a[b][c]=1&d="), "d"), None);
        for odd in ["", "[", "]=1", "a[=1", "a[][=2", "a=1&a[b]=2"] {
            tree(odd);
        }
    }
}
