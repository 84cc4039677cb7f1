"""Instances that are asked for twice in one call are told once, and are no error."""

from moto.ec2.models import EC2Backend

strict = EC2Backend.get_reservations_by_instance_ids


def each_once(self: EC2Backend, instance_ids: list[str], filters=None) -> list:
    return strict(self, list(dict.fromkeys(instance_ids)), filters)


EC2Backend.get_reservations_by_instance_ids = each_once
