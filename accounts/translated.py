"""People's words in their other languages, read for records of several models at once."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from .models import Translation


def read_translations(records: Iterable[Any]) -> None:
    """Prefetch `translations` of records of any models in one query; Django's own way takes one a model.

    Those that have them already are left alone.
    """
    unread: dict[tuple[int, int], list[Any]] = defaultdict(list)
    asked = Q(pk__in=[])
    for record in records:
        if "translations" not in getattr(record, "_prefetched_objects_cache", {}):
            unread[ContentType.objects.get_for_model(record).pk, record.pk].append(record)
    for kind in {kind for kind, _ in unread}:
        asked |= Q(content_type=kind, object_id__in=[pk for of, pk in unread if of == kind])
    found: dict[tuple[int, int], list[Translation]] = defaultdict(list)
    if unread:
        for row in Translation.objects.filter(asked).order_by("pk"):
            found[row.content_type_id, row.object_id].append(row)
    for key, several in unread.items():
        for record in several:
            rows = record.translations.all()
            rows._result_cache, rows._prefetch_done = found[key], True  # as prefetch_related() does it
            record.__dict__.setdefault("_prefetched_objects_cache", {})["translations"] = rows
