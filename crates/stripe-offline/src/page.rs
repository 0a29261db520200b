//! The page to pay on, without scripts.

use crate::cards;

pub struct Shown<'a> {
    pub names: Vec<&'a str>,
    pub amount: i64,
    pub currency: &'a str,
    pub email: &'a str,
    /// The session's.
    pub status: &'a str,
    pub cancel_url: Option<&'a str>,
    pub error: Option<&'a str>,
}

pub fn page(shown: &Shown<'_>) -> String {
    let names: String = shown.names.iter().map(|name| format!("<li>{}</li>", escaped(name))).collect();
    let amount = escaped(&amount(shown.amount, shown.currency));
    let body = if shown.status == "open" {
        form(shown)
    } else {
        format!(
            "<p>This page is <b>{}</b>; there is nothing to pay here any more.</p>",
            escaped(shown.status)
        )
    };
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Pay {amount}</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:2rem auto;padding:0 1rem}}\
         label{{display:block;margin:.75rem 0}}input{{display:block;width:100%;font:inherit;padding:.25rem;box-sizing:border-box}}\
         button{{font:inherit;padding:.5rem 1rem}}.error{{color:#b00020}}small{{color:#666}}</style>\
         <h1>{amount}</h1><ul>{names}</ul>{body}\
         <p><small>The offline Stripe: no money moves. 4000 0000 0000 0002 is declined, 4000 0000 0000 9995 has too little.</small></p></html>\n"
    )
}

fn form(shown: &Shown<'_>) -> String {
    let error = shown.error.map(|why| format!("<p class=error role=alert>{}</p>", escaped(why)));
    let cancel = shown.cancel_url.map(|url| format!(" <a href=\"{}\">Cancel</a>", escaped(url)));
    format!(
        "{}<form method=post><label>Email <input name=email type=email value=\"{}\"></label>\
         <label>Card number <input name=number inputmode=numeric autocomplete=off required value={}></label>\
         <p><button>Pay</button>{}</p></form>",
        error.unwrap_or_default(),
        escaped(shown.email),
        cards::GOOD,
        cancel.unwrap_or_default()
    )
}

/// Stripe's own decimals (docs.stripe.com/currencies).
fn amount(amount: i64, currency: &str) -> String {
    let digits = match currency {
        "bif" | "clp" | "djf" | "gnf" | "jpy" | "kmf" | "krw" | "mga" | "pyg" | "rwf" | "ugx" | "vnd"
        | "vuv" | "xaf" | "xof" | "xpf" => 0,
        "bhd" | "jod" | "kwd" | "omr" | "tnd" => 3,
        _ => 2,
    };
    let unit = 10_i64.pow(digits);
    let code = currency.to_uppercase();
    match digits {
        0 => format!("{amount} {code}"),
        digits => format!("{}.{:0width$} {code}", amount / unit, amount % unit, width = digits as usize),
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_digits_of_their_currency_and_texts_bring_no_markup() {
        assert_eq!(amount(1205, "eur"), "12.05 EUR");
        assert_eq!(amount(1205, "jpy"), "1205 JPY");
        assert_eq!(amount(1250, "kwd"), "1.250 KWD");
        let shown = Shown {
            names: vec!["<script>"],
            amount: 1,
            currency: "eur",
            email: "\" onfocus=\"x",
            status: "open",
            cancel_url: None,
            error: Some("<b>"),
        };
        let page = page(&shown);
        assert!(
            !page.contains("<script>") && !page.contains("<b>") && !page.contains("\" onfocus"),
            "{page}"
        );
    }
}
