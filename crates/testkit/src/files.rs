//! A context's bucket of files.

use platform::files::Files;

use crate::Cloud;

impl Cloud {
    /// Creates the bucket; its client is that of the code under test.
    pub async fn bucket(&self) -> Files {
        self.aside().s3().create_bucket().bucket(self.bucket_name()).send().await.expect("a bucket");
        Files::new(self.aws().s3(), self.bucket_name())
    }

    /// The bucket, for preparing and looking.
    pub fn files_aside(&self) -> Files {
        Files::new(self.aside().s3(), self.bucket_name())
    }

    /// The keys of all files.
    pub async fn files(&self) -> Vec<String> {
        let request = self.aside().s3().list_objects_v2().bucket(self.bucket_name());
        let answer = request.send().await.expect("a list of files");
        answer.contents().iter().filter_map(|file| file.key().map(str::to_owned)).collect()
    }

    /// The whole world shares the names of buckets.
    fn bucket_name(&self) -> String {
        format!("media-{}", self.account())
    }
}
