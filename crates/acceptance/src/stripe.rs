//! Paying, as the browser of somebody who pays does it: at the offline Stripe that the deployed system knows.

use reqwest::header::LOCATION;
use reqwest::{Client, redirect};
use serde_json::Value;

use crate::{Answer, send, setting};

/// Cards of <https://docs.stripe.com/testing>.
pub const CARD: &str = "4242424242424242";
pub const DECLINED: &str = "4000000000000002";

const PUBLISHABLE_KEY: &str = "pk_test_caravan";
const SECRET_KEY: &str = "sk_test_caravan";

/// The offline Stripe.
#[derive(Debug, Clone)]
pub struct Stripe {
    url: String,
    client: Client,
}

impl Default for Stripe {
    fn default() -> Self {
        Self::new()
    }
}

impl Stripe {
    /// The one that `CARAVAN_STRIPE` names.
    pub fn new() -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).build();
        let url = setting("CARAVAN_STRIPE").trim_end_matches('/').to_owned();
        Self { url, client: client.expect("an HTTP client") }
    }

    /// Pays a PaymentIntent with the secret that its client got. The system hears of it by webhook, a little later.
    pub async fn pay(&self, client_secret: &str, card: &str) -> Answer {
        let intent = client_secret.split("_secret_").next().unwrap_or_default();
        let form = [
            ("key", PUBLISHABLE_KEY),
            ("client_secret", client_secret),
            ("payment_method_data[type]", "card"),
            ("payment_method_data[card][number]", card),
        ];
        self.post(&format!("{}/v1/payment_intents/{intent}/confirm", self.url), &form).await
    }

    /// Fills in the page of a Checkout Session, and answers where it sends the one who paid.
    pub async fn pay_page(&self, page: &str, card: &str) -> String {
        let answer = self.submit(page, card).await;
        let answer = answer.is(303);
        answer.header(LOCATION.as_str()).to_owned()
    }

    /// The same, whatever comes of it: 402 is a declined card.
    pub async fn submit(&self, page: &str, card: &str) -> Answer {
        self.post(page, &[("number", card)]).await
    }

    /// Lets a Checkout Session expire now.
    pub async fn expire(&self, session: &str) -> Answer {
        let url = format!("{}/v1/checkout/sessions/{session}/expire", self.url);
        self.post(&url, &[("key", SECRET_KEY)]).await
    }

    /// Minor units that went back of a PaymentIntent.
    pub async fn given_back(&self, intent: &str) -> i64 {
        let refunds = self.get(&format!("/v1/refunds?payment_intent={intent}")).await;
        let all = refunds["data"].as_array().cloned().unwrap_or_default();
        let through = all.iter().filter(|it| it["status"] == "succeeded");
        through.filter_map(|it| it["amount"].as_i64()).sum()
    }

    /// What the provider says, such as `/v1/refunds?payment_intent=…`.
    pub async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(SECRET_KEY);
        send(request).await.is(200).json()
    }

    async fn post(&self, url: &str, form: &[(&str, &str)]) -> Answer {
        // The client is built without forms, and these texts need no more than this.
        let escaped =
            |text: &str| text.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace(' ', "+");
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        let request = self.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        send(request.body(pairs.join("&"))).await
    }
}
