"""The webhook: where the bot wants its updates brought, checked as the official server checks it in its local mode.

In that mode (`--local`, a server of one's own) plain HTTP is allowed too. Here it leads to this machine and nowhere else.
"""

import re
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.demo.api.refusals import bad, too_many
from bot.demo.api.service import Service

Json = dict[str, Any]

MOST_CONNECTIONS = 100
USUAL_CONNECTIONS = 40
LONGEST_SECRET = 256
PORTS = (80, 88, 443, 8443)
_SECRET = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(slots=True)
class Webhook:
    """What was set, and the last thing that went wrong with it (Unix seconds of the world's clock)."""

    url: str
    secret: str = ""
    connections: int = USUAL_CONNECTIONS
    ip_address: str = ""
    failed_at: int = 0
    failure: str = ""

    @property
    def settings(self) -> tuple[str, str, int, str]:
        """What the bot set."""
        return self.url, self.secret, self.connections, self.ip_address


def set_webhook(service: Service, given: Json) -> bool:
    """Bring updates to an address from now on. To set the same once more changes nothing."""
    url = given["url"]
    wanted = Webhook(url, _secret(given), _connections(given), given.get("ip_address", ""))
    _check(url)
    if service.courier.webhook is None or service.courier.webhook.settings != wanted.settings:
        _turn(service, wanted)
    if "allowed_updates" in given:
        service.world.updates.ask_for(given["allowed_updates"])
    if given.get("drop_pending_updates"):
        service.world.updates.forget_all()
    return True


def delete_webhook(service: Service, given: Json) -> bool:
    """Back to getUpdates; what waits goes on waiting."""
    if service.courier.webhook is not None:
        _turn(service, None)
    if given.get("drop_pending_updates"):
        service.world.updates.forget_all()
    return True


def get_webhook_info(service: Service, given: Json) -> Json:
    """The Bot API's WebhookInfo object."""
    del given
    updates, webhook = service.world.updates, service.courier.webhook
    shown: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(updates)}
    if webhook is not None:
        shown |= {"url": webhook.url, "max_connections": webhook.connections}
        if webhook.ip_address:
            shown["ip_address"] = webhook.ip_address
        if webhook.failure:
            shown |= {"last_error_date": webhook.failed_at, "last_error_message": webhook.failure}
    if not updates.asks_for_the_usual:
        shown["allowed_updates"] = sorted(updates.allowed)
    return shown


def _turn(service: Service, webhook: Webhook | None) -> None:
    """Change the address; twice within a second is too often."""
    if time.monotonic() - service.courier.turned < 2 * service.repeat_guard:
        raise too_many(1)
    service.courier.turn_to(webhook)


def is_here(host: str) -> bool:
    """Whether a name or address means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check(url: str) -> None:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if not parts.hostname or port == 0:
        raise bad("invalid webhook URL specified")
    if parts.scheme == "http" and is_here(parts.hostname):
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in (None, *PORTS):
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _secret(given: Json) -> str:
    secret: str = given.get("secret_token", "")
    if len(secret) > LONGEST_SECRET:
        raise bad("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    return secret


def _connections(given: Json) -> int:
    wanted: int = given.get("max_connections", USUAL_CONNECTIONS)
    if not 1 <= wanted <= MOST_CONNECTIONS:
        raise bad("max_connections must be between 1 and 100")  # Telegram takes the nearest it allows, and says nothing
    return wanted
