//! Stripe's protocol, as much of it as we speak: forms in, JSON out (docs.stripe.com/api).

use std::collections::BTreeMap;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use kernel::{Failure, Problem, Result};
use platform::breaker::{Breaker, PATIENCE};
use platform::{Aws, StartError, config};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::keys::{Keys, STRIPE_KEYS, needed};

/// What the answers look like; the account's own default could change under us.
const VERSION: &str = "2025-03-31.basil";
/// The most that a list of theirs gives at once.
pub const PAGE: usize = 100;

/// A form: names with brackets for what is nested, as Stripe takes it.
pub type Form = Vec<(String, String)>;

/// Our account at the provider.
pub struct Stripe {
    base: String,
    keys: Option<Keys>,
    client: reqwest::Client,
    breaker: Breaker,
}

/// Why there is no answer to work with.
#[derive(Debug)]
pub enum Trouble {
    /// The provider understood and said no: asking again is of no use.
    Refused(Refusal),
    Failed(Failure),
}

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Refusal {
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    pub message: Option<String>,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Failed(failure) => failure,
            Trouble::Refused(refusal) => Self::internal(format!(
                "stripe refused: {} {}",
                refusal.code.unwrap_or_default(),
                refusal.message.unwrap_or_default()
            )),
        }
    }
}

/// An object of theirs, as a whole or by its id: answers have either.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Ref {
    Id(String),
    Whole { id: String },
}

