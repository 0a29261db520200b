//! All functions of payments in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "calculate-fees" => platform::run("calculate-fees", payments_functions::calculate_fees::endpoint()),
        "cancel-payments" => {
            platform::run("cancel-payments", payments_functions::cancel_payments::consumer())
        }
        "cancel-transaction" => {
            platform::run("cancel-transaction", payments_functions::cancel_transaction::endpoint())
        }
        "check-ledger" => platform::run("check-ledger", payments_functions::check_ledger::schedule()),
        "close-due" => platform::run("close-due", payments_functions::close_due::consumer()),
        "count-payments" => platform::run("count-payments", payments_functions::count_payments::consumer()),
        "create-payment-session" => {
            platform::run("create-payment-session", payments_functions::create_payment_session::endpoint())
        }
        "create-promo" => platform::run("create-promo", payments_functions::create_promo::endpoint()),
        "delete-promo" => platform::run("delete-promo", payments_functions::delete_promo::endpoint()),
        "erase-payments" => platform::run("erase-payments", payments_functions::erase_payments::consumer()),
        "export-payments" => {
            platform::run("export-payments", payments_functions::export_payments::consumer())
        }
        "get-payment" => platform::run("get-payment", payments_functions::get_payment::endpoint()),
        "get-payment-config" => {
            platform::run("get-payment-config", payments_functions::get_payment_config::endpoint())
        }
        "get-promo" => platform::run("get-promo", payments_functions::get_promo::endpoint()),
        "get-refund" => platform::run("get-refund", payments_functions::get_refund::endpoint()),
        "get-revenue" => platform::run("get-revenue", payments_functions::get_revenue::endpoint()),
        "get-transaction" => {
            platform::run("get-transaction", payments_functions::get_transaction::endpoint())
        }
        "get-transaction-stats" => {
            platform::run("get-transaction-stats", payments_functions::get_transaction_stats::endpoint())
        }
        "list-fees" => platform::run("list-fees", payments_functions::list_fees::endpoint()),
        "list-payments" => platform::run("list-payments", payments_functions::list_payments::endpoint()),
        "list-promos" => platform::run("list-promos", payments_functions::list_promos::endpoint()),
        "list-transactions" => {
            platform::run("list-transactions", payments_functions::list_transactions::endpoint())
        }
        "open-due" => platform::run("open-due", payments_functions::open_due::consumer()),
        "open-refund" => platform::run("open-refund", payments_functions::open_refund::consumer()),
        "payments-health" => {
            platform::run("payments-health", payments_functions::payments_health::endpoint())
        }
        "payments-not-found" => {
            platform::run("payments-not-found", payments_functions::payments_not_found::endpoint())
        }
        "poll-payments" => platform::run("poll-payments", payments_functions::poll_payments::schedule()),
        "process-webhook" => {
            platform::run("process-webhook", payments_functions::process_webhook::consumer())
        }
        "receive-stripe-webhook" => {
            platform::run("receive-stripe-webhook", payments_functions::receive_stripe_webhook::endpoint())
        }
        "reconcile-payments" => {
            platform::run("reconcile-payments", payments_functions::reconcile_payments::endpoint())
        }
        "record-offline-payment" => {
            platform::run("record-offline-payment", payments_functions::record_offline_payment::consumer())
        }
        "refund-payment" => platform::run("refund-payment", payments_functions::refund_payment::endpoint()),
        "relay-payments" => platform::run("relay-payments", payments_functions::relay_payments::relay()),
        "replay-payments" => platform::run("replay-payments", payments_functions::replay_payments::replay()),
        "run-refunds" => platform::run("run-refunds", payments_functions::run_refunds::consumer()),
        "sweep-payments" => platform::run("sweep-payments", payments_functions::sweep_payments::schedule()),
        "update-promo" => platform::run("update-promo", payments_functions::update_promo::endpoint()),
        "validate-promo" => platform::run("validate-promo", payments_functions::validate_promo::endpoint()),
        "verify-payment" => platform::run("verify-payment", payments_functions::verify_payment::endpoint()),
        _ => platform::no_such_function(&name),
    }
}
