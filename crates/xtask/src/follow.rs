//! Following the logs of all functions of a stage.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;

use crate::aws::{Aws, LogEvent};
use crate::{log_lines, progress};

/// How often the offline cloud is asked. Nothing is paid for, and people read slower.
pub const OFFLINE: Duration = Duration::from_millis(700);
/// CloudWatch limits how often it may be asked, and needs seconds to show a line anyway.
pub const DEPLOYED: Duration = Duration::from_secs(3);

/// The prefix of the log groups of a stage's functions.
pub fn prefix(stage: &str) -> String {
    format!("/aws/lambda/caravan-{stage}-")
}

/// How late an event may show up beside newer ones.
const OVERLAP_MS: i64 = 20_000;

/// Follows log groups from now on.
pub struct Follower {
    aws: Aws,
    prefix: String,
    since: i64,
    groups: HashMap<String, Group>,
}

/// How far a group has been read.
#[derive(Default)]
struct Group {
    /// Bytes it held then: a group that did not grow is not asked.
    size: Option<u64>,
    newest: i64,
    seen: HashMap<String, i64>,
}

impl Follower {
    /// Follows all groups that begin with a prefix, from a moment on (milliseconds).
    pub fn new(aws: Aws, prefix: String, since: i64) -> Self {
        Self { aws, prefix, since, groups: HashMap::new() }
    }

    /// Prints what is new, for ever. A cloud that does not answer for a moment is asked again.
    pub async fn run(mut self, pause: Duration) {
        loop {
            match self.fresh().await {
                Ok(lines) => lines.iter().for_each(progress::line),
                Err(_) => tokio::time::sleep(pause).await,
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// The new lines of all groups, in their order in time.
    pub async fn fresh(&mut self) -> Result<Vec<String>> {
        let mut events = Vec::new();
        for (name, size) in self.aws.log_groups(&self.prefix).await? {
            let group = self.groups.entry(name.clone()).or_default();
            // The real CloudWatch counts late, so there the number says nothing.
            let offline = self.aws.endpoint().is_some();
            if offline && group.size.replace(size) == Some(size) {
                continue;
            }
            let since = self.since.max(group.newest - OVERLAP_MS);
            for event in self.aws.log_events(&name, since).await? {
                if group.is_new(&event) {
                    events.push((event.timestamp, name.clone(), event.message));
                }
            }
            group.seen.retain(|_, time| *time >= group.newest - OVERLAP_MS);
        }
        events.sort_by_key(|(time, ..)| *time);
        Ok(events.iter().filter_map(|(_, group, message)| log_lines::short(group, message)).collect())
    }
}

impl Group {
    fn is_new(&mut self, event: &LogEvent) -> bool {
        self.newest = self.newest.max(event.timestamp);
        self.seen.insert(key(event), event.timestamp).is_none()
    }
}

fn key(event: &LogEvent) -> String {
    if event.id.is_empty() { format!("{} {}", event.timestamp, event.message) } else { event.id.clone() }
}
