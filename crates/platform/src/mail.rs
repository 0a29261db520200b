//! Mail through SES.

use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use kernel::Failure;

use crate::{Aws, StartError, config};

/// A message to one person. It cannot be printed: there may be a code in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(…)")
    }
}

/// Sends from the platform's address.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: aws_sdk_sesv2::Client,
    from: String,
}

impl Mailer {
    pub fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self::new(aws.ses(), config::required("MAIL_FROM")?))
    }

    pub fn new(client: aws_sdk_sesv2::Client, from: String) -> Self {
        Self { client, from }
    }

    /// Hands the message to SES; bounces and complaints arrive later as events of SES.
    pub async fn send(&self, mail: Mail) -> Result<(), Failure> {
        let text = |data: String| Content::builder().data(data).charset("UTF-8").build();
        let message = Message::builder()
            .subject(text(mail.subject).map_err(Failure::internal)?)
            .body(Body::builder().text(text(mail.text).map_err(Failure::internal)?).build())
            .build();
        self.client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(mail.to).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            // The SDK's own message may repeat the recipient, who must not be logged.
            .map_err(|error| {
                let service = error.into_service_error();
                Failure::unavailable(service.meta().code().unwrap_or("SES did not answer"))
            })?;
        Ok(())
    }
}
