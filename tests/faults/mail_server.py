"""A real SMTP server in a thread, which dies or falls silent at the point of the dialogue that it is told."""

import asyncio
import threading
from collections.abc import Coroutine
from email import message_from_bytes
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

# In the order of the dialogue; "message" is in its middle, "end" after its last line and before the reply.
POINTS = ("connect", "ehlo", "mail", "rcpt", "data", "message", "end", "reply")
MAY_HAVE_ARRIVED = ("message", "end")


class MailServer:
    """`fails_at` a point it dies: the connection is cut and nobody listens any more. `hangs_at` a point it
    says nothing more and sets `reached`. `arrived` holds the Message-ID of everything it took."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.fails_at = self.hangs_at = ""
        self.reached = threading.Event()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self.transports: list[asyncio.BaseTransport] = []

    def __enter__(self) -> "MailServer":
        self._thread.start()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._call(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def start(self) -> None:
        self.fails_at = self.hangs_at = ""
        self.reached.clear()
        if self._server is None:
            self._call(self._listen())

    def stop(self) -> None:
        self._call(self._close())

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(lambda: Dialogue(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    async def _finish(self) -> None:
        for transport in self.transports:
            transport.abort()  # type: ignore[attr-defined]
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    async def fails(self, point: str, dialogue: SMTP) -> bool:
        """Whether the dialogue ends here, by death; a server that hangs never comes back from this."""
        if self.hangs_at == point:
            self.reached.set()
            await asyncio.Event().wait()
        if self.fails_at != point:
            return False
        await self._close()
        assert dialogue.transport
        dialogue.transport.abort()  # type: ignore[attr-defined]
        return True


class Dialogue(SMTP):
    def __init__(self, server: MailServer) -> None:
        super().__init__(self, enable_SMTPUTF8=True, loop=server._loop)
        self.server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.server.transports.append(transport)
        super().connection_made(transport)

    async def _handle_client(self) -> None:
        if not await self.server.fails("connect", self):
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd's names
        if not await self.server.fails("ehlo", self):
            await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if not await self.server.fails("mail", self):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if not await self.server.fails("rcpt", self):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self.server.fails("data", self):
            return
        if "message" in (self.server.fails_at, self.server.hangs_at):
            await self.push("354 go on")
            await self._reader.readline()
            if await self.server.fails("message", self):
                return
        await super().smtp_DATA(arg)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.original_content, bytes)
        self.server.arrived.append(message_from_bytes(envelope.original_content)["Message-ID"])
        await self.server.fails("end", self)
        return "250 taken"

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if not await self.server.fails("reply", self):
            await super().smtp_QUIT(arg)
