//! A small project for the tests: each kind of function once.

use std::collections::BTreeSet;

use contracts::Nature;
use contracts::identity::{UserRegistered, UserVerified};
use deserr::Deserr;
use kernel::text::{Email, Text};
use kernel::{Problem, Result, Role, UserId, time};
use messaging::Received;
use platform::Described;
use platform::describe::{Access, Description, Http, Kind, Reply, Route};
use platform::model::Entity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Accepted, Action, App, Body, Caller, Created, Function, Grant, Json, Once, Path};

use crate::project::{Context, Project};

kernel::typed_id!(TourId, "A tour.");

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[allow(dead_code)]
struct NewTour {
    /// What it is called.
    name: Text<1, 60>,
    guide: Email,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Tour {
    id: TourId,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_guide_id: Option<UserId>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Account {
    user_id: UserId,
    tours: Vec<TourId>,
}

fn tour() -> Tour {
    Tour { id: TourId::new(), name: "x".into(), lead_guide_id: None }
}

fn create_tour() -> impl Function {
    async fn handle(_: App<()>, _: Caller, _: Once, _: Body<NewTour>) -> Result<Created<Tour>> {
        Ok(Created { location: "/api/v1/tours/1".into(), body: tour() })
    }
    web::post("/tours", handle)
        .roles([Role::Admin, Role::LeadGuide])
        .problems([Problem::new("name-taken", 409, "The name is taken")])
        .grants([
            Grant::Table(&[Action::Put]),
            Grant::Secret("cursor-key"),
            Grant::Secret("map-key"),
            Grant::Text,
        ])
        .calls(2)
        .one_core()
}

fn get_tour() -> impl Function {
    async fn handle(_: App<()>, _: Path<TourId>) -> Result<Json<Tour>> {
        Ok(Json::new(tour()))
    }
    web::get("/tours/{id}", handle)
        .also("GET", "/api/v1/treks/{trek}")
        .public()
        .unlimited()
        .grants([Grant::Table(&[Action::Query]), Grant::Registry])
}

fn not_found() -> impl Function {
    async fn handle(_: App<()>) -> Result<Accepted<()>> {
        Ok(Accepted(()))
    }
    web::get("", handle).at("$default").public().unlimited()
}

fn welcome_guide() -> impl Function {
    async fn handle(_: App<()>, _: Received<UserVerified>) -> Result<()> {
        Ok(())
    }
    messaging::on_event("welcome-guide", handle).grants([Grant::Mail])
}

/// A map to send.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct SendMap {
    tour_id: TourId,
}

impl contracts::Message for SendMap {
    const TYPE: &'static str = "tours.send_map";

    fn subject(&self) -> String {
        self.tour_id.to_string()
    }
}

impl contracts::Command for SendMap {
    const QUEUE: &'static str = "send-map";
}

fn send_map() -> impl Function {
    async fn handle(_: App<()>, _: Received<SendMap>) -> Result<()> {
        Ok(())
    }
    messaging::on_command(handle)
}

fn described(name: &'static str, function: &impl Function) -> Described {
    platform::describe(name, function)
}

pub fn tours() -> Context {
    let mut functions = vec![
        described("create-tour", &create_tour()),
        described("get-tour", &get_tour()),
        described("relay-tours", &messaging::relay(&["welcome-guide"])),
        described("replay-tours", &messaging::replay(|_| Ok(None))),
        described("sweep-tours", &messaging::sweep(&["welcome-guide"])),
        described("tours-not-found", &not_found()),
        described("welcome-guide", &welcome_guide()),
    ];
    let bare = |name, kind| Described { name, description: Description::of(kind) };
    functions.push(bare("authorize-socket", Kind::Authorizer));
    functions.push(bare("open-socket", Kind::Socket { route: "$connect" }));
    functions.push(Described {
        name: "say-hello",
        description: Description {
            grants: vec![Grant::Connections],
            ..Description::of(Kind::Socket { route: "hello" })
        },
    });
    functions.push(described("send-map", &send_map()));
    let model = vec![
        Entity::of::<Tour>("Tour", "pk TOUR#id · sk TOUR"),
        Entity::of::<Account>("Account", "pk USER#user_id · sk ACCOUNT"),
    ];
    let source =
        |name: &str| Ok(format!("//! {name}: somebody does it's part.\n//!\n//! More about {name}.\n"));
    Context::new("tours", functions, model, source).unwrap()
}

pub fn project() -> Project {
    Project { contexts: vec![tours()], contracts: contracts(), registry: registry() }
}

fn contracts() -> Vec<(&'static str, Vec<contracts::Contract>)> {
    let mut registered = contracts::Contract::of::<UserRegistered>();
    registered.nature = Nature::Snapshot;
    vec![("identity", vec![registered, contracts::Contract::of::<UserVerified>()])]
}

fn registry() -> BTreeSet<String> {
    [
        "/identity/sessions-table-arn",
        "/identity/sessions-table-name",
        "/identity/topic-arn",
        "/platform/alarm-topic-arn",
        "/platform/allowed-origins",
        "/platform/edge-enabled",
        "/platform/mail-from",
        "/platform/mail-identity-arn",
        "/platform/public-url",
        "/platform/secret/cursor-key/arn",
        "/platform/secret/edge-secret/arn",
        "/tours/queue/relay-tours-dlq/arn",
        "/tours/queue/send-map/arn",
        "/tours/queue/welcome-guide/arn",
        "/tours/queue/welcome-guide/url",
        "/tours/secret/map-key/arn",
        "/tours/stream-arn",
        "/tours/table-arn",
        "/tours/table-name",
        "/tours/topic-arn",
    ]
    .map(str::to_owned)
    .into()
}

/// A project of bare routes, one function each: `f0`, `f1`, …
pub fn project_of(routes: &[(&'static str, &'static str, &str)]) -> Project {
    let mut contexts: Vec<Context> = Vec::new();
    for (at, (context, method, path)) in routes.iter().enumerate() {
        let name: &'static str = Box::leak(format!("f{at}").into_boxed_str());
        let function = Described { name, description: endpoint(method, path) };
        match contexts.iter_mut().find(|known| known.name == *context) {
            Some(known) => known.functions.push(function),
            None => contexts
                .push(Context::new(context, vec![function], Vec::new(), |_| Ok(String::new())).unwrap()),
        }
    }
    Project { contexts, contracts: Vec::new(), registry: registry() }
}

fn endpoint(method: &'static str, path: &str) -> Description {
    Description::of(Kind::Endpoint(Box::new(Http {
        routes: vec![Route { method, path: path.to_owned() }],
        access: Access::Public,
        parameters: Vec::new(),
        body: None,
        reply: Reply { status: 204, also: Vec::new(), content_type: "", schema: None },
        problems: Vec::new(),
        limit: None,
        idempotent: false,
        calls: 0,
        max_body: 0,
    })))
}

/// One schedule more than an alarm adds up.
pub fn many_schedules() -> Project {
    let mut project = project();
    let every = time::hours(1);
    project.contexts[0].functions = (0..11)
        .map(|at| {
            let name: &'static str = Box::leak(format!("s{at}").into_boxed_str());
            Described { name, description: Description::of(Kind::Schedule { every }) }
        })
        .collect();
    project
}
