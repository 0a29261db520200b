//! The test cards of <https://docs.stripe.com/testing>.

/// A payment method by name, where one would otherwise have an id or a token.
pub fn number(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix("pm_card_").or_else(|| name.strip_prefix("tok_"))?;
    Some(match name {
        "visa" => GOOD,
        "visa_debit" => "4000056655665556",
        "mastercard" => "5555555555554444",
        "visa_chargeDeclined" | "chargeDeclined" => "4000000000000002",
        "visa_chargeDeclinedInsufficientFunds" | "chargeDeclinedInsufficientFunds" => "4000000000009995",
        "visa_chargeDeclinedLostCard" => "4000000000009987",
        "visa_chargeDeclinedStolenCard" => "4000000000009979",
        "chargeDeclinedExpiredCard" => "4000000000000069",
        "chargeDeclinedIncorrectCvc" => "4000000000000127",
        "chargeDeclinedProcessingError" => "4000000000000119",
        "chargeCustomerFail" => DECLINED,
        "authenticationRequired" => "4000002760003184",
        "pendingRefund" => "4000000000007726",
        "refundFail" => "4000000000005126",
        _ => return None,
    })
}

pub const GOOD: &str = "4242424242424242";
/// The one that localstripe declines when it is charged, in place of all that Stripe declines then.
pub const DECLINED: &str = "4000000000000341";

/// Why a card is declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decline {
    pub code: &'static str,
    pub decline_code: Option<&'static str>,
    pub message: &'static str,
}

const fn declined(decline_code: &'static str, message: &'static str) -> Decline {
    Decline { code: "card_declined", decline_code: Some(decline_code), message }
}

/// By the last four digits, which is what localstripe shows of a card.
pub fn decline(last4: &str) -> Option<Decline> {
    Some(match last4 {
        "0002" | "0341" => declined("generic_decline", "Your card was declined."),
        "9995" => declined("insufficient_funds", "Your card has insufficient funds."),
        "9987" => declined("lost_card", "Your card was declined."),
        "9979" => declined("stolen_card", "Your card was declined."),
        "0069" => Decline {
            code: "expired_card",
            decline_code: Some("expired_card"),
            message: "Your card has expired.",
        },
        "0127" => Decline {
            code: "incorrect_cvc",
            decline_code: Some("incorrect_cvc"),
            message: "Your card's security code is incorrect.",
        },
        "0119" => Decline {
            code: "processing_error",
            decline_code: Some("processing_error"),
            message: "An error occurred while processing your card. Try again in a little bit.",
        },
        _ => return None,
    })
}

/// What becomes of a refund to a card, a moment later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// Pending at first.
    Succeeds,
    /// Succeeded at first.
    Fails,
}

pub fn refund(last4: &str) -> Option<Later> {
    match last4 {
        "7726" => Some(Later::Succeeds),
        "5126" => Some(Later::Fails),
        _ => None,
    }
}
