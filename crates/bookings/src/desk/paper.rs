//! BK-23, BK-24, BK-25, TO-38: invoices and exports, written into the bucket and fetched by a signed link.

use std::time::Duration;

use jiff::tz::TimeZone;
use kernel::money::Money;
use kernel::page::PageRequest;
use kernel::query::{Parameter, Parameters, Params};
use kernel::{Failure, Problem, Result, Timestamp, time};
use papers::{Cell, Format, Line, Party, Table, Tax, Taxes};
use platform::files::Files;
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use store::expression::number;
use store::{Key, Transaction};
use web::Caller;

use crate::booking::{BatchId, Booking, BookingId, Invoice};
use crate::days::day;
use crate::failed::FailedQuery;
use crate::list::BookingQuery;
use crate::participant::Participant;
use crate::saga::{NOT_NOW, Step};
use crate::{Desk, again};

/// Where invoices lie. They are books: nothing drops them.
pub const INVOICES: &str = "invoices/";
/// Where exports lie; the bucket drops them after a day.
pub const EXPORTS: &str = "exports/bookings/";

const LINK: Duration = time::minutes(15);
/// Rows of one export: what a function writes within its time.
const MOST_ROWS: usize = 5_000;
/// Rows of one read.
const PAGE: u32 = 100;

/// What papers need beside the table.
pub struct Printer {
    pub desk: Desk,
    pub files: Files,
}

