//! What the files of these tests share: somebody who is signed in, and what happens to accounts and to wishes for mails.

use identity::account::Account;
use identity::challenge::Answers;
use identity::mail::{IdentityMail, Postman};
use identity::operator::Rights;
use identity::registry::Registry;
use kernel::Role;
use platform::mail::Mailer;
use store::Transaction;
use testkit::{Cloud, ISSUER, People, SignedIn, TOKEN_SECRET, body, taken};
use web::Reply;

/// Identity with Ada, who is signed in.
pub async fn open() -> (Cloud, People, SignedIn) {
    let cloud = Cloud::open().await;
    let people = People::open(&cloud).await;
    let ada = people.sign_in(&[Role::User]).await;
    (cloud, people, ada)
}

pub fn rights(people: &People) -> Rights {
    Rights { identity: people.identity.clone(), registry: Registry(people.registry.clone()) }
}

pub async fn save(people: &People, account: &Account) {
    let table = &people.identity.table;
    Transaction::new().replace(table, account).unwrap().commit(table).await.unwrap();
}

pub fn token(pair: &impl Reply, which: &str) -> String {
    body(pair)[which].as_str().unwrap().to_owned()
}

/// A code that is not this one.
pub fn another(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

pub fn postman(cloud: &Cloud, people: &People) -> Postman {
    Postman {
        identity: people.identity.clone(),
        mailer: Mailer::new(cloud.aws().ses(), "caravan@example.com".into()),
        answers: Answers::new(TOKEN_SECRET).unwrap(),
        public_url: ISSUER.into(),
    }
}

/// What the consumer of identity's mail queue does with the wishes of a kind; each comes twice.
pub async fn deliver_wishes(cloud: &Cloud, people: &People, kind: &str) {
    let postman = postman(cloud, people);
    for envelope in cloud.messages(&people.identity.table).await {
        if envelope.kind == "identity.send_mail" && envelope.data.get(kind).is_some() {
            let wish = taken::<IdentityMail>(envelope);
            postman.send(&wish).await.unwrap();
            postman.send(&wish).await.unwrap();
        }
    }
}
