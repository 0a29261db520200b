//! Sign-in: only tokens that identity signed, for sessions that live.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::{Result, Role, time};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::EncodePrivateKey;
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use store::sdk::types::AttributeValue;
use testkit::{Answer, Call, Cloud, Environment, Fault, ISSUER, People, SignedIn, forever};
use web::sessions::{self, AUDIENCE, KEYS, Sessions, TOKEN_TYPE};
use web::{App, Caller, Function, Guarded, Json, get};

struct Nobody;

impl State for Nobody {
    async fn start(_: &Aws) -> Result<Self, StartError> {
        Ok(Self)
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct Who {
    user_id: Option<String>,
}

async fn who(_: App<Nobody>, caller: Caller) -> Result<Json<Who>> {
    Ok(Json::new(Who { user_id: Some(caller.user_id.to_string()) }))
}

async fn perhaps(_: App<Nobody>, caller: Option<Caller>) -> Result<Json<Who>> {
    Ok(Json::new(Who { user_id: caller.map(|caller| caller.user_id.to_string()) }))
}

fn endpoint() -> impl Function<State = Guarded<Nobody>> {
    get("/who", who).user().unlimited()
}

/// A key pair whose public half can be put into the registry.
struct Pair {
    id: &'static str,
    private: EncodingKey,
    x: String,
    y: String,
}

impl Pair {
    fn new(id: &'static str, seed: u8) -> Self {
        let secret = SecretKey::from_slice(&[seed; 32]).unwrap();
        let point = secret.public_key().to_sec1_point(false);
        let private = EncodingKey::from_ec_der(secret.to_pkcs8_der().unwrap().as_bytes());
        let [x, y] = [point.x().unwrap(), point.y().unwrap()].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        Self { id, private, x, y }
    }

    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(TOKEN_TYPE.into());
        header.kid = Some(self.id.into());
        header
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_with(&self.header(), claims)
    }

    fn sign_with(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.private).unwrap()
    }
}

/// Somebody who is signed in, and a published key to sign any token for them.
struct Scene {
    cloud: Cloud,
    people: People,
    ada: SignedIn,
    ours: Pair,
}

impl Scene {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let people = People::open(&cloud).await;
        let ada = people.sign_in(&[Role::User]).await;
        let scene = Self { cloud, people, ada, ours: Pair::new("ours", 7) };
        scene.publish().await;
        scene
    }

    async fn publish(&self) {
        let text = |value: &String| AttributeValue::S(value.clone());
        let key = [("x".to_owned(), text(&self.ours.x)), ("y".to_owned(), text(&self.ours.y))];
        let update = self.cloud.aside().dynamodb().update_item().table_name(&self.people.registry.name);
        update
            .set_key(Some(sessions::key(KEYS)))
            .update_expression("SET #id = :key")
            .expression_attribute_names("#id", "key#ours")
            .expression_attribute_values(":key", AttributeValue::M(key.into()))
            .send()
            .await
            .unwrap();
    }

    fn claims(&self) -> Value {
        let now = time::now().as_second();
        json!({
            "sub": self.ada.account.id,
            "roles": ["user"],
            "tv": 1,
            "sid": self.ada.session.id,
            "auth_time": now,
            "jti": "the-token",
            "iat": now,
            "exp": now + 900,
            "aud": AUDIENCE,
            "iss": ISSUER,
        })
    }

    fn claiming(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims();
        claims[name] = value;
        self.ours.sign(&claims)
    }

    fn without(&self, name: &str) -> String {
        let mut claims = self.claims();
        claims.as_object_mut().unwrap().remove(name);
        self.ours.sign(&claims)
    }

    fn guarded_in(&self, environment: &Environment) -> &'static Guarded<Nobody> {
        let sessions = Sessions::new(environment.table(&self.people.registry), ISSUER.into());
        forever(Guarded::new(Nobody, Some(sessions), None))
    }

    fn guarded(&self) -> &'static Guarded<Nobody> {
        self.guarded_in(&self.cloud.environment())
    }

    async fn ask(&self, token: &str) -> Answer {
        Call::get("/api/v1/who").bearer(token).to(&endpoint(), self.guarded()).await
    }
}

