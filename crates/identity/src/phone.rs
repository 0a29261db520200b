//! The text messages that prove a phone, over a queue of their own: nothing else may send any.

use contracts::{Command, Message};
use kernel::Result;
use messaging::Received;
use platform::text::Texter;
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Identity;
use crate::challenge::Answers;
use crate::otp::SendCode;

/// A code to be sent to the phone that waits for it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TextCode(pub SendCode);

impl Message for TextCode {
    const TYPE: &'static str = "identity.send_text";

    fn subject(&self) -> String {
        self.0.user_id.to_string()
    }
}

impl Command for TextCode {
    const QUEUE: &'static str = "identity-text";
}

/// What sending needs.
pub struct Messenger {
    pub identity: Identity,
    pub texter: Texter,
    pub answers: Answers,
}

impl State for Messenger {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self {
            identity: Identity::start(aws).await?,
            texter: Texter::start(aws),
            answers: Answers::start(aws).await?,
        })
    }
}

impl Messenger {
    pub async fn send(&self, command: &Received<TextCode>) -> Result<()> {
        let TextCode(code) = &command.message;
        let Some(otp) = self.identity.awaited(code).await? else { return Ok(()) };
        let Some(phone) = &otp.phone else { return Ok(()) };
        let code = self.answers.code_of(otp.user_id, otp.number).digits();
        let text = format!("{code} is your Caravan code. It is good for 10 minutes.");
        command.deliver(&self.identity.table, self.texter.send(phone.as_str(), &text)).await
    }
}
