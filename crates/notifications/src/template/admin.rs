//! NT-9: administrators read, change and preview the words of notifications.

use deserr::Deserr;
use kernel::text::Invalid;
use kernel::{Failure, Problem, Result, time};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt;
use std::str::FromStr;
use store::{Record, Transaction};
use web::Caller;

use super::engine::{Setting, check, render};
use super::{COMMON, Locale, Override, Past, Wording, built_in, keys, sample};
use crate::Notifications;

/// More than any mail has; a template is code that we run.
const MOST: usize = 20_000;

/// The name of a template that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateKey(&'static str);

impl fmt::Display for TemplateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl FromStr for TemplateKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = keys().find(|key| *key == text);
        known.map(Self).ok_or_else(|| Invalid("is no template".into()))
    }
}

kernel::text_value!(TemplateKey, {
    "type": "string",
    "enum": keys().collect::<Vec<_>>()
});

#[derive(Debug, Serialize, JsonSchema)]
pub struct TemplateList {
    pub data: Vec<TemplateItem>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TemplateItem {
    pub key: TemplateKey,
    pub locale: Locale,
    /// 0 for the words that come with the platform.
    pub version: u64,
}

/// A template with the variables that it may use.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TemplateView {
    pub key: TemplateKey,
    pub variables: Vec<String>,
    /// One for each language.
    pub forms: Vec<FormView>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct FormView {
    pub locale: Locale,
    /// 0 for the words that come with the platform.
    pub version: u64,
    #[serde(flatten)]
    pub wording: Wording,
}

/// All parts of a template in one language.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewWording {
    pub locale: Locale,
    pub subject: String,
    pub short: String,
    pub text: String,
    pub html: String,
}

/// What to show: the words that count now, or others that are not saved yet.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Preview {
    pub locale: Locale,
    #[deserr(default)]
    pub subject: Option<String>,
    #[deserr(default)]
    pub short: Option<String>,
    #[deserr(default)]
    pub text: Option<String>,
    #[deserr(default)]
    pub html: Option<String>,
    /// JSON of variables in place of the examples.
    #[deserr(default)]
    pub variables: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Previewed {
    pub subject: String,
    pub short: String,
    pub text: String,
    pub html: String,
}

impl Notifications {
    pub async fn templates(&self) -> Result<TemplateList> {
        let mut data = Vec::new();
        let all: Vec<_> =
            keys().flat_map(|key| Locale::ALL.iter().map(move |locale| (key, *locale))).collect();
        // DynamoDB reads so many in one call.
        for some in all.chunks(100) {
            let own = self.overrides(some).await?;
            data.extend(some.iter().map(|(key, locale)| {
                let version = own.iter().find(|it| it.key == *key && it.locale == *locale);
                let version = version.map_or(0, |it| it.version);
                TemplateItem { key: TemplateKey(key), locale: *locale, version }
            }));
        }
        Ok(TemplateList { data })
    }

    async fn overrides(&self, some: &[(&str, Locale)]) -> Result<Vec<Override>> {
        let keys: Vec<_> = some.iter().map(|(key, locale)| Override::key_of(key, *locale)).collect();
        let items = self.table.items(&keys, false).await?;
        items.into_values().map(Override::from_item).collect()
    }

    pub async fn template(&self, key: TemplateKey) -> Result<TemplateView> {
        let both: Vec<_> = Locale::ALL.iter().map(|locale| (key.0, *locale)).collect();
        let own = self.overrides(&both).await?;
        let form = |locale: &Locale| match own.iter().find(|it| it.locale == *locale) {
            Some(own) => Ok(FormView { locale: *locale, version: own.version, wording: own.wording.clone() }),
            None => Ok(FormView { locale: *locale, version: 0, wording: standard(key, *locale)? }),
        };
        let forms = Locale::ALL.iter().map(form).collect::<Result<_>>()?;
        let variables =
            COMMON.map(str::to_owned).into_iter().chain(sample(key.0).into_iter().map(|(name, _)| name));
        Ok(TemplateView { key, variables: variables.collect(), forms })
    }

    /// Everybody gets the new words from now on.
    pub async fn set_template(
        &self,
        caller: &Caller,
        key: TemplateKey,
        new: &NewWording,
    ) -> Result<FormView> {
        let wording = Wording {
            subject: new.subject.clone(),
            short: new.short.clone(),
            text: new.text.clone(),
            html: new.html.clone(),
        };
        bounded(&wording)?;
        check(key.0, &wording)?;
        // What can be read may still not be said: a filter over the wrong thing.
        said(&wording, new.locale, sample(key.0))?;
        let present: Option<Override> = self.table.get(&Override::key_of(key.0, new.locale)).await?;
        let read = present.map_or(0, |present| present.version);
        let own = Override {
            key: key.to_string(),
            locale: new.locale,
            version: read + 1,
            wording,
            changed_by: caller.user_id,
            changed_at: time::now(),
        };
        let changed = || Problem::CONFLICT.because("Read it again and repeat your change.");
        let effect = match read {
            0 => Transaction::new().create(&self.table, &own, changed())?,
            _ => Transaction::new().replace(&self.table, &Override { version: read, ..own.clone() })?,
        };
        effect.create(&self.table, &Past(own.clone()), changed())?.commit(&self.table).await?;
        Ok(FormView { locale: own.locale, version: own.version, wording: own.wording })
    }

    pub async fn preview(&self, key: TemplateKey, asked: &Preview) -> Result<Previewed> {
        let mut wording = super::wording(&self.table, key.0, asked.locale).await?;
        let parts = [
            (&mut wording.subject, &asked.subject),
            (&mut wording.short, &asked.short),
            (&mut wording.text, &asked.text),
            (&mut wording.html, &asked.html),
        ];
        for (part, other) in parts {
            if let Some(other) = other {
                part.clone_from(other);
            }
        }
        bounded(&wording)?;
        check(key.0, &wording)?;
        let mut variables = sample(key.0);
        if let Some(text) = &asked.variables {
            let own: Map<String, Value> = serde_json::from_str(text)
                .map_err(|error| Failure::field("/variables", format!("is no JSON object: {error}")))?;
            variables.extend(own);
        }
        said(&wording, asked.locale, variables)
    }
}

fn standard(key: TemplateKey, locale: Locale) -> Result<Wording> {
    built_in(key.0, locale).ok_or_else(|| Failure::internal(format!("{key} has no {locale} form")))
}

fn bounded(wording: &Wording) -> Result<()> {
    let parts = [
        ("/subject", &wording.subject, 300),
        ("/short", &wording.short, 500),
        ("/text", &wording.text, MOST),
        ("/html", &wording.html, MOST),
    ];
    for (field, text, most) in parts {
        if text.trim().is_empty() || text.len() > most {
            return Err(Failure::field(field, format!("must have 1 to {most} bytes")));
        }
    }
    Ok(())
}

fn said(wording: &Wording, locale: Locale, variables: Map<String, Value>) -> Result<Previewed> {
    let mut context = variables;
    context.entry("given_name").or_insert(json!("Ada"));
    let to = Setting { locale, timezone: "UTC", unsubscribe: Some("https://caravan.example/unsubscribe") };
    let said = render(wording, &context, to)
        .map_err(|error| Failure::field("", format!("cannot be said: {error}")))?;
    Ok(Previewed { subject: said.subject, short: said.short, text: said.text, html: said.html })
}
