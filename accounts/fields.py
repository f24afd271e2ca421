"""A list of codes (fields of science, SDGs) in one searchable column."""

from typing import Any

from django.db import models


class CodesField(models.CharField):  # type: ignore[type-arg]
    """Stores ["2.8", "6"] as ",2.8,6,", so that `__contains=",6,"` finds it on every database."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: list[str]  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 400)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_: object) -> list[str]:
        return [code for code in (value or "").split(",") if code]

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, str):
            return self.from_db_value(value)
        return [str(code) for code in value or []]

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, str) and (not value or value.startswith(",")):
            return value
        codes = self.to_python(value)
        return f",{','.join(codes)}," if codes else ""

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))
