//! ID-4 to ID-6: the second step of a log-in.

use contracts::identity::ChallengeIssued;
use deserr::Deserr;
use kernel::id::Ulid;
use kernel::{Failure, Result, Role, UserId, time};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use store::{Record, Transaction};
use web::{Accepted, Client, Json};

use crate::account::{Account, SecondFactor};
use crate::issuer::{Issuer, TokenPair};
use crate::lockout::Lockout;
use crate::mail::IdentityMail;
use crate::otp::{GOOD_FOR, Otp, SendCode, Use, wrong_code};
use crate::register::Notice;
use crate::session::{Session, SessionId};
use crate::token::Token;
use crate::totp::FactorCode;

/// Tokens, or the question for a second factor.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub enum SignIn {
    Tokens(TokenPair),
    SecondFactor(SecondStep),
}

impl JsonSchema for SignIn {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SignIn".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "Tokens, or the question for a second factor.",
            "oneOf": [generator.subschema_for::<TokenPair>(), generator.subschema_for::<SecondStep>()],
        })
    }
}

/// The password was right, and is not enough.
#[derive(Clone, Serialize, JsonSchema)]
pub struct SecondStep {
    #[schemars(extend("const" = true))]
    pub mfa_required: bool,
    /// For `POST /auth/login/verify`, together with a code.
    pub challenge_token: String,
    pub kinds: Vec<FactorKind>,
    /// Seconds that the challenge is good for.
    pub expires_in: u64,
}

