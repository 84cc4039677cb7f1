"""Every setting with its default, and every pinned version. What an account or an environment needs otherwise goes into its own inventory."""

# Deployment
account_id = None  # AWS account, 12 digits; has no default: each inventory gives its own
region = "us-west-2"  # AWS region
tags = {}  # tags for every AWS resource, next to `airflow-on-eks/deployment` and on what drivers and controllers make: volumes, load balancers, nodes
permissions_boundary = None  # ARN of the IAM policy that bounds every role; None: none is put, and one that somebody put stays
iam_path = "/"  # path of every role, as `/teams/data/`; fixed once the roles are there. Karpenter chooses its instance profiles' path itself
kms_key_arn = None  # KMS key for Kubernetes secrets, database, files, buckets, logs, secrets, volumes; None: our own for Kubernetes, else AWS's
protect = False  # cleanup refuses this deployment unless it is named with `confirm`

# Network
vpc_cidr = "10.1.0.0/16"  # range of the VPC, /16 to /20: public, private and database subnets
secondary_cidr = "100.64.0.0/16"  # second range of the VPC, /16 to /21: data-plane subnets (nodes and pods)
zones = 3  # most zones, 2 or 3: the first that offer what is needed; or their names, as `["us-west-2a", "us-west-2d"]`; a network keeps its own
nat_gateways = "single"  # `single`; `per_zone`: losing a zone cuts off that zone alone; `none`: no way out, with `vpc_endpoints`
vpc_endpoints = False  # nodes and pods reach AWS without leaving the VPC: interface endpoints of what they call; in an existing VPC they have to be there
vpc_id = None  # an existing VPC, instead of one of our own: it is looked at, and never tagged, changed or removed; `vpc_cidr` to `nat_gateways` go without
subnets = {}  # its subnets by kind, ids or tags: `data` (nodes, pods), `private` (control plane, EFS), `internal` and `public` (load balancers), `database`

# Cluster
kubernetes_version = "1.36"  # minor version of Kubernetes on EKS; what runs keeps its own unless the inventory names one
endpoint_public = True  # the API server can be reached from `endpoint_public_cidrs`; if not, from within the VPC alone
endpoint_public_cidrs = []  # ranges that may reach the public endpoint, as `["<your address>/32"]`; private and documentation ranges are refused by EKS
endpoint_private_cidrs = []  # ranges outside the VPC that reach the private endpoint, as those of a VPN or a transit gateway
endpoint_open_to_world = False  # allow ranges wider than /8 altogether in `endpoint_public_cidrs`, as `0.0.0.0/0`
control_plane_logs = ["api", "audit", "authenticator", "controllerManager", "scheduler"]  # control-plane logs sent to CloudWatch
log_retention_days = 90  # life of CloudWatch log groups (days)
key_deletion_days = 7  # waiting period of the KMS key after cleanup, 7 to 30 (days)
admins = []  # ARNs of IAM roles and users that administer the cluster, with their path, next to the one that installs
core_instance_types = ["m5.xlarge"]  # instance types of `core-node-group`
core_ami_type = "AL2023_x86_64_STANDARD"  # image of the core nodes: `AL2023_x86_64_STANDARD` or `AL2023_ARM_64_STANDARD`
core_capacity_type = "ON_DEMAND"  # `ON_DEMAND` or `SPOT`
core_nodes = 3  # core nodes at the start; Cluster Autoscaler moves it between the next two
core_nodes_min = 3  # fewest core nodes
core_nodes_max = 9  # most core nodes
core_disk_size = 100  # root volume of a core node (GiB, gp3)
addon_versions = {}  # pinned EKS add-ons, as `{"vpc-cni": "v1.20.0-eksbuild.1"}`; the others get EKS's default when created

# Database
db_instance_class = "db.m6g.large"  # RDS instance class
db_engine_version = "17"  # PostgreSQL version: a major one leaves the minor one to RDS; what runs keeps its own unless the inventory names one
db_storage = 20  # storage at the start (GiB, gp3)
db_storage_max = 100  # storage grows by itself up to this (GiB); None: never
db_multi_az = True  # a standby in a second zone
db_backup_days = 7  # automated backups are kept this long, 0 to 35 (days)
backup_keep = None  # deploys/backup.py keeps so many sets, 1 to 90, and removes the oldest beyond; None: all
db_deletion_protection = True  # RDS refuses to delete the database; cleanup needs it off
db_ca_bundle = "global"  # certificates pgbouncer trusts: `global` (the bundle AWS publishes for its partition) or a PEM file (beside the inventory)
db_endpoint = None  # a PostgreSQL server that exists, of RDS, Aurora or any other, as `db.example.com:5432`: there is no RDS of our own then
db_secret_arn = None  # its secret in Secrets Manager, `{"username": ..., "password": ...}`: who may make Airflow's database and role there
secret_recovery_days = 7  # removed secrets can be restored for 7 to 30 days; 0: gone at once

