//! NT-14: a push to somebody's devices, through SNS mobile push (docs/decisions/0028-notifications.md).

use aws_sdk_sns::error::ProvideErrorMetadata;
use aws_sdk_sns::types::MessageAttributeValue;
use contracts::notifications::{PushFailed, PushSent};
use kernel::{Failure, Problem, Result, UserId};
use messaging::Received;
use platform::{Aws, StartError, State, config};
use serde_json::json;
use store::again;
use store::{Table, Transaction};

use crate::Notifications;
use crate::device::{Device, Devices, Platform, forget_owner, save};
use crate::work::SendPush;

/// What sending needs. A platform without an application is one that the stage cannot reach.
pub struct Pusher {
    notifications: Notifications,
    sns: aws_sdk_sns::Client,
    android: Option<String>,
    ios: Option<String>,
}

impl State for Pusher {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        let application = |name: &str| config::optional(name).filter(|arn| arn != "none");
        let (android, ios) = (application("PUSH_ANDROID_APPLICATION"), application("PUSH_IOS_APPLICATION"));
        Ok(Self::new(aws, Table::start(aws)?, android, ios))
    }
}

/// What became of one device.
enum Told {
    Yes,
    /// The app is not there any more.
    Gone,
    /// The stage has no application for the platform.
    Unreachable,
}

impl Pusher {
    pub fn new(aws: &Aws, table: Table, android: Option<String>, ios: Option<String>) -> Self {
        Self { notifications: Notifications { table }, sns: aws.sns(), android, ios }
    }

    pub async fn push(&self, order: &Received<SendPush>) -> Result<()> {
        order.deliver(&self.notifications.table, self.try_push(order)).await
    }

    async fn try_push(&self, order: &SendPush) -> Result<()> {
        let table = &self.notifications.table;
        let devices: Option<Devices> = table.get(&Devices::key_of(order.user_id)).await?;
        let devices = devices.map(|it| it.devices).unwrap_or_default();
        if devices.is_empty() || self.notifications.is_looking(order.user_id).await? {
            return Ok(());
        }
        let (mut told, mut unreachable, mut failed) = (0, 0, None);
        for device in &devices {
            match self.tell(order, device).await {
                Ok(Told::Yes) => told += 1,
                Ok(Told::Unreachable) => unreachable += 1,
                Ok(Told::Gone) => self.change(order.user_id, &device.id, None).await?,
                Err(failure) => failed = Some(failure),
            }
        }
        // Only when nobody was told: another try would tell the others twice.
        if let (0, Some(failure)) = (told, failed) {
            return Err(failure);
        }
        let (user_id, kind) = (order.user_id, order.kind.clone());
        let effect = if told > 0 {
            Transaction::new().publish(&PushSent { user_id, kind, devices: told })?
        } else {
            let reason = if unreachable > 0 { "no_application" } else { "gone" };
            Transaction::new().publish(&PushFailed { user_id, kind, reason: reason.into() })?
        };
        effect.commit(table).await
    }

    async fn tell(&self, order: &SendPush, device: &Device) -> Result<Told> {
        let application = match device.platform {
            Platform::Ios => &self.ios,
            Platform::Android | Platform::Web => &self.android,
        };
        let Some(application) = application else { return Ok(Told::Unreachable) };
        let endpoint = match &device.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => {
                let request = self.sns.create_platform_endpoint().platform_application_arn(application);
                let answer = match request.token(&device.token).send().await {
                    Ok(answer) => answer,
                    // No token that the push service knows.
                    Err(error) if error.code() == Some("InvalidParameter") => return Ok(Told::Gone),
                    Err(error) => {
                        return Err(Failure::unavailable(error.code().unwrap_or("SNS did not answer")));
                    }
                };
                let endpoint = answer.endpoint_arn.unwrap_or_default();
                self.change(order.user_id, &device.id, Some(&endpoint)).await?;
                endpoint
            }
        };
        let attribute = |value: &str| {
            MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build()
                .map_err(Failure::internal)
        };
        let sent = self
            .sns
            .publish()
            .target_arn(endpoint)
            .message_structure("json")
            .message(payload(order))
            .message_attributes("AWS.SNS.MOBILE.APNS.PUSH_TYPE", attribute("alert")?)
            .message_attributes("AWS.SNS.MOBILE.APNS.COLLAPSE_ID", attribute(&order.collapse)?)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Told::Yes),
            Err(error) => match error.code() {
                Some("EndpointDisabled" | "EndpointDisabledException" | "NotFound" | "NotFoundException") => {
                    Ok(Told::Gone)
                }
                code => Err(Failure::unavailable(code.unwrap_or("SNS did not answer"))),
            },
        }
    }

    /// Remembers SNS's name for a device, or forgets the device.
    async fn change(&self, user: UserId, id: &str, endpoint: Option<&str>) -> Result<()> {
        let table = &self.notifications.table;
        let changed = again(|| async {
            let Some(mut devices) = table.get::<Devices>(&Devices::key_of(user)).await? else {
                return Ok(());
            };
            let Some(at) = devices.devices.iter().position(|device| device.id == id) else { return Ok(()) };
            let mut effect = Transaction::new();
            match endpoint {
                Some(endpoint) => devices.devices[at].endpoint = Some(endpoint.to_owned()),
                None => {
                    devices.devices.remove(at);
                    effect = forget_owner(effect, table, id, user)?;
                }
            }
            save(effect, table, &devices)?.commit(table).await
        });
        match changed.await {
            // The device changed hands at this very moment.
            Err(failure) if failure.problem == Problem::CONFLICT => Ok(()),
            done => done,
        }
    }
}

/// One form for each push service, as SNS wants it: JSON within JSON.
fn payload(order: &SendPush) -> String {
    let SendPush { title, content, kind, collapse, .. } = order;
    let apple = json!({
        "aps": {"alert": {"title": title, "body": content}, "thread-id": collapse},
        "type": kind,
    })
    .to_string();
    let google = json!({
        "fcmV1Message": {"message": {
            "notification": {"title": title, "body": content},
            "android": {"collapse_key": collapse},
            "data": {"type": kind},
        }},
    })
    .to_string();
    json!({"default": title, "APNS": apple, "APNS_SANDBOX": apple, "GCM": google}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_push_service_gets_its_form_with_what_it_replaces() {
        let order = SendPush {
            user_id: UserId::new(),
            kind: "booking_confirmed".into(),
            title: "Confirmed".into(),
            content: "\"All\" is set".into(),
            collapse: "booking#1".into(),
        };
        let payload: serde_json::Value = serde_json::from_str(&payload(&order)).unwrap();
        let of = |name: &str| -> serde_json::Value {
            serde_json::from_str(payload[name].as_str().unwrap()).unwrap()
        };
        assert_eq!(of("GCM")["fcmV1Message"]["message"]["android"]["collapse_key"], "booking#1");
        assert_eq!(of("APNS")["aps"]["alert"]["body"], "\"All\" is set");
        assert_eq!(payload["default"], "Confirmed");
    }
}
