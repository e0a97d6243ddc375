"""The survey form by itself: what guests may reach from outside, while the app stays on its own machine."""
from collections.abc import Callable


def add(command: Callable) -> None:
    """Add serve-surveys to the parser."""
    serve = command("serve-surveys", run_serve, "serve the survey form alone, where guests can reach it; put a proxy with TLS before it", store=None)
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    serve.add_argument("--port", type=int, default=8502)


def run_serve(asked) -> None:
    """Serve the form until stopped: it can be answered, and nothing else is there to be seen."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.middleware import Middleware

    from crm_core.web.headers import SecurityHeaders
    from crm_core.web.surveys import routes

    uvicorn.run(Starlette(routes=routes(), middleware=[Middleware(SecurityHeaders)]), host=asked.host, port=asked.port, log_level="warning", server_header=False,
                proxy_headers=False)
