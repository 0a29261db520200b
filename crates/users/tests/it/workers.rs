//! Workers: how a profile comes to be, who may change it, and how the directory finds it.

use contracts::identity::AccountChanged;
use contracts::users::WorkerChanged;
use deserr::deserialize;
use kernel::query::{Parameters, Params};
use kernel::{Failure, FieldErrors, Problem, Result, Role, UserId, time};
use messaging::Received;
use serde_json::{Value, json};
use store::Key;
use testkit::{Cloud, Fault, Storm, body, client, client_at, received};
use users::Users;
use users::worker::certificate::{CertificateStatus as Standing, Shares};
use users::worker::child::Entry;
use users::worker::directory::{Directory, SCHEMA, Wanted, WorkerListing, document};
use users::worker::{EntryId, Worker};
use web::{Caller, Once};

use crate::common::caller;

const KEY: &str = "the-cursor-key-of-the-tests-the-cursor-key-of-the-tests";

struct Town {
    cloud: Cloud,
    users: Users,
}

impl Town {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let users = Users { table: cloud.table("users").await };
        Self { cloud, users }
    }

    fn directory(&self) -> Directory {
        Directory::new(self.users.clone(), KEY)
    }

    /// A verified account with the role, as identity tells of it.
    async fn worker(&self, given: &str) -> Caller {
        let id = UserId::new();
        self.users.keep_worker(&account(id, 1, given, true)).await.unwrap();
        caller(id, &[Role::Worker])
    }

    /// A worker with this profile, whom the index knows.
    async fn listed(&self, given: &str, profile: &Value) -> Caller {
        let worker = self.worker(given).await;
        self.write(&worker, profile).await.unwrap();
        self.index(worker.user_id).await.unwrap();
        worker
    }

    async fn write(&self, caller: &Caller, profile: &Value) -> Result<Value> {
        let new = read(profile.clone())?;
        let answer = self.users.update_worker(caller, caller.user_id, &new).await?;
        Ok(body(&answer))
    }

    /// What the queue brings.
    async fn index(&self, id: UserId) -> Result<()> {
        let changed = WorkerChanged {
            user_id: id,
            version: 1,
            display_name: String::new(),
            profession: None,
            hourly_rate: None,
            currency: None,
            listed: true,
        };
        self.users.index_worker(&changed).await
    }

    async fn stored(&self, id: UserId) -> Worker {
        self.users.table.get(&Worker::key_of(id)).await.unwrap().unwrap()
    }

    async fn told(&self, kind: &str) -> usize {
        self.cloud.told(&self.users.table, kind).await.len()
    }

    async fn found(&self, query: &str) -> Vec<String> {
        self.listings(query).await.into_iter().map(|it| it.card.display_name).collect()
    }

    async fn listings(&self, query: &str) -> Vec<WorkerListing> {
        let mut params = Params::read(query).unwrap();
        let wanted = Wanted::take(&mut params);
        let wanted = params.finish(wanted).unwrap_or_else(|failure| panic!("{query}: {failure:?}"));
        let answer = self.directory().find(&wanted).await.unwrap();
        let page: Value = body(&answer);
        assert_eq!(page["meta"]["next_cursor"], Value::Null);
        let listings = page["data"].as_array().unwrap().clone();
        listings.into_iter().map(listing).collect()
    }
}

fn listing(value: Value) -> WorkerListing {
    let id = value["id"].as_str().unwrap().parse().unwrap();
    let distance_km = value["distance_km"].as_f64();
    WorkerListing { id, card: serde_json::from_value(value).unwrap(), distance_km }
}

fn read<T: deserr::Deserr<FieldErrors>>(body: Value) -> Result<T> {
    deserialize::<T, _, FieldErrors>(body).map_err(Failure::from)
}

fn account(user_id: UserId, version: u64, given: &str, verified: bool) -> Received<AccountChanged> {
    let message = AccountChanged {
        user_id,
        version,
        email: "kofi@example.com".into(),
        given_name: given.into(),
        family_name: "Mensah".into(),
        roles: vec!["worker".into()],
        verified,
        active: true,
        username: None,
        phone: None,
        group_id: None,
        created_at: None,
    };
    received(message)
}

