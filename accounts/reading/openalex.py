"""OpenAlex: an author's record, or a page of their works, as its API answers."""

from typing import Any

from .found import NAME, SUMMARY, Found, Item
from .words import clean, language_of, link_of, orcid_of, year_of

KINDS = {"dissertation": "thesis", "dataset": "code", "software": "code", "grant": "project"}
ADDRESS = "openalex.org/"
TOPICS = 8
# OpenAlex's 26 fields (Scopus' ASJC) to the fields of FORD that hold most of each
FORD = {
    "11": "4.1",
    "12": "6.2",
    "13": "1.6",
    "14": "5.2",
    "15": "2.4",
    "16": "1.4",
    "17": "1.2",
    "18": "5.2",
    "19": "1.5",
    "20": "5.2",
    "21": "2.2",
    "22": "2.11",
    "23": "2.7",
    "24": "1.6",
    "25": "2.5",
    "26": "1.1",
    "27": "3.2",
    "28": "3.1",
    "29": "3.3",
    "30": "3.1",
    "31": "1.3",
    "32": "5.1",
    "33": "5.4",
    "34": "4.3",
    "35": "3.2",
    "36": "3.3",
}


def is_openalex(data: Any) -> bool:
    return any(ADDRESS in str(each.get("id", "")) for each in _records(data))


def _records(data: Any) -> list[dict[str, Any]]:
    """One record, a list of them, or the API's page with its results."""
    if isinstance(data, dict):
        data = data["results"] if isinstance(data.get("results"), list) else [data]
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def read(data: Any) -> Found:
    found = Found("openalex")
    for record in _records(data):
        if "authorships" in record or "publication_year" in record:
            _work(found, record)
        elif not found.name:
            _author(found, record)
        else:
            found.left_out["others"] += 1  # a search's answer: the first author is meant
    return found


def _author(found: Found, record: dict[str, Any]) -> None:
    found.name = clean(record.get("display_name"))[:NAME]
    found.names = [clean(each) for each in _list(record.get("display_name_alternatives"))][:20]
    found.orcid = orcid_of(record.get("orcid"))
    places = [each for each in _list(record.get("last_known_institutions")) if isinstance(each, dict)]
    places += [
        _dict(each.get("institution")) for each in _list(record.get("affiliations")) if isinstance(each, dict)
    ]
    found.institution = next((clean(each.get("display_name")) for each in places), "")[:160]
    found.country = next((clean(each.get("country_code")).upper() for each in places), "")[:2]
    topics = [each for each in _list(record.get("topics")) if isinstance(each, dict)]
    names = [clean(each.get("display_name")) for each in topics[:TOPICS]]
    found.summary = "; ".join(name for name in names if name)[:SUMMARY]
    found.language = language_of(found.summary, "en")
    found.fields = _fields(topics)


def _fields(topics: list[dict[str, Any]]) -> list[str]:
    """FORD's codes of the fields that most works are in, at most three."""
    counts: dict[str, int] = {}
    for topic in topics:
        number = str(_dict(topic.get("field")).get("id", "")).rsplit("/", 1)[-1]
        if number in FORD:
            count = topic.get("count")
            counts[FORD[number]] = counts.get(FORD[number], 0) + (count if isinstance(count, int) else 1)
    return sorted(counts, key=lambda code: -counts[code])[:3]


def _work(found: Found, record: dict[str, Any]) -> None:
    title = clean(record.get("title") or record.get("display_name"))
    if not title:
        found.left_out["untitled"] += 1
        return
    abstract = _abstract(record.get("abstract_inverted_index"))
    source = _dict(_dict(record.get("primary_location")).get("source"))
    people = [_dict(_dict(each).get("author")) for each in _list(record.get("authorships"))]
    found.items.append(
        Item(
            role="evidence",
            kind=KINDS.get(clean(record.get("type")), "publication"),
            title=title,
            text=abstract or clean(source.get("display_name")),
            year=year_of(record.get("publication_year")),
            link=link_of(record.get("doi"), _dict(record.get("primary_location")).get("landing_page_url")),
            language=clean(record.get("language"))[:2],
            authors=[clean(each.get("display_name")) for each in people][:100],
        )
    )


def _abstract(index: Any) -> str:
    """OpenAlex keeps an abstract as the places of each word."""
    if not isinstance(index, dict):
        return ""
    places = [
        (place, word) for word, found in index.items() for place in _list(found) if isinstance(place, int)
    ]
    return clean(" ".join(word for _place, word in sorted(places)[:1000]))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
