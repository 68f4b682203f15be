"""An OpenID Connect identity provider in a process of its own: the outside party of the tests.

    python tests/identity_provider.py      prints its address, serves until it is killed

Anybody whom PEOPLE names may say who they are, with no password; it is strict with clients (secret,
PKCE, one use of each code). What a person's row holds beside `claims` is what goes wrong with them.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "portal", "portal-secret-of-the-tests"
KEY, FOREIGN_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in "12")
ZHANG = {
    "name": "张某", "email": "zhang@example.com", "email_verified": True, "mobile": "13800000000",
    "uscc": "91442000MA7000011A", "corp": "中山某某材料有限公司", "position": "法定代表人",
}  # fmt: skip
PEOPLE: dict[str, dict[str, Any]] = {
    "zhang": {"claims": ZHANG},
    "li": {"claims": {"name": "李某"}},
    "zhang-with-factor": {
        "sub": "zhang",
        "claims": {**ZHANG, "amr": ["pwd", "otp"], "acr": "level-3"},
    },
    "skewed": {"claims": ZHANG, "clock": 600},
    "slightly-skewed": {"claims": ZHANG, "clock": 20},
    "stale": {"claims": ZHANG, "clock": -7200},
    "wrong-issuer": {"claims": {**ZHANG, "iss": "https://elsewhere.example"}},
    "wrong-audience": {"claims": {**ZHANG, "aud": "another-portal"}},
    "wrong-party": {"claims": {**ZHANG, "aud": ["portal", "other"], "azp": "other"}},
    "wrong-nonce": {"claims": {**ZHANG, "nonce": "guessed"}},
    "forged": {"claims": ZHANG, "key": FOREIGN_KEY},
    "unknown-key": {"claims": ZHANG, "kid": "two"},
    "silent": {"claims": ZHANG, "userinfo_status": 503},
    "no-token": {"claims": ZHANG, "no_id_token": True},
    "somebody-else": {"claims": ZHANG, "userinfo": {"sub": "other"}},
    "unwilling": {"claims": ZHANG, "error": "server_error"},
}
codes: dict[str, dict[str, str]] = {}
tokens: dict[str, str] = {}


class Provider(BaseHTTPRequestHandler):
    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/.well-known/openid-configuration":
            self.answer(
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "userinfo_endpoint": f"{self.issuer}/userinfo",
                    "jwks_uri": f"{self.issuer}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                }
            )
        elif parts.path == "/keys":
            key = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
            self.answer({"keys": [{**key, "kid": "one", "use": "sig", "alg": "RS256"}]})
        elif parts.path == "/authorize":
            self.authorize(asked)
        elif parts.path == "/userinfo":
            self.userinfo()
        else:  # what a browser asks by itself
            self.answer(b"", 204)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        if urlsplit(self.path).path == "/token":
            self.token(sent)
        else:  # the form of /authorize
            self.decide(sent)

    def authorize(self, asked: dict[str, str]) -> None:
        """A page with a button for each person, or at once where the address names one."""
        right = asked["client_id"] == CLIENT_ID and asked["response_type"] == "code"
        if not right or asked["code_challenge_method"] != "S256" or "openid" not in asked["scope"]:
            self.answer({"error": "invalid_request"}, 400)
        elif "person" in asked:
            self.decide(asked)
        else:
            kept = "".join(
                f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
                for name, value in asked.items()
            )
            buttons = "".join(
                f'<button name="person" value="{name}">{name}</button>'
                for name in [*PEOPLE, "cancel"]
            )
            page = f'<form method="post" action="/authorize">{kept}{buttons}</form>'
            self.answer(page.encode(), content_type="text/html; charset=utf-8")

    def decide(self, asked: dict[str, str]) -> None:
        person, back = asked["person"], {"state": asked["state"]}
        if person == "cancel":
            back["error"] = "access_denied"
        elif error := PEOPLE[person].get("error"):
            back["error"] = error
        else:
            back["code"] = secrets.token_urlsafe()
            codes[back["code"]] = asked
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def token(self, sent: dict[str, str]) -> None:
        """A code for a token, once, to the client that asked for it."""
        asked = codes.pop(sent.get("code", ""), None)
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {expected}":
            self.answer({"error": "invalid_client"}, 401)
            return
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or sent["redirect_uri"] != asked["redirect_uri"]
        ):
            self.answer({"error": "invalid_grant"}, 400)
            return
        person = PEOPLE[asked["person"]]
        access = secrets.token_urlsafe()
        tokens[access] = asked["person"]
        now = int(time.time()) + person.get("clock", 0)
        claims = {
            "iss": self.issuer, "sub": person.get("sub", asked["person"]), "aud": CLIENT_ID,
            "iat": now, "exp": now + 300, "nonce": asked.get("nonce", ""),
        }  # fmt: skip
        protocol = {"iss", "aud", "azp", "nonce", "amr", "acr"}
        claims |= {name: said for name, said in person["claims"].items() if name in protocol}
        key = person.get("key", KEY)
        id_token = jwt.encode(
            claims, key, algorithm="RS256", headers={"kid": person.get("kid", "one")}
        )
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 300}
        self.answer(answer if person.get("no_id_token") else answer | {"id_token": id_token})

    def userinfo(self) -> None:
        name = tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if name is None:
            self.answer({"error": "invalid_token"}, 401)
            return
        person = PEOPLE[name]
        said = {"sub": person.get("sub", name), **person["claims"], **person.get("userinfo", {})}
        self.answer(said, person.get("userinfo_status", 200))

    def answer(self, body: Any, status: int = 200, content_type: str = "application/json") -> None:
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        """Quiet: the tests say what matters."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()
