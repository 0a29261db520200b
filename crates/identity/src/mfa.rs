//! ID-17: turning the second factor on and off.

use contracts::identity::{AccountChanged, MfaDisabled, MfaEnabled};
use deserr::Deserr;
use kernel::{Failure, Problem, Result, Role, time};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Record, Transaction};
use web::{Caller, Client, Json, NoContent};

use crate::account::{Account, SecondFactor};
use crate::challenge::WRONG_ANSWER;
use crate::issuer::Issuer;
use crate::otp::{Otp, Use, wrong_code};
use crate::password::Password;
use crate::second_factor::sending;
use crate::totp::FactorCode;

pub const FACTOR_ON: Problem = Problem::new("second-factor-on", 409, "There is a second factor already");
pub const FACTOR_OFF: Problem = Problem::new("second-factor-off", 409, "There is no second factor");

/// Which second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, Serialize, JsonSchema)]
#[deserr(rename_all = lowercase)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    Totp,
    #[deserr(rename = "email_otp")]
    EmailOtp,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct SetUp {
    pub kind: Factor,
}

/// What its owner needs to go on. It is shown once.
#[derive(Serialize, JsonSchema)]
pub struct Preparation {
    pub kind: Factor,
    /// For an authenticator app that cannot scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// For a QR code that an authenticator app scans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otpauth_uri: Option<String>,
    /// Each replaces a code of the app once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub backup_codes: Vec<String>,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct FirstCode {
    pub code: FactorCode,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct TurnOff {
    pub password: Password,
    /// Of the app, or the one that `POST /auth/otp/request` with the purpose `step_up` mailed.
    pub code: FactorCode,
}

impl Issuer {
    /// Nothing is on before a first code has proven that its owner can answer.
    pub async fn set_up_factor(&self, caller: &Caller, wish: &SetUp) -> Result<Json<Preparation>> {
        caller.must_be_fresh()?;
        let keys = [Account::key_of(caller.user_id), Otp::key_of(caller.user_id, Use::EnableFactor)];
        let [account, before] = self.identity.table.each(keys).await?;
        let account = account.map(Account::from_item).transpose()?.ok_or_else(no_account)?;
        let before = before.map(Otp::from_item).transpose()?;
        if account.second_factor != SecondFactor::None {
            return Err(FACTOR_ON.because("Turn it off first."));
        }
        let mut otp = Otp::new(account.id, Use::EnableFactor);
        let mut preparation =
            Preparation { kind: wish.kind, secret: None, otpauth_uri: None, backup_codes: Vec::new() };
        let mut effect = Transaction::new();
        match wish.kind {
            Factor::Totp => {
                let enrolment = self.apps.enrol(account.id, &account.email)?;
                otp.app = Some(enrolment.enrolled);
                preparation.secret = Some(enrolment.secret);
                preparation.otpauth_uri = Some(enrolment.uri);
                preparation.backup_codes = enrolment.backup_codes;
            }
            Factor::EmailOtp => {
                before.as_ref().filter(|before| before.mailed).map_or(Ok(()), Otp::cooled_down)?;
                otp.mailed = true;
                effect = sending(effect, &otp)?;
            }
        }
        let begun = Problem::CONFLICT.because("It was begun a moment ago, elsewhere.");
        effect.put(self.identity.put_otp(&otp, before.as_ref())?, begun).commit(&self.identity.table).await?;
        Ok(Json::new(preparation))
    }

    pub async fn enable_factor(&self, caller: &Caller, first: &FirstCode) -> Result<NoContent> {
        let table = &self.identity.table;
        let otp = self.identity.try_otp(&Otp::key_of(caller.user_id, Use::EnableFactor)).await?;
        let account = table.get::<Account>(&Account::key_of(caller.user_id)).await?.ok_or_else(no_account)?;
        if account.second_factor != SecondFactor::None {
            return Err(FACTOR_ON.because("Turn it off first."));
        }
        let (factor, kind) = match (&otp.app, &first.code) {
            (Some(app), FactorCode::Digits(_)) => {
                let used = self.apps.used(account.id, app, &first.code, time::now())?;
                (SecondFactor::Totp(used.ok_or_else(wrong_code)?), "totp")
            }
            (None, FactorCode::Digits(code)) if self.answers.code_of(otp.user_id, otp.number) == *code => {
                (SecondFactor::EmailOtp, "email_otp")
            }
            _ => return Err(wrong_code()),
        };
        let enabled = MfaEnabled { user_id: account.id, kind: kind.into() };
        let mut changed = Account { second_factor: factor, ..account };
        let effect = Transaction::new()
            .delete(self.identity.consume_otp(&otp)?, wrong_code())
            .replace(table, &changed)?
            .publish(&enabled)?;
        changed.version += 1;
        effect.publish(&AccountChanged::from(&changed))?.commit(table).await?;
        Ok(NoContent)
    }

    /// Wrong passwords and codes count as failed log-ins, and do not say which of the two was wrong.
    pub async fn disable_factor(
        &self,
        caller: &Caller,
        wish: &TurnOff,
        client: &Client,
    ) -> Result<NoContent> {
        let table = &self.identity.table;
        let (account, lockout) = self.account_and_lockout(caller.user_id, &client.address).await?;
        let account = account.ok_or_else(no_account)?;
        let mut effect = lockout.clear(table, Transaction::new())?;
        let proven = match &account.second_factor {
            SecondFactor::None => return Err(FACTOR_OFF.because("There is nothing to turn off.")),
            SecondFactor::Totp(app) => self.apps.used(account.id, app, &wish.code, time::now())?.is_some(),
            SecondFactor::EmailOtp => {
                let otp = self.identity.try_otp(&Otp::key_of(account.id, Use::StepUp)).await?;
                effect = effect.delete(self.identity.consume_otp(&otp)?, wrong());
                self.prove(&account, &otp, &wish.code)?.is_some()
            }
        };
        if !account.password_hash.matches(&wish.password) || !proven {
            self.identity.count_failure(lockout, Some((account.id, account.email.to_string()))).await?;
            return Err(wrong());
        }
        let mut changed = Account { second_factor: SecondFactor::None, ..account };
        effect = effect.replace(table, &changed)?.publish(&MfaDisabled { user_id: changed.id })?;
        changed.version += 1;
        effect.publish(&AccountChanged::from(&changed))?.commit(table).await?;
        Ok(NoContent)
    }
}

fn wrong() -> Failure {
    WRONG_ANSWER.because("Check the password and the code.")
}

fn no_account() -> Failure {
    Failure::internal("a session without an account")
}

/// Roles for which a stage asks for a mailed code, whatever the account's owner wants; `none` for none.
pub fn roles_of_policy(setting: Option<&str>) -> Vec<Role> {
    let names = setting.unwrap_or_default().split(',');
    names.filter_map(|name| name.trim().parse().ok()).collect()
}
