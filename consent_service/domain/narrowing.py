"""Whether new terms allow no more than old ones: what a subject may do to a grant that already stands.

Every field of the terms has exactly one rule here; a field that no rule names must stay as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any

from consent_service.contract.terms import GrantTerms

_EFFECTS = ("stop_new", "stop_inflight", "recall_outputs")
_MARKING = ("standard", "broadcast")
Rule = Callable[[Any, Any], bool]


def wider_fields(old: GrantTerms, new: GrantTerms) -> tuple[str, ...]:
    """JSON pointers (RFC 6901) to the fields in which ``new`` allows more than ``old`` or says something else."""
    before, after = _fields(old), _fields(new)
    return tuple(sorted(at for at in before if not _RULES.get(at, _same)(before[at], after[at])))


def _fields(terms: GrantTerms) -> dict[str, Any]:
    """Leaf values by pointer; lists are values."""
    found: dict[str, Any] = {}
    for name, value in terms:
        if hasattr(value, "model_fields_set"):
            found |= {f"/{name}/{inner}": field for inner, field in value}
        else:
            found[f"/{name}"] = value
    return found


def _same(old: Any, new: Any) -> bool:
    return bool(old == new)


def _fewer(old: Any, new: Any) -> bool:
    return set(new) <= set(old)


def _more(old: Any, new: Any) -> bool:
    return set(new) >= set(old)


def _listed(old: Any, new: Any) -> bool:
    """Lists in which nothing named means everything."""
    return not old or (bool(new) and set(new) <= set(old))


def _at_most(old: Any, new: Any) -> bool:
    return bool(new <= old)


def _at_least(old: Any, new: Any) -> bool:
    return bool(new >= old)


def _not_turned_on(old: bool, new: bool) -> bool:
    return old or not new


def _not_turned_off(old: bool, new: bool) -> bool:
    return new or not old


def _territories(old: Any, new: Any) -> bool:
    return "worldwide" in old or set(new) <= set(old)


def _languages(old: Any, new: Any) -> bool:
    """A range covers its regions (RFC 4647 §3.3.1)."""
    ranges = [one.lower() for one in old]
    return all(any(one.lower() == range_ or one.lower().startswith(range_ + "-") for range_ in ranges) for one in new)


def _ranked(order: tuple[str, ...]) -> Rule:
    return lambda old, new: order.index(new) >= order.index(old)


_RULES: Mapping[str, Rule] = {
    "/permissions": lambda old, new: all(one in old for one in new),
    "/assets": _fewer,
    "/exclusions": _more,
    "/grantee/sublicense": _not_turned_on,
    "/grantee/backends": _listed,
    "/grantee/models": _listed,
    "/scope/purposes": _fewer,
    "/scope/description_strict": _not_turned_off,
    "/scope/projects": _listed,
    "/scope/brands": _listed,
    "/scope/territories_allow": _territories,
    "/scope/territories_deny": _more,
    "/scope/channels": _fewer,
    "/scope/languages": _languages,
    "/scope/words_allowed": _listed,
    "/scope/words_forbidden": _more,
    "/scope/themes_forbidden": _more,
    "/limits/not_before": _at_least,
    "/limits/not_after": _at_most,
    "/limits/max_uses": _at_most,
    "/limits/max_seconds": _at_most,
    "/limits/max_concurrent": _at_most,
    "/limits/approval": _ranked(("auto", "per_use")),
    "/duties/marking_profile": _ranked(_MARKING),
    "/duties/takedown_sla_hours": _at_most,
    "/revocation/effect": _ranked(_EFFECTS),
    "/revocation/suspendable_by": _more,
    "/revocation/after_withdrawal": _ranked(("keep", "delete")),
    "/retention/delete_biometrics_days_after_last_use": _at_most,
}
