//! One configuration for all AWS clients of a function.

use std::fmt;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_sdk_s3::config::RequestChecksumCalculation;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::sdk_config::SharedCredentialsProvider;

use crate::{StartError, config, invocation};

/// Makes clients. A function makes only those it uses, once, before its first event.
#[derive(Debug, Clone)]
pub struct Aws {
    sdk: SdkConfig,
}

impl Aws {
    /// From the environment that Lambda gives: credentials, region, and an endpoint when offline.
    pub fn from_env() -> Result<Self, StartError> {
        let credentials = SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new());
        let mut sdk = SdkConfig::builder()
            .region(Region::new(config::required("AWS_REGION")?))
            .credentials_provider(credentials);
        sdk.set_endpoint_url(config::optional("AWS_ENDPOINT_URL"));
        Ok(Self::new(sdk.build(), http_client()?))
    }

    /// With a client of the caller's own: tests count and break calls this way.
    pub fn new(sdk: SdkConfig, http: impl HttpClient + 'static) -> Self {
        let sdk = sdk
            .into_builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(Counting(SharedHttpClient::new(http)))
            .sleep_impl(TokioSleep::new())
            .retry_config(RetryConfig::standard().with_max_attempts(4))
            // Shorter than any function's own timeout, so that a hanging call is retried inside.
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(1))
                    .operation_attempt_timeout(Duration::from_secs(3))
                    .operation_timeout(Duration::from_secs(8))
                    .build(),
            )
            .build();
        Self { sdk }
    }

    /// The open sockets of the context's WebSocket API.
    pub fn connections(&self) -> Result<aws_sdk_apigatewaymanagement::Client, StartError> {
        let api = aws_sdk_apigatewaymanagement::config::Builder::from(&self.sdk);
        let api = api.endpoint_url(self.connections_url()?).build();
        Ok(aws_sdk_apigatewaymanagement::Client::from_conf(api))
    }

    fn connections_url(&self) -> Result<String, StartError> {
        match self.sdk.endpoint_url() {
            // The offline cloud serves every API below its one address.
            Some(cloud) => {
                let (api, stage) = (config::required("SOCKET_API_ID")?, config::required("SOCKET_STAGE")?);
                Ok(format!("{cloud}/_aws/execute-api/{api}/{stage}"))
            }
            None => config::required("SOCKET_API_URL"),
        }
    }

    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.sdk)
    }

    /// Offline a bucket is a folder of the one address, and not a host of its own.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk);
        let offline = self.sdk.endpoint_url().is_some();
        // A signed link is made before anybody has the file, so there is nothing to make a checksum of.
        let config = config.request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
        aws_sdk_s3::Client::from_conf(config.force_path_style(offline).build())
    }

    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.sdk)
    }

    pub fn ses(&self) -> aws_sdk_sesv2::Client {
        aws_sdk_sesv2::Client::new(&self.sdk)
    }

    pub fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(&self.sdk)
    }

    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.sdk)
    }

    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        aws_sdk_ssm::Client::new(&self.sdk)
    }

    /// The value of a secret that the description grants.
    pub async fn secret(&self, name: &str) -> Result<String, StartError> {
        let arn = config::required(&crate::describe::variable("SECRET", name))?;
        let answer = self.secrets().get_secret_value().secret_id(arn).send().await?;
        answer.secret_string.ok_or_else(|| format!("the secret {name} holds no text").into())
    }
}

/// Trusts the five Amazon roots only: reading the machine's 140 certificates costs more than the rest
/// of the start together (docs/decisions/0006-cold-start.md).
pub fn http_client() -> Result<SharedHttpClient, StartError> {
    let roots = TrustStore::empty().with_pem_certificate(&include_bytes!("amazon-roots.pem")[..]);
    let tls = TlsContext::builder().with_trust_store(roots).build()?;
    Ok(aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls)
        .build_https())
}

/// Counts each call for the log line: calls are the cost model.
#[derive(Clone)]
struct Counting<T>(T);

impl<T> fmt::Debug for Counting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counting")
    }
}

impl HttpClient for Counting<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Counting(self.0.http_connector(settings, components)))
    }
}

impl HttpConnector for Counting<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        invocation::count_aws_call();
        self.0.call(request)
    }
}
