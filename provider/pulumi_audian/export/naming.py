"""Resource names for accounts: readable, unique, and the same whatever else is exported in which order."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from pulumi_audian.errors import Refused

_LONGEST = 60


def resource_names(titles: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The resource name of each account by its id, from the accounts' names and what was chosen instead.

    Accounts of the same name have their ids in their resource names, all of them, so that no order decides. Raises
    `Refused` where a chosen name is taken.
    """
    candidates = {id_: [slug(title), f"{slug(title)}-{id_}", id_] for id_, title in titles.items()}
    candidates.update({id_: [name] for id_, name in chosen.items() if id_ in titles})
    while True:
        names = {id_: options[0] or id_ for id_, options in candidates.items()}
        taken = {name for name, count in Counter(names.values()).items() if count > 1}
        if not taken:
            return names
        clashing = [id_ for id_, name in names.items() if name in taken]
        if not any(len(candidates[id_]) > 1 for id_ in clashing):
            raise Refused(
                f"accounts {', '.join(clashing)} would have the same resource name: choose others with --name"
            )
        candidates.update({id_: candidates[id_][1:] or candidates[id_] for id_ in clashing})


def slug(title: str) -> str:
    """A title as lower-case ASCII words joined by hyphens; empty where nothing of it is ASCII."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words)[:_LONGEST].rstrip("-")