fn electrician() -> Value {
    json!({
        "title": "Électricien for old houses",
        "headline": "Wiring that outlives the house",
        "profession": "Electrician",
        "rate": {"hourly": 4500, "min": 3000, "max": 6000, "currency": "GHS"},
        "location": {"city": "Accra", "country": "Ghana", "geo": {"lat": 5.6037, "lng": -0.1870}},
        "service_radius_km": 40,
        "years_of_experience": 12,
        "work_types": ["daily", "contract"],
        "languages": ["English", "Twi"],
    })
}

#[tokio::test]
async fn who_has_the_role_gets_a_profile_and_the_newest_state_stays() {
    let town = Town::open().await;
    let id = UserId::new();
    let hirer = AccountChanged { roles: vec!["hirer".into()], ..account(id, 1, "Kofi", false).message };
    town.users.keep_worker(&received(hirer)).await.unwrap();
    assert!(town.cloud.items(&town.users.table).await.is_empty());

    town.users.keep_worker(&account(id, 2, "Kofi", false)).await.unwrap();
    assert!(!town.stored(id).await.is_public());
    let verified = account(id, 3, "Kofi", true);
    town.users.keep_worker(&verified).await.unwrap();
    town.users.keep_worker(&verified).await.unwrap();
    town.users.keep_worker(&account(id, 2, "Late", false)).await.unwrap();
    let worker = town.stored(id).await;
    assert_eq!((worker.display_name.as_str(), worker.is_public()), ("Kofi Mensah", true));
    assert_eq!(town.told("users.worker.updated").await, 2);

    let suspended = AccountChanged { active: false, ..account(id, 4, "Kofi", true).message };
    town.users.keep_worker(&received(suspended)).await.unwrap();
    assert!(!town.stored(id).await.is_public());
    let stranger = caller(UserId::new(), &[Role::User]);
    let hidden = town.users.view_worker(Some(&stranger), &client(), id).await.unwrap_err();
    assert_eq!(hidden.problem, Problem::NOT_FOUND);
}

#[tokio::test]
async fn the_profile_is_its_owners_and_every_broken_field_is_named() {
    let town = Town::open().await;
    let worker = town.worker("Kofi").await;
    let answer = town.write(&worker, &electrician()).await.unwrap();
    assert_eq!(answer["rate"]["hourly"], 4500);
    assert_eq!(answer["completeness"], 50);

    let stranger = caller(UserId::new(), &[Role::Worker]);
    let new = read(electrician()).unwrap();
    let refused = town.users.update_worker(&stranger, worker.user_id, &new).await.unwrap_err();
    assert_eq!(refused.problem, Problem::FORBIDDEN);
    let nobody = town.users.update_worker(&stranger, stranger.user_id, &new).await.unwrap_err();
    assert_eq!(nobody.problem, Problem::NOT_FOUND);

    let broken = json!({
        "title": "x",
        "rate": {"hourly": 1_000_001, "min": 5, "max": 4, "currency": "EUR"},
        "service_radius_km": 501, "years_of_experience": 51,
        "location": {"city": "Accra", "geo": {"lat": 91, "lng": 0}},
        "languages": vec!["Twi"; 21],
    });
    let failure = town.write(&worker, &broken).await.unwrap_err();
    let mut pointers: Vec<_> = failure.errors.iter().map(|error| error.pointer.as_str()).collect();
    pointers.sort_unstable();
    let expected = [
        "/languages",
        "/location/geo",
        "/rate/hourly",
        "/rate/max",
        "/service_radius_km",
        "/years_of_experience",
    ];
    assert_eq!(pointers, expected);
    let failure =
        town.write(&worker, &json!({"title": "x", "rating": 5, "verified": true})).await.unwrap_err();
    assert_eq!(failure.errors.len(), 2);
    // Yen have no cents: ten thousand are the most.
    let yen = json!({"title": "x", "rate": {"hourly": 10_001, "currency": "JPY"}});
    assert_eq!(town.write(&worker, &yen).await.unwrap_err().errors[0].pointer, "/rate/hourly");

    // What is hidden is its owner's to see and to change, and nobody else's.
    town.write(&worker, &json!({"title": "x", "listed": false})).await.unwrap();
    let refused = town.users.update_worker(&stranger, worker.user_id, &new).await.unwrap_err();
    assert_eq!(refused.problem, Problem::NOT_FOUND);
}

