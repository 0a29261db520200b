//! US-3, US-8, US-11: accounts that are shut, let in again, or deleted.

use contracts::users::{UserActivated, UserDeactivated, UserDeleted};
use deserr::Deserr;
use kernel::{Failure, Problem, Result, UserId, time};
use schemars::JsonSchema;
use store::Transaction;
use web::{Caller, Json, NoContent};

use crate::Users;
use crate::me::Me;
use crate::profile::{Deleted, Profile};

pub const NOT_YOURSELF: Problem = Problem::new("not-yourself", 400, "You cannot do this to yourself");

/// How long a deleted account can be brought back by support; then everything about the person goes.
const KEPT: std::time::Duration = time::days(30);

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Farewell {
    /// `DELETE`, typed by hand.
    #[schemars(extend("const" = "DELETE"))]
    pub confirmation: String,
}

impl Users {
    /// By its owner, who has just proven who they are.
    pub async fn delete_me(&self, caller: &Caller, farewell: &Farewell) -> Result<NoContent> {
        if farewell.confirmation != "DELETE" {
            return Err(Failure::field("/confirmation", "must be DELETE"));
        }
        caller.must_be_fresh()?;
        self.delete(caller.user_id).await
    }

    /// By an administrator.
    pub async fn delete_user(&self, caller: &Caller, id: UserId) -> Result<NoContent> {
        not_yourself(caller, id)?;
        self.delete(id).await
    }

    /// From here on nobody finds the person.
    async fn delete(&self, id: UserId) -> Result<NoContent> {
        let deleted = |profile: &mut Profile| {
            let at = time::now();
            let erase_at = at + KEPT;
            profile.deleted = Some(Deleted { at, erase_at });
            Transaction::new().publish(&UserDeleted { user_id: id, erase_at })
        };
        self.edit(id, "deleted", deleted).await?;
        Ok(NoContent)
    }

    /// Lets somebody in whom an administrator had shut out. Identity follows, and then the profile is active.
    pub async fn activate(&self, caller: &Caller, id: UserId) -> Result<Json<Me>> {
        not_yourself(caller, id)?;
        let activated = self.edit(id, "let in by an administrator", |profile| {
            profile.suspended = false;
            if !profile.account_active {
                // Identity is asked again even where this profile is not the reason.
                profile.updated_at = time::now();
            }
            Transaction::new().publish(&UserActivated { user_id: id })
        });
        Ok(Json::new(activated.await?.into()))
    }

    /// Shuts somebody out: at once here, in a moment in identity, which ends their sessions.
    pub async fn deactivate(&self, caller: &Caller, id: UserId) -> Result<Json<Me>> {
        not_yourself(caller, id)?;
        let deactivated = self.edit(id, "shut out by an administrator", |profile| {
            profile.suspended = true;
            Transaction::new().publish(&UserDeactivated { user_id: id })
        });
        Ok(Json::new(deactivated.await?.into()))
    }
}

fn not_yourself(caller: &Caller, id: UserId) -> Result<()> {
    if caller.user_id == id {
        return Err(NOT_YOURSELF.because("Ask another administrator."));
    }
    Ok(())
}
