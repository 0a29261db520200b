//! What is known here of somebody: a copy for themselves, and no name once they are erased.

use contracts::users::{ExportRequested, PartDone, UserErased};
use kernel::{Result, UserId};
use messaging::Received;
use platform::files::Files;
use platform::{Aws, StartError, State};
use serde_json::json;
use store::again;
use store::{Key, Record, Transaction};

use crate::Reviews;
use crate::evidence::partition;
use crate::list::Reader;
use crate::person::Person;
use crate::review::{Review, ReviewView};
use crate::settle::Change;
use crate::subject::{Kind, Known, Subject};

const CONTEXT: &str = "reviews";

/// What a copy needs.
pub struct Copier {
    pub reader: Reader,
    pub files: Files,
}

impl State for Copier {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        let reviews = Reviews::start(aws).await?;
        Ok(Self { reader: Reader::without_pages(reviews), files: Files::start(aws)? })
    }
}

impl Copier {
    pub async fn export(&self, asked: &Received<ExportRequested>) -> Result<()> {
        let table = &self.reader.reviews.table;
        let written = self.reader.written_by(asked.user_id).await?;
        let known = json!({
            "reviews": written.iter().map(|review| ReviewView::new(review, None)).collect::<Vec<_>>(),
            "known": table.read_below(&partition(asked.user_id)).await?,
        });
        asked.export(CONTEXT, &known, &self.files, table).await
    }
}

/// What forgetting needs.
pub struct Eraser {
    pub reader: Reader,
}

impl State for Eraser {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { reader: Reader::without_pages(Reviews::start(aws).await?) })
    }
}

impl Reader {
    /// The name goes, the stars and the words stay; what is said of the person is shown no more. That nobody of that id is to
    /// be named stays, so that late news cannot bring them back.
    pub async fn erase(&self, erased: &Received<UserErased>) -> Result<()> {
        let (user, table) = (erased.user_id, &self.reviews.table);
        let nobody = Person::nobody(user);
        Transaction::new().overwrite(table, nobody.to_item()?)?.commit(table).await?;
        for review in self.written_by(user).await? {
            again(|| self.reviews.anonymise(user, &review)).await?;
        }
        self.reviews.hide_worker(user).await?;
        table.delete_below(&partition(user), &Key::new("", "")).await?;
        let done = PartDone::erased(user, CONTEXT);
        erased.commit(table, Transaction::new().command(&done)?).await.map(drop)
    }
}

impl Reviews {
    /// What it comes from leads to them, too.
    async fn anonymise(&self, user: UserId, review: &Review) -> Result<()> {
        let review = self.review(review.id).await?.filter(|review| review.author_id == Some(user));
        let Some(review) = review else { return Ok(()) };
        let nameless = Review {
            author_key: None,
            author_id: None,
            author_name: None,
            author_photo: None,
            source_ref: None,
            ..review.clone()
        };
        let change = Change::from(review, nameless);
        self.settle(Transaction::new(), &[change]).await?.commit(&self.table).await
    }

    async fn hide_worker(&self, user: UserId) -> Result<()> {
        let Some(subject) = Subject::told(Kind::Worker.name(), &user.to_string()) else { return Ok(()) };
        let known = self.table.get::<Known>(&Known::key_of(&subject)).await?;
        let Some(known) = known else { return Ok(()) };
        let gone = Known { name: None, reviewee_id: None, hidden: true, deleted: true, ..known };
        Transaction::new().overwrite(&self.table, gone.to_item()?)?.commit(&self.table).await
    }
}