fn assert_not_signed_in(answer: &Answer, why: &str) {
    assert_eq!(answer.status, 401, "{why}: {answer:?}");
    assert_eq!(answer.problem(), "not-signed-in", "{why}");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{why}");
}

/// Base64url of any JSON.
fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn a_good_token_of_a_live_session_signs_its_owner_in() {
    let scene = Scene::open().await;
    for token in [scene.ada.access_token.clone(), scene.ours.sign(&scene.claims())] {
        let answer = scene.ask(&token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json()["user_id"], scene.ada.account.id.to_string());
    }
}

#[tokio::test]
async fn without_a_token_or_with_something_else_nobody_is_signed_in() {
    let scene = Scene::open().await;
    let guarded = scene.guarded();
    assert_not_signed_in(&Call::get("/api/v1/who").to(&endpoint(), guarded).await, "no header");
    let token = &scene.ada.access_token;
    let headers = [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        format!("Basic {token}"),
        token.clone(),
        "Bearer a.b.c".into(),
        "Bearer ....".into(),
        format!("Bearer {token} {token}"),
        format!("Bearer {}", "a".repeat(10_000)),
    ];
    for header in headers {
        let answer = Call::get("/api/v1/who").header("authorization", &header).to(&endpoint(), guarded).await;
        assert_not_signed_in(&answer, &header);
    }
}

#[tokio::test]
async fn tokens_that_identity_did_not_sign_are_worthless() {
    let scene = Scene::open().await;
    let (claims, ours) = (scene.claims(), &scene.ours);
    let unsigned = |alg: &str| {
        let header = json!({"alg": alg, "typ": TOKEN_TYPE, "kid": ours.id});
        format!("{}.{}.", part(&header), part(&claims))
    };
    let mut symmetric = ours.header();
    symmetric.alg = Algorithm::HS256;
    // The old trick: the public key as the secret of another algorithm, in the forms it is known in.
    let by_public_key =
        |secret: &[u8]| jsonwebtoken::encode(&symmetric, &claims, &EncodingKey::from_secret(secret)).unwrap();
    let point = [URL_SAFE_NO_PAD.decode(&ours.x).unwrap(), URL_SAFE_NO_PAD.decode(&ours.y).unwrap()].concat();
    let mut another_type = ours.header();
    another_type.typ = Some("JWT".into());
    let mut no_type = ours.header();
    no_type.typ = None;
    let mut no_key = ours.header();
    no_key.kid = None;
    let mut unknown_key = ours.header();
    unknown_key.kid = Some("theirs".into());
    let good = ours.sign(&claims);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let mut admin = claims.clone();
    admin["roles"] = json!(["admin"]);

    let forged = [
        ("alg none", unsigned("none")),
        ("alg None", unsigned("None")),
        ("ES256 without a signature", unsigned("ES256")),
        ("HS256 with x of the public key", by_public_key(ours.x.as_bytes())),
        ("HS256 with the point of the public key", by_public_key(&point)),
        ("another key under our id", Pair::new("ours", 8).sign(&claims)),
        ("type JWT", ours.sign_with(&another_type, &claims)),
        ("no type", ours.sign_with(&no_type, &claims)),
        ("no key id", ours.sign_with(&no_key, &claims)),
        ("an unknown key id", ours.sign_with(&unknown_key, &claims)),
        ("other claims under our signature", format!("{header}.{}.{signature}", part(&admin))),
        ("a signature cut short", good[..good.len() - 4].to_owned()),
        ("a signature that goes on", format!("{good}AAAA")),
    ];
    assert_eq!(scene.ask(&good).await.status, 200);
    for (why, token) in forged {
        assert_not_signed_in(&scene.ask(&token).await, why);
    }
}

