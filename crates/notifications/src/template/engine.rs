//! Fills templates in. HTML is escaped, an unknown variable is an error, and no template runs for long.

use jiff::Zoned;
use kernel::money::{Currency, Money};
use kernel::{FieldErrors, Timestamp};
use minijinja::value::{Serde, Value as Number};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::{Map, Value};

use super::{COMMON, Locale, Wording, layout, sample};
use crate::clock::zone;

/// Steps of the engine for one part of a template: far more than any of ours takes.
const FUEL: u64 = 50_000;

/// Whose language and place it is said in.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    pub locale: Locale,
    pub timezone: &'a str,
    /// The address by which such mails end, when they may.
    pub unsubscribe: Option<&'a str>,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub subject: String,
    pub short: String,
    pub text: String,
    pub html: String,
}

/// Title and one sentence: all that the app and a phone show.
pub fn head(wording: &Wording, context: &Map<String, Value>, to: Setting<'_>) -> Result<[String; 2], Error> {
    let engine = engine(to);
    let one = |source: &str| -> Result<String, Error> {
        let said = engine.render_named_str("head.txt", source, Serde(context))?;
        Ok(one_line(&said))
    };
    Ok([one(&wording.subject)?, one(&wording.short)?])
}

/// All parts, the mail's two forms within their layout.
pub fn render(wording: &Wording, context: &Map<String, Value>, to: Setting<'_>) -> Result<Said, Error> {
    let [subject, short] = head(wording, context, to)?;
    let engine = engine(to);
    let (around_text, around_html) = layout(to.locale);
    let form = |name: &str, source: &str, around: &str| -> Result<String, Error> {
        let body = engine.render_named_str(name, source, Serde(context))?;
        let around_it = serde_json::json!({"subject": subject, "body": body, "unsubscribe": to.unsubscribe});
        engine.render_named_str(name, around, Serde(around_it))
    };
    let text = form("mail.txt", &wording.text, around_text)?;
    let html = form("mail.html", &wording.html, around_html)?;
    Ok(Said { subject, short, text, html })
}

/// Refuses what cannot be read and what uses variables that the template has not.
pub fn check(key: &str, wording: &Wording) -> Result<(), FieldErrors> {
    let own = sample(key);
    let setting = Setting { locale: Locale::En, timezone: "UTC", unsubscribe: None };
    let engine = engine(setting);
    let mut errors = FieldErrors::default();
    for (field, source) in [
        ("/subject", &wording.subject),
        ("/short", &wording.short),
        ("/text", &wording.text),
        ("/html", &wording.html),
    ] {
        let template = match engine.template_from_str(source) {
            Ok(template) => template,
            Err(error) => {
                errors.push(field, format!("is no template: {error}"));
                continue;
            }
        };
        let mut unknown: Vec<_> = template.undeclared_variables(false).into_iter().collect();
        unknown.retain(|name| !own.contains_key(name) && !COMMON.contains(&name.as_str()));
        unknown.sort_unstable();
        for name in unknown {
            let known: Vec<_> = COMMON.into_iter().chain(own.keys().map(String::as_str)).collect();
            errors.push(field, format!("uses `{name}`; there are {}", known.join(", ")));
        }
    }
    if errors.0.is_empty() { Ok(()) } else { Err(errors) }
}

fn engine(to: Setting<'_>) -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.set_fuel(Some(FUEL));
    engine.set_auto_escape_callback(|name| {
        if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
    });
    let (locale, place) = (to.locale, zone(to.timezone));
    let local = move |text: &str| -> Result<Zoned, Error> {
        let at: Timestamp = text.parse().map_err(|_| invalid("is no moment", text))?;
        Ok(at.to_zoned(place.clone()))
    };
    let of = local.clone();
    engine.add_filter("day", move |text: String| Ok::<_, Error>(day(&of(&text)?, locale)));
    engine.add_filter("moment", move |text: String| {
        let at = local(&text)?;
        Ok::<_, Error>(format!("{}, {:02}:{:02}", day(&at, locale), at.hour(), at.minute()))
    });
    engine.add_filter("money", move |amount: Number, currency: String| {
        let amount = number(amount)?;
        let currency: Currency = currency.parse().map_err(|_| invalid("is no currency", &currency))?;
        let text = Money::new(amount, currency).to_string();
        Ok::<_, Error>(if locale == Locale::De { text.replace('.', ",") } else { text })
    });
    engine.add_filter("seats", move |count: Number| {
        let count = number(count)?;
        let noun = match (locale, count) {
            (Locale::De, 1) => "Platz",
            (Locale::De, _) => "Plätze",
            (_, 1) => "seat",
            (_, _) => "seats",
        };
        Ok::<_, Error>(format!("{count} {noun}"))
    });
    engine
}

