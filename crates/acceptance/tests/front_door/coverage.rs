//! Every endpoint there is, tried by those who may not: without a token, with the wrong role, with fields that are not
//! theirs to set. It walks the document that the gateway serves, so a new endpoint is tried from its first day.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use acceptance::tours::{departing, tour};
use acceptance::{Answer, Member, SOON, Visitor, eventually, send, tell_queue};
use kernel::id::Ulid;
use reqwest::Method;
use serde_json::{Value, json};

/// One operation of the document.
struct Operation {
    method: Method,
    path: String,
    facts: Value,
}

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap())
}

impl Operation {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for (path, operations) in document()["paths"].as_object().unwrap() {
            for (method, facts) in operations.as_object().unwrap() {
                let method: Method = method.to_uppercase().parse().unwrap();
                all.push(Self { method, path: path.clone(), facts: facts.clone() });
            }
        }
        all
    }

    fn access(&self) -> &str {
        self.facts["x-caravan"]["access"].as_str().unwrap()
    }

    fn asks_for_rights(&self) -> bool {
        ["roles", "permission"].contains(&self.access())
    }

    /// The path with well-formed ids of nothing that exists; where only some values are known, with the first.
    fn nowhere(&self) -> String {
        let id = Ulid::generate().to_string();
        let part = |part: &str| match part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some(name) => self.choices(name).unwrap_or_else(|| id.clone()),
            None => part.to_owned(),
        };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    fn choices(&self, parameter: &str) -> Option<String> {
        let all = self.facts["parameters"].as_array()?;
        let own = all.iter().find(|it| it["name"] == parameter && it["in"] == "path")?;
        let schema = match own["schema"]["$ref"].as_str() {
            Some(reference) => document().pointer(reference.strip_prefix('#')?)?,
            None => &own["schema"],
        };
        schema["enum"][0].as_str().map(str::to_owned)
    }

    /// The example of the body in the document.
    fn example(&self) -> Option<Value> {
        self.facts.pointer("/requestBody/content/application~1json/example").cloned()
    }

    async fn ask(&self, visitor: &Visitor, body: Option<&Value>) -> Answer {
        self.ask_at(&self.nowhere(), visitor, body).await
    }

    async fn ask_at(&self, path: &str, visitor: &Visitor, body: Option<&Value>) -> Answer {
        let request = visitor.request(self.method.clone(), path);
        send(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_for_members_refuses_who_is_not_one() {
    let mut checked = 0;
    for operation in Operation::all().iter().filter(|it| it.asks_for_rights() || it.access() == "user") {
        let nobody = operation.ask(&Visitor::new(), None).await;
        nobody.is_problem(401, "not-signed-in");
        assert_eq!(nobody.header("www-authenticate"), "Bearer");
        let forger = Visitor::new().with_token("nonsense");
        operation.ask(&forger, None).await.is_problem(401, "not-signed-in");
        checked += 1;
    }
    assert!(checked >= 30, "only {checked} endpoints for members");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_that_asks_for_a_right_refuses_a_member_without_it() {
    let member = Member::join().await;
    let mut checked = 0;
    for operation in Operation::all().iter().filter(|it| it.asks_for_rights()) {
        let body = operation.example();
        operation.ask(&member.visitor, body.as_ref()).await.is_problem(403, "forbidden");
        checked += 1;
    }
    assert!(checked >= 10, "only {checked} endpoints that ask for a right");
}

/// What nobody may set by adding it to a body.
const NOT_THEIRS: [&str; 5] = ["is_admin", "token_version", "verified_at", "owner_id", "account_status"];

#[tokio::test(flavor = "multi_thread")]
async fn no_endpoint_takes_fields_that_are_not_the_clients_to_set() {
    let admin = Member::admin().await;
    let mut checked = 0;
    for operation in Operation::all() {
        let Some(Value::Object(mut body)) = operation.example() else { continue };
        for field in NOT_THEIRS {
            body.insert(field.to_owned(), json!(true));
        }
        let visitor = if operation.access() == "public" { &Visitor::new() } else { &admin.visitor };
        let answer = operation.ask(visitor, Some(&Value::Object(body))).await;
        let name = format!("{} {}", operation.method, operation.path);
        assert_eq!(
            (answer.status.as_u16(), answer.field("code").as_str()),
            (400, "invalid-request"),
            "{name}: {}",
            answer.text
        );
        for field in NOT_THEIRS {
            assert!(answer.text.contains(&format!("/{field}\"")), "{name} takes {field}: {}", answer.text);
        }
        checked += 1;
    }
    assert!(checked >= 20, "only {checked} endpoints with a body");
}

/// What any member may do with what is another's, because the specification says so.
const OPEN_TO_MEMBERS: [&str; 6] = [
    "GET /api/v1/bookings/checkout-session/{tour_id}",
    "POST /api/v1/bookings/checkout-session/{tour_id}",
    "GET /api/v1/users/{id}",
    "GET /api/v1/reviews/{id}",
    "POST /api/v1/reviews/{id}/helpful",
    "POST /api/v1/reviews/{id}/report",
];

/// What nobody owns: it is to be bought, booked or done before one may say anything of it.
const PUBLIC_THINGS: [&str; 4] = ["/api/v1/tours", "/api/v1/treks", "/api/v1/products", "/api/v1/jobs"];

/// What belongs to one's own list, whatever the id: a stranger's thing is simply not on it.
const OF_ONES_OWN_LIST: [&str; 2] =
    ["DELETE /api/v1/users/me/wishlist/{kind}/{id}", "DELETE /api/v1/users/me/blocks/{user_id}"];

/// Somebody who has one of everything.
struct Owner {
    member: Member,
    id: String,
    /// What was made so far, by its collection.
    made: RefCell<BTreeMap<String, String>>,
}

impl Owner {
    async fn new() -> Self {
        let (member, id) = Member::worker().await;
        member.id_with_profile().await;
        Self { member, id, made: RefCell::default() }
    }

    /// The path of an operation with the owner's own ids in it.
    async fn path(&self, operation: &Operation, all: &[Operation]) -> String {
        let mut path = String::new();
        for part in operation.path.split('/').skip(1) {
            let part = match (path.as_str(), part) {
                (_, plain) if !plain.starts_with('{') => plain.to_owned(),
                ("/api/v1/users" | "/api/v1/workers", _) => self.id.clone(),
                ("/api/v1/auth/sessions", _) => {
                    let sessions = self.member.visitor.get("/auth/sessions").await;
                    sessions.json()["data"][0]["id"].as_str().expect("a session").to_owned()
                }
                ("/api/v1/reviews", _) => self.review().await,
                ("/api/v1/notifications", _) => self.notification().await,
                // Whose booking it is counts, not who goes along.
                (_, "{participant_id}") => Ulid::generate().to_string(),
                ("/api/v1/bookings" | "/api/bookings", _) => self.booking().await,
                (collection, _) if PUBLIC_THINGS.contains(&collection) => Ulid::generate().to_string(),
                ("/api/v1/payments" | "/api/v1/transactions" | "/api/v1/refunds", _) => {
                    self.money(&path).await
                }
                (collection, _) => self.create(collection, all).await,
            };
            path = format!("{path}/{part}");
        }
        path
    }

    /// A booking of the owner's, of a tour that was posted with a date.
    async fn booking(&self) -> String {
        if let Some(id) = self.made.borrow().get("booking") {
            return id.clone();
        }
        let admin = Member::admin().await.visitor;
        let (tour, batch) = departing(&admin, 60, 25).await;
        let wish = json!({
            "owner_kind": "tour", "owner_id": tour, "batch_id": batch, "participants": 1,
            "contact": {"name": "Ada", "email": "ada@example.com", "phone": "+4915112345678"},
        });
        let id = self.member.visitor.post("/bookings", &wish).await.is(201).field("id");
        self.made.borrow_mut().insert("booking".into(), id.clone());
        id
    }

    /// A notification for the owner alone.
    async fn notification(&self) -> String {
        if let Some(id) = self.made.borrow().get("notification") {
            return id.clone();
        }
        let news = json!({"to": {"user_id": self.id}, "title": "For you", "content": "Hello"});
        Member::admin().await.visitor.post("/notifications/system", &news).await.is(202);
        let told = || async {
            let own = self.member.visitor.get("/notifications?type=system").await.json();
            own["data"][0]["id"].as_str().map(str::to_owned)
        };
        let id = eventually("the notification", SOON, told).await;
        self.made.borrow_mut().insert("notification".into(), id.clone());
        id
    }

    /// A review of the owner's: one that moved in with them.
    async fn review(&self) -> String {
        if let Some(id) = self.made.borrow().get("/api/v1/reviews") {
            return id.clone();
        }
        let admin = Member::admin().await.visitor;
        let tour = admin.post("/tours", &tour(|_| ())).await.is(201).field("id");
        let import = json!({"reviews": [{
            "source_id": tour, "subject_kind": "tour", "subject_id": tour, "author": {"user_id": self.id},
            "rating": 5, "text": "Great", "created_at": "2019-03-04T10:00:00Z",
        }]});
        let imported = || async {
            let answer = admin.post("/admin/reviews/import", &import).await.is(200).json();
            answer["data"][0]["id"].as_str().map(str::to_owned)
        };
        let id = eventually("a tour that reviews knows", SOON, imported).await;
        self.made.borrow_mut().insert("/api/v1/reviews".into(), id.clone());
        id
    }

    /// What an operator took from the owner and gave back, as the owner of a booking would tell it.
    async fn money(&self, collection: &str) -> String {
        if !self.made.borrow().contains_key(collection) {
            let about = json!({"kind": "test-booking", "id": self.id, "instalment": 1});
            let paid = json!({
                "about": about, "key": "K", "user_id": self.id, "amount": 1_000, "currency": "EUR",
                "recorded_by": self.id,
            });
            tell_queue("record-offline-payment", "payments.offline_paid", paid).await;
            let listed = async |path: &str| self.member.visitor.get(path).await.json()["data"][0].clone();
            let paid = || async { listed("/payments").await["id"].as_str().map(str::to_owned) };
            let payment = eventually("a payment", SOON, paid).await;
            let owed = json!({
                "about": about, "key": "K", "amount": 100, "currency": "EUR", "reason": "A test", "kind": "auto",
            });
            tell_queue("open-refund", "payments.refund", owed).await;
            let refunded = || async {
                let newest = listed("/transactions").await;
                Some((newest["id"].as_str()?.to_owned(), newest["refund_id"].as_str()?.to_owned()))
            };
            let (movement, refund) = eventually("a refund", SOON, refunded).await;
            let all = [("payments", payment), ("transactions", movement), ("refunds", refund)];
            self.made.borrow_mut().extend(all.map(|(name, id)| (format!("/api/v1/{name}"), id)));
        }
        self.made.borrow()[collection].clone()
    }

    /// A new thing of the owner's in a collection, made from the document's own example.
    async fn create(&self, collection: &str, all: &[Operation]) -> String {
        if let Some(id) = self.made.borrow().get(collection) {
            return id.clone();
        }
        let template = collection.replace(&self.id, "{id}");
        let create = all.iter().find(|it| it.method == Method::POST && it.path == template);
        let create = create.unwrap_or_else(|| panic!("nothing creates what is in {template}"));
        let example = create.example();
        let answer = create.ask_at(collection, &self.member.visitor, example.as_ref()).await;
        assert!(answer.status.is_success(), "POST {collection}: {}", answer.text);
        self.made.borrow_mut().insert(collection.to_owned(), answer.field("id"));
        answer.field("id")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_member_gets_at_what_is_another_members() {
    let (owner, stranger) = (Owner::new().await, Member::join_as("worker").await);
    let all = Operation::all();
    let mut checked = 0;
    for operation in all.iter().filter(|it| it.access() == "user" && it.path.contains('{')) {
        let name = format!("{} {}", operation.method, operation.path);
        if OPEN_TO_MEMBERS.contains(&name.as_str()) || OF_ONES_OWN_LIST.contains(&name.as_str()) {
            continue;
        }
        let path = owner.path(operation, &all).await;
        let answer = operation.ask_at(&path, &stranger.visitor, operation.example().as_ref()).await;
        assert!([403, 404].contains(&answer.status.as_u16()), "{name}: {} {}", answer.status, answer.text);
        checked += 1;
    }
    assert!(checked >= 15, "only {checked} endpoints with somebody's id");
}
