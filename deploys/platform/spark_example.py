"""What a deployment lays over the sample Spark application."""

from __future__ import annotations

from settings import Settings

S3A = "org.apache.hadoop:hadoop-aws:3.4.1"
"""Spark's images do not speak S3; this is the release their Hadoop is."""


def application(settings: Settings) -> dict:
    """Its image; with the history server also its event log, written as the role of the application's service account."""
    spec: dict = {"image": settings.image(settings.spark_image)}
    if settings.enable_spark_history_server:
        spec["deps"] = {"packages": [S3A]}
        spec["sparkConf"] = {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": f"s3a://{settings.bucket('spark-events')}/",
            "spark.hadoop.fs.s3a.aws.credentials.provider": "org.apache.hadoop.fs.s3a.auth.IAMInstanceCredentialsProvider",
            "spark.jars.ivy": "/tmp/.ivy2",
        }
    return {"spec": spec}
