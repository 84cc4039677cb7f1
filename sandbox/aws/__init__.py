"""
The AWS half of the sandbox: moto's backends, with AWS's states in time, AWS's refusals, and EKS in full.

A request is read by `call`, checked by `credentials` and `constraints`, met by the `rules` of the service modules, carried out
by moto or by the rule that answers in its place, and written down by `journal`.
"""