/// Where a code may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorKind {
    EmailOtp,
    Totp,
    BackupCode,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct SecondAnswer {
    pub challenge_token: Token,
    pub code: FactorCode,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct SecondQuestion {
    pub challenge_token: Token,
}

/// What an account is asked for after its password; nothing when the password is enough.
pub fn asked_of(account: &Account, policy: &[Role]) -> Vec<FactorKind> {
    match account.second_factor {
        SecondFactor::Totp(_) => vec![FactorKind::Totp, FactorKind::BackupCode],
        SecondFactor::EmailOtp => vec![FactorKind::EmailOtp],
        SecondFactor::None if account.roles.iter().any(|role| policy.contains(role)) => {
            vec![FactorKind::EmailOtp]
        }
        SecondFactor::None => Vec::new(),
    }
}

impl Issuer {
    /// Signs in whoever has proven the first factor: with tokens when that is enough, else with a question.
    pub async fn sign_in(&self, effect: Transaction, account: &Account, client: Client) -> Result<SignIn> {
        self.admit(effect, account, client).await.map(|(answer, _)| answer)
    }

    /// The same, with the session that was opened.
    pub(crate) async fn admit(
        &self,
        effect: Transaction,
        account: &Account,
        client: Client,
    ) -> Result<(SignIn, Option<SessionId>)> {
        let kinds = asked_of(account, &self.second_factor_roles);
        let table = &self.identity.table;
        if kinds.is_empty() {
            let session = Session::new(account.id, client.user_agent, client.address);
            self.open(effect, account, &session)?.commit(table).await?;
            return Ok((SignIn::Tokens(self.tokens(account, &session)?), Some(session.id)));
        }
        let mut otp = Otp::new(account.id, Use::LogIn);
        otp.mailed = kinds.contains(&FactorKind::EmailOtp);
        let mut effect = effect.create(table, &otp, Failure::internal("a challenge's id used twice"))?;
        if otp.mailed {
            effect = sending(effect, &otp)?;
        }
        effect.commit(table).await?;
        let challenge_token = self.answers.token_of(otp.user_id, otp.id);
        let expires_in = GOOD_FOR.as_secs();
        Ok((
            SignIn::SecondFactor(SecondStep { mfa_required: true, challenge_token, kinds, expires_in }),
            None,
        ))
    }

    /// Who has the token has proven the password. Wrong codes count as failed log-ins, so that beginning again gives no
    /// more guesses.
    pub async fn verify_log_in(&self, answer: &SecondAnswer, client: Client) -> Result<Json<TokenPair>> {
        let table = &self.identity.table;
        let (user, id) = self.challenged(&answer.challenge_token)?;
        let otp = self.identity.try_otp(&Otp::log_in_key(user, id)).await?;
        let (account, lockout) = self.account_and_lockout(user, &client.address).await?;
        // A password that was changed meanwhile proves nothing.
        let valid_from = |account: &Account| account.sessions_valid_from.as_millisecond();
        let begun = i64::try_from(otp.id.timestamp_ms()).unwrap_or(0);
        let account = account.filter(|account| account.is_active() && begun >= valid_from(account));
        let account = account.ok_or_else(wrong_code)?;
        let Some(proven) = self.prove(&account, &otp, &answer.code)? else {
            self.identity.count_failure(lockout, Some((account.id, account.email.to_string()))).await?;
            return Err(wrong_code());
        };
        let session = Session::new(account.id, client.user_agent, client.address);
        let mut effect = lockout.clear(table, Transaction::new())?;
        effect = effect.delete(self.identity.consume_otp(&otp)?, wrong_code());
        if proven.second_factor != account.second_factor {
            effect = effect.replace(table, &proven)?;
        }
        self.open(effect, &proven, &session)?.commit(table).await?;
        Ok(Json::new(self.tokens(&proven, &session)?))
    }

    /// A new code by mail; the old one is void.
    pub async fn resend_code(&self, question: &SecondQuestion) -> Result<Accepted<Notice>> {
        let (user, id) = self.challenged(&question.challenge_token)?;
        let otp = self.identity.table.get::<Otp>(&Otp::log_in_key(user, id)).await?;
        let otp = otp.filter(|otp| otp.is_live() && otp.mailed).ok_or_else(wrong_code)?;
        otp.cooled_down()?;
        let next = otp.again();
        let put = self.identity.put_otp(&next, Some(&otp))?;
        let effect = Transaction::new().put(put, next.cooled_down().err().unwrap_or_else(wrong_code));
        sending(effect, &next)?.commit(&self.identity.table).await?;
        Ok(Accepted(Notice::check_your_mail()))
    }

    fn challenged(&self, token: &Token) -> Result<(UserId, Ulid)> {
        self.answers.read(token.as_str()).ok_or_else(wrong_code)
    }

    pub(crate) async fn account_and_lockout(
        &self,
        user: UserId,
        address: &str,
    ) -> Result<(Option<Account>, Lockout)> {
        let [from_address, a_day] = Lockout::keys(&user.to_string(), address);
        let read = [Account::key_of(user), from_address.clone(), a_day.clone()];
        let [account, failures, failures_today] = self.identity.table.each(read).await?;
        let lockout = Lockout::read([from_address, a_day], [failures, failures_today])?;
        lockout.check()?;
        Ok((account.map(Account::from_item).transpose()?, lockout))
    }

    /// The account after the code was used; none when the code is wrong.
    pub(crate) fn prove(&self, account: &Account, otp: &Otp, code: &FactorCode) -> Result<Option<Account>> {
        match (&account.second_factor, code) {
            (SecondFactor::Totp(app), code) => {
                let used = self.apps.used(account.id, app, code, time::now())?;
                Ok(used.map(|app| Account { second_factor: SecondFactor::Totp(app), ..account.clone() }))
            }
            (_, FactorCode::Digits(code)) => {
                let right = otp.mailed && self.answers.code_of(otp.user_id, otp.number) == *code;
                Ok(right.then(|| account.clone()))
            }
            (_, FactorCode::Backup(_)) => Ok(None),
        }
    }
}

/// With the mail that brings the code.
pub(crate) fn sending(effect: Transaction, otp: &Otp) -> Result<Transaction> {
    effect
        .publish(&ChallengeIssued { user_id: otp.user_id, purpose: otp.purpose.name().into() })?
        .command(&IdentityMail::Code(SendCode::from(otp)))
}
