//! Text messages through SNS.

use aws_sdk_sns::types::MessageAttributeValue;
use kernel::Failure;

use crate::Aws;

/// Sends text messages to phones.
#[derive(Debug, Clone)]
pub struct Texter {
    client: aws_sdk_sns::Client,
}

impl Texter {
    pub fn start(aws: &Aws) -> Self {
        Self { client: aws.sns() }
    }

    /// `phone` in E.164 form (`+4915112345678`).
    pub async fn send(&self, phone: &str, message: &str) -> Result<(), Failure> {
        // Codes must not wait behind advertising.
        let transactional = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("Transactional")
            .build()
            .map_err(Failure::internal)?;
        self.client
            .publish()
            .phone_number(phone)
            .message(message)
            .message_attributes("AWS.SNS.SMS.SMSType", transactional)
            .send()
            .await
            .map_err(|error| {
                let service = error.into_service_error();
                Failure::unavailable(service.meta().code().unwrap_or("SNS did not answer"))
            })?;
        Ok(())
    }
}
