//! A table of payments in a cloud of its own, a provider, and the messages between all of them.

pub mod server;

use std::collections::HashSet;
use std::sync::Mutex;

use contracts::payments::{DueLapsed, OfflinePaid, PaymentDue, RefundOwed, Subject};
use contracts::{Envelope, Message};
use kernel::id::Ulid;
use kernel::{Role, Timestamp, UserId, time};
use payments::keys::Keys;
use payments::ledger::{CountPayment, LedgerEntry, Movement};
use payments::payment::{Payment, PaymentId};
use payments::poll::CancelPayment;
use payments::refund::Refund;
use payments::refund::run::RunRefund;
use payments::stripe::Stripe;
use payments::webhook::ProcessWebhook;
use payments::{Cashier, Payments};
use serde_json::{Value, json};
use store::Record;
use testkit::{Cloud, Environment, caller, read, received, taken};
use web::Caller;

use server::Server;

pub const SECRET: &str = "whsec_caravan_local";

pub struct Scene {
    pub cloud: Cloud,
    pub server: Server,
    pub cashier: Cashier,
    pub ada: Caller,
    handled: Mutex<HashSet<String>>,
}

pub fn keys() -> Keys {
    Keys {
        secret_key: "sk_test_caravan".into(),
        publishable_key: "pk_test_caravan".into(),
        webhook_secrets: vec!["whsec_older".into(), SECRET.into()],
    }
}

impl Scene {
    pub async fn open() -> Self {
        let cloud = Cloud::open().await;
        let table = cloud.table("payments").await;
        let server = Server::start().await;
        let stripe = Stripe::new(server.door.clone(), Some(keys())).unwrap();
        let cashier = Cashier { payments: Payments { table }, stripe };
        Self { cloud, server, cashier, ada: somebody(), handled: Mutex::default() }
    }

    pub fn payments(&self) -> &Payments {
        &self.cashier.payments
    }

    /// One more environment, with a client of its own that can be broken.
    pub fn environment(&self) -> (Environment, Cashier) {
        let environment = self.cloud.environment();
        let payments = Payments { table: environment.table(&self.payments().table) };
        let stripe = Stripe::new(self.server.door.clone(), Some(keys())).unwrap();
        (environment, Cashier { payments, stripe })
    }

    pub fn due(&self, about: &Subject, revision: u64, amount: i64) -> PaymentDue {
        PaymentDue {
            about: about.clone(),
            revision,
            user_id: self.ada.user_id,
            amount,
            currency: "EUR".into(),
            description: "Two seats".into(),
            expires_at: time::now() + time::minutes(30),
            promo: None,
            checkout: None,
        }
    }

    pub async fn tell_due(&self, about: &Subject, revision: u64, amount: i64) {
        self.cashier.open_due(&received(self.due(about, revision, amount))).await.unwrap();
    }

    pub async fn lapse(&self, about: &Subject, revision: u64) {
        let lapsed = DueLapsed { about: about.clone(), revision };
        self.payments().close_due(&received(lapsed)).await.unwrap();
    }

    pub fn owed(&self, about: &Subject, key: &str, amount: i64) -> RefundOwed {
        RefundOwed {
            about: about.clone(),
            key: key.into(),
            amount,
            currency: "EUR".into(),
            reason: "Cancelled".into(),
            kind: "auto".into(),
            part: None,
        }
    }

    pub async fn owe(&self, about: &Subject, key: &str, amount: i64) {
        self.payments().open_refund(&received(self.owed(about, key, amount))).await.unwrap();
    }

    pub async fn take_offline(&self, about: &Subject, key: &str, amount: i64) {
        let paid = OfflinePaid {
            about: about.clone(),
            key: key.into(),
            user_id: self.ada.user_id,
            amount,
            currency: "EUR".into(),
            recorded_by: UserId::new(),
        };
        self.payments().record_offline(&received(paid)).await.unwrap();
    }

    /// The customer begins to pay: the payment with the provider's id.
    pub async fn begin(&self, about: &Subject) -> Payment {
        let session = self.cashier.begin(&self.ada, &session(about)).await.unwrap();
        let web::Eventual::Ready(session) = session else { panic!("nothing is due") };
        self.payment(session.payment_id).await
    }

    pub async fn payment(&self, id: PaymentId) -> Payment {
        self.payments().payment(id).await.unwrap().expect("a payment")
    }

    /// The customer pays, and the provider tells.
    pub async fn pay(&self, about: &Subject) -> Payment {
        let payment = self.begin(about).await;
        let intent = self.server.pay(payment.provider_ref.as_ref().unwrap(), server::GOOD_CARD).await;
        self.deliver("payment_intent.succeeded", &intent).await;
        self.settle().await;
        self.payment(payment.id).await
    }

    /// The provider tells something about an object of its own, now.
    pub async fn deliver(&self, kind: &str, object: &Value) -> String {
        self.deliver_at(kind, object, time::now()).await
    }