# Airflow
airflow_version = "3.3.2"  # Airflow release (image tag); what runs keeps its own unless the inventory names one
airflow_image = None  # image of every component, task pod and job, as `repository:tag` or `repository@sha256:...`; None: the official one of airflow_version
airflow_image_secret = None  # secret in Secrets Manager with the login to its registry, as Docker's `config.json`; None: none is needed, as for ECR
airflow_packages = None  # requirements file (beside the inventory) that `make image` bakes into `airflow_image`, a repository then: the tag follows
airflow_config = {}  # options of airflow.cfg, as `{"core.parallelism": 64}`
airflow_env = {}  # environment variables of every component and task pod; no secrets
airflow_secrets = None  # Airflow's connections and variables from Secrets Manager: secrets named `<this>/connections/<id>` and `<this>/variables/<key>`
airflow_policies = {}  # rights in AWS by component, as `{"worker": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]}`; ARNs, or statements
airflow_pools = None  # Airflow's pools and their slots, as `{"warehouse": 4}`; a pool that leaves it is removed; None: pools are not looked at
dags_storage = "10Gi"  # size of the volume claim `airflow-dags`
dags_repo = None  # Git repository with DAGs, `https://...` or `git@...`; None: the DAGs of this project
dags_ref = "main"  # branch, tag or commit of `dags_repo`
dags_subpath = ""  # folder of `dags_repo` that holds the DAGs; empty: its root
dags_secret = None  # secret in Secrets Manager that opens `dags_repo`: `{"private_key": ...}` over SSH, `{"username": ..., "token": ...}` over HTTPS
dags_known_hosts = []  # host keys of the Git servers spoken to over SSH, lines as `ssh-keyscan` prints them
dags_bundles = {}  # further repositories, as `{"team-a": {"repo": "git@...", "ref": "main", "subpath": "dags", "secret": "team-a/key"}}`
dags_fetch = "git-bundle"  # `git-bundle`: Airflow fetches them and runs each DAG as it was; `git-sync`: a sidecar fetches `dags_repo` alone, the newest runs
task_placement = "core"  # where task pods run: `core` (the core nodes) or `karpenter` (a NodePool that scales to zero)
task_cpu_limit = 20  # most vCPUs of the NodePool for task pods
logs_bucket = None  # an existing bucket for task logs, under `<deployment>/airflow`; its owner decides how long they are kept. None: one of our own
logs_infrequent_access_days = 30  # task logs move to S3 Standard-IA after this many days, 30 or more; None: never
logs_expire_days = 90  # task logs are deleted after this many days
metadata_keep_days = None  # history older than this leaves the metadata database once a week, 30 or more (days); None: it stays
run_dag = False  # verify runs the sample DAG and reads its log back, from Airflow's API and from S3

# Traffic
ingress_scheme = "internal"  # load balancer of the UI: `internal`, `internet-facing` (with `domain` alone), or None for no load balancer
ingress_cidrs = []  # ranges that may reach the load balancer; empty: the VPC (`internal` only)
ingress_open_to_world = False  # allow ranges wider than /8 altogether in `ingress_cidrs`, as `0.0.0.0/0`
domain = None  # host name of the UI, as `airflow.example.com`: brings HTTPS and a Route 53 record
hosted_zone = None  # Route 53 zone of `domain`; None: what follows the domain's first dot