#[tokio::test]
async fn the_directory_finds_by_words_facets_places_and_in_order() {
    let town = Town::open().await;
    let kofi = town.listed("Kofi", &electrician()).await;
    let skills = json!({"skills": [
        {"name": "Wiring", "level": "Expert", "years": 10},
        {"name": "Solar", "level": "Beginner"},
    ]});
    town.users.replace_skills(&kofi, kofi.user_id, &read(skills).unwrap()).await.unwrap();
    town.index(kofi.user_id).await.unwrap();
    let mut kumasi = electrician();
    kumasi["location"] = json!({"city": "Kumasi", "geo": {"lat": 6.6885, "lng": -1.6244}});
    kumasi["rate"] = json!({"hourly": 2000, "currency": "GHS"});
    kumasi["title"] = json!("Electrician");
    town.listed("Ama", &kumasi).await;
    let plumber = json!({"title": "Plumber", "profession": "Plumber", "location": {"city": "Accra"}});
    town.listed("Yaw", &plumber).await;
    // Hidden: never verified, without a title, unlisted.
    town.users.keep_worker(&account(UserId::new(), 1, "Ghost", false)).await.unwrap();
    town.worker("Empty").await;
    town.listed("Shy", &json!({"title": "Electrician", "listed": false})).await;

    let found = async |query: &str| {
        let mut names = town.found(query).await;
        names.iter_mut().for_each(|name| *name = name.replace(" Mensah", ""));
        names
    };
    let none: [&str; 0] = [];
    assert_eq!(found("q=elec&sort=newest").await, ["Ama", "Kofi"]);
    assert_eq!(found("q=%C3%89LECTRICIEN").await, ["Kofi"]);
    assert_eq!(found("q=electricien%20old").await, ["Kofi"]);
    assert_eq!(found("city=ACCRA&trade=electrician").await, ["Kofi"]);
    assert_eq!(found("city=accra&sort=rate").await, ["Kofi", "Yaw"]);
    assert_eq!(found("sort=rate").await, ["Ama", "Kofi", "Yaw"]);
    assert_eq!(found("max_rate=4500&sort=rate").await, ["Ama", "Kofi"]);
    assert_eq!(found("max_rate=4499").await, ["Ama"]);
    assert_eq!(found("skills=wiring&skills=solar").await, ["Kofi"]);
    assert_eq!(found("skills=wiring&skills=tiling").await, none);
    assert_eq!(found("skills=wiring&city=Accra").await, ["Kofi"]);
    assert_eq!(found("work_type=daily&city=kumasi").await, ["Ama"]);
    assert_eq!(found("min_rating=0.5").await, none);
    assert_eq!(found("verified=true").await, none);
    assert_eq!(found("availability=busy").await, none);
    assert_eq!(found("q=mensah").await.len(), 3);

    let near = town.listings("lat=5.6&lng=-0.19").await;
    assert_eq!(near.len(), 1);
    assert!(near[0].distance_km.unwrap() < 1.0);
    assert_eq!(found("lat=5.6&lng=-0.19&radius=300").await, ["Kofi", "Ama"]);
    assert_eq!(found("lat=5.6&lng=-0.19&radius=300&sort=rate&q=elec").await, ["Ama", "Kofi"]);

    // Once unlisted, no query finds them.
    let mut hidden = electrician();
    hidden["listed"] = json!(false);
    town.write(&kofi, &hidden).await.unwrap();
    town.index(kofi.user_id).await.unwrap();
    for query in ["", "q=elec", "city=accra", "skills=wiring", "lat=5.6&lng=-0.19"] {
        assert!(!found(query).await.contains(&"Kofi".to_owned()), "{query}");
    }
}

#[test]
fn what_cannot_be_looked_for_is_refused_by_name() {
    let long = format!("q={}", "x".repeat(101));
    for (query, name) in [
        (long.as_str(), "q"),
        ("limit=51", "limit"),
        ("lat=5", "lat"),
        ("radius=5", "radius"),
        ("lat=5&lng=5&radius=501", "radius"),
        ("lat=91&lng=5", "lat"),
        ("sort=distance", "sort"),
        ("sort=name", "sort"),
        ("min_rating=5.1", "min_rating"),
        ("min_rating=NaN", "min_rating"),
        ("max_rate=-1", "max_rate"),
        ("verified=yes", "verified"),
        ("availability=gone", "availability"),
        ("work_type=never", "work_type"),
        ("q=a&q=b", "q"),
        ("page=2", "page"),
    ] {
        let mut params = Params::read(query).unwrap();
        let wanted = Wanted::take(&mut params);
        let failure = params.finish(wanted).unwrap_err();
        assert!(failure.errors.iter().any(|error| error.pointer == name), "{query}: {failure:?}");
    }
}

