//! Mail through SES.

use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{
    Attachment, Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag,
};
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

/// A whole letter to one person: the same in two forms, with headers, perhaps with a file. It cannot be printed either.
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub headers: Vec<(&'static str, String)>,
    pub enclosed: Option<Enclosed>,
    /// Comes back with what SES tells of the letter, under this name; ASCII letters, digits, `_` and `-`.
    pub tag: (&'static str, String),
}

/// A file that goes along.
pub struct Enclosed {
    pub name: String,
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// SES has it, under this id.
    Taken(String),
    /// SES does not want it, and will not at another time. The code of why.
    Refused(String),
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

    /// Hands a letter to SES.
    pub async fn post(&self, letter: Letter) -> Result<Posted, Failure> {
        let text = |data: String| Content::builder().data(data).charset("UTF-8").build();
        let body = Body::builder()
            .text(text(letter.text).map_err(Failure::internal)?)
            .html(text(letter.html).map_err(Failure::internal)?)
            .build();
        let mut message =
            Message::builder().subject(text(letter.subject).map_err(Failure::internal)?).body(body);
        for (name, value) in letter.headers {
            let header = MessageHeader::builder().name(name).value(value);
            message = message.headers(header.build().map_err(Failure::internal)?);
        }
        if let Some(file) = letter.enclosed {
            let attachment = Attachment::builder().file_name(file.name).content_type(file.content_type);
            let attachment = attachment.raw_content(Blob::new(file.bytes)).build();
            message = message.attachments(attachment.map_err(Failure::internal)?);
        }
        let (name, value) = letter.tag;
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(letter.to).build())
            .content(EmailContent::builder().simple(message.build()).build())
            .email_tags(MessageTag::builder().name(name).value(value).build().map_err(Failure::internal)?)
            .send()
            .await;
        match sent {
            Ok(answer) => Ok(Posted::Taken(answer.message_id.unwrap_or_default())),
            Err(error) => {
                // The SDK's own message may repeat the recipient, who must not be logged.
                let service = error.into_service_error();
                match service.meta().code() {
                    Some(code @ ("MessageRejected" | "BadRequestException")) => {
                        Ok(Posted::Refused(code.to_owned()))
                    }
                    code => Err(Failure::unavailable(code.unwrap_or("SES did not answer"))),
                }
            }
        }
    }
}
