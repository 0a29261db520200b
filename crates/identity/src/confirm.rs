//! Proving again that it is you, before what cannot be undone ([`web::Caller::must_be_fresh`]).

use aws_sdk_dynamodb::types::Update;
use deserr::Deserr;
use kernel::{Failure, Problem, Result, time};
use schemars::JsonSchema;
use store::expression::{number, values};
use store::{Record, Transaction};
use web::{Caller, Client, Json};

use crate::issuer::{Issuer, TokenPair, session_key};
use crate::password::Password;
use crate::proof::Claim;
use crate::session::Session;

/// The password of who is signed in.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct OwnPassword {
    pub password: Password,
}

impl Issuer {
    /// The session stays the same, and so does its refresh token: a lost reply costs nothing.
    pub async fn confirm(
        &self,
        caller: &Caller,
        own: &OwnPassword,
        client: Client,
    ) -> Result<Json<TokenPair>> {
        let table = &self.identity.table;
        let proven = self.identity.prove_again(Claim::of(caller, &own.password, &client)).await?;
        let (key, _) = session_key(caller.user_id, &caller.session_id).ok_or_else(ended)?;
        let session = table.get::<Session>(&key).await?;
        let live = session.filter(|session| session.created_at >= proven.account.sessions_valid_from);
        let mut session = live.ok_or_else(ended)?;
        session.authenticated_at = time::now();
        let at = serde_dynamo::to_attribute_value(session.authenticated_at).map_err(Failure::internal)?;
        let update = Update::builder()
            .table_name(&table.name)
            .set_key(Some(session.key().to_item()))
            .update_expression("SET authenticated_at = :at")
            .condition_expression("generation = :generation")
            .set_expression_attribute_values(values([
                (":at", at),
                (":generation", number(session.generation)),
            ]))
            .build()
            .map_err(Failure::internal)?;
        let refreshed = Problem::CONFLICT.because("The session was refreshed or ended. Send it again.");
        let effect = Transaction::new().update(update, refreshed);
        proven.clear(table, effect)?.commit(table).await?;
        Ok(Json::new(self.tokens(&proven.account, &session)?))
    }
}

fn ended() -> Failure {
    Problem::NOT_SIGNED_IN.because("This session has ended. Log in again.")
}
