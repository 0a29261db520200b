//! ID-20: codes for somebody who is signed in: to prove a phone, or once more who they are.

use aws_sdk_dynamodb::types::Update;
use contracts::identity::{AccountChanged, ChallengeIssued, PhoneVerified};
use deserr::Deserr;
use kernel::text::Phone;
use kernel::{Failure, Problem, Result, time};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use store::expression::{text, values};
use store::{Key, Record, Transaction};
use web::{Accepted, Caller, Json};

use crate::Identity;
use crate::account::{Account, SecondFactor};
use crate::issuer::{Issuer, TokenPair, session_key};
use crate::otp::{GOOD_FOR, Otp, SendCode, Use, wrong_code};
use crate::phone::TextCode;
use crate::second_factor::sending;
use crate::session::Session;
use crate::totp::FactorCode;

/// What the code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, Serialize, JsonSchema)]
#[deserr(rename_all = lowercase)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The phone belongs to whoever is signed in.
    #[deserr(rename = "phone_verify")]
    PhoneVerify,
    /// It is still they.
    #[deserr(rename = "step_up")]
    StepUp,
}

impl Purpose {
    const fn usage(self) -> Use {
        match self {
            Self::PhoneVerify => Use::VerifyPhone,
            Self::StepUp => Use::StepUp,
        }
    }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct CodeWish {
    #[schemars(example = &"phone_verify")]
    pub purpose: Purpose,
    /// To be proven; with `phone_verify` only.
    #[deserr(default)]
    pub phone: Option<Phone>,
}

/// Where the code is to be found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CodeSent {
    pub purpose: Purpose,
    pub by: Channel,
    /// Seconds.
    pub expires_in: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    Sms,
    Mail,
    /// The authenticator app: nothing is sent.
    App,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct CodeAnswer {
    #[schemars(example = &"phone_verify")]
    pub purpose: Purpose,
    pub code: FactorCode,
}

/// What a right code gets.
#[derive(Serialize)]
#[serde(untagged)]
pub enum CodeAccepted {
    Phone(ProvenPhone),
    Tokens(TokenPair),
}

/// The account has this phone from now on.
#[derive(Serialize, JsonSchema)]
pub struct ProvenPhone {
    pub phone: Phone,
}

impl JsonSchema for CodeAccepted {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CodeAccepted".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "The proven phone, or tokens that say who proved it just now.",
            "oneOf": [generator.subschema_for::<ProvenPhone>(), generator.subschema_for::<TokenPair>()],
        })
    }
}

impl Identity {
    /// Sends a code, or lets the app be asked; one in 30 s.
    pub async fn request_code(&self, caller: &Caller, wish: &CodeWish) -> Result<Accepted<CodeSent>> {
        wish.check()?;
        let keys = [Account::key_of(caller.user_id), Otp::key_of(caller.user_id, wish.purpose.usage())];
        let [account, before] = self.table.each(keys).await?;
        let account = account.map(Account::from_item).transpose()?.ok_or_else(no_account)?;
        let before = before.map(Otp::from_item).transpose()?;
        before.as_ref().map_or(Ok(()), Otp::cooled_down)?;

        let mut otp = Otp::new(account.id, wish.purpose.usage());
        otp.phone.clone_from(&wish.phone);
        otp.mailed = wish.purpose == Purpose::StepUp && !has_app(&account);
        let asked = otp.cooled_down().err().unwrap_or_else(wrong_code);
        let mut effect = Transaction::new().put(self.put_otp(&otp, before.as_ref())?, asked);
        let by = match (&otp.phone, otp.mailed) {
            (Some(_), _) => {
                let issued = ChallengeIssued { user_id: otp.user_id, purpose: otp.purpose.name().into() };
                effect = effect.publish(&issued)?.command(&TextCode(SendCode::from(&otp)))?;
                Channel::Sms
            }
            (None, true) => {
                effect = sending(effect, &otp)?;
                Channel::Mail
            }
            (None, false) => Channel::App,
        };
        effect.commit(&self.table).await?;
        Ok(Accepted(CodeSent { purpose: wish.purpose, by, expires_in: GOOD_FOR.as_secs() }))
    }
}