/// An event brings a number; a command to send something has only text.
fn number(value: Number) -> Result<i64, Error> {
    match value.as_str() {
        Some(text) => text.parse().map_err(|_| invalid("is no number", text)),
        None => i64::try_from(value),
    }
}

fn invalid(what: &str, text: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("`{text}` {what}"))
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

fn day(at: &Zoned, locale: Locale) -> String {
    let month = usize::try_from(at.month() - 1).unwrap_or(0);
    match locale {
        Locale::En => format!("{} {} {}", at.day(), MONTHS_EN[month], at.year()),
        Locale::De => format!("{}. {} {}", at.day(), MONTHS_DE[month], at.year()),
    }
}

/// A subject is one line, whatever somebody called themselves.
fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wording(text: &str) -> Wording {
        let text = text.to_owned();
        Wording { subject: text.clone(), short: text.clone(), text: text.clone(), html: text }
    }

    fn said(text: &str, context: Value, locale: Locale) -> Result<Said, Error> {
        let Value::Object(context) = context else { panic!("an object") };
        let to = Setting { locale, timezone: "Europe/Berlin", unsubscribe: None };
        render(&wording(text), &context, to)
    }

    #[test]
    fn what_people_write_is_escaped_in_html_and_stays_one_line_in_a_subject() {
        let said = said("Hi {{ name }}", json!({"name": "<b>Eve</b>\r\nBcc: x"}), Locale::En).unwrap();
        assert!(said.html.contains("Hi &lt;b&gt;Eve"), "{}", said.html);
        assert!(!said.html.contains("<b>"));
        assert!(said.text.contains("Hi <b>Eve</b>"));
        assert_eq!(said.subject, "Hi <b>Eve</b>  Bcc: x");
    }

    #[test]
    fn amounts_and_days_are_written_as_people_write_them() {
        let text = "{{ amount | money('EUR') }} {{ at | day }} {{ at | moment }}";
        let context = json!({"amount": 123_456, "at": "2026-03-31T22:30:00Z"});
        let english = said(text, context.clone(), Locale::En).unwrap();
        assert_eq!(english.subject, "1234.56 EUR 1 April 2026 1 April 2026, 00:30");
        let german = said(text, context, Locale::De).unwrap();
        assert_eq!(german.subject, "1234,56 EUR 1. April 2026 1. April 2026, 00:30");
        let text = "{{ amount | money('EUR') }}";
        assert_eq!(said(text, json!({"amount": "123456"}), Locale::En).unwrap().subject, "1234.56 EUR");
        assert!(said(text, json!({"amount": "much"}), Locale::En).is_err());
        let seats = json!({"one": 1, "more": "2"});
        let text = "{{ one | seats }}, {{ more | seats }}";
        assert_eq!(said(text, seats.clone(), Locale::En).unwrap().subject, "1 seat, 2 seats");
        assert_eq!(said(text, seats, Locale::De).unwrap().subject, "1 Platz, 2 Plätze");
    }

    #[test]
    fn an_unknown_variable_and_an_endless_template_are_refused() {
        assert!(said("{{ nothing }}", json!({}), Locale::En).is_err());
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(said(endless, json!({}), Locale::En).is_err());
        assert!(said("{{ 'x' | day }}", json!({}), Locale::En).is_err());
        let refused = check("welcome", &wording("{{ secret }}")).unwrap_err();
        assert_eq!(refused.0.len(), 4);
        assert!(check("welcome", &wording("{% if %}")).is_err());
        assert!(check("welcome", &wording("{{ given_name }} {{ email }}")).is_ok());
    }
}
