//! The functions of payments, one module each. Written by `cargo xtask generate`.

pub use payments::model;

pub mod calculate_fees;
pub mod cancel_payments;
pub mod cancel_transaction;
pub mod check_ledger;
pub mod close_due;
pub mod count_payments;
pub mod create_payment_session;
pub mod create_promo;
pub mod delete_promo;
pub mod erase_payments;
pub mod export_payments;
pub mod get_payment;
pub mod get_payment_config;
pub mod get_promo;
pub mod get_refund;
pub mod get_revenue;
pub mod get_transaction;
pub mod get_transaction_stats;
pub mod list_fees;
pub mod list_payments;
pub mod list_promos;
pub mod list_transactions;
pub mod open_due;
pub mod open_refund;
pub mod payments_health;
pub mod payments_not_found;
pub mod poll_payments;
pub mod process_webhook;
pub mod receive_stripe_webhook;
pub mod reconcile_payments;
pub mod record_offline_payment;
pub mod refund_payment;
pub mod relay_payments;
pub mod replay_payments;
pub mod run_refunds;
pub mod sweep_payments;
pub mod update_promo;
pub mod validate_promo;
pub mod verify_payment;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("calculate-fees", &calculate_fees::endpoint()),
        platform::describe("cancel-payments", &cancel_payments::consumer()),
        platform::describe("cancel-transaction", &cancel_transaction::endpoint()),
        platform::describe("check-ledger", &check_ledger::schedule()),
        platform::describe("close-due", &close_due::consumer()),
        platform::describe("count-payments", &count_payments::consumer()),
        platform::describe("create-payment-session", &create_payment_session::endpoint()),
        platform::describe("create-promo", &create_promo::endpoint()),
        platform::describe("delete-promo", &delete_promo::endpoint()),
        platform::describe("erase-payments", &erase_payments::consumer()),
        platform::describe("export-payments", &export_payments::consumer()),
        platform::describe("get-payment", &get_payment::endpoint()),
        platform::describe("get-payment-config", &get_payment_config::endpoint()),
        platform::describe("get-promo", &get_promo::endpoint()),
        platform::describe("get-refund", &get_refund::endpoint()),
        platform::describe("get-revenue", &get_revenue::endpoint()),
        platform::describe("get-transaction", &get_transaction::endpoint()),
        platform::describe("get-transaction-stats", &get_transaction_stats::endpoint()),
        platform::describe("list-fees", &list_fees::endpoint()),
        platform::describe("list-payments", &list_payments::endpoint()),
        platform::describe("list-promos", &list_promos::endpoint()),
        platform::describe("list-transactions", &list_transactions::endpoint()),
        platform::describe("open-due", &open_due::consumer()),
        platform::describe("open-refund", &open_refund::consumer()),
        platform::describe("payments-health", &payments_health::endpoint()),
        platform::describe("payments-not-found", &payments_not_found::endpoint()),
        platform::describe("poll-payments", &poll_payments::schedule()),
        platform::describe("process-webhook", &process_webhook::consumer()),
        platform::describe("receive-stripe-webhook", &receive_stripe_webhook::endpoint()),
        platform::describe("reconcile-payments", &reconcile_payments::endpoint()),
        platform::describe("record-offline-payment", &record_offline_payment::consumer()),
        platform::describe("refund-payment", &refund_payment::endpoint()),
        platform::describe("relay-payments", &relay_payments::relay()),
        platform::describe("replay-payments", &replay_payments::replay()),
        platform::describe("run-refunds", &run_refunds::consumer()),
        platform::describe("sweep-payments", &sweep_payments::schedule()),
        platform::describe("update-promo", &update_promo::endpoint()),
        platform::describe("validate-promo", &validate_promo::endpoint()),
        platform::describe("verify-payment", &verify_payment::endpoint()),
    ]
}