impl Ref {
    pub fn id(&self) -> &str {
        match self {
            Self::Id(id) | Self::Whole { id } => id,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct Intent {
    pub id: String,
    pub status: String,
    pub amount: i64,
    #[serde(default)]
    pub amount_received: Option<i64>,
    pub currency: String,
    #[serde(default)]
    pub client_secret: Option<String>,
    #[serde(default)]
    pub last_payment_error: Option<Refusal>,
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, String>>,
}

/// A page of theirs to pay on.
#[derive(Debug, Clone, Deserialize)]
pub struct CheckoutSession {
    pub id: String,
    #[serde(default)]
    pub url: Option<String>,
    /// `open`, `complete` or `expired`.
    #[serde(default)]
    pub status: Option<String>,
    /// `paid`, `unpaid` or `no_payment_required`.
    #[serde(default)]
    pub payment_status: Option<String>,
    #[serde(default)]
    pub payment_intent: Option<Ref>,
    #[serde(default)]
    pub amount_total: Option<i64>,
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct GivenBack {
    pub id: String,
    pub status: Option<String>,
    pub amount: i64,
    pub currency: String,
    #[serde(default)]
    pub payment_intent: Option<Ref>,
    #[serde(default)]
    pub failure_reason: Option<String>,
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, String>>,
}

/// A line of the provider's own ledger.
#[derive(Debug, Clone, Deserialize)]
pub struct BalanceLine {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// The charge or the refund.
    #[serde(default)]
    pub source: Option<Value>,
    pub created: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Page<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}

#[derive(Deserialize)]
struct Problematic {
    error: Refusal,
}

impl Stripe {
    pub async fn start(aws: &Aws) -> Result<Self, StartError> {
        let keys = Keys::read(&aws.secret(STRIPE_KEYS).await?);
        Self::new(config::required("STRIPE_URL")?, keys)
    }

    pub fn new(base: String, keys: Option<Keys>) -> Result<Self, StartError> {
        // A redirect could lead our key anywhere.
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { base, keys, client: client.build()?, breaker: Breaker::default() })
    }

    pub fn keys(&self) -> Result<&Keys> {
        needed(self.keys.as_ref())
    }

    pub async fn create_intent(&self, form: &Form, key: &str) -> Result<Intent, Trouble> {
        self.post("/v1/payment_intents", form, key).await
    }

    pub async fn intent(&self, id: &str) -> Result<Intent, Trouble> {
        self.get(&format!("/v1/payment_intents/{id}")).await
    }

    pub async fn cancel_intent(&self, id: &str) -> Result<Intent, Trouble> {
        self.post(&format!("/v1/payment_intents/{id}/cancel"), &Form::new(), &format!("cancel-{id}")).await
    }

    pub async fn create_checkout(&self, form: &Form, key: &str) -> Result<CheckoutSession, Trouble> {
        self.post("/v1/checkout/sessions", form, key).await
    }

    pub async fn checkout(&self, id: &str) -> Result<CheckoutSession, Trouble> {
        self.get(&format!("/v1/checkout/sessions/{id}")).await
    }

    pub async fn expire_checkout(&self, id: &str) -> Result<CheckoutSession, Trouble> {
        self.post(&format!("/v1/checkout/sessions/{id}/expire"), &Form::new(), &format!("expire-{id}")).await
    }

    pub async fn refund(&self, form: &Form, key: &str) -> Result<GivenBack, Trouble> {
        self.post("/v1/refunds", form, key).await
    }

    pub async fn refund_by_id(&self, id: &str) -> Result<GivenBack, Trouble> {
        self.get(&format!("/v1/refunds/{id}")).await
    }

    /// What was given back of a payment; nobody gives back a payment in more than a hundred parts.
    pub async fn refunds_of(&self, intent: &str) -> Result<Vec<GivenBack>, Trouble> {
        let page: Page<GivenBack> =
            self.get(&format!("/v1/refunds?payment_intent={intent}&limit={PAGE}")).await?;
        Ok(page.data)
    }

    /// The provider's ledger, newest first, with what each line is about.
    pub async fn balance(&self, after: Option<&str>) -> Result<Page<BalanceLine>, Trouble> {
        let after = after.map(|id| format!("&starting_after={id}")).unwrap_or_default();
        self.get(&format!("/v1/balance_transactions?limit={PAGE}&expand%5B%5D=data.source{after}")).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        self.again(|| self.client.get(format!("{}{path}", self.base))).await
    }

    /// Every post has its key, so that a second try cannot have a second effect.
    async fn post<T: DeserializeOwned>(&self, path: &str, form: &Form, key: &str) -> Result<T, Trouble> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = || {
            self.client
                .post(format!("{}{path}", self.base))
                .header("idempotency-key", key)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body.clone())
        };
        self.again(request).await
    }

    /// One more try after a passing trouble: all calls here can be repeated.
    async fn again<T: DeserializeOwned>(
        &self,
        request: impl Fn() -> reqwest::RequestBuilder,
    ) -> Result<T, Trouble> {
        let secret = self.keys().map_err(Trouble::Failed)?.secret_key.clone();
        let attempt = || {
            let request = request().bearer_auth(&secret).header("stripe-version", VERSION);
            self.breaker.call(sent(request))
        };
        let patience = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(50))
            .with_max_delay(Duration::from_millis(500))
            .with_max_times(1)
            .with_jitter();
        let passing = |failure: &Failure| failure.problem == Problem::UNAVAILABLE;
        let (status, body) = attempt.retry(patience).when(passing).await.map_err(Trouble::Failed)?;
        if !(200..300).contains(&status) {
            return Err(refusal(status, &body));
        }
        serde_json::from_slice(&body)
            .map_err(|error| Trouble::Failed(Failure::internal(format!("stripe's answer: {error}"))))
    }
}

async fn sent(request: reqwest::RequestBuilder) -> Result<(u16, Vec<u8>)> {
    let gone = |error: reqwest::Error| Failure::unavailable(error.without_url());
    let answer = request.send().await.map_err(gone)?;
    let status = answer.status().as_u16();
    // 409 is an earlier try with the same key that is still at work.
    if status >= 500 || [409, 429].contains(&status) {
        return Err(Failure::unavailable(format!("stripe answered {status}")));
    }
    Ok((status, answer.bytes().await.map_err(gone)?.to_vec()))
}

fn refusal(status: u16, body: &[u8]) -> Trouble {
    if [401, 403].contains(&status) {
        return Trouble::Failed(Failure::internal(format!("stripe does not take our key: {status}")));
    }
    let said: Option<Problematic> = serde_json::from_slice(body).ok();
    Trouble::Refused(said.map(|said| said.error).unwrap_or_default())
}

/// What is owed to whom, as it stands at the provider.
pub(crate) fn metadata(of: Option<&BTreeMap<String, String>>, name: &str) -> Option<String> {
    of?.get(name).cloned()
}