#[tokio::test]
async fn a_view_counts_once_for_each_viewer_and_day_and_never_ones_own() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    let view = async |caller: Option<&Caller>, address: &str| {
        let client = client_at(address);
        let answer = town.users.view_worker(caller, &client, worker.user_id).await.unwrap();
        body(&answer)["profile_views"].as_u64().unwrap()
    };
    assert_eq!(view(Some(&worker), "198.51.100.1").await, 0);
    assert_eq!(view(None, "198.51.100.1").await, 1);
    assert_eq!(view(None, "198.51.100.1").await, 1);
    assert_eq!(view(None, "198.51.100.2").await, 2);
    let hirer = caller(UserId::new(), &[Role::Hirer]);
    assert_eq!(view(Some(&hirer), "198.51.100.2").await, 3);
    assert_eq!(view(Some(&hirer), "198.51.100.9").await, 3);
    assert_eq!(town.told("users.worker.viewed").await, 3);
    // Looking does not disturb who is changing the profile.
    town.write(&worker, &electrician()).await.unwrap();
    assert_eq!(view(None, "198.51.100.1").await, 3);
    let all = format!("{:?}", town.cloud.items_of(&town.users.table, "viewing").await);
    assert!(!all.contains("198.51.100"));
}

#[tokio::test]
async fn a_repeated_view_costs_one_call_and_a_first_one_two() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    for calls in [2, 1] {
        town.cloud.faults().forget();
        town.users.view_worker(None, &client(), worker.user_id).await.unwrap();
        assert_eq!(town.cloud.faults().total(), calls);
    }
}

#[tokio::test]
async fn skills_are_named_once_and_verified_by_staff_alone() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    let (id, staff) = (worker.user_id, caller(UserId::new(), &[Role::Staff]));
    let new = |name: &str, level: &str| read(json!({"name": name, "level": level, "years": 3}));
    let wiring = town
        .users
        .add_skill(Once::default(), &worker, id, &new("Wiring", "Advanced").unwrap())
        .await
        .unwrap();
    let wiring = wiring.body.id;
    let twice = town.users.add_skill(Once::default(), &worker, id, &new("WÍRING", "Expert").unwrap()).await;
    assert_eq!(twice.unwrap_err().errors[0].pointer, "/name");
    let stranger = caller(UserId::new(), &[Role::Worker]);
    let refused =
        town.users.add_skill(Once::default(), &stranger, id, &new("Solar", "Expert").unwrap()).await;
    assert_eq!(refused.unwrap_err().problem, Problem::FORBIDDEN);
    assert!(
        read::<users::worker::skill::NewSkill>(json!({"name": "a", "level": "Expert", "verified": true}))
            .is_err()
    );
    assert!(new("Wiring", "Master").is_err());
    let old = read(json!({"name": "a", "level": "Expert", "years": 51})).unwrap();
    assert!(town.users.add_skill(Once::default(), &worker, id, &old).await.is_err());

    let proof = read(json!({"verified": true})).unwrap();
    let own = caller(id, &[Role::Worker, Role::Staff]);
    assert_eq!(
        town.users.verify_skill(&own, id, wiring, &proof).await.unwrap_err().problem,
        Problem::FORBIDDEN
    );
    town.users.verify_skill(&staff, id, wiring, &proof).await.unwrap();
    // Claiming less keeps the proof, claiming more loses it.
    let changed =
        town.users.change_skill(&worker, id, wiring, &new("Wiring", "Beginner").unwrap()).await.unwrap();
    assert_eq!(body(&changed)["verified"], true);
    let changed =
        town.users.change_skill(&worker, id, wiring, &new("Wiring", "Expert").unwrap()).await.unwrap();
    assert_eq!(body(&changed)["verified"], false);
    town.users.change_skill(&worker, id, wiring, &new("Painting", "Beginner").unwrap()).await.unwrap();
    assert!(!town.stored(id).await.skills[0].verified);

    let many: Vec<_> = (0..101).map(|n| json!({"name": format!("skill {n}"), "level": "Expert"})).collect();
    let many = read(json!({"skills": many})).unwrap();
    let refused = town.users.replace_skills(&worker, id, &many).await.unwrap_err();
    assert_eq!(refused.problem.code, "too-many-entries");
    town.users.remove_skill(&worker, id, wiring).await.unwrap();
    assert!(town.users.get_skill(None, id, wiring).await.is_err());
}

