//! The other half of BK-8: who has no account yet gets one from identity, so that an operator can book for them.

use contracts::identity::CreateUser;
use deserr::Deserr;
use kernel::Result;
use kernel::text::{Email, Phone, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;
use web::{Accepted, Caller, Once};

use crate::Bookings;

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewUser {
    #[schemars(example = &"Ada")]
    pub given_name: Text<1, 60>,
    #[schemars(example = &"Lovelace")]
    pub family_name: Text<1, 60>,
    pub email: Email,
    /// By which `validate-user` finds the account.
    pub phone: Phone,
}

/// The same, whether the address is new or taken.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct UserAskedFor {
    pub message: String,
}

impl Bookings {
    pub async fn ask_for_user(
        &self,
        caller: &Caller,
        once: Once,
        new: &NewUser,
    ) -> Result<Accepted<UserAskedFor>> {
        let effect = Transaction::new().command(&CreateUser {
            email: new.email.to_string(),
            given_name: new.given_name.to_string(),
            family_name: new.family_name.to_string(),
            phone: Some(new.phone.to_string()),
            asked_by: caller.user_id,
        })?;
        let message = "The account is being opened; its owner gets a mail to set a password.".into();
        once.commit(&self.table, effect, Accepted(UserAskedFor { message })).await
    }
}
