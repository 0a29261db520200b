//! The cost model of users: each endpoint takes as many AWS calls as its description says.

use kernel::{Role, UserId};
use serde_json::{Value, json};
use testkit::{Call, Cloud, ISSUER, People, SignedIn, forever, in_environment};
use users::Users;
use users_functions as functions;

use crate::common::costs;

/// What the stacks set for users' functions.
const SETTINGS: [(&str, &str); 6] = [
    ("TABLE_NAME", "caravan-local-users"),
    ("SESSIONS_TABLE_NAME", "caravan-local-sessions"),
    ("PUBLIC_URL", ISSUER),
    ("CURSOR_KEY", "the-cursor-key-of-the-tests-the-cursor-key-of-the-tests"),
    ("MEDIA_BUCKET", "media"),
    ("CONTEXT", "users"),
];

#[test]
fn each_endpoint_of_users_takes_as_many_calls_as_it_says() {
    in_environment(each_endpoint_of_users_takes_as_many_calls_as_it_says, &SETTINGS, story());
}

async fn somebody(people: &People, users: &Users, roles: &[Role]) -> SignedIn {
    let signed_in = people.sign_in(roles).await;
    users.keep(&(&signed_in.account).into()).await.expect("a profile");
    signed_in
}

async fn story() {
    let cloud: &'static Cloud = forever(Cloud::open().await);
    let people = People::open(cloud).await;
    let users = Users { table: cloud.table("users").await };
    let ada = somebody(&people, &users, &[Role::User]).await;
    let admin = somebody(&people, &users, &[Role::Admin]).await;
    let others = [
        somebody(&people, &users, &[Role::User]).await.account.id,
        somebody(&people, &users, &[Role::User]).await.account.id,
    ];
    let call = |who: &SignedIn, method, path: &str| {
        Call::new(method, &format!("/api/v1{path}")).bearer(&who.access_token)
    };
    let get = |path: &str| [call(&ada, "GET", path), call(&ada, "GET", path)];
    let send =
        |method, path: &str, bodies: [Value; 2]| bodies.map(|body| call(&ada, method, path).json(&body));
    let on = |who: &SignedIn, method, end: &str| {
        others.map(|id| {
            call(who, method, &format!("/users/{id}{end}"))
                .route(&format!("/api/v1/users/{{id}}{end}"))
                .parameter("id", &id.to_string())
        })
    };
    macro_rules! costs {
        ($name:ident, $calls:expr) => {
            costs(cloud, functions::$name::endpoint(), $calls).await
        };
    }

    costs!(get_own_profile, get("/users/me"));
    costs!(get_preferences, get("/users/me/preferences"));
    costs!(get_privacy, get("/users/me/privacy"));
    costs!(get_activity, get("/users/me/activity"));
    costs!(list_blocks, get("/users/me/blocks"));
    costs!(list_addresses, get("/users/me/addresses"));
    costs!(list_wishes, get("/users/me/wishlist"));
    costs!(get_user, on(&ada, "GET", ""));
    costs!(list_users, [0; 2].map(|_| call(&admin, "GET", "/users")));
    costs!(get_user_stats, [0; 2].map(|_| call(&admin, "GET", "/users/stats")));

    let bios = [json!({"bio": "one"}), json!({"bio": "two"})];
    costs!(change_own_profile, send("PATCH", "/users/me", bios.clone()));
    let changes = on(&admin, "PATCH", "").map(|call| call.json(&bios[0]));
    costs!(change_user, changes);
    costs!(
        set_preferences,
        send("PUT", "/users/me/preferences", ["dark", "light"].map(|it| json!({"theme": it})))
    );
    let visible = ["private", "public"].map(|it| json!({"visibility": it}));
    costs!(set_privacy, send("PUT", "/users/me/privacy", visible));
    let photo = json!({"content_type": "image/png", "size": 100});
    costs!(upload_photo, send("POST", "/users/me/photo", [photo.clone(), photo]));
    let blocks = others.map(|id: UserId| json!({"user_id": id}));
    costs!(block_user, send("POST", "/users/me/blocks", blocks));
    costs!(
        add_wish,
        send("POST", "/users/me/wishlist", ["a", "b"].map(|it| json!({"kind": "tour", "target_id": it})))
    );
    let address = json!({"type": "BILLING", "given_name": "Ada", "family_name": "Lovelace",
        "address1": "1 Durbar Marg", "city": "Kathmandu", "country": "NP", "postal_code": "44600"});
    costs!(add_address, send("POST", "/users/me/addresses", [address.clone(), address]));
    // The first one is refused for its query: there is one export a day.
    let export = call(&ada, "POST", "/users/me/export");
    let asked = [export.clone().query("x=1"), export];
    let begun = costs!(request_export, asked);
    assert_eq!(begun.status, 202);
    costs!(deactivate_user, on(&admin, "PATCH", "/deactivate"));
    costs!(activate_user, on(&admin, "PATCH", "/activate"));
    costs!(delete_user, on(&admin, "DELETE", ""));
}