#[tokio::test]
async fn changes_at_once_are_all_kept() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    let mut all = tokio::task::JoinSet::new();
    for n in 0..3 {
        let environment = town.cloud.environment();
        environment.faults.storm(n, Storm { conflicts: 5, lost_replies: 5, ..Storm::default() });
        let (users, worker) = (Users { table: environment.table(&town.users.table) }, worker.clone());
        let new = read(json!({"name": format!("skill {n}"), "level": "Expert"})).unwrap();
        all.spawn(
            async move { users.add_skill(Once::default(), &worker, worker.user_id, &new).await.map(drop) },
        );
    }
    let done = all.join_all().await.into_iter().filter(Result::is_ok).count();
    assert_eq!(town.stored(worker.user_id).await.skills.len(), done);
    assert_eq!(done, 3);
}

fn certificate(submit: bool, expires_on: &str) -> Value {
    json!({"name": "Certified electrician", "issuer": "The guild", "expires_on": expires_on, "submit": submit})
}

#[tokio::test]
async fn a_certificate_is_handed_in_checked_by_staff_and_only_then_shown() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    let (id, staff) = (worker.user_id, caller(UserId::new(), &[Role::Staff]));
    let draft = read(certificate(false, "2199-12-31")).unwrap();
    let entry = town.users.add_certificate(Once::default(), &worker, id, &draft).await.unwrap().body.id;
    let verdict = |decision: &str| read(json!({"decision": decision, "note": "seen"})).unwrap();
    let early = town.users.verify_certificate(&staff, id, entry, &verdict("verified")).await.unwrap_err();
    assert_eq!(early.problem.code, "certificate-not-pending");
    let handed_in = read(certificate(true, "2199-12-31")).unwrap();
    town.users.change_certificate(&worker, id, entry, &handed_in).await.unwrap();

    assert_eq!(town.users.get_certificate(None, id, entry).await.unwrap_err().problem, Problem::NOT_FOUND);
    let public = town.users.list_certificates(None, id).await.unwrap();
    assert_eq!(body(&public)["data"], json!([]));
    let own = caller(id, &[Role::Worker, Role::Admin]);
    let refused = town.users.verify_certificate(&own, id, entry, &verdict("verified")).await.unwrap_err();
    assert_eq!(refused.problem, Problem::FORBIDDEN);

    town.users.verify_certificate(&staff, id, entry, &verdict("verified")).await.unwrap();
    assert_eq!(body(&town.users.get_certificate(None, id, entry).await.unwrap())["status"], "verified");
    assert!(town.stored(id).await.is_verified());
    town.index(id).await.unwrap();
    assert_eq!(town.found("verified=true").await, ["Kofi Mensah"]);
    let again = town.users.verify_certificate(&staff, id, entry, &verdict("rejected")).await.unwrap_err();
    assert_eq!(again.problem.code, "certificate-not-pending");

    // What staff has seen is not what the worker makes of it afterwards.
    town.users.change_certificate(&worker, id, entry, &draft).await.unwrap();
    assert!(!town.stored(id).await.is_verified());
    assert_eq!(town.told("users.certificate.status_changed").await, 4);
    let backwards =
        json!({"name": "a", "issuer": "b", "issued_on": "2020-02-01", "expires_on": "2020-01-01"});
    let refused = town.users.add_certificate(Once::default(), &worker, id, &read(backwards).unwrap()).await;
    assert_eq!(refused.unwrap_err().errors[0].pointer, "/expires_on");
}

