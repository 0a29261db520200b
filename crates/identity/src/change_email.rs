//! Another address for an account: asked for in users, proven here by whoever reads the new one's mail.

use aws_sdk_dynamodb::types::Delete;
use contracts::identity::{AccountChanged, ChallengeIssued, UserEmailChanged};
use kernel::text::Email;
use kernel::{Failure, Problem, Result, time};
use store::expression::{number, text};
use store::{Key, Record, Table, Transaction};

use crate::Identity;
use crate::account::{Account, email_guard};
use crate::challenge::{Challenge, LINK_GOOD_FOR, Purpose};
use crate::mail::{ChangeEmail, EmailChanged, IdentityMail};
use crate::verify_email::wrong;

pub const ADDRESS_TAKEN: Problem = Problem::new("address-taken", 409, "Somebody has this address");

/// Who wants an address that is nobody's yet: how a code, which comes with the new address, finds its challenge.
pub(crate) fn wanted_key(email: &Email) -> Key {
    Key::new(email_guard(email), "WANTED")
}

impl Identity {
    /// Asks the owner of the new address; the wish before, if there is one, is void.
    pub(crate) fn wants_address(
        &self,
        effect: Transaction,
        account: &Account,
        email: &Email,
    ) -> Result<Transaction> {
        let challenge = Challenge::new(account.id, Purpose::ChangeEmail, email.clone());
        let mut wanted = wanted_key(email).to_item();
        wanted.insert("kind".into(), text("wanted-address"));
        wanted.insert("owner".into(), text(account.id));
        wanted.insert("expires".into(), number(time::expiry_seconds(time::now() + LINK_GOOD_FOR)));
        let mail = ChangeEmail { user_id: account.id, number: challenge.number };
        effect
            .overwrite(&self.table, challenge.to_item()?)?
            .overwrite(&self.table, wanted)?
            .publish(&ChallengeIssued { user_id: account.id, purpose: "change-email".into() })?
            .command(&IdentityMail::ChangeEmail(mail))
    }

    /// Gives the account the address that was proven, and frees the old one.
    pub(crate) fn moved(&self, account: Account, challenge: &Challenge) -> Result<(Transaction, Account)> {
        let (table, id) = (&self.table, account.id.to_string());
        let old = account.email.clone();
        let mut moved = account;
        moved.email = challenge.email.clone();
        moved.verified_at = Some(time::now());
        let taken = ADDRESS_TAKEN.because("Somebody opened an account with it meanwhile.");
        let effect = Transaction::new()
            .delete(challenge.consume(table)?, wrong())
            .guard(table, &email_guard(&moved.email), &id, taken)?
            .delete(free(table, &email_guard(&old), &id)?, Failure::internal("a guard of somebody else"))
            .forget(table, &wanted_key(&moved.email))?
            .replace(table, &moved)?;
        moved.version += 1;
        let notice = EmailChanged { user_id: moved.id, email: old.to_string() };
        let effect = effect
            .publish(&UserEmailChanged { user_id: moved.id, email: moved.email.to_string() })?
            .publish(&AccountChanged::from(&moved))?
            .command(&IdentityMail::EmailChanged(notice))?;
        Ok((effect, moved))
    }
}

/// Gives a reserved name back.
pub(crate) fn free(table: &Table, guard: &str, owner: &str) -> Result<Delete> {
    Delete::builder()
        .table_name(&table.name)
        .set_key(Some(Key::new(guard, "GUARD").to_item()))
        .condition_expression("attribute_not_exists(pk) OR #owner = :owner")
        .expression_attribute_names("#owner", "owner")
        .expression_attribute_values(":owner", text(owner))
        .build()
        .map_err(Failure::internal)
}