fn has_app(account: &Account) -> bool {
    matches!(account.second_factor, SecondFactor::Totp(_))
}

impl Issuer {
    pub async fn verify_code(&self, caller: &Caller, answer: &CodeAnswer) -> Result<Json<CodeAccepted>> {
        let otp = self.identity.try_otp(&Otp::key_of(caller.user_id, answer.purpose.usage())).await?;
        let accepted = match answer.purpose {
            Purpose::PhoneVerify => CodeAccepted::Phone(self.verify_phone(&otp, &answer.code).await?),
            Purpose::StepUp => CodeAccepted::Tokens(self.step_up(caller, &otp, &answer.code).await?),
        };
        Ok(Json::new(accepted))
    }

    async fn verify_phone(&self, otp: &Otp, code: &FactorCode) -> Result<ProvenPhone> {
        let right = match code {
            FactorCode::Digits(code) => self.answers.code_of(otp.user_id, otp.number) == *code,
            FactorCode::Backup(_) => false,
        };
        let phone = otp.phone.clone().filter(|_| right).ok_or_else(wrong_code)?;
        let table = &self.identity.table;
        let account = table.get::<Account>(&Account::key_of(otp.user_id)).await?.ok_or_else(no_account)?;
        let mut changed = Account { phone: Some(phone.clone()), ..account };
        let effect = Transaction::new()
            .delete(self.identity.consume_otp(otp)?, wrong_code())
            .replace(table, &changed)?
            .publish(&PhoneVerified { user_id: changed.id, phone: phone.to_string() })?;
        changed.version += 1;
        effect.publish(&AccountChanged::from(&changed))?.commit(table).await?;
        Ok(ProvenPhone { phone })
    }

    /// The same session with a fresh proof: what cannot be undone asks for one.
    async fn step_up(&self, caller: &Caller, otp: &Otp, code: &FactorCode) -> Result<TokenPair> {
        let table = &self.identity.table;
        let (key, _) = session_key(caller.user_id, &caller.session_id).ok_or_else(no_account)?;
        let [account, session] =
            self.identity.table.each([Account::key_of(caller.user_id), key.clone()]).await?;
        let (Some(account), Some(session)) = (account, session) else { return Err(ended()) };
        let (account, mut session) = (Account::from_item(account)?, Session::from_item(session)?);
        let proven = self.prove(&account, otp, code)?.ok_or_else(wrong_code)?;
        session.authenticated_at = time::now();
        let mut effect = Transaction::new()
            .delete(self.identity.consume_otp(otp)?, wrong_code())
            .update(self.authenticated(key, &session)?, ended());
        if proven.second_factor != account.second_factor {
            effect = effect.replace(table, &proven)?;
        }
        effect.commit(table).await?;
        self.tokens(&proven, &session)
    }

    fn authenticated(&self, key: Key, session: &Session) -> Result<Update> {
        Update::builder()
            .table_name(&self.identity.table.name)
            .set_key(Some(key.to_item()))
            .update_expression("SET authenticated_at = :now")
            .condition_expression("attribute_exists(pk)")
            .set_expression_attribute_values(values([(":now", text(session.authenticated_at))]))
            .build()
            .map_err(Failure::internal)
    }
}

impl CodeWish {
    fn check(&self) -> Result<()> {
        match (self.purpose, &self.phone) {
            (Purpose::PhoneVerify, None) => Err(Failure::field("/phone", "is required with phone_verify")),
            (Purpose::StepUp, Some(_)) => Err(Failure::field("/phone", "has no place with step_up")),
            _ => Ok(()),
        }
    }
}

fn ended() -> Failure {
    Problem::NOT_SIGNED_IN.because("The session has ended. Log in again.")
}

fn no_account() -> Failure {
    Failure::internal("a session without an account")
}