#[tokio::test]
async fn a_certificate_that_has_run_out_is_marked_once() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    let (id, staff) = (worker.user_id, caller(UserId::new(), &[Role::Staff]));
    let mut entries = Vec::new();
    for _ in 0..2 {
        let new = read(certificate(true, "2199-12-31")).unwrap();
        let entry = town.users.add_certificate(Once::default(), &worker, id, &new).await.unwrap().body.id;
        let verdict = read(json!({"decision": "verified"})).unwrap();
        town.users.verify_certificate(&staff, id, entry, &verdict).await.unwrap();
        entries.push(entry);
    }
    assert_eq!(town.users.expire_certificates().await.unwrap(), 0);
    // As when the day has passed.
    let key = Entry::<users::worker::certificate::Certificate>::key_of(id, entries[0]);
    let mut entry: Entry<users::worker::certificate::Certificate> =
        town.users.table.get(&key).await.unwrap().unwrap();
    entry.content.expires_on = Some("2020-01-01".parse().unwrap());
    town.cloud.put(&town.users.table, &entry).await;
    assert!(town.users.get_certificate(None, id, entries[0]).await.is_err());

    assert_eq!(town.users.expire_certificates().await.unwrap(), 1);
    assert_eq!(town.users.expire_certificates().await.unwrap(), 0);
    let shown = town.users.get_certificate(Some(&worker), id, entries[0]).await.unwrap();
    assert_eq!(body(&shown)["status"], Standing::Expired.name());
    assert_eq!(town.stored(id).await.counts.verified_certificates, 1);
}

#[tokio::test]
async fn a_share_shows_one_certificate_until_it_is_taken_back() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    let id = worker.user_id;
    let new = read(certificate(false, "2199-12-31")).unwrap();
    let entry = town.users.add_certificate(Once::default(), &worker, id, &new).await.unwrap().body.id;
    let shares = Shares::new(town.users.clone(), KEY, "https://caravan.test");
    let stranger = caller(UserId::new(), &[Role::Worker]);
    assert_eq!(shares.share(&stranger, id, entry).await.unwrap_err().problem, Problem::FORBIDDEN);
    let first = body(&shares.share(&worker, id, entry).await.unwrap());
    let again = body(&shares.share(&worker, id, entry).await.unwrap());
    assert_eq!(first, again);
    let token = first["token"].as_str().unwrap().to_owned();
    assert!(token.len() <= 400, "{}", token.len());
    let seen = body(&shares.shared(&token).await.unwrap());
    assert_eq!(
        (seen["id"].as_str(), seen.get("share")),
        (Some(entry.to_string().as_str()), Some(&Value::Null))
    );

    let mut forged = token.clone();
    forged.pop();
    assert_eq!(shares.shared(&forged).await.unwrap_err().problem, Problem::NOT_FOUND);
    shares.unshare(&worker, id, entry).await.unwrap();
    assert_eq!(shares.shared(&token).await.unwrap_err().problem, Problem::NOT_FOUND);
    let next = body(&shares.share(&worker, id, entry).await.unwrap());
    assert_ne!(next["token"], token);
    assert_eq!(shares.shared(&token).await.unwrap_err().problem, Problem::NOT_FOUND);
}