    pub async fn deliver_at(&self, kind: &str, object: &Value, at: Timestamp) -> String {
        let event = event(kind, object, at);
        self.receive(&event).await;
        let id = event["id"].as_str().unwrap().to_owned();
        self.payments().process_webhook(&ProcessWebhook { event_id: id.clone() }).await.unwrap();
        id
    }

    pub async fn receive(&self, event: &Value) {
        let body = event.to_string();
        let header = sign(body.as_bytes(), SECRET, time::now());
        self.payments().receive(&keys(), body.as_bytes(), Some(&header)).await.unwrap();
    }

    /// Everything that was told to others or to ourselves, in order.
    pub async fn messages(&self) -> Vec<Envelope> {
        self.cloud.messages(&self.payments().table).await
    }

    /// The events or commands of one type.
    pub async fn said<M: Message>(&self) -> Vec<M> {
        self.cloud.sent(&self.payments().table).await
    }

    /// Delivers the commands to ourselves, until there is none left.
    pub async fn settle(&self) {
        loop {
            let mut handled = 0;
            for message in self.messages().await {
                if !self.handled.lock().unwrap().insert(message.id.to_string()) {
                    continue;
                }
                handled += 1;
                self.handle(message).await;
            }
            if handled == 0 {
                return;
            }
        }
    }

    async fn handle(&self, envelope: Envelope) {
        let data = envelope.data.clone();
        match envelope.kind.as_str() {
            RunRefund::TYPE => {
                let command = serde_json::from_value(data).unwrap();
                self.cashier.run_refund(&command).await.unwrap();
            }
            CancelPayment::TYPE => {
                let command = serde_json::from_value(data).unwrap();
                self.cashier.cancel_payment(&command).await.unwrap();
            }
            ProcessWebhook::TYPE => {
                let command = serde_json::from_value(data).unwrap();
                self.payments().process_webhook(&command).await.unwrap();
            }
            CountPayment::TYPE => {
                self.payments().count(&taken(envelope)).await.unwrap();
            }
            _ => {}
        }
    }

    pub async fn all<R: Record>(&self) -> Vec<R> {
        self.cloud.all(&self.payments().table).await
    }

    /// Every movement balances, and the accounts' entries are those of the movements.
    pub async fn balances(&self) -> std::collections::BTreeMap<String, i64> {
        let mut of_movements = std::collections::BTreeMap::new();
        for movement in self.all::<Movement>().await {
            let (debits, credits) = movement.totals();
            assert_eq!(debits, credits, "{movement:?}");
            for entry in movement.entries {
                *of_movements.entry(entry.account).or_insert(0) += entry.debit - entry.credit;
            }
        }
        let mut of_entries = std::collections::BTreeMap::new();
        for entry in self.all::<LedgerEntry>().await {
            *of_entries.entry(entry.account).or_insert(0) += entry.debit - entry.credit;
        }
        assert_eq!(of_movements, of_entries);
        assert_eq!(of_entries.values().sum::<i64>(), 0);
        of_entries
    }

    pub async fn refunds(&self) -> Vec<Refund> {
        let mut refunds: Vec<Refund> = self.all().await;
        refunds.sort_by_key(|refund| refund.id);
        refunds
    }

    /// What the provider has of us, by its own ledger.
    pub async fn at_provider(&self) -> i64 {
        let lines = self.server.get("/v1/balance_transactions?limit=100").await;
        lines["data"].as_array().unwrap().iter().map(|line| line["amount"].as_i64().unwrap()).sum()
    }
}

/// What the provider would send as its signature.
pub fn sign(body: &[u8], secret: &str, at: Timestamp) -> String {
    let body = std::str::from_utf8(body).expect("JSON");
    stripe_webhook::Webhook::generate_test_header(body, secret, Some(at.as_second()))
}

pub fn event(kind: &str, object: &Value, at: Timestamp) -> Value {
    json!({
        "id": format!("evt_{}", Ulid::generate()), "object": "event", "type": kind,
        "created": at.as_second(), "data": {"object": object},
    })
}

pub fn booking(id: &str) -> Subject {
    Subject { kind: "booking".into(), id: id.into(), instalment: 1 }
}

pub fn instalment(id: &str, instalment: u32) -> Subject {
    Subject { instalment, ..booking(id) }
}

pub fn session(about: &Subject) -> payments::session::NewSession {
    read(json!({
        "subject_kind": about.kind, "subject_id": about.id, "instalment": about.instalment,
    }))
}

pub fn somebody() -> Caller {
    caller(UserId::new(), &[Role::User])
}

pub fn admin() -> Caller {
    caller(UserId::new(), &[Role::Admin])
}

impl Scene {
    /// What was told until now does not reach anybody.
    pub async fn forget_commands(&self) {
        for message in self.messages().await {
            self.handled.lock().unwrap().insert(message.id.to_string());
        }
    }
}
