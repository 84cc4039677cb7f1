"""
The Kubernetes half of the sandbox: what stands behind an EKS cluster of the AWS half.

A real control plane (etcd, kube-apiserver, kube-controller-manager, kube-scheduler) on loopback, and kwok, which plays the
kubelets: objects, scheduling, RBAC, volumes and add-ons are real, containers do not run. Everything speaks plain dicts spelt as
Kubernetes or AWS spell them, and nothing here knows moto.

    plane = ControlPlane("airflow-dev", "eu-west-1", directory, authenticate_url="http://127.0.0.1:5000/authenticate/airflow-dev")
    plane.start()                           # 4-8 s, idempotent; ControlPlaneError. issuer=: identity.oidc.issuer, if it is known
    plane.endpoint                          # "https://127.0.0.1:41231"
    plane.certificate_authority             # base64 of the PEM, as describe_cluster's certificateAuthority.data
    plane.kubeconfig                        # Path of the administrator's kubeconfig (0600)
    plane.stop()                            # its processes are gone, its directory too; works after a crash of the owner as well

    nodes.join(plane.kubeconfig, [nodes.Instance(id, zone, zone_id, private_ip, type, region)],      # -> the nodes' names
               nodegroup="core", labels={...}, taints=[{"key", "value", "effect"}], capacity_type="ON_DEMAND", image="ami-...",
               version="1.36", disk=20)         # all of these may be left out; again: other labels and taints
    nodes.leave(plane.kubeconfig, instances)                     # drains, then removes

    addons.install(plane.kubeconfig, "coredns", "v1.12.4-eksbuild.1", configuration={"replicaCount": 3}, role_arn=None)
    addons.health(plane.kubeconfig, "coredns")                   # [] or describe_addon's health.issues
    addons.remove(plane.kubeconfig, "coredns")

    provisioner = volumes.Provisioner(plane.kubeconfig,
        create_volume=lambda driver, claim, storage_class: "vol-0123456789abcdef0",
        delete_volume=lambda driver, handle: None)                      # what these raise becomes an event, and they are asked again
    provisioner.start(); provisioner.stop()

    tokens.identity(token, cluster)         # {"accessKeyId", "sessionToken", "expires", "url", "headers"}; tokens.BadToken
    tokens.review(token_review, cluster,    # the answer to what kube-apiserver POSTs to authenticate_url
                  resolve=lambda access_key_id: ("arn:aws:iam::...:role/x", "AROA...", ["eks:access:admin"]) or None,
                  verify=lambda url, headers: True)

The groups for `resolve` to answer, one for each of EKS's access policies, are bound by start(); see cluster.yaml.
"""

from sandbox.kubernetes.control_plane import ControlPlane, ControlPlaneError

__all__ = ["ControlPlane", "ControlPlaneError"]