#[tokio::test]
async fn portfolio_and_history_are_bounded_sorted_and_searched() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    let (id, users) = (worker.user_id, &town.users);
    let item = |title: &str, featured: bool| read(json!({"title": title, "featured": featured})).unwrap();
    for (title, featured) in [("A kitchen in Osu", false), ("Solar roof", true), ("Câblage", false)] {
        users.add_portfolio_item(Once::default(), &worker, id, &item(title, featured)).await.unwrap();
    }
    let titles = async |query: &str| {
        let mut params = Params::read(query).unwrap();
        let wanted = users::worker::portfolio::Wanted::take(&mut params);
        let page = body(&users.list_portfolio(None, id, &wanted).await.unwrap());
        let titles =
            page["data"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned());
        titles.collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["Solar roof", "Câblage", "A kitchen in Osu"]);
    assert_eq!(titles("featured=true").await, ["Solar roof"]);
    assert_eq!(titles("q=cabl").await, ["Câblage"]);
    assert!(read::<users::worker::portfolio::NewPortfolioItem>(json!({"title": "four"})).is_err());
    let files = vec![json!({"link": "https://example.com/a.jpg"}); 11];
    let wrong = json!({"title": "Eleven files", "files": files, "started_on": "2020-02-01", "ended_on": "2020-01-31"});
    let refused =
        users.add_portfolio_item(Once::default(), &worker, id, &read(wrong).unwrap()).await.unwrap_err();
    assert_eq!(refused.errors.len(), 2);
    for n in 3..50 {
        users
            .add_portfolio_item(Once::default(), &worker, id, &item(&format!("Piece {n}"), false))
            .await
            .unwrap();
    }
    let full =
        users.add_portfolio_item(Once::default(), &worker, id, &item("One more", false)).await.unwrap_err();
    assert_eq!(full.problem.code, "too-many-entries");

    let job =
        |from: &str| read(json!({"title": "Foreman", "employer": "Guild", "started_on": from})).unwrap();
    let early =
        users.add_work_history(Once::default(), &worker, id, &job("2001-01-01")).await.unwrap().body.id;
    let late =
        users.add_work_history(Once::default(), &worker, id, &job("2011-01-01")).await.unwrap().body.id;
    let listed = body(&users.list_work_history(None, id).await.unwrap());
    assert_eq!(listed["data"][0]["id"], late.to_string());
    let stranger = caller(UserId::new(), &[Role::Worker]);
    let refused = users.remove_work_history(&stranger, id, early).await.unwrap_err();
    assert_eq!(refused.problem, Problem::FORBIDDEN);
    let refused = users.change_work_history(&stranger, id, early, &job("1999-01-01")).await.unwrap_err();
    assert_eq!(refused.problem, Problem::FORBIDDEN);
    users.change_work_history(&worker, id, early, &job("2021-01-01")).await.unwrap();
    users.remove_work_history(&worker, id, early).await.unwrap();
    let gone = users.remove_work_history(&worker, id, early).await.unwrap_err();
    assert_eq!(gone.problem, Problem::NOT_FOUND);
    assert_eq!(town.stored(id).await.counts.history, 1);
    // An entry of one worker is not found under another.
    let other = town.worker("Ama").await;
    assert_eq!(
        users.get_work_history(None, other.user_id, late).await.unwrap_err().problem,
        Problem::NOT_FOUND
    );
    assert_eq!(
        users.remove_work_history(&other, other.user_id, late).await.unwrap_err().problem,
        Problem::NOT_FOUND
    );
}

#[tokio::test]
async fn a_pause_hides_a_worker_from_who_looks_for_somebody_available_until_it_ends() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    let id = worker.user_id;
    let until = (time::now() + time::days(2)).to_string();
    let paused = json!({
        "status": "available", "paused_until": until, "weekly_cap_hours": 168, "timezone": "Africa/Accra",
        "weekly_slots": [{"day": "monday", "from": 480, "to": 1020}], "holidays": ["2026-12-25"],
    });
    town.users.set_availability(&worker, id, &read(paused.clone()).unwrap()).await.unwrap();
    town.index(id).await.unwrap();
    assert!(town.found("availability=available").await.is_empty());
    assert_eq!(town.users.resume_workers().await.unwrap(), 0);

    let mut over = town.stored(id).await;
    over.availability.paused_until = Some(time::now());
    town.cloud.put(&town.users.table, &over).await;
    assert_eq!(town.users.resume_workers().await.unwrap(), 1);
    assert_eq!(town.users.resume_workers().await.unwrap(), 0);
    town.index(id).await.unwrap();
    assert_eq!(town.found("availability=available").await, ["Kofi Mensah"]);
    assert_eq!(town.told("users.worker.availability_changed").await, 2);

    let wrong = json!({
        "status": "busy", "paused_until": "2020-01-01T00:00:00Z", "weekly_cap_hours": 169,
        "weekly_slots": [{"day": "monday", "from": 480, "to": 480}, {"day": "friday", "from": 0, "to": 600},
            {"day": "friday", "from": 599, "to": 1440}],
    });
    let refused = town.users.set_availability(&worker, id, &read(wrong).unwrap()).await.unwrap_err();
    assert_eq!(refused.errors.len(), 4);
    let stranger = caller(UserId::new(), &[Role::Worker]);
    let refused = town.users.set_availability(&stranger, id, &read(paused).unwrap()).await.unwrap_err();
    assert_eq!(refused.problem, Problem::FORBIDDEN);
}

#[tokio::test]
async fn completeness_is_for_the_worker_and_for_hirers() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    for roles in [&[Role::Hirer][..], &[Role::Admin]] {
        let seen = town.users.completeness(&caller(UserId::new(), roles), worker.user_id).await.unwrap();
        assert_eq!(seen.score, 50);
        assert_eq!(seen.missing[0], "skills");
    }
    let user = caller(UserId::new(), &[Role::User]);
    assert_eq!(town.users.completeness(&user, worker.user_id).await.unwrap_err().problem, Problem::FORBIDDEN);
}

