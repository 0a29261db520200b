//! A test's own account in the offline cloud: it begins empty and nobody else sees it.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
};
use aws_sdk_sqs::types::QueueAttributeName;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::sdk_config::SharedCredentialsProvider;
use platform::Aws;
use serde_json::json;
use serde_yaml_ng::Value;
use store::{Item, Key, Record, Table};

use crate::emulator;
use crate::faults::Faults;

pub(crate) const REGION: &str = "us-east-1";
/// How long messages may be on their way.
const PATIENCE: Duration = Duration::from_secs(5);

/// A client as an environment of a function has it: with its own faults and its own count of calls.
#[derive(Debug, Clone)]
pub struct Environment {
    pub aws: Aws,
    pub faults: Faults,
}

impl Environment {
    fn new(account: &str) -> Self {
        let faults = Faults::new();
        let credentials = Credentials::new(account, "test", None, None, "testkit");
        let sdk = SdkConfig::builder()
            .region(Region::new(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(emulator::endpoint())
            .build();
        let http = aws_smithy_http_client::Builder::new().build_http();
        Self { aws: Aws::new(sdk, faults.around(http)), faults }
    }

    /// The same table, through this environment's client.
    pub fn table(&self, table: &Table) -> Table {
        Table::new(self.aws.dynamodb(), &table.name)
    }
}

/// The account.
#[derive(Debug)]
pub struct Cloud {
    account: String,
    main: Environment,
    /// For preparing and looking: never broken, never counted.
    aside: Environment,
}

impl Cloud {
    pub async fn open() -> Self {
        let number = getrandom::u64().expect("randomness") % 900_000_000_000;
        Self::of((100_000_000_000 + number).to_string())
    }

    /// An account that exists, such as the one of a deployed system.
    pub fn of(account: String) -> Self {
        Self { main: Environment::new(&account), aside: Environment::new(&account), account }
    }

    pub fn account(&self) -> &str {
        &self.account
    }

    /// Where the cloud is, for processes that are started by a test.
    pub fn endpoint(&self) -> &'static str {
        emulator::endpoint()
    }

    /// The clients of the code under test.
    pub fn aws(&self) -> &Aws {
        &self.main.aws
    }

    /// What happens to [`Cloud::aws`].
    pub fn faults(&self) -> &Faults {
        &self.main.faults
    }

    /// Clients for preparing and looking, which no fault hits.
    pub fn aside(&self) -> &Aws {
        &self.aside.aws
    }

    /// One more environment of the same account.
    pub fn environment(&self) -> Environment {
        Environment::new(&self.account)
    }

    /// Creates a context's table as its `data.yaml` describes it.
    pub async fn table(&self, context: &str) -> Table {
        self.create(context, "Table").await
    }

    /// Creates the session registry.
    pub async fn sessions(&self) -> Table {
        self.create("identity", "Sessions").await
    }

    async fn create(&self, context: &str, resource: &str) -> Table {
        let description = described(context, resource);
        let text = |value: &Value, name: &str| value[name].as_str().expect("text in data.yaml").to_owned();
        let name = text(&description, "TableName").replace("${Stage}", "local");
        let mut request = self
            .aside
            .aws
            .dynamodb()
            .create_table()
            .table_name(&name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(keys(&description)));
        for attribute in list(&description, "AttributeDefinitions") {
            let kind = ScalarAttributeType::from(text(attribute, "AttributeType").as_str());
            let attribute = AttributeDefinition::builder()
                .attribute_name(text(attribute, "AttributeName"))
                .attribute_type(kind);
            request = request.attribute_definitions(attribute.build().expect("an attribute"));
        }
        for index in list(&description, "GlobalSecondaryIndexes") {
            let all = ProjectionType::from(text(&index["Projection"], "ProjectionType").as_str());
            let built = GlobalSecondaryIndex::builder()
                .index_name(text(index, "IndexName"))
                .set_key_schema(Some(keys(index)))
                .projection(Projection::builder().projection_type(all).build());
            request = request.global_secondary_indexes(built.build().expect("an index"));
        }
        if let Some(view) = description["StreamSpecification"]["StreamViewType"].as_str() {
            let stream = StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::from(view));
            request = request.stream_specification(stream.build().expect("a stream"));
        }
        request.send().await.expect("a table");
        Table::new(self.main.aws.dynamodb(), name)
    }

