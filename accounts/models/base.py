"""What every public noun shares: a public UUID, and when it was made and changed."""

import uuid

from django.db import models


class PublicModel(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Language(models.TextChoices):
    """Languages that people write in here; shown by their own names."""

    ES = "es", "Español"
    EN = "en", "English"
