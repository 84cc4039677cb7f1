"""A queue: long polling holds up nobody else, and ends when a message comes."""

import threading
import time
import uuid

import pytest


@pytest.fixture
def queue(aws):
    url = aws("sqs").create_queue(QueueName=f"events-{uuid.uuid4()}")["QueueUrl"]
    yield url
    aws("sqs").delete_queue(QueueUrl=url)


def receive(aws, queue, seconds):
    return aws("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=seconds, AttributeNames=["SentTimestamp"])


def test_others_work_while_somebody_waits(aws, queue):
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(receive(aws, queue, 10)))
    began = time.monotonic()
    waiting.start()
    time.sleep(0.3)
    assert aws("ec2").describe_vpcs()["Vpcs"]
    aws("sqs").send_message(QueueUrl=queue, MessageBody="hello")
    waiting.join()
    assert time.monotonic() - began < 5
    assert [message["Body"] for message in answers[0]["Messages"]] == ["hello"]


def test_waiting_ends_without_a_message(aws, queue):
    began = time.monotonic()
    assert "Messages" not in receive(aws, queue, 1)
    assert 0.9 < time.monotonic() - began < 3
