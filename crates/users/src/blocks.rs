//! US-32: whom somebody does not want to hear of.

use contracts::users::BlockChanged;
use deserr::Deserr;
use kernel::page::{Page, PageRequest};
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Listing, Record, Transaction};
use web::{Caller, Created, Json, NoContent, Once};

use crate::{Lists, Users};

pub const ALREADY_BLOCKED: Problem = Problem::new("already-blocked", 409, "Blocked before");

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    pub user_id: UserId,
    pub blocked_id: UserId,
    pub created_at: Timestamp,
}

impl Block {
    const PREFIX: &str = "BLOCK#";

    pub fn key_of(user: UserId, blocked: UserId) -> Key {
        Key::new(format!("USER#{user}"), format!("{}{blocked}", Self::PREFIX))
    }
}

impl Record for Block {
    const KIND: &'static str = "block";

    fn key(&self) -> Key {
        Self::key_of(self.user_id, self.blocked_id)
    }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewBlock {
    pub user_id: UserId,
}

/// Somebody blocked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BlockView {
    pub user_id: UserId,
    pub created_at: Timestamp,
}

impl From<Block> for BlockView {
    fn from(block: Block) -> Self {
        Self { user_id: block.blocked_id, created_at: block.created_at }
    }
}

impl Users {
    pub async fn block(&self, caller: &Caller, once: Once, blocked: UserId) -> Result<Created<BlockView>> {
        if blocked == caller.user_id {
            return Err(Failure::field("/user_id", "cannot be yourself"));
        }
        // One may block whom one may not see: that they hide is no reason to be at their mercy.
        self.existing(blocked).await?;
        let block = Block { user_id: caller.user_id, blocked_id: blocked, created_at: time::now() };
        let effect = Transaction::new()
            .create(&self.table, &block, ALREADY_BLOCKED.because("You do not hear of them already."))?
            .publish(&told(&block, true))?;
        let location = format!("/api/v1/users/me/blocks/{blocked}");
        once.commit(&self.table, effect, Created { location, body: block.into() }).await
    }

    pub async fn unblock(&self, caller: &Caller, blocked: UserId) -> Result<NoContent> {
        let block = Block { user_id: caller.user_id, blocked_id: blocked, created_at: time::now() };
        let effect = Transaction::new().remove(&self.table, &block.key(), Failure::not_found("block"))?;
        effect.publish(&told(&block, false))?.commit(&self.table).await?;
        Ok(NoContent)
    }
}

fn told(block: &Block, blocked: bool) -> BlockChanged {
    BlockChanged { user_id: block.user_id, blocked_id: block.blocked_id.to_string(), blocked }
}

impl Lists {
    pub async fn blocks(&self, caller: &Caller, request: &PageRequest) -> Result<Json<Page<BlockView>>> {
        self.users.own(caller.user_id).await?;
        let pk = format!("USER#{}", caller.user_id);
        let listing = Listing { index: None, pk: &pk, prefix: Block::PREFIX, newest_first: false };
        let page = self.pager.page::<Block>(&self.users.table, listing, request).await?;
        Ok(Json::new(page.map(BlockView::from)))
    }
}