    /// Everything in a table; only tests may read like this.
    pub async fn items(&self, table: &Table) -> Vec<Item> {
        let mut pages =
            self.aside.aws.dynamodb().scan().table_name(&table.name).into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.expect("an item"));
        }
        items
    }

    /// Everything of one kind.
    pub async fn items_of(&self, table: &Table, kind: &str) -> Vec<Item> {
        let mut items = self.items(table).await;
        items.retain(|item| item.get("kind").and_then(|it| it.as_s().ok()).is_some_and(|it| it == kind));
        items
    }

    /// Every record of one kind.
    pub async fn all<R: Record>(&self, table: &Table) -> Vec<R> {
        let items = self.items_of(table, R::KIND).await;
        items.into_iter().map(|item| R::from_item(item).expect("a record")).collect()
    }

    /// Writes a record as it is, as when time has passed.
    pub async fn put<R: Record>(&self, table: &Table, record: &R) {
        self.put_item(table, record.to_item().expect("an item")).await;
    }

    pub async fn put_item(&self, table: &Table, item: Item) {
        let put = self.aside.aws.dynamodb().put_item().table_name(&table.name);
        put.set_item(Some(item)).send().await.expect("a stored item");
    }

    /// Sets a number of an item, as when time has passed.
    pub async fn set_number(&self, table: &Table, key: &Key, attribute: &str, value: i64) {
        let update = self.aside.aws.dynamodb().update_item().table_name(&table.name);
        update
            .set_key(Some(key.to_item()))
            .update_expression("SET #it = :to")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#it", attribute)
            .expression_attribute_values(":to", store::expression::number(value))
            .send()
            .await
            .expect("an item to change");
    }

    /// Creates a queue and answers its address.
    pub async fn queue(&self, name: &str) -> String {
        let request = self.aside.aws.sqs().create_queue().queue_name(format!("caravan-local-{name}"));
        request.send().await.expect("a queue").queue_url.expect("the queue's address")
    }

    /// Creates a context's topic and answers its name.
    pub async fn topic(&self, context: &str) -> String {
        let request = self.aside.aws.sns().create_topic().name(format!("caravan-local-{context}-events"));
        request.send().await.expect("a topic").topic_arn.expect("the topic's name")
    }

    /// Subscribes a queue to a topic as the stacks do: raw, and only to events of these types.
    pub async fn subscribe(&self, topic: &str, queue: &str, types: &[&str]) {
        let name = queue.rsplit('/').next().unwrap_or_default();
        let arn = format!("arn:aws:sqs:{REGION}:{}:{name}", self.account);
        let permission = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }]});
        let request = self.aside.aws.sqs().set_queue_attributes().queue_url(queue);
        let request = request.attributes(QueueAttributeName::Policy, permission.to_string());
        request.send().await.expect("a queue's policy");
        let policy = json!({ "event_type": types }).to_string();
        let request = self.aside.aws.sns().subscribe().topic_arn(topic).protocol("sqs").endpoint(arn);
        request
            .attributes("RawMessageDelivery", "true")
            .attributes("FilterPolicy", policy)
            .send()
            .await
            .expect("a subscription");
    }

    /// Takes what lies in a queue: waits for so many messages, and then until nothing comes any more.
    pub async fn take(&self, queue: &str, least: usize) -> Vec<String> {
        let mut bodies = Vec::new();
        let began = Instant::now();
        loop {
            let request = self.aside.aws.sqs().receive_message().queue_url(queue).max_number_of_messages(10);
            let answer = request.send().await.expect("an answer of the queue");
            let messages = answer.messages.unwrap_or_default();
            if messages.is_empty() && (bodies.len() >= least || began.elapsed() > PATIENCE) {
                return bodies;
            }
            for message in messages {
                let receipt = message.receipt_handle.expect("a receipt");
                let delete = self.aside.aws.sqs().delete_message().queue_url(queue).receipt_handle(receipt);
                delete.send().await.expect("a deletion");
                bodies.push(message.body.expect("a body"));
            }
        }
    }

    /// Creates a secret and answers its name.
    pub async fn secret(&self, name: &str, value: &str) -> String {
        let request = self.aside.aws.secrets().create_secret().name(name).secret_string(value);
        request.send().await.expect("a secret").arn.expect("the secret's name")
    }
}

fn described(context: &str, resource: &str) -> Value {
    let path = emulator::root().join(format!("infra/{context}/data.yaml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let template: Value = serde_yaml_ng::from_str(&text).expect("a template");
    let mut description = template["Resources"][resource]["Properties"].clone();
    // `!Sub 'caravan-${Stage}-identity'`
    if let Value::Tagged(name) = &description["TableName"] {
        description["TableName"] = name.value.clone();
    }
    description
}

fn list<'a>(description: &'a Value, name: &str) -> &'a [Value] {
    description[name].as_sequence().map(Vec::as_slice).unwrap_or_default()
}

fn keys(description: &Value) -> Vec<KeySchemaElement> {
    let key = |element: &Value| {
        let kind = KeyType::from(element["KeyType"].as_str().expect("a key type"));
        let name = element["AttributeName"].as_str().expect("a key's name");
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("a key")
    };
    list(description, "KeySchema").iter().map(key).collect()
}
