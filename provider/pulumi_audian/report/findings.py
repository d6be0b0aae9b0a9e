"""What the provider left for the report of a preview, by resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pulumi_audian.records import Adopted, Record, Refused, Unread, Updated


@dataclass(frozen=True)
class Findings:
    """The records of one preview, by URN; of two of a kind the later one holds.

    The engine may have a declaration checked again, after a policy changed it.
    """

    checked: frozenset[str] = frozenset()
    adopted: Mapping[str, Adopted] = field(default_factory=dict)
    updated: Mapping[str, Updated] = field(default_factory=dict)
    unread: Mapping[str, Unread] = field(default_factory=dict)
    refused: Mapping[str, Refused] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Findings:
        """The findings that some records hold."""
        records = tuple(records)
        return cls(
            frozenset(record.urn for record in records),
            {record.urn: record.found for record in records if isinstance(record.found, Adopted)},
            {record.urn: record.found for record in records if isinstance(record.found, Updated)},
            {record.urn: record.found for record in records if isinstance(record.found, Unread)},
            {record.urn: record.found for record in records if isinstance(record.found, Refused)},
        )