# Add-ons
enable_karpenter = True  # nodes on demand for Spark and task pods
karpenter_image = "al2023@v20261119"  # image of Karpenter's nodes: Amazon Linux 2023 for EKS, of a day; another one replaces nodes
enable_cluster_autoscaler = True  # sizes `core-node-group`
enable_cluster_proportional_autoscaler = True  # sizes CoreDNS
enable_metrics_server = True  # CPU and memory for autoscaling and `kubectl top`
enable_kube_prometheus_stack = True  # Prometheus, Alertmanager and Grafana
enable_amazon_prometheus = True  # Amazon Managed Prometheus, written to by Prometheus
enable_kubecost = True  # cost by namespace and workload
enable_aws_cloudwatch_metrics = True  # CloudWatch Container Insights
enable_aws_for_fluentbit = True  # container logs to CloudWatch
enable_aws_load_balancer_controller = True  # load balancers for Ingresses and Services
enable_airflow_spark_example = False  # Spark operator, NodePool `spark-compute-optimized` and the sample Spark DAG
enable_spark_history_server = False  # Spark UI of finished applications; stands alone, the example writes its event logs to it
spark_cpu_limit = 20  # most vCPUs of the NodePool `spark-compute-optimized`
spark_image = "apache/spark:4.0.1-python3"  # image of the sample Spark application

# Alerts
alerts = {}  # whom Alertmanager tells, one or several of `{"sns_topic": "arn:...", "slack_secret": "...", "pagerduty_secret": "..."}`; empty: nobody

# Cost
budget = None  # what a month may cost at list prices (US dollars): install refuses more, AWS Budgets tells `budget_alerts`; None: anything
budget_alerts = []  # addresses that are told when four fifths of `budget` are spent, and when more than all of it is forecast

# Upgrades
upgrade_bake_hours = 24  # how long a new control plane is watched before nodes follow it, 0 to 144 (hours); for seven days it can be rolled back
upgrade_drain_minutes = 60  # how long running tasks are waited for before Airflow or the database is upgraded, 0 to 1440 (minutes); 0: not at all
upgrade_snapshots = 4  # how many snapshots from before upgrades are kept, 1 to 50; an upgrade removes the older ones

# Charts
chart_mirror = None  # where charts come from instead of upstream: a directory (beside the inventory), `oci://...` or `https://...`
image_registry = None  # registry and prefix that images come from, each under its whole name, as `<registry>/<prefix>/docker.io/apache/airflow`
charts = {  # pinned charts: version and upstream repository; an inventory names only what it changes
    "airflow": {"version": "1.22.0", "repo": "https://airflow.apache.org"},
    "aws-for-fluent-bit": {"version": "0.2.0", "repo": "https://aws.github.io/eks-charts"},
    "aws-load-balancer-controller": {"version": "3.5.0", "repo": "https://aws.github.io/eks-charts"},
    "cluster-autoscaler": {"version": "9.59.0", "repo": "https://kubernetes.github.io/autoscaler"},
    "cluster-proportional-autoscaler": {"version": "1.1.0", "repo": "https://kubernetes-sigs.github.io/cluster-proportional-autoscaler"},
    "karpenter": {"version": "1.14.1", "repo": "oci://public.ecr.aws/karpenter"},
    "karpenter-crd": {"version": "1.14.1", "repo": "oci://public.ecr.aws/karpenter"},
    "kube-prometheus-stack": {"version": "88.5.3", "repo": "https://prometheus-community.github.io/helm-charts"},
    "kubecost": {"version": "3.2.1", "repo": "https://kubecost.github.io/kubecost"},
    "spark-history-server": {"version": "1.5.2", "repo": "https://kubedai.github.io/spark-history-server"},
    "spark-operator": {"version": "2.5.2", "repo": "https://kubeflow.github.io/spark-operator"},
}

# Your own
values = {}  # helm values laid over the project's, by release, as `{"airflow": {"scheduler": {"replicas": 3}}}`; what would break the platform is refused
values_files = {}  # the same from a YAML file (beside the inventory), by release, as `{"airflow": "airflow-values.yaml"}`; `values` is laid over it
manifests = None  # folder of Kubernetes manifests (beside the inventory): applied last, kept as they are there, removed when they leave it

# One run (given with --data, not kept in an inventory)
prune = False  # install: remove what carries our tag and is no longer listed
confirm = None  # the deployment's name: cleanup of one that is protected, whatever takes from guests what they use, install of more than `budget`
skip_final_snapshot = False  # cleanup: delete the database without a final snapshot
unlock = False  # break the lock that another run holds, if you know that it has ended
delete = None  # backup: remove this set instead of taking one
actual = False  # cost: compare with what Cost Explorer says was spent
json = None  # write the result as JSON to this file
html = None  # write the result as a page for people to this file, with a picture
junit = None  # verify: write the result as JUnit XML to this file
page = "airflow"  # open: `airflow`, `grafana`, `prometheus`, `alertmanager`, `kubecost` or `spark-history`
