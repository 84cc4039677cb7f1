"""A company's account, as a deployment finds it: a network, a boundary for roles, and an organization that insists on it."""

import json

REGION = "us-west-2"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
TIERS = {"nodes": "10.8.{}.0/24", "control-plane": "10.8.{}0.0/28", "load-balancers": "10.8.{}1.0/27"}
SECRETS = {"data-platform/dags": {"private_key": "a-key"}, "data-platform/reports": {"username": "reader", "token": "a-token"}}
"""What opens the team's repositories."""

ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
INSISTS = [
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Action": ["iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"],
                "Resource": "*",
                "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": BOUNDARY}},
            },
            {
                "Effect": "Deny",
                "Action": ["ec2:CreateLaunchTemplate", "ec2:CreateSecurityGroup", "rds:CreateDBInstance", "elasticfilesystem:CreateFileSystem"],
                "Resource": "*",
                "Condition": {"Null": {"aws:RequestTag/cost-center": "true"}},
            },
            {"Effect": "Deny", "Action": ["ec2:CreateVpc", "ec2:CreateSubnet", "ec2:CreateInternetGateway", "ec2:CreateNatGateway"], "Resource": "*"},
        ],
    }
]


class Company:
    """What the company made in a box's account."""

    def __init__(self, box):
        self.box, self.ec2 = box, box.client("ec2", REGION)
        box.client("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(ANYTHING))
        self.key = self._key()
        box.client("s3", REGION).create_bucket(Bucket="company-logs", CreateBucketConfiguration={"LocationConstraint": REGION})
        for name, value in SECRETS.items():
            box.client("secretsmanager", REGION).create_secret(Name=name, SecretString=json.dumps(value))
        master = json.dumps({"username": "postgres", "password": "their-own-master-1"})
        self.secret = box.client("secretsmanager", REGION).create_secret(Name="airflow-database", SecretString=master)["ARN"]
        self.vpc = self.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.subnets = {tier: [self._subnet(tier, cidr.format(number), zone) for number, zone in enumerate("abc", 1)] for tier, cidr in TIERS.items()}
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        outside = self._subnet("outside", "10.8.200.0/28", "a")
        self._table({"GatewayId": gateway}, [outside])
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = self.ec2.create_nat_gateway(SubnetId=outside, AllocationId=address)["NatGateway"]["NatGatewayId"]
        self.ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig={"Delay": 1})
        self.table = self._table({"NatGatewayId": nat}, [number for numbers in self.subnets.values() for number in numbers])
        for service in self.called():
            self.ec2.create_vpc_endpoint(VpcId=self.vpc, ServiceName=f"com.amazonaws.{REGION}.{service}", VpcEndpointType="Interface")
        box.tell("control-policies", INSISTS)

    @staticmethod
    def called() -> list[str]:
        """The services that the VPC has endpoints of: all that AWS's documentation of private clusters and the parts of the platform name."""
        words = "autoscaling aps-workspaces ec2 ecr.api ecr.dkr eks eks-auth elasticfilesystem elasticloadbalancing logs monitoring s3 secretsmanager"
        return [*words.split(), "sqs", "ssm", "sts"]

    def _key(self) -> str:
        """A key whose policy gives it to the account, to CloudWatch and to Auto Scaling, as the plan asks."""
        account = {"AWS": "arn:aws:iam::123456789012:root"}
        scaling = {"AWS": "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"}
        whom = [account, scaling, {"Service": f"logs.{REGION}.amazonaws.com"}]
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": one, "Action": "kms:*", "Resource": "*"} for one in whom]}
        return self.box.client("kms", REGION).create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]

    def _subnet(self, tier: str, cidr: str, zone: str) -> str:
        tags = [{"ResourceType": "subnet", "Tags": [{"Key": "tier", "Value": tier}]}]
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}", TagSpecifications=tags)
        return made["Subnet"]["SubnetId"]

    def _table(self, target: dict, subnets: list[str]) -> str:
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
        for subnet in subnets:
            self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return table

    def photograph(self) -> str:
        """All that the company has, as AWS describes it; but for what changes by itself, as free addresses."""
        of_vpc = {"Filters": [{"Name": "vpc-id", "Values": [self.vpc]}]}
        groups = [group for group in self.ec2.describe_security_groups(**of_vpc)["SecurityGroups"] if group["GroupName"] == "default"]
        subnets = [{**subnet, "AvailableIpAddressCount": 0} for subnet in self.ec2.describe_subnets(**of_vpc)["Subnets"]]
        endpoints = self.ec2.describe_vpc_endpoints(**of_vpc)["VpcEndpoints"]
        tables, gateways = self.ec2.describe_route_tables(**of_vpc)["RouteTables"], self.ec2.describe_internet_gateways()["InternetGateways"]
        kms, s3 = self.box.client("kms", REGION), self.box.client("s3", REGION)
        key = [kms.describe_key(KeyId=self.key)["KeyMetadata"], kms.get_key_policy(KeyId=self.key, PolicyName="default")["Policy"]]
        boundary = self.box.client("iam").get_policy(PolicyArn=BOUNDARY)["Policy"]
        rules = s3.get_bucket_encryption(Bucket="company-logs")["ServerSideEncryptionConfiguration"]
        vpc = self.ec2.describe_vpcs(VpcIds=[self.vpc])["Vpcs"]
        return json.dumps([vpc, subnets, tables, gateways, endpoints, groups, key, boundary["DefaultVersionId"], rules], default=str, sort_keys=True)

    @property
    def keys(self) -> dict:
        """The environment of whoever administers the account."""
        daemon = self.box.daemon
        return {
            "AWS_ENDPOINT_URL": self.box.endpoint,
            "AWS_ACCESS_KEY_ID": daemon["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": daemon["secret_access_key"],
        }

    def inventory(self, directory):
        """The example of a company, filled in."""
        from roundtrip_world import ROOT

        text = (ROOT / "inventories" / "company.py").read_text()
        filled = {"000000000000": "123456789012", "vpc-0a1b2c3d4e5f60718": self.vpc, "AbCdEf": self.secret[-6:]}
        filled["0a1b2c3d-0000-1111-2222-333344445555"] = self.key.rpartition("/")[2]
        for blank, own in filled.items():
            assert blank in text, f"{blank} is not in the example"
            text = text.replace(blank, own)
        path = directory / "company.py"
        path.write_text(text)
        return path
