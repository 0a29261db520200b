"""Makes the bucket that samconfig.toml uploads to, in a cloud that Docker started; `cargo xtask up` makes its own."""

import os

import boto3

BUCKET = "caravan-artifacts-local"

# The account is the access key, as everywhere offline.
s3 = boto3.client(
    "s3",
    endpoint_url=os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
    region_name="us-east-1",
    aws_access_key_id="000000000000",
    aws_secret_access_key="test",
)
if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
    s3.create_bucket(Bucket=BUCKET)
