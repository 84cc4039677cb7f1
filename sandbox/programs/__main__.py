"""`python -m sandbox.programs`: build what the sandbox runs, Karpenter and statsd_exporter included, where it is missing."""

import sys

from sandbox.programs import CONTROL_PLANE, KARPENTER, STATSD_EXPORTER, BuildError, programs


def main() -> int:
    try:
        for module in (CONTROL_PLANE, KARPENTER, STATSD_EXPORTER):
            print(f"{module.what}: {programs(module=module)}")
    except BuildError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
