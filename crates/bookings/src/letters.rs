//! What participants themselves hear of a booking: that they come along, and that they do not any more. Most have no
//! account, so notifications is asked to write to their addresses; who made the booking is told by events.

use contracts::notifications::{Recipient, Send};

use crate::booking::{Booking, BookingStatus};
use crate::desk::variables;
use crate::participant::{Details, Participant, ParticipantId};

const CONFIRMATION: &str = "participant_confirmation";
const CANCELLATION: &str = "participant_cancellation";

/// Letters for whoever is new in a confirmed booking, or is told another date, and for whoever has left it; notes who knows.
///
/// People are compared, not their places in the list: another order or a corrected name is no news.
pub(crate) fn letters(before: Option<&Booking>, after: &mut Booking) -> Vec<Send> {
    let version = before.map_or(after.version, |before| before.version + 1);
    let moved = before.is_some_and(|before| before.start_date != after.start_date);
    let knew = before.is_some_and(is_confirmed);
    let mut were: Vec<_> = before.filter(|it| it.counts()).map(coming).unwrap_or_default();
    let mut told = vec![None; after.participants.len()];
    let same: [fn(&Details, &Details) -> bool; 2] = [
        |one, other| (&one.email, &one.name) == (&other.email, &other.name),
        |one, other| one.email == other.email,
    ];
    for same in same {
        for (participant, told) in after.participants.iter().zip(&mut told) {
            let Some(details) = participant.details.as_ref().filter(|_| participant.is_active()) else {
                continue;
            };
            let found = were.iter().position(|(_, was)| same(was, details));
            if let (true, None, Some(at)) = (after.counts(), *told, found) {
                let (participant, _) = were.swap_remove(at);
                *told = Some((knew || participant.told) && !moved);
            }
        }
    }
    let mut letters = Vec::new();
    for (at, told) in told.into_iter().enumerate() {
        let participant = &after.participants[at];
        let mut told = told.unwrap_or(false);
        let known = participant.details.as_ref().filter(|_| participant.is_active() && !told);
        if let Some(details) = known.filter(|_| is_confirmed(after)) {
            letters.push(letter(after, CONFIRMATION, participant.id, details, version));
            told = true;
        }
        after.participants[at].told = told;
    }
    for (was, details) in were {
        let is = after.participants.iter().find(|it| it.id == was.id && it.is_active() && after.counts());
        let tell = match is {
            None => true,
            // Somebody else has the place. Without details the booker was erased, and nobody's address is known.
            Some(is) => is.details.is_some() && (knew || was.told),
        };
        if tell {
            letters.push(letter(after, CANCELLATION, was.id, details, version));
        }
    }
    letters
}

fn is_confirmed(booking: &Booking) -> bool {
    [BookingStatus::Confirmed, BookingStatus::Completed].contains(&booking.status)
}

/// Who comes along, as far as they are named.
fn coming(booking: &Booking) -> Vec<(&Participant, &Details)> {
    let active = booking.participants.iter().filter(|it| it.is_active());
    active.filter_map(|it| Some((it, it.details.as_ref()?))).collect()
}

fn letter(booking: &Booking, template: &str, id: ParticipantId, to: &Details, version: u64) -> Send {
    let mut variables = variables(booking);
    variables.insert("given_name".into(), to.name.to_string());
    Send {
        // A version of a booking is written once.
        key: format!("{}#{id}#{template}#{version}", booking.id),
        template: template.into(),
        recipient: Recipient::Email(to.email.to_string()),
        variables,
        attachment: None,
        but_not_to: Some(booking.user_id),
    }
}
