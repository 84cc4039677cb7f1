"""Each optional part is switched off and on again on a live deployment, and leaves nothing of itself while it is off."""

import pytest

OFF = {
    "enable_karpenter": {},
    "enable_cluster_autoscaler": {},
    "enable_cluster_proportional_autoscaler": {},
    "enable_metrics_server": {},
    "enable_kube_prometheus_stack": {"enable_amazon_prometheus": "false"},
    "enable_amazon_prometheus": {},
    "enable_kubecost": {},
    "enable_aws_cloudwatch_metrics": {},
    "enable_aws_for_fluentbit": {},
    "enable_aws_load_balancer_controller": {},
}
"""By switch, what has to go with it."""


def switched(box, **settings):
    """The run that switches, verified, and again without a change."""
    run = box.done("install", **settings)
    assert run.changed
    box.done("verify", **settings)
    assert box.done("install", **settings).writes == []
    return run


def test_kubecost_is_switched_off_and_on_again(platform):
    off = switched(platform, enable_kubecost="false")
    assert {"helm.release kubecost", "iam.role airflow-sandbox-us-west-2-kubecost"} <= set(off.changed)
    assert not [thing for thing in platform.things() if thing["service"] == "iam" and "kubecost" in str(thing["id"])]
    switched(platform)


@pytest.mark.slow
def test_every_part_is_switched_off_and_on_again(box):
    box.done("install")
    for switch, more in OFF.items():
        print(f"{switch}: off {switched(box, **{switch: 'false'}, **more).seconds:.0f} s", end=", ")
        print(f"on {switched(box).seconds:.0f} s")
    box.done("cleanup", skip_final_snapshot="true")
    assert box.done("cleanup", skip_final_snapshot="true").writes == []


@pytest.mark.slow
def test_the_spark_example_is_switched_on_off_and_cleaned_up(box):
    spark = {"enable_airflow_spark_example": "true", "enable_spark_history_server": "true"}
    box.done("install")
    switched(box, **spark)
    switched(box)
    switched(box, **spark)
    box.done("cleanup", skip_final_snapshot="true", **spark)
    assert box.done("cleanup", skip_final_snapshot="true", **spark).writes == []
