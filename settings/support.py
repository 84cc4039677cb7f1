"""
The support table: until when what the platform is made of is looked after, what is known against it, what fits what, and what is out.

It is data, looked at on the day `SEEN`; `settings.versions` answers questions from it. Kubernetes and PostgreSQL by series, in days that are the last.
"""

SEEN = "2026-11-27"
"""The day all of it was looked at."""

ENDS = {
    "kubernetes_version": {
        "1.30": "2025-07-23",
        "1.31": "2025-11-26",
        "1.32": "2026-03-23",
        "1.33": "2026-07-29",
        "1.34": "2026-12-02",
        "1.35": "2027-03-27",
        "1.36": "2027-08-02",
        "1.37": "2027-12-01",
    },
    "airflow_version": {"3.0": "2025-09-25", "3.1": "2026-04-07", "3.2": "2026-07-06"},
    "db_engine_version": {"14": "2027-02-28", "15": "2028-02-29", "16": "2029-02-28", "17": "2030-02-28"},
}
"""
The last day of a series, by setting: of EKS's standard support, of a series of Airflow that is known to have ended, of RDS's standard support.

Sources: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html,
https://airflow.apache.org/docs/apache-airflow/stable/release_notes.html,
https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
"""

EXTENDED = {
    "kubernetes_version": {
        "1.31": "2026-11-26",
        "1.32": "2027-03-23",
        "1.33": "2027-07-29",
        "1.34": "2027-12-02",
        "1.35": "2028-03-27",
        "1.36": "2028-08-02",
        "1.37": "2028-12-01",
    },
    "db_engine_version": {"14": "2030-02-28", "15": "2031-02-28", "16": "2032-02-29", "17": "2033-02-28"},
}
"""The last day of the support that is paid for besides, from the same pages. The clusters of this project have none: EKS upgrades them by itself then."""

HOLES = {"airflow_version": {"CVE-2026-33264": "3.3.0", "CVE-2026-82355": "3.3.2"}}
"""
Known holes and the first release without them, by setting.

Source: https://airflow.apache.org/docs/apache-airflow/stable/security/cve.html
"""

KARPENTER = {"1.30": "0.37", "1.31": "1.0.5", "1.32": "1.2", "1.33": "1.5", "1.34": "1.6", "1.35": "1.9", "1.36": "1.13"}
"""
The first Karpenter for a version of Kubernetes.

Source: https://karpenter.sh/docs/upgrading/compatibility/
"""

NEWEST = {
    "airflow_version": "3.4.0",
    "airflow": "1.22.0",
    "aws-load-balancer-controller": "3.7.0",
    "karpenter": "1.15.0",
    "karpenter-crd": "1.15.0",
    "kube-prometheus-stack": "88.6.4",
}
"""
The newest release of Airflow, and of charts; a chart that is not named was not looked at.

Sources: https://pypi.org/project/apache-airflow/ and the charts' repositories, as `charts` names them.
"""
