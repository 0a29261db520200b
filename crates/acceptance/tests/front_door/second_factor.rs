//! The story of somebody careful: a second step after the password, and a proof before what cannot be undone.

use acceptance::{
    Answer, Member, PASSWORD, SOON, Visitor, eventually, mails_to, secret, send, setting, try_log_in,
};
use serde_json::{Value, json};
use totp_rs::Totp;

fn code_of(totp: &Totp, shift: i64) -> String {
    let now = kernel::time::now().as_second() + shift;
    totp.generate(now.cast_unsigned()).to_string()
}

/// The newest mailed code that is not one of these.
async fn another_code(email: &str, known: &[String]) -> String {
    let found = || async {
        let mails = mails_to(email).await;
        let codes = mails.iter().rev().filter_map(|mail| mail.subject.split_once(" is your Caravan code"));
        let newest = codes.map(|(code, _)| code.to_owned()).next();
        newest.filter(|code| !known.contains(code))
    };
    let code = eventually("another code", SOON, found).await;
    secret(&code);
    code
}

async fn challenged(email: &str) -> String {
    let asked = try_log_in(email).await;
    assert_eq!(asked.is(200).json()["mfa_required"], true);
    let token = asked.field("challenge_token");
    secret(&token);
    token
}

async fn verify(token: &str, code: &str) -> Answer {
    Visitor::new().post("/auth/login/verify", &json!({"challenge_token": token, "code": code})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticator_app_guards_the_log_in_and_backup_codes_replace_it() {
    let member = Member::join().await;
    Visitor::new().post("/auth/mfa/setup", &json!({"kind": "totp"})).await.is_problem(401, "not-signed-in");
    let prepared = member.visitor.post("/auth/mfa/setup", &json!({"kind": "totp"})).await.is(200).json();
    let totp = Totp::from_url(prepared["otpauth_uri"].as_str().unwrap_or_default()).expect("an otpauth URI");
    secret(prepared["secret"].as_str().unwrap_or_default());
    let codes: Vec<_> =
        prepared["backup_codes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert_eq!(codes.len(), 10);
    codes.iter().for_each(|code| secret(code));

    try_log_in(&member.email).await.is(200).json()["access_token"]
        .as_str()
        .expect("not on before the first code");
    let first = json!({"code": code_of(&totp, 0)});
    member.visitor.post("/auth/mfa/verify", &first).await.is(204);
    assert_eq!(member.visitor.get("/auth/me").await.is(200).field("second_factor"), "totp");

    let token = challenged(&member.email).await;
    // The next step's: this one's has counted.
    let code = code_of(&totp, 30);
    verify(&token, "000000").await.is_problem(400, "code-invalid");
    let tokens = verify(&token, &code).await;
    Member::from(member.email.clone(), tokens.is(200)).visitor.get("/auth/me").await.is(200);
    verify(&token, &code).await.is_problem(400, "code-invalid");
    verify(&challenged(&member.email).await, &code).await.is_problem(400, "code-invalid");
    verify(&challenged(&member.email).await, codes[0]).await.is(200);
    verify(&challenged(&member.email).await, codes[0]).await.is_problem(400, "code-invalid");

    let off = |code: &str| json!({"password": PASSWORD, "code": code});
    member.visitor.post("/auth/mfa/disable", &off("000000")).await.is_problem(400, "code-invalid");
    member.visitor.post("/auth/mfa/disable", &off(codes[1])).await.is(204);
    member.visitor.post("/auth/mfa/disable", &off(codes[2])).await.is_problem(409, "second-factor-off");
    try_log_in(&member.email).await.is(200).json()["access_token"].as_str().expect("tokens again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_code_guards_the_log_in_and_comes_once_in_half_a_minute() {
    let member = Member::join().await;
    let mut known = vec![another_code(&member.email, &[]).await];
    member.visitor.post("/auth/mfa/setup", &json!({"kind": "email_otp"})).await.is(200);
    known.push(another_code(&member.email, &known).await);
    member.visitor.post("/auth/mfa/verify", &json!({"code": known[1]})).await.is(204);

    let token = challenged(&member.email).await;
    known.push(another_code(&member.email, &known).await);
    let again = Visitor::new().post("/auth/login/resend-code", &json!({"challenge_token": token})).await;
    again.is_problem(429, "rate-limited");
    assert!(again.header("retry-after").parse::<u32>().is_ok_and(|wait| (1..=30).contains(&wait)));
    let resent = || async {
        let question = json!({"challenge_token": token});
        let answer = Visitor::new().post("/auth/login/resend-code", &question).await;
        (answer.status == 202).then_some(())
    };
    eventually("a new code", std::time::Duration::from_secs(40), resent).await;
    let newest = another_code(&member.email, &known).await;
    verify(&token, &known[2]).await.is_problem(400, "code-invalid");
    verify("nonsense", &newest).await.is_problem(400, "code-invalid");
    verify(&token, &newest).await.is(200);
    verify(&token, &newest).await.is_problem(400, "code-invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_up_makes_tokens_that_say_who_proved_it_just_now() {
    let member = Member::join().await;
    let known = vec![another_code(&member.email, &[]).await];
    let wish = json!({"purpose": "step_up"});
    let sent = member.visitor.post("/auth/otp/request", &wish).await;
    assert_eq!(sent.is(202).field("by"), "mail");
    member.visitor.post("/auth/otp/request", &wish).await.is_problem(429, "rate-limited");
    let code = another_code(&member.email, &known).await;
    let answer = json!({"purpose": "step_up", "code": code});
    let fresh =
        Member::from(member.email.clone(), member.visitor.post("/auth/otp/verify", &answer).await.is(200));
    fresh.visitor.get("/auth/me").await.is(200);
    member.visitor.post("/auth/otp/verify", &answer).await.is_problem(400, "code-invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_proven_by_a_text_message() {
    let member = Member::join().await;
    let digits: u64 = member.email.bytes().map(u64::from).sum::<u64>() + u64::from(std::process::id());
    let phone = format!("+49151{:07}", (digits * 7_919) % 10_000_000);
    let wish = json!({"purpose": "phone_verify", "phone": phone});
    assert_eq!(member.visitor.post("/auth/otp/request", &wish).await.is(202).field("by"), "sms");
    let code = eventually("a text message", SOON, || text_to(&phone)).await;
    secret(&code);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let answer = |code: &str| json!({"purpose": "phone_verify", "code": code});
    member.visitor.post("/auth/otp/verify", &answer(wrong)).await.is_problem(400, "code-invalid");
    let proven = member.visitor.post("/auth/otp/verify", &answer(&code)).await;
    assert_eq!(proven.is(200).field("phone"), phone);
    assert_eq!(member.visitor.get("/auth/me").await.is(200).field("phone"), phone);
}

/// The code of the newest message to a phone.
async fn text_to(phone: &str) -> Option<String> {
    let account = setting("CARAVAN_ACCOUNT");
    let url = format!("{}/_ministack/sns/sms-messages?account={account}", setting("CARAVAN_CLOUD"));
    let answer = send(reqwest::Client::new().get(url)).await.json();
    let message = newest_to(&answer, phone)?;
    message.split_once(" is your Caravan code").map(|(code, _)| code.to_owned())
}

/// The emulator's answer is grouped by account and region: it is looked through for the number.
fn newest_to(answer: &Value, phone: &str) -> Option<String> {
    match answer {
        Value::Object(fields) if fields.get("PhoneNumber").is_some_and(|number| number == phone) => {
            fields.get("Message").and_then(Value::as_str).map(str::to_owned)
        }
        Value::Object(fields) => fields.values().filter_map(|field| newest_to(field, phone)).next_back(),
        Value::Array(all) => all.iter().filter_map(|one| newest_to(one, phone)).next_back(),
        _ => None,
    }
}
