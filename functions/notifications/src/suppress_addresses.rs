//! Queue suppress-addresses: hears of mails that came back, and sends no more to addresses that take none.

use kernel::Result;
use messaging::{MailFeedback, Received, on_mail_feedback};
use notifications::Notifications;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_mail_feedback("suppress-addresses", handle).grants([Grant::Table(&[Action::Get])])
}

async fn handle(app: App<Notifications>, told: Received<MailFeedback>) -> Result<()> {
    app.hear_back(&told).await
}
