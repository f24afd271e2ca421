"""People's own texts in other languages: any number of rows beside the original."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from .base import Language


class Translation(models.Model):
    """One field of one record in one more language, written by its author."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("content_type", "object_id")
    field = models.CharField(max_length=30)
    language = models.CharField(max_length=2, choices=Language)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "content_type",
                "object_id",
                "field",
                "language",
                name="one_translation_per_field_and_language",
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} ({self.language})"