#[tokio::test]
async fn tokens_for_somebody_or_some_time_else_are_worthless() {
    let scene = Scene::open().await;
    let now = time::now().as_second();
    let stranger = scene.people.sign_in(&[Role::User]).await;
    let wrong = [
        ("audience", scene.claiming("aud", json!("another"))),
        ("no audience", scene.without("aud")),
        ("issuer", scene.claiming("iss", json!("https://caravan.evil"))),
        ("no issuer", scene.without("iss")),
        ("expired", scene.claiming("exp", json!(now - 1))),
        ("no expiry", scene.without("exp")),
        ("issued in the future", scene.claiming("iat", json!(now + 60))),
        ("no time of issue", scene.without("iat")),
        ("an older token version", scene.claiming("tv", json!(0))),
        ("a token version to come", scene.claiming("tv", json!(2))),
        ("the session of somebody else", scene.claiming("sid", json!(stranger.session.id))),
        ("a session that never was", scene.claiming("sid", json!(kernel::id::Ulid::generate().to_string()))),
        ("somebody who never was", scene.claiming("sub", json!(kernel::UserId::new()))),
        ("a subject that is no id", scene.claiming("sub", json!("root"))),
        ("a role that is none", scene.claiming("roles", json!(["god"]))),
    ];
    for (why, token) in wrong {
        assert_not_signed_in(&scene.ask(&token).await, why);
    }
}

#[tokio::test]
async fn an_ended_or_overdue_session_is_over_whatever_its_tokens_say() {
    let scene = Scene::open().await;
    let line = sessions::key(sessions::session_key(&scene.ada.session.id.to_string()));
    let registry = scene.cloud.aside().dynamodb();
    let update = registry.update_item().table_name(&scene.people.registry.name).set_key(Some(line.clone()));
    let overdue = update
        .update_expression("SET #at = :past")
        .expression_attribute_names("#at", "expires")
        .expression_attribute_values(":past", store::expression::number(time::now().as_second() - 1));
    overdue.send().await.unwrap();
    assert_not_signed_in(
        &scene.ask(&scene.ada.access_token).await,
        "overdue, and not yet removed by the table",
    );

    let delete = registry.delete_item().table_name(&scene.people.registry.name).set_key(Some(line));
    delete.send().await.unwrap();
    assert_not_signed_in(&scene.ask(&scene.ada.access_token).await, "ended");
}

