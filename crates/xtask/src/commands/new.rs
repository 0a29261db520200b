//! `new`: the first form of a new source file.

use anyhow::{Result, bail};

use super::generate;
use crate::{progress, project};

/// Writes `functions/<context>/src/<verb_noun>.rs` and everything that follows from it.
pub async fn endpoint(context: &str, name: &str) -> Result<()> {
    project::chosen_contexts(&[context.to_owned()])?;
    check(name)?;
    let module = name.replace('-', "_");
    let path = project::root().join(format!("functions/{context}/src/{module}.rs"));
    if project::all_functions()?.contains_key(name) || path.exists() {
        bail!("`{name}` exists already: a function's name is unique in the whole project");
    }
    std::fs::write(&path, source(context, name))?;
    progress::say(format!(
        "wrote functions/{context}/src/{module}.rs: fill it in, then run `cargo xtask generate` again"
    ));
    generate::run(false).await
}

fn check(name: &str) -> Result<()> {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let words: Vec<_> = name.split('-').collect();
    if words.len() < 2
        || !words.iter().all(|part| word(part))
        || !name.starts_with(|c: char| c.is_ascii_lowercase())
    {
        bail!(
            "`{name}` is not a name like `create-tour`: a verb and a noun, in lower case, joined by hyphens"
        );
    }
    Ok(())
}

/// A file that compiles and answers 204 to whoever is signed in: the rest is copied from a neighbour.
fn source(context: &str, name: &str) -> String {
    let (verb, noun) = name.split_once('-').unwrap_or(("get", name));
    let method = method(verb);
    include_str!("endpoint.template")
        .replace("METHOD", &method.to_uppercase())
        .replace("VERB", method)
        .replace("PATH", &format!("{context}/{noun}"))
}

/// What a verb usually is in HTTP.
fn method(verb: &str) -> &'static str {
    match verb {
        "add" | "create" | "make" | "request" | "send" | "start" => "post",
        "change" | "rename" | "update" => "patch",
        "replace" | "set" => "put",
        "cancel" | "delete" | "end" | "remove" => "delete",
        _ => "get",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_verb_and_noun() {
        assert!(check("create-tour").is_ok());
        for wrong in ["tour", "Create-tour", "create_tour", "-tour", "create-", "9-tours"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_first_form_has_its_method_and_path() {
        let source = source("tours", "create-tour");
        assert!(source.starts_with("//! POST /tours/tour: "), "{source}");
        assert!(source.contains("use web::{App, Caller, Function, NoContent, post};"));
        assert!(source.contains("post(\"/tours/tour\", handle)"));
    }
}
