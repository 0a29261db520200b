//! Files in the media bucket: uploaded and fetched by signed links, so that no function carries them.

use std::time::Duration;

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use kernel::Failure;

use crate::{Aws, StartError, config};

/// The platform's bucket. What one may do with which of its keys stands in the grants.
#[derive(Debug, Clone)]
pub struct Files {
    client: aws_sdk_s3::Client,
    bucket: String,
}

impl Files {
    pub fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(aws.s3(), config::required("MEDIA_BUCKET")?))
    }

    pub fn new(client: aws_sdk_s3::Client, bucket: impl Into<String>) -> Self {
        Self { client, bucket: bucket.into() }
    }

    /// A link that takes one file of exactly this type and size with `PUT`: both are part of the signature.
    pub async fn upload_link(
        &self,
        key: &str,
        content_type: &str,
        bytes: u64,
        good_for: Duration,
    ) -> Result<String, Failure> {
        let request = self.client.put_object().bucket(&self.bucket).key(key);
        let request =
            request.content_type(content_type).content_length(i64::try_from(bytes).unwrap_or(i64::MAX));
        let signed = request.presigned(expiring(good_for)?).await.map_err(unavailable)?;
        Ok(signed.uri().to_owned())
    }

    /// A link that gives the file to whoever has it. `save_as` makes a browser save it under this name.
    pub async fn download_link(
        &self,
        key: &str,
        save_as: Option<&str>,
        good_for: Duration,
    ) -> Result<String, Failure> {
        let disposition = save_as.map(|name| format!("attachment; filename=\"{name}\""));
        let request = self.client.get_object().bucket(&self.bucket).key(key);
        let request = request.set_response_content_disposition(disposition);
        let signed = request.presigned(expiring(good_for)?).await.map_err(unavailable)?;
        Ok(signed.uri().to_owned())
    }

    /// The file, or `None` when there is none. One that is larger than `most` bytes is not read.
    pub async fn read(&self, key: &str, most: usize) -> Result<Option<Read>, Failure> {
        let answer = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(answer) => answer,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(unavailable(error)),
        };
        let length = answer.content_length().and_then(|length| usize::try_from(length).ok());
        if length.is_none_or(|length| length > most) {
            return Ok(Some(Read::TooLarge));
        }
        let body = answer.body.collect().await.map_err(Failure::unavailable)?;
        Ok(Some(Read::File(body.to_vec())))
    }

    pub async fn write(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), Failure> {
        let request = self.client.put_object().bucket(&self.bucket).key(key);
        request.content_type(content_type).body(ByteStream::from(bytes)).send().await.map_err(unavailable)?;
        Ok(())
    }

    /// Deleting what is not there is no error.
    pub async fn delete(&self, key: &str) -> Result<(), Failure> {
        self.client.delete_object().bucket(&self.bucket).key(key).send().await.map_err(unavailable)?;
        Ok(())
    }
}

/// What reading a file gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    File(Vec<u8>),
    TooLarge,
}

fn expiring(good_for: Duration) -> Result<PresigningConfig, Failure> {
    PresigningConfig::expires_in(good_for).map_err(Failure::internal)
}

/// Who may not list the bucket is told 403 for what does not exist.
fn is_missing(error: &SdkError<GetObjectError>) -> bool {
    error.raw_response().is_some_and(|response| [403, 404].contains(&response.status().as_u16()))
}

fn unavailable<E, R>(error: SdkError<E, R>) -> Failure
where
    E: aws_sdk_s3::error::ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let code = error.as_service_error().and_then(E::code).unwrap_or("S3 did not answer");
    Failure::unavailable(code)
}
