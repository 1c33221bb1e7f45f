"""One account at the hub's HTTP API, as a careful client behaves.

A command keeps its id until the hub has answered, through refused connections and restarts, so that
it happens once. A refusal is the caller's to deal with; nothing is decided here.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson

from dispatch.simulation.promises import Promise, Promises

API = "/api/v1"
REPEATABLE = frozenset({429, 502, 503, 504})
"""Answers after which the same command is given again."""
PATIENCE_S = 30.0
_BACK_OFF_S = (0.1, 0.2, 0.4, 0.8, 1.5)


@dataclass(frozen=True)
class SignIn:
    """A sign-in name and its password."""

    login: str
    password: str


class Refused(Exception):
    """The hub answered with a problem document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", "http_error"))
        self.detail = str(problem.get("detail", ""))
        self.fields: dict[str, Any] = problem.get("fields") or {}
        super().__init__(f"{status} {self.code}: {self.detail}")


class Unreachable(Exception):
    """No answer within the patience that was allowed."""


def new_command_id() -> str:
    """An id that no other command has."""
    return uuid.uuid4().hex


def make_http(base_url: str, connections: int = 40) -> httpx2.AsyncClient:
    """The connections that many accounts share."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx2.AsyncClient(base_url=base_url, timeout=12.0, limits=limits)


class HubClient:
    """An account that signs in when it first needs to, and again when its session is over.

    Args:
        http: Connections to the hub, with its address as base.
        sign_in: Of the account.
        promises: Told of every command that was acknowledged.
        patience_s: How long a request is repeated that a call does not give its own time.
    """

    def __init__(
        self,
        http: httpx2.AsyncClient,
        sign_in: SignIn,
        promises: Promises | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.login = sign_in.login
        self.account: dict[str, Any] = {}
        self._http = http
        self._sign_in = sign_in
        self._promises = promises
        self._patience_s = patience_s
        self._token: str | None = None
        self._signing_in = asyncio.Lock()

    async def token(self, instead_of: str | None = None) -> str:
        """A token that stands as far as is known.

        Args:
            instead_of: One that was refused; None for any.

        Raises:
            Refused: The hub does not let the account in.
            Unreachable: The hub does not answer.
        """
        async with self._signing_in:
            if self._token is None or self._token == instead_of:
                body = {"login": self._sign_in.login, "password": self._sign_in.password}
                answer = await self._repeat("POST", f"{API}/sessions", body, None, self._patience_s)
                self._token, self.account = str(answer["token"]), answer["account"]
            return self._token

    async def command(
        self,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        method: str = "POST",
        fact: str | None = None,
        command_id: str | None = None,
        patience_s: float | None = None,
    ) -> dict[str, Any]:
        """Give a command until it is answered.

        Args:
            path: Below the API's root.
            body: Without ``command_id``, which is added.
            method: ``DELETE`` carries the id in the query instead.
            fact: What the log must show should the command change nothing (see ``promises``).
            command_id: One of the caller's own.
            patience_s: How long to try; None: the patience of this account.

        Raises:
            Refused: The hub refuses it.
            Unreachable: It never answered; nobody knows whether it happened.
        """
        command_id = command_id or new_command_id()
        if method == "DELETE":
            path, sent = f"{path}?command_id={command_id}", None
        else:
            sent = {**(body or {}), "command_id": command_id}
        answer: dict[str, Any] = await self._authorised(method, path, sent, patience_s)
        if self._promises is not None:
            self._promises.add(Promise(command_id, int(answer["seq"]), path, fact))
        return answer

    async def read(self, path: str, *, patience_s: float | None = None) -> Any:
        """What a GET answers.

        Raises:
            Refused: The hub refuses it.
            Unreachable: The hub does not answer.
        """
        return await self._authorised("GET", path, None, patience_s)

    async def report(self, path: str, body: dict[str, Any]) -> bool:
        """Send what may be lost, once; whether the hub took it."""
        try:
            await self._authorised("POST", path, body, patience_s=0.0)
        except (Refused, Unreachable):
            return False
        return True

    async def _authorised(
        self, method: str, path: str, body: dict[str, Any] | None, patience_s: float | None
    ) -> Any:
        token = await self.token()
        try:
            return await self._repeat(method, f"{API}{path}", body, token, patience_s)
        except Refused as refusal:
            if refusal.status != 401:
                raise
        token = await self.token(instead_of=token)
        return await self._repeat(method, f"{API}{path}", body, token, patience_s)

    async def _repeat(
        self,
        method: str,
        url: str,
        body: dict[str, Any] | None,
        token: str | None,
        patience_s: float | None,
    ) -> Any:
        until = time.monotonic() + (self._patience_s if patience_s is None else patience_s)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        content = orjson.dumps(body) if body is not None else None
        if content is not None:
            headers["content-type"] = "application/json"
        tries = 0
        while True:
            why: str
            try:
                answer = await self._http.request(method, url, content=content, headers=headers)
            except httpx2.TransportError as failure:
                why = type(failure).__name__
            else:
                if answer.is_success:
                    return orjson.loads(answer.content)
                if answer.status_code not in REPEATABLE:
                    raise _refused(answer)
                why = f"status {answer.status_code}"
            wait_s = _BACK_OFF_S[min(tries, len(_BACK_OFF_S) - 1)] * random.uniform(0.7, 1.3)  # noqa: S311  # spread, not secrecy
            if time.monotonic() + wait_s > until:
                raise Unreachable(f"{method} {url}: {why}")
            tries += 1
            await asyncio.sleep(wait_s)


def _refused(answer: httpx2.Response) -> Refused:
    try:
        problem = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        problem = {}
    return Refused(answer.status_code, problem if isinstance(problem, dict) else {})