#[tokio::test]
async fn the_rights_are_those_of_the_registry_and_not_those_of_the_token() {
    let scene = Scene::open().await;
    let admins = get("/who", who).roles([Role::Admin]).unlimited();
    let token = scene.claiming("roles", json!(["admin"]));
    let answer = Call::get("/api/v1/who").bearer(&token).to(&admins, scene.guarded()).await;
    assert_eq!((answer.status, answer.problem().as_str()), (403, "forbidden"));
    let admin = scene.people.sign_in(&[Role::User, Role::Admin]).await;
    let answer = Call::get("/api/v1/who").bearer(&admin.access_token).to(&admins, scene.guarded()).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn where_sign_in_is_optional_a_bad_token_is_still_an_error() {
    let scene = Scene::open().await;
    let optional = get("/who", perhaps).public().unlimited();
    let guarded = scene.guarded();
    let call = || Call::get("/api/v1/who");
    assert_eq!(call().to(&optional, guarded).await.json()["user_id"], Value::Null);
    let signed_in = call().bearer(&scene.ada.access_token).to(&optional, guarded).await;
    assert_eq!(signed_in.json()["user_id"], scene.ada.account.id.to_string());
    assert_not_signed_in(&call().bearer("a.b.c").to(&optional, guarded).await, "a bad token");
}

#[tokio::test]
async fn a_session_is_looked_up_once_and_then_believed_for_a_while() {
    let scene = Scene::open().await;
    let environment = scene.cloud.environment();
    let guarded = scene.guarded_in(&environment);
    for _ in 0..20 {
        let answer = Call::get("/api/v1/who").bearer(&scene.ada.access_token).to(&endpoint(), guarded).await;
        assert_eq!(answer.status, 200);
    }
    // The keys and the session; a started environment has the keys already.
    assert_eq!(environment.faults.total(), 2);
    assert_eq!(environment.faults.count("BatchGetItem"), 2);
}

#[tokio::test]
async fn a_token_with_newer_rights_is_not_measured_by_an_older_belief() {
    let scene = Scene::open().await;
    let guarded = scene.guarded();
    let ask = async |token: &str| Call::get("/api/v1/who").bearer(token).to(&endpoint(), guarded).await;
    let old = scene.ours.sign(&scene.claims());
    assert_eq!(ask(&old).await.status, 200);

    let update = scene.cloud.aside().dynamodb().update_item().table_name(&scene.people.registry.name);
    update
        .set_key(Some(sessions::key(sessions::user_key(scene.ada.account.id))))
        .update_expression("SET token_version = :two")
        .expression_attribute_values(":two", store::expression::number(2))
        .send()
        .await
        .unwrap();
    assert_eq!(ask(&scene.claiming("tv", json!(2))).await.status, 200);
    assert_not_signed_in(&ask(&old).await, "the newer belief ends the older token at once");
}

#[tokio::test]
async fn invented_key_ids_do_not_cost_a_read_each() {
    let scene = Scene::open().await;
    let environment = scene.cloud.environment();
    let guarded = scene.guarded_in(&environment);
    let began = std::time::Instant::now();
    for at in 0..100 {
        let mut header = scene.ours.header();
        header.kid = Some(format!("invented-{at}"));
        let token = scene.ours.sign_with(&header, &scene.claims());
        let answer = Call::get("/api/v1/who").bearer(&token).to(&endpoint(), guarded).await;
        assert_not_signed_in(&answer, "an invented key");
    }
    let seconds = u32::try_from(began.elapsed().as_secs()).unwrap();
    assert!(environment.faults.total() <= 1 + seconds, "{}", environment.faults.total());
}

#[tokio::test]
async fn a_registry_that_is_away_is_not_the_callers_fault() {
    let scene = Scene::open().await;
    let environment = scene.cloud.environment();
    environment.faults.next("BatchGetItem", Fault::DeathBefore);
    let guarded = scene.guarded_in(&environment);
    let answer = Call::get("/api/v1/who").bearer(&scene.ada.access_token).to(&endpoint(), guarded).await;
    assert_eq!((answer.status, answer.problem().as_str()), (503, "unavailable"));
}

#[tokio::test]
async fn a_rotated_key_is_found_without_a_restart() {
    let scene = Scene::open().await;
    let environment = scene.cloud.environment();
    let guarded = scene.guarded_in(&environment);
    let ask = async |token: &str| Call::get("/api/v1/who").bearer(token).to(&endpoint(), guarded).await;
    assert_eq!(ask(&scene.ada.access_token).await.status, 200);
    let next = Scene { ours: Pair::new("next", 9), ..scene };
    let token = next.ours.sign(&next.claims());
    assert_not_signed_in(&ask(&token).await, "not published yet");
    let text = |value: &String| AttributeValue::S(value.clone());
    let key = [("x".to_owned(), text(&next.ours.x)), ("y".to_owned(), text(&next.ours.y))];
    let update = next.cloud.aside().dynamodb().update_item().table_name(&next.people.registry.name);
    update
        .set_key(Some(sessions::key(KEYS)))
        .update_expression("SET #id = :key")
        .expression_attribute_names("#id", "key#next")
        .expression_attribute_values(":key", AttributeValue::M(key.into()))
        .send()
        .await
        .unwrap();
    testkit::eventually("the new key", async || (ask(&token).await.status == 200).then_some(())).await;
}