impl State for Printer {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { desk: Desk::start(aws).await?, files: Files::start(aws)? })
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct InvoiceLink {
    pub number: String,
    pub issued_at: Timestamp,
    /// Good for a quarter of an hour.
    pub url: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ExportFile {
    pub rows: usize,
    /// Whether there was more than one file takes.
    pub truncated: bool,
    /// Good for a quarter of an hour.
    pub url: String,
}

impl Booking {
    pub(crate) fn invoice_file(&self) -> String {
        format!("{INVOICES}{}/{}.pdf", self.id, self.invoice.as_ref().map_or("", |it| it.number.as_str()))
    }

    fn paper(&self, invoice: &Invoice) -> Result<papers::Invoice> {
        let money = |amount| self.money(amount);
        let seats = u32::try_from(self.participants.len()).unwrap_or(u32::MAX);
        let line = |text: String, quantity, price: Option<i64>, amount| Line {
            text,
            quantity,
            price: price.map(money),
            amount: money(amount),
        };
        let mut lines = vec![line(
            self.owner_name.clone(),
            self.seats_of(self.price.base, self.price.unit, seats),
            Some(self.price.unit),
            self.price.base,
        )];
        let add_on_seats = self.seats_of(self.price.base, self.price.unit, seats);
        for add_on in &self.add_ons {
            let amount = money(add_on.price).times(add_on_seats)?.amount;
            lines.push(line(add_on.name.clone(), add_on_seats, Some(add_on.price), amount));
        }
        if self.price.discount > 0 {
            let code =
                self.promo.as_ref().map_or("Discount".to_owned(), |it| format!("Discount {}", it.code));
            lines.push(line(code, 1, None, -self.price.discount));
        }
        if self.price.gateway_fee > 0 {
            lines.push(line("Payment fee".into(), 1, None, self.price.gateway_fee));
        }
        // In India a tax of one state is halved; the odd unit goes to the first half.
        let halves = money(self.price.gst).split(2)?;
        let tax = |name: &str, amount: Money| Tax { name: name.into(), rate: self.rates.gst / 2, amount };
        let split: Vec<_> = match self.price.gst {
            0 => Vec::new(),
            _ => ["CGST", "SGST"].into_iter().zip(halves).map(|(name, amount)| tax(name, amount)).collect(),
        };
        let taxes = if self.rates.gst_included { Taxes::Included(split) } else { Taxes::Added(split) };
        let mut notes = Vec::new();
        if self.total != self.price.total || self.refunded() > 0 {
            let (total, refunded) = (money(self.total), money(self.refunded()));
            notes.push(format!("After changes of the booking {total} were due; {refunded} went back."));
        }
        Ok(papers::Invoice {
            title: "Tax invoice".into(),
            number: invoice.number.clone(),
            date: day(invoice.issued_at),
            made: invoice.issued_at,
            seller: Party { name: "Caravan".into(), ..Party::default() },
            buyer: Party {
                name: self.contact.name.to_string(),
                lines: [
                    Some(self.contact.email.to_string()),
                    self.contact.phone.as_ref().map(ToString::to_string),
                ]
                .into_iter()
                .flatten()
                .collect(),
                tax_id: None,
            },
            details: vec![
                ("Booking".into(), self.reference.clone()),
                ("Departure".into(), format!("{} to {}", day(self.start_date), day(self.end_date))),
            ],
            currency: self.price.currency,
            lines,
            taxes,
            total: money(self.price.total),
            paid: money(self.paid.min(self.price.total)),
            notes,
        })
    }

    /// For how many the price was made.
    fn seats_of(&self, base: i64, unit: i64, otherwise: u32) -> u32 {
        if unit > 0 { u32::try_from(base / unit).unwrap_or(otherwise) } else { otherwise }
    }
}

impl Printer {
    /// BK-23: the first one who asks makes it; its number is the next of its year, without gaps.
    pub async fn invoice(&self, caller: &Caller, id: BookingId) -> Result<InvoiceLink> {
        let bookings = &self.desk.bookings;
        let booking = again(|| async {
            let booking = bookings.booking(id).await?;
            if !super::is_operator(caller) {
                booking.must_be_of(caller)?;
            }
            if booking.invoice.is_some() {
                return Ok(booking);
            }
            if booking.paid == 0 {
                return Err(NOT_NOW.because("Nothing was paid for it yet."));
            }
            self.numbered(booking).await
        })
        .await?;
        let Some(invoice) = &booking.invoice else {
            return Err(Failure::internal("an invoice without number"));
        };
        let key = booking.invoice_file();
        // Written again each time: what was paid since is on it, and a write that was lost is made good.
        self.files.write(&key, "application/pdf", booking.paper(invoice)?.write()?).await?;
        let name = format!("invoice-{}.pdf", invoice.number);
        let url = self.files.download_link(&key, Some(&name), LINK).await?;
        Ok(InvoiceLink { number: invoice.number.clone(), issued_at: invoice.issued_at, url })
    }

    /// The counter moves in the transaction that uses its number: no number is lost, and none is used twice.
    async fn numbered(&self, booking: Booking) -> Result<Booking> {
        let table = &self.desk.bookings.table;
        let now = time::now();
        let year = now.to_zoned(TimeZone::UTC).year();
        let key = Key::new(format!("INVOICES#{year}"), "COUNTER");
        let last = table.item(&key, true).await?;
        let last = last.and_then(|item| item.get("last")?.as_n().ok()?.parse::<u64>().ok()).unwrap_or(0);
        let mut step = Step::of(&booking, now);
        step.booking.invoice = Some(Invoice { number: format!("{year}-{:06}", last + 1), issued_at: now });
        let next = aws_sdk_dynamodb::types::Update::builder()
            .table_name(&table.name)
            .set_key(Some(key.to_item()))
            .update_expression("SET #last = :next")
            .condition_expression(if last == 0 { "attribute_not_exists(#last)" } else { "#last = :read" })
            .expression_attribute_names("#last", "last")
            .expression_attribute_values(":next", number(last + 1));
        let next = if last == 0 { next } else { next.expression_attribute_values(":read", number(last)) };
        let moved = Problem::CONFLICT.because("Try again.");
        let effect = Transaction::new()
            .replace(table, &step.booking)?
            .update(next.build().map_err(Failure::internal)?, moved);
        effect.commit(table).await?;
        Ok(Booking { version: booking.version + 1, ..step.booking })
    }

    /// BK-24.
    pub async fn export_bookings(&self, query: &ExportQuery) -> Result<ExportFile> {
        let columns = [
            "Reference",
            "Status",
            "Name",
            "E-mail",
            "Phone",
            "Trip",
            "Start",
            "Participants",
            "Total",
            "Paid",
            "Refunded",
            "Booked",
        ];
        let mut rows = Vec::new();
        let mut query_page = first_page();
        let truncated = loop {
            let wanted = BookingQuery { page: query_page, ..query.bookings() };
            let page = self.desk.found(&wanted).await?;
            rows.extend(page.data.iter().map(row));
            match page.meta.next_cursor {
                None => break false,
                Some(_) if rows.len() >= MOST_ROWS => break true,
                next => query_page = PageRequest { limit: PAGE, cursor: next },
            }
        };
        self.file("bookings", "Bookings", &columns, rows, query.format, truncated).await
    }

    /// BK-25.
    pub async fn export_failed(&self, query: &ExportQuery) -> Result<ExportFile> {
        let columns = [
            "Reference",
            "Reason",
            "Details",
            "Trip",
            "Start",
            "Participants",
            "Total",
            "Attempts",
            "Archived",
        ];
        let mut rows = Vec::new();
        let mut page = first_page();
        let truncated = loop {
            let found = self.desk.list_failed(&FailedQuery { reason: query.reason, page }).await?;
            for it in &found.data {
                let currency =
                    it.currency.parse().map_err(|why| Failure::internal(format!("currency {why}")))?;
                rows.push(vec![
                    it.reference.clone().into(),
                    it.reason.to_string().into(),
                    it.details.clone().map_or(Cell::Empty, Cell::Text),
                    it.owner_name.clone().into(),
                    Cell::Date(day(it.start_date)),
                    Cell::Number(it.participants.into()),
                    Cell::Money(Money::new(it.total, currency)),
                    Cell::Number(it.attempts.into()),
                    Cell::Moment(it.archived_at),
                ]);
            }
            match found.meta.next_cursor {
                None => break false,
                Some(_) if rows.len() >= MOST_ROWS => break true,
                next => page = PageRequest { limit: PAGE, cursor: next },
            }
        };
        self.file("failed-bookings", "Failed bookings", &columns, rows, query.format, truncated).await
    }

    /// TO-38: who comes along on a departure; cancelled and unpaid ones are left out.
    pub async fn export_participants(&self, id: BatchId, query: &ParticipantsQuery) -> Result<ExportFile> {
        self.desk.bookings.batch(id).await?;
        let mut rows = Vec::new();
        let mut page = first_page();
        let truncated = loop {
            let wanted = BookingQuery { page, batch: Some(id), ..BookingQuery::all() };
            let found = self.desk.found(&wanted).await?;
            for booking in found.data.iter().filter(|it| it.counts()) {
                for participant in booking.participants.iter().filter(|it| it.is_active()) {
                    rows.push(query.fields.iter().map(|field| cell(field, booking, participant)).collect());
                }
            }
            match found.meta.next_cursor {
                None => break false,
                Some(_) if rows.len() >= MOST_ROWS => break true,
                next => page = PageRequest { limit: PAGE, cursor: next },
            }
        };
        let columns: Vec<_> = query.fields.iter().map(String::as_str).collect();
        self.file("participants", "Participants", &columns, rows, query.format, truncated).await
    }

    async fn file(
        &self,
        name: &str,
        title: &str,
        columns: &[&str],
        rows: Vec<Vec<Cell>>,
        format: Format,
        truncated: bool,
    ) -> Result<ExportFile> {
        let now = time::now();
        let count = rows.len();
        let columns = columns.iter().map(|it| (*it).to_owned()).collect();
        let bytes = Table { title: title.into(), made: now, columns, rows }.write(format)?;
        let file = format!("{name}-{}.{}", day(now), format.extension());
        let key = format!("{EXPORTS}{}/{file}", kernel::id::Ulid::generate());
        self.files.write(&key, format.content_type(), bytes).await?;
        let url = self.files.download_link(&key, Some(&file), LINK).await?;
        Ok(ExportFile { rows: count, truncated, url })
    }
}

fn first_page() -> PageRequest {
    PageRequest { limit: PAGE, cursor: None }
}

fn row(booking: &Booking) -> Vec<Cell> {
    vec![
        booking.reference.clone().into(),
        booking.status.to_string().into(),
        booking.contact.name.to_string().into(),
        booking.contact.email.to_string().into(),
        booking.contact.phone.as_ref().map_or(Cell::Empty, |it| it.to_string().into()),
        booking.owner_name.clone().into(),
        Cell::Date(day(booking.start_date)),
        Cell::Number(booking.active().into()),
        Cell::Money(booking.money(booking.total)),
        Cell::Money(booking.money(booking.paid)),
        Cell::Money(booking.money(booking.refunded())),
        Cell::Moment(booking.created_at),
    ]
}

/// The columns that one may ask for.
const FIELDS: [&str; 12] = [
    "reference",
    "name",
    "email",
    "phone",
    "age",
    "gender",
    "allergies",
    "medical",
    "requests",
    "emergency_name",
    "emergency_phone",
    "status",
];

fn cell(field: &str, booking: &Booking, participant: &Participant) -> Cell {
    let details = participant.details.as_ref();
    let of = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    match field {
        "reference" => booking.reference.clone().into(),
        "status" => booking.status.to_string().into(),
        "emergency_name" => of(booking.emergency_contact.as_ref().map(|it| it.name.to_string())),
        "emergency_phone" => of(booking.emergency_contact.as_ref().map(|it| it.phone.to_string())),
        "name" => of(details.map(|it| it.name.to_string())),
        "email" => of(details.map(|it| it.email.to_string())),
        "phone" => of(details.map(|it| it.phone.to_string())),
        "age" => details.and_then(|it| it.age).map_or(Cell::Empty, |age| Cell::Number(age.into())),
        "gender" => of(details.and_then(|it| it.gender).map(|it| it.to_string())),
        "allergies" => of(details.and_then(|it| it.allergies.as_ref()).map(ToString::to_string)),
        "medical" => of(details.and_then(|it| it.medical.as_ref()).map(ToString::to_string)),
        "requests" => of(details.and_then(|it| it.requests.as_ref()).map(ToString::to_string)),
        _ => Cell::Empty,
    }
}

/// What is exported, and as what.
#[derive(Debug)]
pub struct ExportQuery {
    pub format: Format,
    pub status: Option<crate::booking::BookingStatus>,
    pub reason: Option<crate::failed::FailureReason>,
}

impl ExportQuery {
    fn bookings(&self) -> BookingQuery {
        BookingQuery { status: self.status, ..BookingQuery::all() }
    }
}

impl BookingQuery {
    pub(crate) fn all() -> Self {
        Self {
            status: None,
            trek: None,
            tour: None,
            batch: None,
            date: None,
            search: None,
            page: first_page(),
        }
    }
}

fn format_parameter() -> Parameter {
    let schema = json!({"type": "string", "enum": ["csv", "xlsx", "pdf"], "default": "csv"});
    Parameter::new("fileType", "What kind of file.", schema)
}

impl Parameters for ExportQuery {
    fn take(params: &mut Params) -> Self {
        Self {
            format: params.take_as("fileType").unwrap_or(Format::Csv),
            status: params.take_as("status"),
            reason: params.take_as("reason"),
        }
    }

    fn parameters() -> Vec<Parameter> {
        let text = json!({"type": "string"});
        vec![
            format_parameter(),
            Parameter::new("status", "Only bookings in this state.", text.clone()),
            Parameter::new("reason", "Only failed bookings for this reason.", text),
        ]
    }
}

/// Which columns, and as what.
#[derive(Debug)]
pub struct ParticipantsQuery {
    pub format: Format,
    pub fields: Vec<String>,
}

impl Parameters for ParticipantsQuery {
    fn take(params: &mut Params) -> Self {
        let format = params.take_as("fileType").unwrap_or(Format::Csv);
        let fields: Vec<String> = params.take("fields").map_or_else(
            || FIELDS[..4].iter().map(|it| (*it).to_owned()).collect(),
            |text| text.split(',').map(str::to_owned).collect(),
        );
        if fields.iter().any(|field| !FIELDS.contains(&field.as_str())) {
            params.refuse("fields", format!("may name {}", FIELDS.join(", ")));
        }
        Self { format, fields }
    }

    fn parameters() -> Vec<Parameter> {
        let schema = json!({"type": "array", "items": {"type": "string", "enum": FIELDS}});
        vec![
            format_parameter(),
            Parameter::new("fields", "Which columns, in this order.", schema).with_commas(),
        ]
    }
}
