"""What somebody had typed when the site had to refuse it."""

from django.db import models


class KeptPost(models.Model):
    """A refused form, held under a key that only that browser has, and deleted within a day."""

    key_hash = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=500)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.path
