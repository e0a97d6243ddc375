"""The security headers of every answer, and the paths that stay closed."""

import re

CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
]
CLOSED = re.compile(r"/_stcore/(metrics|agent)(/|$)")


class SecurityHeaders:
    """Plain ASGI: adds the headers to every HTTP answer and hides Streamlit's metrics."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def with_headers(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        if scope["type"] == "http" and CLOSED.search(scope["path"]):
            await with_headers_only(with_headers)
        else:
            await self.app(scope, receive, with_headers)


async def with_headers_only(send) -> None:
    """Answer 404 without asking Streamlit."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
