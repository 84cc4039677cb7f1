"""Calls of AWS: sent, sent again, waited for, cached and explained. The only room that imports boto3."""
