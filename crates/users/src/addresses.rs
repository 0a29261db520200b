//! US-16: where somebody has things sent and bills written to.
//!
//! All addresses of a person are one item with one default for each type in it, so that there is never
//! a second one, whatever happens at the same moment.

use std::collections::BTreeMap;

use deserr::Deserr;
use kernel::text::{Phone, Text};
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Transaction};
use web::{Caller, Created, Json, NoContent, Once};

use crate::Users;
use crate::change::TRIES;
use crate::person::Country;
use crate::profile::Profile;

pub const TOO_MANY: Problem = Problem::new("too-many-addresses", 409, "You have as many as you may");

/// More than anybody lives in; the item stays small.
const MOST: usize = 20;

kernel::typed_id!(AddressId, "An address of somebody.");

kernel::words! {
    AddressType { Shipping "SHIPPING", Billing "BILLING" }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Address {
    pub id: AddressId,
    #[serde(rename = "type")]
    pub kind: AddressType,
    pub given_name: Text<1, 60>,
    pub family_name: Text<1, 60>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub phone: Option<Phone>,
    pub address1: Text<1, 100>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address2: Option<Text<1, 100>>,
    pub city: Text<1, 100>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<Text<1, 100>>,
    pub country: Country,
    pub postal_code: Text<1, 20>,
    pub created_at: Timestamp,
}

/// All addresses of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AddressBook {
    pub user_id: UserId,
    pub version: u64,
    pub addresses: Vec<Address>,
    /// One for each type that has an address.
    pub defaults: BTreeMap<AddressType, AddressId>,
}

impl AddressBook {
    pub fn key_of(user: UserId) -> Key {
        Key::new(format!("USER#{user}"), "ADDRESSES")
    }

    fn empty(user_id: UserId) -> Self {
        Self { user_id, version: 0, addresses: Vec::new(), defaults: BTreeMap::new() }
    }

    fn view(&self, address: &Address) -> AddressView {
        let is_default = self.defaults.get(&address.kind) == Some(&address.id);
        AddressView { address: address.clone(), is_default }
    }

    fn add(&mut self, address: Address, as_default: bool) {
        if as_default || !self.defaults.contains_key(&address.kind) {
            self.defaults.insert(address.kind, address.id);
        }
        self.addresses.push(address);
    }

    /// Whatever took a default away gives it to the oldest that is left.
    fn mend(&mut self) {
        for kind in AddressType::ALL {
            let is_there = |id: &AddressId| self.addresses.iter().any(|it| it.id == *id && it.kind == *kind);
            if !self.defaults.get(kind).is_some_and(is_there) {
                let oldest = self.addresses.iter().find(|address| address.kind == *kind);
                match oldest.map(|address| address.id) {
                    Some(id) => _ = self.defaults.insert(*kind, id),
                    None => _ = self.defaults.remove(kind),
                }
            }
        }
    }
}

impl Record for AddressBook {
    const KIND: &'static str = "address-book";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AddressView {
    #[serde(flatten)]
    pub address: Address,
    pub is_default: bool,
}

/// Everything there is; at most twenty.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Addresses {
    pub data: Vec<AddressView>,
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewAddress {
    #[deserr(rename = "type")]
    #[schemars(rename = "type")]
    pub kind: AddressType,
    pub given_name: Text<1, 60>,
    pub family_name: Text<1, 60>,
    #[deserr(default)]
    pub phone: Option<Phone>,
    pub address1: Text<1, 100>,
    #[deserr(default)]
    pub address2: Option<Text<1, 100>>,
    pub city: Text<1, 100>,
    #[deserr(default)]
    pub state: Option<Text<1, 100>>,
    pub country: Country,
    pub postal_code: Text<1, 20>,
    /// The first of a type is its default in any case.
    #[deserr(default)]
    #[schemars(default)]
    pub is_default: bool,
}

impl NewAddress {
    fn address(&self) -> Address {
        let new = self.clone();
        Address {
            id: AddressId::new(),
            kind: new.kind,
            given_name: new.given_name,
            family_name: new.family_name,
            phone: new.phone,
            address1: new.address1,
            address2: new.address2,
            city: new.city,
            state: new.state,
            country: new.country,
            postal_code: new.postal_code,
            created_at: time::now(),
        }
    }
}

/// What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct AddressPatch {
    #[deserr(rename = "type", default)]
    #[schemars(rename = "type")]
    pub kind: Option<AddressType>,
    #[deserr(default)]
    pub given_name: Option<Text<1, 60>>,
    #[deserr(default)]
    pub family_name: Option<Text<1, 60>>,
    #[deserr(default)]
    pub phone: Option<Phone>,
    #[deserr(default)]
    pub address1: Option<Text<1, 100>>,
    #[deserr(default)]
    pub address2: Option<Text<1, 100>>,
    #[deserr(default)]
    pub city: Option<Text<1, 100>>,
    #[deserr(default)]
    pub state: Option<Text<1, 100>>,
    #[deserr(default)]
    pub country: Option<Country>,
    #[deserr(default)]
    pub postal_code: Option<Text<1, 20>>,
    /// True makes it the default of its type instead of the one before.
    #[deserr(default)]
    #[schemars(schema_with = "only_true")]
    pub is_default: Option<bool>,
}

fn only_true(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"const": true})
}

