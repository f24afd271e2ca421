"""What the API's tests share."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

ROOT = "/api/v1/"


def read(client: Client, path: str, **headers: str) -> Any:
    response = client.get(ROOT + path, headers=headers)
    assert response.status_code == 200, (response.status_code, response.content)
    return response.json()


def ids(client: Client, path: str) -> set[str]:
    return {row["id"] for row in read(client, path)["results"]}


def send(client: Client, method: str, path: str, data: object = None, **headers: str) -> Any:
    act = getattr(client, method)
    return act(
        ROOT + path, data={} if data is None else data, content_type="application/json", headers=headers
    )


def queries(client: Client, path: str) -> int:
    """How many queries the second reading takes; the first fills what is cached per process."""
    read(client, path)
    with CaptureQueriesContext(connection) as seen:
        read(client, path)
    return len(seen)