#[tokio::test]
async fn whoever_is_erased_leaves_nothing_and_no_late_event_brings_them_back() {
    let town = Town::open().await;
    let worker = town.listed("Kofi", &electrician()).await;
    let (id, users) = (worker.user_id, &town.users);
    let new = read(certificate(false, "2199-12-31")).unwrap();
    users.add_certificate(Once::default(), &worker, id, &new).await.unwrap();
    users.view_worker(None, &client(), id).await.unwrap();
    let export = users.export_worker(id).await.unwrap().unwrap();
    assert_eq!(export["certificates"].as_array().unwrap().len(), 1);

    // Dying half way, it is done again.
    let environment = town.cloud.environment();
    environment.faults.after(1, "BatchWriteItem", Fault::DeathAfter);
    let dying = Users { table: environment.table(&users.table) };
    dying.erase_worker(id).await.unwrap_err();
    users.erase_worker(id).await.unwrap();
    users.keep_worker(&account(id, 9, "Kofi", true)).await.unwrap();
    town.index(id).await.unwrap();
    let left = town.cloud.items(&users.table).await;
    let kinds: Vec<_> = left.iter().map(|item| item["kind"].as_s().unwrap().as_str()).collect();
    assert!(kinds.iter().all(|kind| ["outbox", "done", "gone", "manifest"].contains(kind)), "{kinds:?}");
    assert!(town.found("").await.is_empty());
    assert!(users.export_worker(id).await.unwrap().is_none());
    let key = Key::new(format!("INDEX#workers#{id}"), "MANIFEST");
    let manifest = users.table.item(&key, true).await.unwrap().unwrap();
    assert!(manifest.contains_key("expires"));
}

#[tokio::test]
async fn a_page_costs_the_same_however_many_workers_there_are() {
    let queries = [
        "",
        "q=elec",
        "q=elec&city=accra",
        "city=accra&trade=electrician&sort=rating",
        "skills=wiring",
        "lat=5.6&lng=-0.19",
    ];
    let mut costs = Vec::new();
    for count in [100, 2_000] {
        let town = Town::open().await;
        let workers = (0..count).map(|n| {
            let mut worker = Worker::new(UserId::new());
            worker.display_name = format!("Kofi {n}");
            worker.active = true;
            worker.profile.title = Some("Electrician".parse().unwrap());
            worker.profile.profession = Some("Electrician".parse().unwrap());
            worker.profile.location = Some(users::worker::fields::Location {
                city: "Accra".parse().unwrap(),
                region: None,
                country: None,
                geo: Some(users::person::Geo { lat: 5.6 + f64::from(n) / 20_000.0, lng: -0.19 }),
            });
            worker.skills = vec![users::worker::skill::Skill {
                id: EntryId::new(),
                name: "Wiring".parse().unwrap(),
                level: users::worker::fields::Level::Expert,
                years: 3,
                verified: false,
            }];
            document(&worker)
        });
        // What stands in other partitions is never looked at, so it is not written here.
        let index = search::Index::new(town.users.table.clone(), SCHEMA);
        let read = ["w:elec", "w:elec|city:accra", "trade:electrician|city:accra", "skill:wiring"];
        let read = |pk: &str| {
            let term = pk.strip_prefix("TERM#workers#").unwrap_or_default();
            term.starts_with("all~") || read.contains(&term) || pk.starts_with("GEO#")
        };
        index.load(workers, read).await.unwrap();
        let mut cost = Vec::new();
        for query in queries {
            let mut params = Params::read(&format!("{query}&limit=10")).unwrap();
            let wanted = Wanted::take(&mut params);
            town.cloud.faults().forget();
            let page = body(&town.directory().find(&wanted).await.unwrap());
            assert_eq!(page["data"].as_array().unwrap().len(), 10, "{query}");
            let (calls, items) = (town.cloud.faults().total(), town.cloud.faults().scanned());
            assert!(
                query.starts_with("lat") || items <= 11 * u64::from(calls),
                "{query} reads {items} items"
            );
            cost.push((query, calls));
        }
        costs.push(cost);
    }
    // Near, more workers are found in fewer rings.
    for (few, many) in costs[0].iter().zip(&costs[1]) {
        assert!(many.1 <= few.1 && many.1 <= 24, "{few:?} {many:?}");
    }
    assert_eq!(costs[1][1].1, 1);
    assert_eq!(costs[1][0].1, 4);
}
