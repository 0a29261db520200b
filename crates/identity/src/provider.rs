//! Who somebody is elsewhere: OpenID Connect (openid.net/specs/openid-connect-core-1_0.html), against any issuer.

use std::pin::Pin;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use deserr::Deserr;
use kernel::text::{Email, Invalid};
use kernel::{Failure, Problem, Result};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EmptyAdditionalClaims, HttpRequest, HttpResponse, IdTokenClaims, IssuerUrl, LocalizedClaim, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse,
};
use platform::breaker::{Breaker, PATIENCE};
use platform::{Aws, StartError, config};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The secret that Google knows us by.
pub const GOOGLE_SECRET: &str = "google-client-secret";
/// Google says when it changes its keys; once in ten minutes is often enough (its own cache headers say hours).
const BELIEVED: Duration = Duration::from_secs(600);

pub const NOT_CONFIGURED: Problem =
    Problem::new("provider-not-configured", 501, "Nobody signs in this way yet");

/// Where one may have an account to sign in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[deserr(rename_all = lowercase)]
pub enum Provider {
    Google,
    Facebook,
    Linkedin,
}

impl Provider {
    const ALL: [Self; 3] = [Self::Google, Self::Facebook, Self::Linkedin];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Facebook => "facebook",
            Self::Linkedin => "linkedin",
        }
    }
}

impl std::str::FromStr for Provider {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|provider| provider.name() == text);
        found.ok_or_else(|| Invalid(format!("must be one of {}", Self::ALL.map(Self::name).join(", "))))
    }
}

/// What a browser takes along to the provider, and what we keep until it comes back.
pub struct Departure {
    pub url: String,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// What a provider says of somebody, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub subject: String,
    /// Only when the provider has verified it.
    pub email: Option<Email>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
}

/// Why nobody is known after the way to the provider and back.
#[derive(Debug)]
pub enum Unknown {
    /// The provider took the code for wrong, or its token does not hold.
    Refused(String),
    Failed(Failure),
}

/// One provider, as this platform is known to it.
pub struct OpenId {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect: RedirectUrl,
    http: Http,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

impl OpenId {
    /// None when the stage has no client id.
    pub async fn google(aws: &Aws) -> Result<Option<Self>, StartError> {
        let client_id = config::required("GOOGLE_CLIENT_ID")?;
        if client_id == "none" {
            return Ok(None);
        }
        let (issuer, secret) = (config::required("GOOGLE_ISSUER")?, aws.secret(GOOGLE_SECRET).await?);
        let redirect = format!("{}/api/v1/auth/oauth/google/callback", config::public_url()?);
        Self::new(issuer, client_id, secret, redirect).map(Some)
    }

    pub fn new(
        issuer: String,
        client_id: String,
        client_secret: String,
        redirect: String,
    ) -> Result<Self, StartError> {
        // A redirect could lead our requests anywhere.
        let http = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        Ok(Self {
            issuer: IssuerUrl::new(issuer)?,
            client_id: ClientId::new(client_id),
            client_secret: ClientSecret::new(client_secret),
            redirect: RedirectUrl::new(redirect)?,
            http: Http { client: http.build()?, breaker: Breaker::default() },
            known: Mutex::default(),
        })
    }

    /// Where to send the browser.
    pub async fn departure(&self) -> Result<Departure> {
        let client = CoreClient::from_provider_metadata(
            self.metadata().await?,
            self.client_id.clone(),
            Some(self.client_secret.clone()),
        )
        .set_redirect_uri(self.redirect.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Departure {
            url: url.into(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Exchanges the code for the token that says who it is, and checks issuer, audience, nonce, expiry and signature.
    pub async fn identify(&self, code: &str, verifier: &str, nonce: &str) -> Result<Profile, Unknown> {
        let client = CoreClient::from_provider_metadata(
            self.metadata().await.map_err(Unknown::Failed)?,
            self.client_id.clone(),
            Some(self.client_secret.clone()),
        )
        .set_redirect_uri(self.redirect.clone());
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| Unknown::Failed(Failure::internal(error)))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
        let answer: CoreTokenResponse =
            request.request_async(&self.http).await.map_err(|error| match error {
                RequestTokenError::Request(failure) => Unknown::Failed(failure),
                // What stands in it may repeat the code.
                RequestTokenError::ServerResponse(said) => Unknown::Refused(said.error().to_string()),
                _ => Unknown::Refused("an answer that is no token".into()),
            })?;
        let token = answer.id_token().ok_or_else(|| Unknown::Refused("no id token".into()))?;
        let nonce = Nonce::new(nonce.to_owned());
        let claims = token.claims(&client.id_token_verifier(), &nonce);
        claims.map(profile).map_err(|error| {
            // Its keys may have changed: the next one reads them again.
            self.forget();
            Unknown::Refused(error.to_string())
        })
    }

    async fn metadata(&self) -> Result<CoreProviderMetadata> {
        if let Some(known) = self.believed() {
            return Ok(known);
        }
        let read = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let read = read.map_err(|error| match error {
            DiscoveryError::Request(failure) => failure,
            other => Failure::unavailable(other),
        })?;
        if let Ok(mut known) = self.known.lock() {
            *known = Some((Instant::now(), read.clone()));
        }
        Ok(read)
    }

    fn believed(&self) -> Option<CoreProviderMetadata> {
        let known = self.known.lock().ok()?;
        let (at, metadata) = known.as_ref()?;
        (at.elapsed() < BELIEVED).then(|| metadata.clone())
    }

    fn forget(&self) {
        if let Ok(mut known) = self.known.lock() {
            *known = None;
        }
    }
}

/// How we talk to the provider.
struct Http {
    client: reqwest::Client,
    breaker: Breaker,
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.breaker.call(self.sent(request)))
    }
}

impl Http {
    async fn sent(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        // Its own message may repeat the address, and with it the code.
        let gone = |error: reqwest::Error| Failure::unavailable(error.without_url());
        let request = reqwest::Request::try_from(request).map_err(gone)?;
        let answer = self.client.execute(request).await.map_err(gone)?;
        if answer.status().is_server_error() {
            return Err(Failure::unavailable(format!("the provider answered {}", answer.status())));
        }
        let mut response = HttpResponse::default();
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = answer.bytes().await.map_err(gone)?.to_vec();
        Ok(response)
    }
}

fn profile(claims: &IdTokenClaims<EmptyAdditionalClaims, CoreGenderClaim>) -> Profile {
    let verified = claims.email_verified() == Some(true);
    let email = claims.email().filter(|_| verified).and_then(|email| email.parse().ok());
    Profile {
        subject: claims.subject().to_string(),
        email,
        given_name: first(claims.given_name()).or_else(|| first(claims.name())),
        family_name: first(claims.family_name()),
    }
}

fn first<T: std::ops::Deref<Target = String>>(claim: Option<&LocalizedClaim<T>>) -> Option<String> {
    claim?.iter().next().map(|(_, name)| name.to_string())
}
