"""The command `audian`."""

from __future__ import annotations


def main() -> None:
    """Run the command; without the libraries it needs, say how to install them."""
    try:
        from pulumi_audian.cli.app import app
        from pulumi_audian.cli.streams import prepare_output
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("pulumi_audian"):
            raise
        raise SystemExit(
            f"audian: the library {error.name} is missing: install pulumi-audian again from where you have it, now "
            "with [cli]: pip install '/path/to/pulumi-audian[cli]'"
        ) from None
    prepare_output()
    app(prog_name="audian")
