"""A bell that wakes whoever waits for something to change, also across threads."""

import asyncio


class Bell:
    """Wait for the next ring. Ask for the `ear` before looking at what may have changed, so that no ring is missed."""

    def __init__(self) -> None:
        self._ears: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    def ear(self) -> asyncio.Future[None]:
        """A future that is done at the next ring."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._ears.append((loop, future))
        return future

    def ring(self) -> None:
        """Wake everybody who waits now."""
        if not self._ears:
            return
        ears, self._ears = self._ears, []
        for loop, future in ears:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_finish, future)


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