impl AddressPatch {
    fn apply(&self, address: &mut Address) {
        fn set<T: Clone>(to: &mut T, from: &Option<T>) {
            if let Some(value) = from {
                to.clone_from(value);
            }
        }
        set(&mut address.kind, &self.kind);
        set(&mut address.given_name, &self.given_name);
        set(&mut address.family_name, &self.family_name);
        set(&mut address.address1, &self.address1);
        set(&mut address.city, &self.city);
        set(&mut address.country, &self.country);
        set(&mut address.postal_code, &self.postal_code);
        for (to, from) in [(&mut address.address2, &self.address2), (&mut address.state, &self.state)] {
            to.clone_from(&from.clone().or_else(|| to.clone()));
        }
        address.phone = self.phone.clone().or_else(|| address.phone.take());
    }
}

impl Users {
    pub async fn addresses(&self, caller: &Caller) -> Result<Json<Addresses>> {
        let book = self.book(caller.user_id).await?;
        Ok(Json::new(Addresses { data: book.addresses.iter().map(|it| book.view(it)).collect() }))
    }

    pub async fn add_address(
        &self,
        caller: &Caller,
        once: Once,
        new: &NewAddress,
    ) -> Result<Created<AddressView>> {
        let address = new.address();
        let mut tried = 1;
        loop {
            let mut book = self.book(caller.user_id).await?;
            if book.addresses.len() >= MOST {
                return Err(TOO_MANY.because(format!("Delete one of your {MOST} addresses first.")));
            }
            book.add(address.clone(), new.is_default);
            let location = format!("/api/v1/users/me/addresses/{}", address.id);
            let reply = Created { location, body: book.view(&address) };
            match once.clone().commit(&self.table, self.written(&book)?, reply).await {
                Err(failure) if failure.problem == Problem::CONFLICT && tried < TRIES => tried += 1,
                answered => return answered,
            }
        }
    }

    pub async fn change_address(
        &self,
        caller: &Caller,
        id: AddressId,
        patch: &AddressPatch,
    ) -> Result<Json<AddressView>> {
        if patch.is_default == Some(false) {
            return Err(Failure::field("/is_default", "make another one the default instead"));
        }
        let book = self.edit_book(caller.user_id, id, |book, at| {
            patch.apply(&mut book.addresses[at]);
            if patch.is_default == Some(true) {
                book.defaults.insert(book.addresses[at].kind, id);
            }
        });
        let book = book.await?;
        let address = book.addresses.iter().find(|address| address.id == id);
        address.map(|address| Json::new(book.view(address))).ok_or_else(no_such)
    }

    pub async fn remove_address(&self, caller: &Caller, id: AddressId) -> Result<NoContent> {
        let removed = self.edit_book(caller.user_id, id, |book, at| _ = book.addresses.remove(at));
        removed.await?;
        Ok(NoContent)
    }

    async fn edit_book(
        &self,
        user: UserId,
        id: AddressId,
        change: impl Fn(&mut AddressBook, usize),
    ) -> Result<AddressBook> {
        let mut tried = 1;
        loop {
            let mut book = self.book(user).await?;
            let at = book.addresses.iter().position(|address| address.id == id).ok_or_else(no_such)?;
            change(&mut book, at);
            book.mend();
            match self.written(&book)?.commit(&self.table).await {
                Ok(()) => return Ok(book),
                Err(failure) if failure.problem == Problem::CONFLICT && tried < TRIES => tried += 1,
                Err(failure) => return Err(failure),
            }
        }
    }

    /// The addresses of somebody who was not deleted.
    async fn book(&self, user: UserId) -> Result<AddressBook> {
        let keys = [Profile::key_of(user), AddressBook::key_of(user)];
        let [profile, book] = self.table.each(keys).await?;
        let there = profile.is_some_and(|profile| !profile.contains_key("deleted"));
        if !there {
            // Who is new has no addresses yet.
            self.own(user).await?;
        }
        book.map_or(Ok(AddressBook::empty(user)), AddressBook::from_item)
    }

    fn written(&self, book: &AddressBook) -> Result<Transaction> {
        if book.version > 0 {
            return Transaction::new().replace(&self.table, book);
        }
        let first = AddressBook { version: 1, ..book.clone() };
        let taken = Problem::CONFLICT.because("Read it again and repeat your change.");
        Transaction::new().create(&self.table, &first, taken)
    }
}

fn no_such() -> Failure {
    Failure::not_found("address")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn address(kind: AddressType) -> Address {
        let text = || "Kathmandu".parse().unwrap();
        NewAddress {
            kind,
            given_name: "Ada".parse().unwrap(),
            family_name: "Lovelace".parse().unwrap(),
            phone: None,
            address1: text(),
            address2: None,
            city: text(),
            state: None,
            country: "NP".parse().unwrap(),
            postal_code: "44600".parse().unwrap(),
            is_default: false,
        }
        .address()
    }

    proptest! {
        #[test]
        fn there_is_always_one_default_for_each_type_that_has_an_address(
            steps in prop::collection::vec((0..4_u8, any::<prop::sample::Index>(), any::<bool>()), 1..40),
        ) {
            let mut book = AddressBook::empty(UserId::new());
            for (step, at, flag) in steps {
                let kind = if flag { AddressType::Shipping } else { AddressType::Billing };
                if step < 2 || book.addresses.is_empty() {
                    book.add(address(kind), step == 1);
                } else {
                    let at = at.index(book.addresses.len());
                    if step == 2 {
                        book.addresses.remove(at);
                    } else {
                        book.addresses[at].kind = kind;
                    }
                    book.mend();
                }
                for kind in AddressType::ALL {
                    let of_kind = book.addresses.iter().filter(|it| it.kind == *kind);
                    let (count, defaults) = of_kind.fold((0, 0), |(count, defaults), it| {
                        (count + 1, defaults + usize::from(book.view(it).is_default))
                    });
                    prop_assert_eq!(defaults, usize::from(count > 0));
                }
            }
        }
    }
}
