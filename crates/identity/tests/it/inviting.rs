//! Accounts that an operator has opened for somebody: once, without a password, and with a mail that sets one.

use contracts::Envelope;
use contracts::identity::{AccountChanged, CreateUser};
use identity::Identity;
use identity::account::{Account, email_guard};
use identity::challenge::{Answers, Challenge, INVITATION_GOOD_FOR, Purpose, WRONG_ANSWER};
use identity::log_in::{Credentials, WRONG_CREDENTIALS};
use identity::mail::{IdentityMail, Postman};
use identity::reset_password::{LinkToken, NewPassword};
use kernel::{Role, UserId, time};
use store::Key;
use testkit::{Cloud, PASSWORD, People, TOKEN_SECRET, client, received, taken};

use crate::common;

const EMAIL: &str = "grace@example.com";

fn wish(email: &str) -> CreateUser {
    CreateUser {
        email: email.into(),
        given_name: "Grace".into(),
        family_name: "Hopper".into(),
        phone: Some("+4915112345678".into()),
        asked_by: UserId::new(),
    }
}

struct Scene {
    cloud: Cloud,
    people: People,
}

impl Scene {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let people = People::open(&cloud).await;
        Self { cloud, people }
    }

    fn identity(&self) -> &Identity {
        &self.people.identity
    }

    async fn account(&self, email: &str) -> Option<Account> {
        let guard = Key::new(email_guard(&email.parse().unwrap()), "GUARD");
        let guard = self.identity().table.item(&guard, true).await.unwrap()?;
        let id: UserId = guard["owner"].as_s().unwrap().parse().unwrap();
        self.identity().table.get(&Account::key_of(id)).await.unwrap()
    }

    async fn outbox(&self) -> Vec<Envelope> {
        self.cloud.messages(&self.identity().table).await
    }

    async fn told(&self, kind: &str) -> Vec<Envelope> {
        self.outbox().await.into_iter().filter(|envelope| envelope.kind == kind).collect()
    }

    async fn challenge(&self, user: UserId) -> Challenge {
        let key = Challenge::key_of(user, Purpose::ResetPassword);
        self.identity().table.get(&key).await.unwrap().unwrap()
    }

    async fn postman(&self) -> Postman {
        let sender = self.cloud.aside().ses().create_email_identity().email_identity("example.com");
        sender.send().await.unwrap();
        common::postman(&self.cloud, &self.people)
    }
}

#[tokio::test]
async fn an_account_is_opened_once_and_its_owner_sets_the_password_by_the_mailed_link() {
    let scene = Scene::open().await;
    let command = received(wish(EMAIL));
    for _ in 0..2 {
        scene.identity().create_user(&command).await.unwrap();
    }
    // The operator pressed the button again: another command, the same wish.
    scene.identity().create_user(&received(wish("Grace@Example.com"))).await.unwrap();

    let account = scene.account(EMAIL).await.unwrap();
    assert!(account.is_verified() && account.is_active());
    assert_eq!(account.roles, [Role::User]);
    let told = scene.told("identity.account.changed").await;
    assert_eq!(told.len(), 1);
    let told: AccountChanged = serde_json::from_value(told[0].data.clone()).unwrap();
    assert_eq!((told.phone.as_deref(), told.verified), (Some("+4915112345678"), true));
    assert_eq!(scene.told("identity.user.registered").await.len(), 1);
    let mails = scene.told("identity.send_mail").await;
    assert_eq!(mails.len(), 1, "one mail");

    let mail = taken::<IdentityMail>(mails[0].clone());
    assert!(matches!(mail.message, IdentityMail::SetPassword(_)));
    scene.postman().await.send(&mail).await.unwrap();

    let challenge = scene.challenge(account.id).await;
    assert!(challenge.expires_at > time::now() + INVITATION_GOOD_FOR - time::minutes(1));
    let link = Answers::new(TOKEN_SECRET).unwrap().token(&challenge);
    let stored = format!("{:?}", scene.cloud.items(&scene.identity().table).await);
    assert!(!stored.contains(&link), "the token travels in no message");

    let log_in = async || {
        let credentials = Credentials { email: EMAIL.parse().unwrap(), password: PASSWORD.parse().unwrap() };
        scene.people.issuer.log_in(&credentials, client()).await
    };
    assert_eq!(log_in().await.err().unwrap().problem, WRONG_CREDENTIALS, "nobody has a password yet");
    let token: LinkToken = link.parse().unwrap();
    let new = NewPassword { password: PASSWORD.parse().unwrap(), password_confirm: None };
    scene.people.issuer.reset_password(&token, &new, client()).await.unwrap();
    log_in().await.unwrap();
    let again = scene.people.issuer.reset_password(&token, &new, client()).await;
    assert_eq!(again.err().unwrap().problem, WRONG_ANSWER);
}

#[tokio::test]
async fn an_address_that_has_an_account_keeps_it_and_nobody_is_told() {
    let scene = Scene::open().await;
    let ada = scene.people.sign_in(&[Role::Admin]).await.account;
    let before = scene.outbox().await.len();
    scene.identity().create_user(&received(wish(ada.email.as_str()))).await.unwrap();
    assert_eq!(scene.outbox().await.len(), before);
    let after = scene.account(ada.email.as_str()).await.unwrap();
    assert_eq!(
        (after.id, after.version, after.roles, after.phone),
        (ada.id, ada.version, ada.roles, ada.phone)
    );
}

#[tokio::test]
async fn of_many_wishes_at_once_one_opens_the_account() {
    let scene = Scene::open().await;
    let wishes = (0..6).map(|_| {
        let identity = scene.identity().clone();
        tokio::spawn(async move { identity.create_user(&received(wish(EMAIL))).await })
    });
    for done in wishes.collect::<Vec<_>>() {
        done.await.unwrap().unwrap();
    }
    assert_eq!(scene.told("identity.user.registered").await.len(), 1);
    assert_eq!(scene.told("identity.send_mail").await.len(), 1);
}
