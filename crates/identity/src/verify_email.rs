//! ID-2 and ID-3: proving that an address is one's own.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use contracts::identity::{AccountChanged, ChallengeIssued, UserVerified};
use deserr::Deserr;
use kernel::text::Email;
use kernel::{Failure, FieldErrors, Result, UserId, time};
use messaging::Received;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use store::expression::{number, values};
use store::{Key, Record, Transaction};
use web::{Accepted, Client, Json};

use crate::account::{Account, email_guard};
use crate::challenge::{Challenge, Code, Purpose, TRIES, WRONG_ANSWER};
use crate::issuer::Issuer;
use crate::mail::{IdentityMail, VerifyAgain, VerifyEmail};
use crate::register::Notice;
use crate::second_factor::SignIn;
use crate::{Identity, change_email, owner};

/// Either the token of the link, or the address and its code. It cannot be printed.
#[derive(Deserr)]
#[deserr(deny_unknown_fields)]
pub struct Proof {
    #[deserr(default)]
    pub token: Option<String>,
    #[deserr(default)]
    pub email: Option<Email>,
    #[deserr(default)]
    pub code: Option<Code>,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(…)")
    }
}

impl JsonSchema for Proof {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Proof".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "Either the token of the link, or the address and its code.",
            "oneOf": [
                {
                    "type": "object",
                    "properties": {
                        "email": generator.subschema_for::<Email>(),
                        "code": generator.subschema_for::<Code>(),
                    },
                    "required": ["email", "code"],
                    "additionalProperties": false,
                },
                {
                    "type": "object",
                    "properties": {
                        "token": {"type": "string", "description": "From the link.", "minLength": 1, "maxLength": 200},
                    },
                    "required": ["token"],
                    "additionalProperties": false,
                },
            ],
            "examples": [{"email": "ada@example.com", "code": "012345"}],
        })
    }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Address {
    pub email: Email,
}

impl Issuer {
    /// Marks the address verified, or makes it the account's in place of the old one, and signs its owner in.
    pub async fn verify_email(&self, proof: &Proof, client: Client) -> Result<Json<SignIn>> {
        let challenge = match (&proof.token, &proof.email, &proof.code) {
            (Some(token), None, None) => self.by_token(token).await?,
            (None, Some(email), Some(code)) => self.by_code(email, *code).await?,
            _ => return Err(one_way_only(proof)),
        };
        let table = &self.identity.table;
        let account = table.get::<Account>(&Account::key_of(challenge.user_id)).await?;
        let account = account.filter(|account| account.is_active() && concerns(&challenge, account));
        let account = account.ok_or_else(wrong)?;
        let (effect, verified) = match challenge.purpose {
            Purpose::ChangeEmail => self.identity.moved(account, &challenge)?,
            _ => self.verified(account, &challenge)?,
        };
        self.sign_in(effect, &verified, client).await.map(Json::new)
    }

    async fn by_token(&self, token: &str) -> Result<Challenge> {
        let (user, number) = self.answers.read(token).ok_or_else(wrong)?;
        let keys =
            [Purpose::VerifyEmail, Purpose::ChangeEmail].map(|purpose| Challenge::key_of(user, purpose));
        for item in self.identity.table.each(keys).await?.into_iter().flatten() {
            let challenge = Challenge::from_item(item)?;
            if challenge.is_live(number) {
                return Ok(challenge);
            }
        }
        Err(wrong())
    }

    async fn by_code(&self, email: &Email, code: Code) -> Result<Challenge> {
        let keys = [Key::new(email_guard(email), "GUARD"), change_email::wanted_key(email)];
        let [guard, wanted] = self.identity.table.each(keys).await?;
        // An unknown address takes the same two calls.
        let (user, purpose) = match (&guard, &wanted) {
            (None, Some(wanted)) => (owner(wanted), Purpose::ChangeEmail),
            (guard, _) => (guard.as_ref().and_then(owner), Purpose::VerifyEmail),
        };
        let challenge = self.count_try(user.unwrap_or_else(UserId::new), purpose).await?.ok_or_else(wrong)?;
        let in_time = challenge.code_expires_at > time::now() && challenge.email == *email;
        if in_time && self.answers.code(&challenge) == code { Ok(challenge) } else { Err(wrong()) }
    }

