"""A Redis cache whose absence never takes a page down."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)
AWAY = (RedisConnectionError, RedisTimeoutError)


class ForgivingRedisCache(RedisCache):
    """While Redis is away it holds nothing: reads miss, writes are dropped, and the log says so."""

    def _try(self, name: str, default: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), name)(*args, **kwargs)
        except AWAY as error:
            logger.warning("Cache away (%s): %s", name, error)
            return default

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try("get", default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try("set", None, *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try("add", True, *args, **kwargs))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._try("incr", delta, key, delta, version))

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try("touch", False, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try("delete", False, *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(self._try("get_many", {}, *args, **kwargs))

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return list(self._try("set_many", [], *args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._try("delete_many", None, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try("has_key", False, *args, **kwargs))
