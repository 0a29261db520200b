//! Signs requests (AWS Signature Version 4).

use std::time::SystemTime;

use anyhow::{Context, Result};
use aws_credential_types::Credentials as Keys;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign as signature,
};
use aws_sigv4::sign::v4::SigningParams;
use http_body_util::Full;
use hyper::body::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Credentials, Request};

/// The request with its signature.
pub fn sign(
    request: &Request<'_>,
    base: &str,
    region: &str,
    credentials: &Credentials,
) -> Result<hyper::Request<Full<Bytes>>> {
    let Credentials { access_key, secret_key, token } = credentials;
    let identity = Keys::new(access_key, secret_key, token.clone(), None, "xtask").into();
    let parameters = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(request.service)
        .time(SystemTime::now())
        .settings(settings(request.service))
        .build()?
        .into();
    let address = format!("{base}{}", request.path);
    let headers = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let body = SignableBody::Bytes(&request.body);
    let signable = SignableRequest::new(request.method.as_str(), &address, headers, body)?;
    let (instructions, _) = signature(signable, &parameters)?.into_parts();

    let mut signed = hyper::Request::builder().method(request.method.clone()).uri(&address);
    for (name, value) in &request.headers {
        signed = signed.header(*name, value);
    }
    let mut signed = signed.body(Full::from(request.body.clone())).context("a malformed request")?;
    instructions.apply_to_request_http1x(&mut signed);
    Ok(signed)
}

/// S3 signs the path as it stands; the others encode it a second time.
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    settings
}

/// Percent-encodes all but the unreserved characters (RFC 3986).
pub fn encode(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Method;

    #[test]
    fn a_request_carries_its_signature_and_what_was_signed() {
        let request = Request {
            service: "sqs",
            host: None,
            method: Method::POST,
            path: "/?b=2&a".to_owned(),
            headers: vec![("x-amz-target", "AmazonSQS.ListQueues".to_owned())],
            body: b"{}".to_vec(),
        };
        let credentials = Credentials {
            access_key: "AKID".into(),
            secret_key: "secret".into(),
            token: Some("token".into()),
        };
        let signed = sign(&request, "http://localhost:4566", "us-east-1", &credentials).unwrap();
        let header = |name: &str| signed.headers()[name].to_str().unwrap().to_owned();
        let authorization = header("authorization");
        assert!(authorization.contains("Credential=AKID/"), "{authorization}");
        assert!(authorization.contains("/us-east-1/sqs/aws4_request"), "{authorization}");
        assert!(authorization.contains("x-amz-target"), "{authorization}");
        assert_eq!(header("x-amz-security-token"), "token");
        assert!(!format!("{signed:?}").contains("secret"));
    }
}
