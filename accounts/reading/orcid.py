"""The public record of ORCID, as its site and its API give it: JSON or XML."""

from collections.abc import Iterator
from typing import Any

from .found import NAME, SUMMARY, Found, Item
from .words import clean, language_of, link_of, orcid_of, year_of

KINDS = {
    "dissertation": "thesis",
    "dissertation-thesis": "thesis",
    "supervised-student-publication": "thesis",
    "software": "code",
    "research-tool": "code",
    "data-set": "code",
    "dataset": "code",
    "patent": "product",
    "invention": "product",
    "trademark": "product",
    "license": "product",
}


def is_orcid(data: Any) -> bool:
    return isinstance(data, dict) and any(
        key in data for key in ("orcid-identifier", "activities-summary", "person-details", "group")
    )


def read(data: dict[str, Any]) -> Found:
    """The person, the employer of now, works and grants. What ORCID calls private is not in the record."""
    found = Found("orcid", orcid=orcid_of(_of(data, "orcid-identifier", "path")))
    _person(found, data.get("person") or {})
    activities = data.get("activities-summary") or data
    _employer(found, activities)
    for work in _summaries(_of(activities, "works") or activities, "work-summary"):
        _add(found, work, _work(work))
    for grant in _summaries(_of(activities, "fundings"), "funding-summary"):
        _add(found, grant, "project")
    return found


def _of(data: Any, *path: str) -> Any:
    """What stands at the end of a path of keys; None where it breaks off."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _many(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [] if data is None else [data]


def _value(data: Any, *path: str) -> str:
    """A text, plain or under "value"."""
    there = _of(data, *path)
    return clean(_of(there, "value") if isinstance(there, dict) else there)


def _person(found: Found, person: Any) -> None:
    name = _of(person, "name") or {}
    given, family = _value(name, "given-names"), _value(name, "family-name")
    found.name = f"{given} {family}".strip()[:NAME] or _value(name, "credit-name")[:NAME]
    others = [_value(name, "credit-name")]
    others += [_value(each, "content") for each in _many(_of(person, "other-names", "other-name"))]
    found.names = [each for each in dict.fromkeys(others) if each and each != found.name][:20]
    found.summary = _value(person, "biography", "content")[:SUMMARY]
    if not found.summary:
        words = [_value(each, "content") for each in _many(_of(person, "keywords", "keyword"))]
        found.summary = ", ".join(each for each in words if each)[:SUMMARY]
    found.language = language_of(found.summary)
    countries = [_value(each, "country") for each in _many(_of(person, "addresses", "address"))]
    found.country = next((each.upper() for each in countries if len(each) == 2), "")


def _employer(found: Found, activities: Any) -> None:
    """The employer without an end; the record gives the latest first."""
    work = _of(activities, "employments")
    groups = _many(_of(work, "affiliation-group"))
    jobs = [
        _of(each, "employment-summary") or each for group in groups for each in _many(_of(group, "summaries"))
    ]
    jobs += [each for group in groups for each in _many(_of(group, "employment-summary"))]
    jobs += _many(_of(work, "employment-summary"))
    now = [each for each in jobs if not _value(each, "end-date", "year")]
    names = [_value(each, "organization", "name") for each in now]
    found.institution = next((each for each in names if each), "")[:160]


def _summaries(block: Any, name: str) -> Iterator[Any]:
    """One for each work: a group holds the same one as several sources tell it, the preferred one first."""
    for group in _many(_of(block, "group")):
        told = [each for each in _many(_of(group, name)) if isinstance(each, dict)]
        if told:
            yield max(told, key=lambda each: int(str(each.get("display-index") or "0").strip() or 0))


def _work(work: Any) -> str:
    return KINDS.get(clean(work.get("type")).lower().replace("_", "-"), "publication")


def _add(found: Found, told: Any, kind: str) -> None:
    title = _value(told, "title", "title")
    if not title:
        found.left_out["untitled"] += 1
        return
    dates = (_value(told, "publication-date", "year"), _value(told, "start-date", "year"))
    ids = [
        f"{_value(each, 'external-id-url')} {_value(each, 'external-id-value')}"
        for each in _many(_of(told, "external-ids", "external-id"))
    ]
    doi = next((each for each in ids if "10." in each), "")
    found.items.append(
        Item(
            role="evidence",
            kind=kind,
            title=title,
            text=_value(told, "journal-title") or _value(told, "organization", "name"),
            year=year_of(" ".join(dates)),
            link=link_of(doi, _value(told, "url"), *ids),
        )
    )


def of_xml(data: bytes) -> dict[str, Any]:
    """The XML record in the shape of the JSON one: local names as keys, what comes again as a list. Entities
    and document types are refused."""
    from defusedxml.ElementTree import fromstring

    root: Any = fromstring(data, forbid_dtd=True)
    tree = _tree(root)
    return tree if isinstance(tree, dict) else {}


def _tree(element: Any, depth: int = 0) -> Any:
    if not len(element) or depth > 30:
        text = (element.text or "").strip()
        return {"value": text, **dict(element.attrib)} if element.attrib else text
    found: dict[str, Any] = dict(element.attrib)
    for child in element:
        name = child.tag.rsplit("}", 1)[-1]
        tree = _tree(child, depth + 1)
        found[name] = [*_many(found[name]), tree] if name in found else tree
    return found
