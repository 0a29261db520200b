//! What orders tells.

use kernel::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Contract, Event, Message, Nature};

/// An order as others may know it; sent with every change of it, and by a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrderChanged {
    pub order_id: String,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    pub user_id: UserId,
    pub status: String,
    pub lines: Vec<OrderLine>,
}

/// What was ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrderLine {
    pub product_id: String,
    /// As it was called then.
    pub product_name: String,
    /// Whether the buyer has it.
    pub delivered: bool,
}

impl Message for OrderChanged {
    const TYPE: &'static str = "orders.order.updated";

    fn subject(&self) -> String {
        self.order_id.clone()
    }
}

impl Event for OrderChanged {
    const NATURE: Nature = Nature::Snapshot;
}

pub fn events() -> Vec<Contract> {
    vec![Contract::of::<OrderChanged>()]
}
