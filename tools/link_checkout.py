"""Makes this checkout's packages importable in its environment, and its command `audian` callable.

A path file, and not an editable installation: the engine takes every installed distribution whose name begins with
`pulumi-` for a plugin to download, unless the file in which ours says that it is none is found beside its code, and
for an editable installation it does not look there.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    paths = [str(CHECKOUT / name) for name in ("provider", "emulator")]
    Path(sysconfig.get_path("purelib"), "pulumi_audian_checkout.pth").write_text("\n".join(paths) + "\n", "utf-8")
    command = Path(sysconfig.get_path("scripts"), "audian")
    command.write_text(f"#!{sys.executable}\nfrom pulumi_audian.cli import main\n\nmain()\n", "utf-8")
    command.chmod(0o755)
