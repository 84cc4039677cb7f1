"""All there is in the account."""


def account_state() -> dict:
    return {}
