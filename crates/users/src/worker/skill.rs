//! US-26: what a worker can do.

use deserr::Deserr;
use kernel::page::Page;
use kernel::{Failure, FieldErrors, Problem, Result, UserId};
use schemars::JsonSchema;
use search::text::slug;
use serde::{Deserialize, Serialize};
use store::Transaction;
use web::{Caller, Created, Json, NoContent, Once};

use super::fields::{Level, Name};
use super::{EntryId, Worker};
use crate::Users;

/// They stand in the worker's own item, which every view reads.
pub const MOST_SKILLS: usize = 100;
const MOST_YEARS: u32 = 50;

pub const TOO_MANY: Problem = Problem::new("too-many-entries", 409, "There are as many as there can be");

/// Something that a worker can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Skill {
    pub id: EntryId,
    pub name: Name,
    pub level: Level,
    pub years: u32,
    /// Staff has seen a proof of it.
    pub verified: bool,
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewSkill {
    #[schemars(example = &"Wiring")]
    pub name: Name,
    pub level: Level,
    #[deserr(default)]
    #[schemars(range(max = 50))]
    pub years: u32,
}

/// All skills at once.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewSkills {
    #[schemars(length(max = 100))]
    pub skills: Vec<NewSkill>,
}

/// What staff says of a skill.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct SkillProof {
    pub verified: bool,
}

impl NewSkill {
    fn check(&self, at: &str, errors: &mut FieldErrors) {
        if self.years > MOST_YEARS {
            errors.push(format!("{at}/years"), format!("must be from 0 to {MOST_YEARS}"));
        }
        if slug(self.name.as_str()).is_empty() {
            errors.push(format!("{at}/name"), "must have a letter or a digit");
        }
    }

    /// What was verified stays so as long as nothing more is claimed.
    fn skill(&self, before: Option<&Skill>) -> Skill {
        let new = self.clone();
        let known = before.filter(|skill| same(&skill.name, &new.name));
        let verified = known.is_some_and(|skill| skill.verified && skill.level >= new.level);
        let id = before.map_or_else(EntryId::new, |skill| skill.id);
        Skill { id, name: new.name, level: new.level, years: new.years, verified }
    }
}

/// Names are one whatever their case and accents, as the directory finds them.
fn same(one: &Name, other: &Name) -> bool {
    slug(one.as_str()) == slug(other.as_str())
}

impl Worker {
    fn skill(&self, id: EntryId) -> Result<usize> {
        let found = self.skills.iter().position(|skill| skill.id == id);
        found.ok_or_else(|| Failure::not_found("skill"))
    }

    /// The skills after a change, if they may be so.
    fn with_skills(&mut self, skills: Vec<Skill>, at: impl Fn(usize) -> String) -> Result<()> {
        if skills.len() > MOST_SKILLS {
            return Err(TOO_MANY.because(format!("A worker has at most {MOST_SKILLS} skills.")));
        }
        let mut errors = FieldErrors::default();
        for (index, skill) in skills.iter().enumerate() {
            if skills[..index].iter().any(|other| same(&other.name, &skill.name)) {
                errors.push(at(index), "is among the skills already");
            }
        }
        errors.or(())?;
        self.skills = skills;
        Ok(())
    }
}

impl Users {
    pub async fn list_skills(&self, caller: Option<&Caller>, id: UserId) -> Result<Json<Page<Skill>>> {
        let worker = self.seen_worker(caller, id).await?;
        Ok(page(worker.skills))
    }

    pub async fn get_skill(
        &self,
        caller: Option<&Caller>,
        id: UserId,
        skill: EntryId,
    ) -> Result<Json<Skill>> {
        let worker = self.seen_worker(caller, id).await?;
        let at = worker.skill(skill)?;
        Ok(Json::new(worker.skills[at].clone()))
    }

    pub async fn add_skill(
        &self,
        once: Once,
        caller: &Caller,
        id: UserId,
        new: &NewSkill,
    ) -> Result<Created<Skill>> {
        checked(std::slice::from_ref(new), |_| String::new())?;
        let skill = new.skill(None);
        let location = format!("/api/v1/workers/{id}/skills/{}", skill.id);
        self.change_worker(once, id, |worker| {
            worker.owned_by(caller)?;
            let skills = worker.skills.iter().cloned().chain([skill.clone()]).collect();
            worker.with_skills(skills, |_| "/name".into())?;
            Ok((Transaction::new(), Created { location: location.clone(), body: skill.clone() }))
        })
        .await
    }

    pub async fn change_skill(
        &self,
        caller: &Caller,
        id: UserId,
        skill: EntryId,
        new: &NewSkill,
    ) -> Result<Json<Skill>> {
        checked(std::slice::from_ref(new), |_| String::new())?;
        self.change_worker(Once::default(), id, |worker| {
            worker.owned_by(caller)?;
            let at = worker.skill(skill)?;
            let mut skills = worker.skills.clone();
            skills[at] = new.skill(Some(&skills[at]));
            let changed = skills[at].clone();
            worker.with_skills(skills, |_| "/name".into())?;
            Ok((Transaction::new(), Json::new(changed)))
        })
        .await
    }

    pub async fn remove_skill(&self, caller: &Caller, id: UserId, skill: EntryId) -> Result<NoContent> {
        self.change_worker(Once::default(), id, |worker| {
            worker.owned_by(caller)?;
            let at = worker.skill(skill)?;
            worker.skills.remove(at);
            Ok((Transaction::new(), NoContent))
        })
        .await
    }

    /// What has the same name stays the same skill.
    pub async fn replace_skills(
        &self,
        caller: &Caller,
        id: UserId,
        new: &NewSkills,
    ) -> Result<Json<Page<Skill>>> {
        checked(&new.skills, |at| format!("/skills/{at}"))?;
        self.change_worker(Once::default(), id, |worker| {
            worker.owned_by(caller)?;
            let before = |new: &NewSkill| worker.skills.iter().find(|skill| same(&skill.name, &new.name));
            let skills = new.skills.iter().map(|new| new.skill(before(new))).collect();
            worker.with_skills(skills, |at| format!("/skills/{at}/name"))?;
            Ok((Transaction::new(), page(worker.skills.clone())))
        })
        .await
    }

    /// For staff, who nobody is to themselves.
    pub async fn verify_skill(
        &self,
        caller: &Caller,
        id: UserId,
        skill: EntryId,
        proof: &SkillProof,
    ) -> Result<Json<Skill>> {
        super::certificate::not_oneself(caller, id)?;
        self.change_worker(Once::default(), id, |worker| {
            let at = worker.skill(skill)?;
            worker.skills[at].verified = proof.verified;
            Ok((Transaction::new(), Json::new(worker.skills[at].clone())))
        })
        .await
    }
}

fn checked(new: &[NewSkill], at: impl Fn(usize) -> String) -> Result<()> {
    let mut errors = FieldErrors::default();
    for (index, skill) in new.iter().enumerate() {
        skill.check(&at(index), &mut errors);
    }
    errors.or(())
}

/// All of them: there are never more than a page holds.
fn page(skills: Vec<Skill>) -> Json<Page<Skill>> {
    Json::new(Page::new(skills, MOST_SKILLS as u32, None))
}
