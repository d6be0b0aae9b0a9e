"""Everything wrong with a stack file that can be told from the file alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_audian.connection import connect
from pulumi_audian.errors import Refused
from pulumi_audian.settings import ACCOUNTS, NAMESPACE, refusal
from pulumi_audian.validation import accounts
from pulumi_audian.validation.finding import START, Finding, about_file
from pulumi_audian.validation.handover import bytes_handed_over, near_the_limit, over_the_limit
from pulumi_audian.validation.parsing import parse
from pulumi_audian.validation.project import Project, namespaced
from pulumi_audian.validation.tree import Entry, Node, tree_of
from pulumi_audian.values import shown, whole_numbers


def check(data: bytes, project: Project) -> list[Finding]:
    """The findings in a stack file of a project, from its start to its end."""
    document = parse(data)
    findings = list(document.findings)
    if document.root is not None:
        findings += _check_root(document.root, project)
    return sorted(set(findings))


def check_project(project: Project) -> list[Finding]:
    """The findings in what the project's file says of settings for all its stacks, from its start to its end."""
    try:
        document = parse(project.file.read_bytes())
    except OSError:
        return []
    findings = list(document.findings)
    if document.root is not None:
        findings += _check_settings(dict(_preset(document.root, project)), project)
    return sorted(set(findings))


def room_left(data: bytes, project: Project) -> str:
    """That a stack file is nearly as large as the engine can hand it to a program, or nothing where it is not."""
    root = parse(data).root
    return "" if root is None else near_the_limit(bytes_handed_over(root, project))


def settings_of(root: Node, project: Project) -> dict[str, Node]:
    """The values of the `audian:` settings in a stack file, by their full keys."""
    return {key: entry.value for key, entry in _settings(root, project)}


def account_tree(value: Node) -> Node | None:
    """The accounts in the value of their setting, which may be JSON as text; None where they can't be told."""
    if not isinstance(value.content, str):
        return None if value.is_secure else value
    try:
        return tree_of(json.loads(value.content), value.at)
    except (ValueError, RecursionError):
        return value


def _settings(root: Node, project: Project) -> Iterator[tuple[str, Entry]]:
    config = root.entries.get("config")
    for key, entry in config.value.entries.items() if config else ():
        full = namespaced(key, project.name)
        if full.startswith(NAMESPACE) and full.count(":") == 1:
            yield full, entry


def _preset(root: Node, project: Project) -> Iterator[tuple[str, Entry]]:
    for key, entry in _settings(root, project):
        described = entry.value.entries
        if not described:
            yield key, entry
        for name in ("value", "default"):
            if name in described:
                yield key, described[name]


def _check_root(root: Node, project: Project) -> Iterator[Finding]:
    if root.content is None:
        return
    config = root.entries.get("config")
    if not isinstance(root.content, dict):
        yield about_file(root.at, "a stack file is a map; its accounts stand under config, audian:accounts")
    elif config and config.value.content is not None and not isinstance(config.value.content, dict):
        yield about_file(config.at, f"config: {shown(config.value.plain())} is not a map of settings")
    elif config:
        yield from _check_keys(config.value.entries, project)
        yield from _check_settings(dict(_settings(root, project)), project)
    if isinstance(root.content, dict):
        yield from _check_size(root, project)


def _check_size(root: Node, project: Project) -> Iterator[Finding]:
    excess = over_the_limit(bytes_handed_over(root, project))
    if excess:
        accounts_entry = dict(_settings(root, project)).get(NAMESPACE + ACCOUNTS)
        yield about_file(accounts_entry.at if accounts_entry else START, excess)


def _check_keys(entries: Mapping[str, Entry], project: Project) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for key, entry in entries.items():
        full = namespaced(key, project.name)
        other = first.setdefault(full, key)
        if full.count(":") > 1:
            yield about_file(entry.at, f"{key} is no key of a setting: write it as namespace:name")
        elif other != key:
            yield about_file(entry.at, f"{key} is the same setting as {other}: keep one of the two")


def _check_settings(settings: Mapping[str, Entry], project: Project) -> Iterator[Finding]:
    right: dict[str, Entry] = {}
    for key, entry in settings.items():
        reason = _refusal(key, entry.value, project.settings.get(key, {}).get("type"))
        if reason:
            yield about_file(entry.at, reason)
        elif key == NAMESPACE + ACCOUNTS:
            yield from _check_accounts(entry)
        elif not entry.value.is_secure:
            right[key] = entry
    yield from _check_values(right, project)


def _refusal(key: str, value: Node, declared: Any) -> str:
    reason = refusal(key, encrypted=value.is_secure)
    if reason or _has_type(value, declared):
        return reason
    return f"{key} must be of type '{declared}', as the project's file declares it"


def _has_type(value: Node, declared: Any) -> bool:
    """Whether the engine takes a value for one of the type that the project declares."""
    text = text_of(value)
    if declared == "object":
        return isinstance(value.content, dict) and not value.is_secure
    if declared == "integer":
        return value.is_secure or text.lstrip("+-").isdecimal()
    if declared == "boolean":
        return value.is_secure or text in ("true", "false")
    return declared != "string" or value.is_secure or not isinstance(value.content, dict | list)


def _check_accounts(entry: Entry) -> Iterator[Finding]:
    tree = account_tree(entry.value)
    if tree is None or tree.content is None:
        return
    if isinstance(tree.content, dict):
        yield from accounts.check(tree)
    else:
        given = shown(tree.plain())
        yield about_file(entry.at, f"{NAMESPACE}{ACCOUNTS}: {given} is not a map of accounts by resource name")


def _check_values(settings: Mapping[str, Entry], project: Project) -> Iterator[Finding]:
    texts = {key: "" if entry.value.content is None else text_of(entry.value) for key, entry in settings.items()}
    # One setting can make another one right, but only if it is right itself.
    presets = {key: given.get("value", given.get("default")) for key, given in project.settings.items()}
    known = {key: value if isinstance(value, str) else json.dumps(value, default=str) for key, value in presets.items()}
    right = {key: text for key, text in {**known, **texts}.items() if not _complaint({key: text})}
    for key, text in texts.items():
        complaint = _complaint({**right, key: text})
        if complaint:
            yield about_file(settings[key].at, complaint)


def _complaint(texts: Mapping[str, str]) -> str:
    try:
        connect(texts.get, {})
    except Refused as refused:
        return str(refused)
    return ""


def text_of(value: Node) -> str:
    """A value as the engine passes it to programs: as JSON, unless it is text."""
    return value.content if isinstance(value.content, str) else json.dumps(whole_numbers(value.plain()))