    /// Counts before comparing, so that a hundred guesses at once are still only five.
    async fn count_try(&self, user: UserId, purpose: Purpose) -> Result<Option<Challenge>> {
        let table = &self.identity.table;
        let count = table
            .client
            .update_item()
            .table_name(&table.name)
            .set_key(Some(Challenge::key_of(user, purpose).to_item()))
            .update_expression("SET tries = tries + :one")
            .condition_expression("attribute_exists(pk) AND tries < :most")
            .set_expression_attribute_values(values([(":one", number(1)), (":most", number(TRIES))]))
            .return_values(ReturnValue::AllNew);
        // Another answer may be using the challenge up at this moment.
        match store::patiently(|| count.clone().send()).await {
            Ok(answer) => answer.attributes.map(Challenge::from_item).transpose(),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
                _ => Err(store::failure(error)),
            },
        }
    }

    /// Uses the challenge up, and marks the address verified.
    fn verified(&self, account: Account, challenge: &Challenge) -> Result<(Transaction, Account)> {
        let table = &self.identity.table;
        let mut verified = account;
        verified.verified_at = Some(time::now());
        let effect =
            Transaction::new().delete(challenge.consume(table)?, wrong()).replace(table, &verified)?;
        verified.version += 1;
        let effect = effect
            .publish(&UserVerified {
                user_id: verified.id,
                email: verified.email.to_string(),
                given_name: verified.given_name.to_string(),
            })?
            .publish(&AccountChanged::from(&verified))?;
        Ok((effect, verified))
    }
}

impl Identity {
    /// Sends a new code; the old one is void. The same answer, calls and time for every address: whether there
    /// is anything to send is found out behind the queue.
    pub async fn resend_verification(&self, address: &Address) -> Result<Accepted<Notice>> {
        let again = VerifyAgain { email: address.email.clone() };
        Transaction::new().command(&IdentityMail::VerifyAgain(again))?.commit(&self.table).await?;
        Ok(Accepted(Notice::check_your_mail()))
    }

    /// A new challenge for an unverified account with this address, if there is one.
    pub(crate) async fn challenge_again(&self, email: &Email, asked: &Received<IdentityMail>) -> Result<()> {
        let Some(user) = self.owner_of(email_guard(email)).await? else { return Ok(()) };
        let account = self.table.get::<Account>(&Account::key_of(user)).await?;
        let Some(account) = account.filter(|account| account.is_active() && !account.is_verified()) else {
            return Ok(());
        };
        let challenge = Challenge::new(account.id, Purpose::VerifyEmail, account.email.clone());
        let mail = VerifyEmail { user_id: account.id, number: challenge.number };
        let effect = Transaction::new()
            .check(self.unchanged(&account)?, Failure::unavailable("verified at this moment"))
            .overwrite(&self.table, challenge.to_item()?)?
            .publish(&ChallengeIssued { user_id: account.id, purpose: "verify-email".into() })?
            .command(&IdentityMail::VerifyEmail(mail))?;
        asked.commit(&self.table, effect).await?;
        Ok(())
    }
}

/// Whether the challenge is still about the account: its address may have changed since.
fn concerns(challenge: &Challenge, account: &Account) -> bool {
    challenge.purpose == Purpose::ChangeEmail || challenge.email == account.email
}

pub(crate) fn wrong() -> Failure {
    WRONG_ANSWER.because("Ask for a new message and use the newest.")
}

fn one_way_only(proof: &Proof) -> Failure {
    let mut errors = FieldErrors::default();
    if proof.token.is_some() {
        errors.push("/token", "must be sent alone");
    } else if proof.email.is_none() && proof.code.is_none() {
        errors.push("/token", "is required, or email and code");
    } else if proof.email.is_none() {
        errors.push("/email", "is required with a code");
    } else {
        errors.push("/code", "is required with an email");
    }
    errors.into()
}
