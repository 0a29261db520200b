//! Which stacks there are, in which order, under which names.

use std::path::PathBuf;

use anyhow::Result;

use crate::project;

/// One CloudFormation stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stack {
    Platform,
    /// Tables and queues of a context.
    Data(String),
    /// API and functions of a context.
    Functions(String),
    Edge,
}

impl Stack {
    /// Its name in an account.
    pub fn name(&self, stage: &str) -> String {
        match self {
            Self::Platform => format!("caravan-{stage}-platform"),
            Self::Data(context) => format!("caravan-{stage}-{context}-data"),
            Self::Functions(context) => format!("caravan-{stage}-{context}"),
            Self::Edge => format!("caravan-{stage}-edge"),
        }
    }

    /// Its template, from the root.
    pub fn relative(&self) -> PathBuf {
        match self {
            Self::Platform => "template.yaml".into(),
            Self::Data(context) => format!("infra/{context}/data.yaml").into(),
            Self::Functions(context) => format!("infra/{context}/functions.yaml").into(),
            Self::Edge => "infra/edge.yaml".into(),
        }
    }

    /// Its template.
    pub fn template(&self) -> PathBuf {
        project::root().join(self.relative())
    }
}

/// What is deployed one after the other; the stacks of a wave are independent. Data stacks are always
/// all there: functions of one context may read a table or a queue of another.
pub fn waves(contexts: &[String], edge: bool) -> Result<Vec<Vec<Stack>>> {
    let data = project::data_contexts()?.into_iter().map(Stack::Data).collect();
    let functions = contexts.iter().cloned().map(Stack::Functions).filter(exists).collect();
    let edge = Some(Stack::Edge).filter(|stack| edge && exists(stack));
    Ok(vec![vec![Stack::Platform], data, functions, edge.into_iter().collect()])
}

/// Every stack that has a template, the edge included.
pub fn all() -> Result<Vec<Stack>> {
    Ok(waves(&project::contexts()?, true)?.concat())
}

fn exists(stack: &Stack) -> bool {
    stack.template().is_file()
}
