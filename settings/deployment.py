"""Which deployment, where, and what its resources are called."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, field_validator

from . import regions
from .subject import Subject, Text
from .tagging import check_tags

OWNER_TAG = "airflow-on-eks/deployment"
LONGEST_DEPLOYMENT = 22
LONGEST_REGION = 14


def account(value: Any) -> Any:
    """Takes an account number that was read as a number back to its 12 digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:012d}"
    return value


class Deployment(Subject):
    """One Airflow platform in one AWS account and region."""

    deployment: Text
    account_id: Annotated[str | None, BeforeValidator(account)]
    region: str
    tags: dict[str, Text]
    protect: bool

    @field_validator("deployment")
    @classmethod
    def _deployment(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value) or not 2 <= len(value) <= LONGEST_DEPLOYMENT:
            raise ValueError(f"wanted 2 to {LONGEST_DEPLOYMENT} of a-z, 0-9 and single hyphens, starting with a letter")
        if value.startswith(("sg-", "vpc-", "subnet-")):
            raise ValueError(f"wanted a name that does not start with {value.partition('-')[0]}-, as AWS's ids do")
        return value

    @field_validator("account_id")
    @classmethod
    def _account_id(cls, value: str | None) -> str:
        if value is None or value == "0" * 12:
            raise ValueError("put your account's 12 digits in the inventory, as inventories/dev.py")
        if not re.fullmatch(r"\d{12}", value):
            raise ValueError("wanted the account's 12 digits")
        return value

    @field_validator("region")
    @classmethod
    def _region(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+){1,2}-\d", value) or len(value) > LONGEST_REGION:
            raise ValueError("wanted the name of an AWS region, as us-west-2")
        if regions.partition(value) is None:
            raise ValueError("no region that botocore knows; for a new one, upgrade it: pip install --upgrade botocore")
        if missing := [name for service, name in regions.NEEDED.items() if not regions.offered(value, service)]:
            raise ValueError(f"the platform cannot work there, AWS has no {', '.join(missing)} in it")
        return value

    @field_validator("tags")
    @classmethod
    def _tags(cls, value: dict[str, str]) -> dict[str, str]:
        check_tags(value)
        return value

    @property
    def tag(self) -> dict[str, str]:
        """The tags every AWS resource of the deployment carries."""
        return {OWNER_TAG: self.deployment, **self.tags}

    @property
    def partition(self) -> str:
        """The part of AWS the region is in, as ARNs name it: `aws`, `aws-cn`, `aws-us-gov`, ..."""
        return regions.partition(self.region)["partition"]

    def principal(self, service: str) -> str:
        """
        Returns the service principal that takes roles.

        + service: `ec2`
        """
        own = service == "ec2" and self.partition in regions.EC2_OF_ITS_OWN
        return f"{service}.{regions.partition(self.region)['dnsSuffix'] if own else 'amazonaws.com'}"

    @property
    def s3_endpoint(self) -> str:
        """The name of the endpoint service of S3, `com.amazonaws.us-west-2.s3`."""
        return self.endpoint_service("s3")

    def endpoint_service(self, service: str) -> str:
        """
        Returns the name of the endpoint service of a service of AWS.

        + service: `ecr.api`
        """
        suffix = "amazonaws.com" if self.partition in regions.S3_AS_ELSEWHERE else regions.partition(self.region)["dnsSuffix"]
        return f"{'.'.join(reversed(suffix.split('.')))}.{self.region}.{service}"

    def arn(self, service: str, resource: str, region: bool = True, account: bool = True) -> str:
        """
        Returns the ARN of a resource in this account and region.

        + service: as ARNs name it, `iam`
        + resource: what follows the account, `role/x`
        + region: whether the ARN names the region (IAM's and S3's do not)
        + account: whether the ARN names the account (S3's buckets do not)
        """
        return f"arn:{self.partition}:{service}:{self.region if region else ''}:{self.account_id if account else ''}:{resource}"

    def access_policy(self, policy: str) -> str:
        """
        Returns the ARN of an EKS access policy.

        + policy: `AmazonEKSClusterAdminPolicy`
        """
        return f"arn:{self.partition}:eks::aws:cluster-access-policy/{policy}"

    def secret(self, purpose: str) -> str:
        """
        Returns the name of a secret in Secrets Manager.

        + purpose: `airflow/admin`
        """
        return f"{self.deployment}/{purpose}"

    def bucket(self, purpose: str) -> str:
        """
        Returns the name of an S3 bucket; it names account and region, since bucket names are global.

        + purpose: at most 12 characters, `airflow-logs`; a longer one raises ValueError, whatever the deployment
        """
        longest = 63 - LONGEST_DEPLOYMENT - LONGEST_REGION - 12 - 3
        if len(purpose) > longest:
            raise ValueError(f"bucket purpose {purpose} has {len(purpose)} characters, {longest} fit under every deployment and region")
        return f"{purpose}-{self.deployment}-{self.account_id}-{self.region}"
