//! AWS Signature Version 4 (docs.aws.amazon.com: "Create a signed AWS API request").

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::Full;
use hyper::Uri;
use hyper::body::Bytes;
use sha2::{Digest, Sha256};

use super::{Credentials, Request};
use crate::tools::hex;

/// The request with its signature.
pub fn sign(
    request: &Request<'_>,
    base: &str,
    region: &str,
    credentials: &Credentials,
) -> Result<hyper::Request<Full<Bytes>>> {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let uri: Uri = format!("{base}{}", request.path).parse()?;
    let host = uri.authority().context("an address without a host")?.to_string();
    let payload = hex(&Sha256::digest(&request.body));

    let mut headers =
        vec![("host", host), ("x-amz-content-sha256", payload.clone()), ("x-amz-date", now.clone())];
    headers.extend(request.headers.iter().cloned());
    if let Some(token) = &credentials.token {
        headers.push(("x-amz-security-token", token.clone()));
    }
    headers.sort();

    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let canonical = format!(
        "{}\n{}\n{}\n{lines}\n{names}\n{payload}",
        request.method,
        path(request.service, uri.path()),
        query(uri.query().unwrap_or_default()),
    );
    let scope = format!("{}/{region}/{}/aws4_request", &now[..8], request.service);
    let text = format!("AWS4-HMAC-SHA256\n{now}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let signature = hex(&hmac(&key(credentials, &now[..8], region, request.service), &text));

    let mut signed = hyper::Request::builder().method(request.method.clone()).uri(uri);
    for (name, value) in &headers {
        signed = signed.header(*name, value);
    }
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
        credentials.access_key
    );
    Ok(signed.header("authorization", authorization).body(Full::from(request.body.clone()))?)
}

/// Every service but S3 encodes the path a second time.
fn path(service: &str, path: &str) -> String {
    if service == "s3" { path.to_owned() } else { encode(path, "/") }
}

fn query(query: &str) -> String {
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    pairs.sort();
    pairs.join("&")
}

/// Percent-encodes all but the unreserved characters and those in `keep`.
pub fn encode(text: &str, keep: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ if keep.as_bytes().contains(&byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn key(credentials: &Credentials, date: &str, region: &str, service: &str) -> Vec<u8> {
    let first = format!("AWS4{}", credentials.secret_key).into_bytes();
    [date, region, service, "aws4_request"].iter().fold(first, |key, part| hmac(&key, part))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes a key of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!());
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The derived key of AWS's own example ("Examples of how to derive a signing key").
    #[test]
    fn the_signing_key_is_the_one_of_the_documentation() {
        let credentials = Credentials {
            access_key: "AKIDEXAMPLE".into(),
            secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            token: None,
        };
        let key = key(&credentials, "20150830", "us-east-1", "iam");
        assert_eq!(hex(&key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    }

    #[test]
    fn a_query_is_sorted_and_every_key_has_a_value() {
        assert_eq!(query("b=2&a"), "a=&b=2");
    }
}
