from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
from eks_token import presigned, token

from sandbox.kubernetes import tokens

CLUSTER = "airflow-dev"


def at(**ago):
    return (datetime.now(timezone.utc) - timedelta(**ago)).strftime("%Y%m%dT%H%M%SZ")


def test_a_token_tells_whose_it_is_and_until_when():
    found = tokens.identity(token(), CLUSTER)
    assert found["accessKeyId"] == "AKIAEXAMPLE" and found["region"] == "eu-west-1"
    assert found["sessionToken"] is False
    assert found["headers"] == {"x-k8s-aws-id": CLUSTER}
    assert 14 < (found["expires"] - datetime.now(timezone.utc)).total_seconds() / 60 <= 15


def test_a_session_token_is_noticed():
    assert tokens.identity(token(X_Amz_Security_Token="FwoG"), CLUSTER)["sessionToken"] is True


def test_a_token_of_botocore_is_read():
    session = pytest.importorskip("botocore.session").Session()
    session.set_credentials("AKIAEXAMPLE", "secret", "session")
    client = session.create_client("sts", region_name="eu-west-1", endpoint_url="http://127.0.0.1:5000")
    client.meta.events.register("before-sign.sts.GetCallerIdentity", lambda request, **_: request.headers.add_header("x-k8s-aws-id", CLUSTER))
    url = client.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    assert "x-k8s-aws-id" in dict(parse_qsl(urlsplit(url).query))["X-Amz-SignedHeaders"]
    assert tokens.identity(token(url), CLUSTER)["accessKeyId"] == "AKIAEXAMPLE"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("", "does not start with"),
        ("k8s-aws-v1.", "not a presigned request|not the base64url"),
        ("k8s-aws-v1.%%%", "not the base64url"),
        (token("ftp://127.0.0.1/?Action=GetCallerIdentity"), "not a presigned request"),
        (token(presigned() + "&X-Amz-Expires=60"), "twice"),
        (token(Action="AssumeRole"), "not sts GetCallerIdentity"),
        (token(RoleArn="arn:aws:iam::1:role/x"), "unexpected parameter: rolearn"),
        (token(X_Amz_SignedHeaders="host"), "x-k8s-aws-id is not signed"),
        (token(X_Amz_Signature=None), "not signed"),
        (token(X_Amz_Credential="AKIA/20261122/eu-west-1/s3/aws4_request"), "scope"),
        (token(X_Amz_Date=at(minutes=16)), "expired"),
        (token(X_Amz_Date=at(minutes=-60)), "future"),
        (token(X_Amz_Date=None), "missing or malformed"),
        (token(X_Amz_Expires="901"), "X-Amz-Expires is 901"),
    ],
)
def test_a_bad_token_is_refused_with_the_reason(bad, why):
    with pytest.raises(tokens.BadToken, match=why):
        tokens.identity(bad, CLUSTER)


def review(given, resolve=lambda key: ("arn:aws:iam::123456789012:role/x", "AROAX", ["eks:access:view"]), verify=None):
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": given}}
    return tokens.review(request, CLUSTER, resolve, verify)["status"]


def test_a_review_answers_the_principal_of_the_key():
    user = review(token())["user"]
    assert user["username"].endswith("role/x") and user["uid"] == "AROAX" and user["groups"] == ["eks:access:view"]


def test_a_review_refuses_who_has_no_access_entry():
    status = review(token(), resolve=lambda key: None)
    assert status == {"authenticated": False, "error": f"the principal of AKIAEXAMPLE has no access entry in cluster {CLUSTER}"}


def test_a_review_asks_whether_the_signature_is_right_before_whose_it_is():
    asked = []
    status = review(token(), resolve=asked.append, verify=lambda url, headers: asked.append((urlsplit(url).netloc, headers)))
    assert not status["authenticated"] and "signature" in status["error"]
    assert asked == [("127.0.0.1:5000", {"x-k8s-aws-id": CLUSTER})]


@pytest.mark.parametrize("request_", [{}, {"spec": None}, {"spec": {}}, {"spec": {"token": None}}])
def test_a_review_of_nothing_is_refused(request_):
    answer = tokens.review(request_, CLUSTER, resolve=lambda key: None)
    assert answer["kind"] == "TokenReview" and answer["status"]["authenticated"] is False
