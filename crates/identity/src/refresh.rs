//! ID-7: exchanging a refresh token for the next pair.

use std::fmt;

use aws_sdk_dynamodb::types::Put;
use contracts::identity::{SessionEnded, SessionRefreshed, TokenReuseDetected};
use deserr::Deserr;
use kernel::text::Invalid;
use kernel::{Failure, Problem, Result, time};
use schemars::JsonSchema;
use store::expression::{number, values};
use store::{Record, Transaction};
use web::Json;

use crate::account::Account;
use crate::issuer::{Issuer, TokenPair};
use crate::session::{Presented, Session, Worth};

pub const NOT_REFRESHABLE: Problem = Problem::new("refresh-token-invalid", 401, "Log in again");

const ROTATED_MEANWHILE: Problem = Problem::new("rotated-meanwhile", 409, "Rotated by another request");

/// Requests with one token at once that take turns before one gives up.
const TURNS: usize = 5;

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Exchange {
    pub refresh_token: RefreshToken,
}

/// A refresh token as it was sent. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(String);

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

impl fmt::Display for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl std::str::FromStr for RefreshToken {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(Self(text.to_owned()))
    }
}

kernel::text_value!(RefreshToken, {
    "type": "string",
    "minLength": 1,
    "maxLength": 200
});

impl Issuer {
    /// Each token works once. A superseded one gets the current one for 30 s, because replies get lost;
    /// after that it is a stolen copy, and the session ends for thief and owner alike.
    pub async fn refresh(&self, exchange: &Exchange) -> Result<Json<TokenPair>> {
        let presented = Presented::read(&exchange.refresh_token.0).ok_or_else(log_in_again)?;
        for _ in 0..TURNS {
            let (account, session) = self.presented(&presented).await?;
            match session.worth(presented.generation, time::now()) {
                Worth::Current => {
                    let next = session.rotated(time::now());
                    match self.rotate(&session, &next).await {
                        // Another request with the same token was faster: look again.
                        Err(failure) if failure.problem == ROTATED_MEANWHILE => {}
                        rotated => {
                            return rotated.and_then(|()| Ok(Json::new(self.tokens(&account, &next)?)));
                        }
                    }
                }
                Worth::JustSuperseded => return Ok(Json::new(self.tokens(&account, &session)?)),
                Worth::Stolen => {
                    self.end_stolen(&session).await?;
                    return Err(log_in_again());
                }
                Worth::Over => return Err(log_in_again()),
            }
        }
        Err(Failure::unavailable("a storm of refreshes"))
    }

    async fn presented(&self, presented: &Presented) -> Result<(Account, Session)> {
        let keys =
            [Account::key_of(presented.user_id), Session::key_of(presented.user_id, presented.session_id)];
        let [account, session] = self.identity.table.each(keys).await?;
        let (Some(account), Some(session)) = (account, session) else { return Err(log_in_again()) };
        let (account, session) = (Account::from_item(account)?, Session::from_item(session)?);
        let over = session.created_at < account.sessions_valid_from;
        if !account.is_active() || over || !presented.is_ours(&session, self.refresh_key()) {
            return Err(log_in_again());
        }
        Ok((account, session))
    }

    async fn rotate(&self, before: &Session, next: &Session) -> Result<()> {
        let put = Put::builder()
            .table_name(&self.identity.table.name)
            .set_item(Some(next.to_item()?))
            .condition_expression("generation = :before")
            .set_expression_attribute_values(values([(":before", number(before.generation))]))
            .build()
            .map_err(Failure::internal)?;
        let refreshed = SessionRefreshed { user_id: next.user_id, session_id: next.id.to_string() };
        Transaction::new()
            .put(put, ROTATED_MEANWHILE.because("never shown"))
            .publish(&refreshed)?
            .commit(&self.identity.table)
            .await
    }

    async fn end_stolen(&self, session: &Session) -> Result<()> {
        let (user_id, session_id) = (session.user_id, session.id.to_string());
        let reuse = TokenReuseDetected { user_id, session_id: session_id.clone() };
        Transaction::new()
            .remove(&self.identity.table, &session.key(), log_in_again())?
            .delete(self.registry.end(session.id)?, log_in_again())
            .publish(&reuse)?
            .publish(&SessionEnded { user_id, session_id })?
            .commit(&self.identity.table)
            .await
    }
}

fn log_in_again() -> Failure {
    NOT_REFRESHABLE.because("This refresh token is used, revoked or too old.")
}
