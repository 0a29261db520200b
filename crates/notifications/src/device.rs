//! NT-6: the devices that somebody wants to be told on.

use deserr::Deserr;
use kernel::text::{Text, digest};
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::again;
use store::sdk::types::{Delete, Put};
use store::{Key, Record, Table, Transaction};
use web::{Caller, Created, NoContent, Once};

use crate::Notifications;
use crate::recipient::pk;

/// More than anybody carries; the one that was not seen for the longest time makes room.
const MOST: usize = 20;

kernel::words! {
    /// Which app has the token.
    Platform { Android "android", Ios "ios", Web "web" }
}

/// All devices of one person, in one item: they are few, and always wanted together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Devices {
    pub user_id: UserId,
    pub version: u64,
    pub devices: Vec<Device>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    /// Derived from the token.
    pub id: String,
    pub platform: Platform,
    /// The push service's name for the app on that device.
    pub token: String,
    /// SNS's name for it, once something was sent there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    pub last_seen: Timestamp,
}

impl Devices {
    pub fn key_of(user: UserId) -> Key {
        Key::new(pk(user), "DEVICES")
    }

    fn without(&self, id: &str) -> Self {
        let devices = self.devices.iter().filter(|device| device.id != id).cloned().collect();
        Self { devices, ..self.clone() }
    }
}

impl Record for Devices {
    const KIND: &'static str = "devices";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// Whose app it is now: a device that changes hands must not show the former one's messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeviceOwner {
    pub device: String,
    pub user_id: UserId,
}

impl DeviceOwner {
    pub fn key_of(device: &str) -> Key {
        Key::new(format!("DEVICE#{device}"), "OWNER")
    }
}

impl Record for DeviceOwner {
    const KIND: &'static str = "device-owner";

    fn key(&self) -> Key {
        Self::key_of(&self.device)
    }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewDevice {
    pub platform: Platform,
    /// As the push service gave it to the app; FCM's for the web, too.
    #[schemars(example = &"fGk3-token-of-the-app")]
    pub token: Text<8, 1000>,
}

/// A device. Its token is not shown: whoever has it could be the device.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DeviceView {
    pub id: String,
    pub platform: Platform,
    pub last_seen: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeviceList {
    pub data: Vec<DeviceView>,
}

impl From<&Device> for DeviceView {
    fn from(device: &Device) -> Self {
        Self { id: device.id.clone(), platform: device.platform, last_seen: device.last_seen }
    }
}

impl Notifications {
    pub async fn devices(&self, caller: &Caller) -> Result<DeviceList> {
        let devices = self.table.get::<Devices>(&Devices::key_of(caller.user_id)).await?;
        let devices = devices.map(|it| it.devices).unwrap_or_default();
        Ok(DeviceList { data: devices.iter().map(DeviceView::from).collect() })
    }

    /// The same app again is the same device, seen now.
    pub async fn add_device(
        &self,
        caller: &Caller,
        once: Once,
        new: &NewDevice,
    ) -> Result<Created<DeviceView>> {
        let id = digest(&format!("{} {}", new.platform, new.token));
        again(|| async {
            let (table, user) = (&self.table, caller.user_id);
            let present: Option<Devices> = table.get(&Devices::key_of(user)).await?;
            let owner: Option<DeviceOwner> = table.get(&DeviceOwner::key_of(&id)).await?;
            let known = present.as_ref().and_then(|it| it.devices.iter().find(|device| device.id == id));
            let device = Device {
                id: id.clone(),
                platform: new.platform,
                token: new.token.to_string(),
                endpoint: known.and_then(|device| device.endpoint.clone()),
                last_seen: time::now(),
            };
            let view = DeviceView::from(&device);
            let none = Devices { user_id: user, version: 0, devices: Vec::new() };
            let mut devices = present.unwrap_or(none).without(&id);
            let mut effect = Transaction::new();
            if devices.devices.len() >= MOST {
                devices.devices.sort_by_key(|device| device.last_seen);
                effect = forget_owner(effect, table, &devices.devices.remove(0).id, user)?;
            }
            devices.devices.push(device);
            effect = save(effect, table, &devices)?;
            effect = self.take_over(effect, &id, user, owner.as_ref()).await?;
            let location = format!("/api/v1/notifications/devices/{id}");
            once.clone().commit(table, effect, Created { location, body: view }).await
        })
        .await
    }

    /// Makes somebody the owner, and takes the device from whoever had it.
    async fn take_over(
        &self,
        mut effect: Transaction,
        id: &str,
        user: UserId,
        owner: Option<&DeviceOwner>,
    ) -> Result<Transaction> {
        if let Some(former) = owner.filter(|owner| owner.user_id != user) {
            let theirs = self.table.get::<Devices>(&Devices::key_of(former.user_id)).await?;
            if let Some(theirs) = theirs {
                effect = effect.replace(&self.table, &theirs.without(id))?;
            }
        }
        let now = DeviceOwner { device: id.to_owned(), user_id: user };
        let put = Put::builder().table_name(&self.table.name).set_item(Some(now.to_item()?));
        let put = match owner {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(owner) => put
                .condition_expression("user_id = :read")
                .expression_attribute_values(":read", store::expression::text(owner.user_id)),
        };
        let put = put.build().map_err(Failure::internal)?;
        Ok(effect.put(put, Problem::CONFLICT.because("Repeat your request.")))
    }

    pub async fn remove_device(&self, caller: &Caller, id: &str) -> Result<NoContent> {
        again(|| async {
            let devices: Option<Devices> = self.table.get(&Devices::key_of(caller.user_id)).await?;
            let known = devices.filter(|it| it.devices.iter().any(|device| device.id == id));
            let devices = known.ok_or_else(|| Failure::not_found("device"))?;
            let effect = save(Transaction::new(), &self.table, &devices.without(id))?;
            forget_owner(effect, &self.table, id, caller.user_id)?.commit(&self.table).await
        })
        .await?;
        Ok(NoContent)
    }
}

pub(crate) fn save(effect: Transaction, table: &Table, devices: &Devices) -> Result<Transaction> {
    match devices.version {
        0 => {
            let first = Devices { version: 1, ..devices.clone() };
            effect.create(table, &first, Problem::CONFLICT.because("Repeat your request."))
        }
        _ => effect.replace(table, devices),
    }
}

/// Nobody owns the device any more, unless somebody else does by now.
pub(crate) fn forget_owner(
    effect: Transaction,
    table: &Table,
    id: &str,
    user: UserId,
) -> Result<Transaction> {
    let delete = Delete::builder()
        .table_name(&table.name)
        .set_key(Some(DeviceOwner::key_of(id).to_item()))
        .condition_expression("attribute_not_exists(pk) OR user_id = :user")
        .expression_attribute_values(":user", store::expression::text(user))
        .build()
        .map_err(Failure::internal)?;
    Ok(effect.delete(delete, Problem::CONFLICT.because("Repeat your request.")))
}
