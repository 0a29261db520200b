//! A session: one sign-in on one device, kept alive by refresh tokens that each work once.
//!
//! A refresh token is the session's id, a generation, and the proof (HMAC) that we made it. The session
//! only stores which generation is current, so there is nothing in the table that could be presented.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::id::Ulid;
use kernel::{Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record};

use crate::keys;

/// A session that is not used so long is over (identity.md: 30 days, sliding).
pub const IDLE: std::time::Duration = time::days(30);
/// A session is over after so long in any case (identity.md: 90 days, absolute).
pub const LONGEST: std::time::Duration = time::days(90);
/// So long a superseded token gets the current one, for replies that were lost (beyond.md, item 1).
pub const GRACE: std::time::Duration = time::seconds(30);

kernel::typed_id!(SessionId, "A session.");

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// Part of every token's proof, so that the server's key alone makes none.
    #[schemars(with = "String")]
    pub seed: Ulid,
    /// The generation of the one token that is good.
    pub generation: u32,
    /// When the newest generations began, newest first, as far as the grace window reaches.
    pub rotated_at: Vec<Timestamp>,
    /// What the client called itself.
    pub user_agent: String,
    pub address: String,
    pub created_at: Timestamp,
    /// When its owner last proved who they are, by a password or as strongly.
    pub authenticated_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub ends_at: Timestamp,
}

/// What a presented token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// The current one: exchange it.
    Current,
    /// Superseded a moment ago: its reply was lost, give the current one.
    JustSuperseded,
    /// Superseded long ago: somebody has a copy.
    Stolen,
    /// The session is over.
    Over,
}

impl Session {
    pub fn new(user_id: UserId, user_agent: String, address: String) -> Self {
        let now = time::now();
        Self {
            id: SessionId::new(),
            user_id,
            seed: Ulid::generate(),
            generation: 0,
            rotated_at: Vec::new(),
            user_agent,
            address,
            created_at: now,
            authenticated_at: now,
            last_used_at: now,
            expires_at: now + IDLE,
            ends_at: now + LONGEST,
        }
    }

    pub fn key_of(user: UserId, session: SessionId) -> Key {
        Key::new(format!("USER#{user}"), format!("SESSION#{session}"))
    }

    pub fn worth(&self, generation: u32, now: Timestamp) -> Worth {
        if now >= self.expires_at || now >= self.ends_at {
            return Worth::Over;
        }
        let Some(behind) = self.generation.checked_sub(generation) else {
            // From the future: only possible with our key and a session that was restored from a backup.
            return Worth::Over;
        };
        if behind == 0 {
            return Worth::Current;
        }
        // It was superseded when the generation after it began.
        match self.rotated_at.get(behind as usize - 1) {
            Some(superseded) if now < *superseded + GRACE => Worth::JustSuperseded,
            _ => Worth::Stolen,
        }
    }

    /// The session after its token was exchanged.
    pub fn rotated(&self, now: Timestamp) -> Self {
        let mut next = self.clone();
        next.generation += 1;
        next.rotated_at.insert(0, now);
        next.rotated_at.retain(|at| now < *at + GRACE);
        next.last_used_at = now;
        next.expires_at = (now + IDLE).min(self.ends_at);
        next
    }
}

impl Record for Session {
    const KIND: &'static str = "session";

    fn key(&self) -> Key {
        Self::key_of(self.user_id, self.id)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.ends_at)
    }
}

/// A refresh token, read but not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    pub user_id: UserId,
    pub session_id: SessionId,
    pub generation: u32,
    proof: [u8; 32],
}

impl Presented {
    pub fn read(token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (user, rest) = bytes.split_first_chunk::<16>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (generation, proof) = rest.split_first_chunk::<4>()?;
        Some(Self {
            user_id: UserId::from_ulid(Ulid::from_bytes(*user)),
            session_id: SessionId::from_ulid(Ulid::from_bytes(*session)),
            generation: u32::from_be_bytes(*generation),
            proof: proof.try_into().ok()?,
        })
    }

    /// Whether we made it for this session. A forged one must not end a stranger's session.
    pub fn is_ours(&self, session: &Session, key: &keys::Key) -> bool {
        key.verify(&[&message(session, self.generation)], &self.proof)
    }
}

/// The good token of a session.
pub fn token(session: &Session, key: &keys::Key) -> String {
    let generation = session.generation.to_be_bytes();
    let proof = key.code(&[&message(session, session.generation)]);
    let (user, id) = (session.user_id.ulid().to_bytes(), session.id.ulid().to_bytes());
    URL_SAFE_NO_PAD.encode([&user[..], &id[..], &generation[..], &proof[..]].concat())
}

fn message(session: &Session, generation: u32) -> Vec<u8> {
    let (id, seed) = (session.id.ulid().to_bytes(), session.seed.to_bytes());
    [&id[..], &seed[..], &generation.to_be_bytes()[..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn session() -> Session {
        Session::new(UserId::new(), "a browser".into(), "203.0.113.7".into())
    }

    fn key(secret: &str) -> keys::Key {
        keys::Key::derive(&secret.repeat(64), "refresh").unwrap()
    }

    #[test]
    fn a_token_is_good_for_its_session_only() {
        let (ours, key) = (session(), key("k"));
        let presented = Presented::read(&token(&ours, &key)).unwrap();
        assert!(presented.is_ours(&ours, &key));
        let another = Session { seed: Ulid::generate(), ..ours.clone() };
        assert!(!presented.is_ours(&another, &key));
        let forged = Presented { generation: 7, ..presented };
        assert!(!forged.is_ours(&ours, &key));
        assert_eq!(Presented::read("nonsense"), None);
    }

    #[test]
    fn a_session_ends_when_idle_or_old_however_often_it_is_used() {
        let mut session = session();
        let begun = session.created_at;
        assert_eq!(session.worth(0, begun + IDLE), Worth::Over);
        for day in 1..=89 {
            session = session.rotated(begun + time::days(day));
        }
        assert_eq!(session.worth(89, begun + time::days(89)), Worth::Current);
        assert_eq!(session.worth(89, begun + time::days(90)), Worth::Over);
    }

    proptest! {
        /// Whatever the pauses between rotations: only the newest is current, one that was superseded within
        /// the grace window gets the current one, and every older one is a theft.
        #[test]
        fn a_superseded_token_is_forgiven_for_the_grace_window_only(
            pauses in prop::collection::vec(0_u64..40, 1..12),
        ) {
            let mut session = session();
            let mut now = session.created_at;
            let mut superseded = Vec::new();
            for pause in pauses {
                now += time::seconds(pause);
                session = session.rotated(now);
                superseded.push(now);
                for (generation, at) in superseded.iter().enumerate() {
                    let worth = session.worth(generation as u32, now);
                    let expected = if now < *at + GRACE { Worth::JustSuperseded } else { Worth::Stolen };
                    prop_assert_eq!(worth, expected);
                }
                prop_assert_eq!(session.worth(session.generation, now), Worth::Current);
            }
        }
    }
}
