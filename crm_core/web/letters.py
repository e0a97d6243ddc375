"""Letters that a phone may lack come from here; a page loads only those of the scripts that it shows."""
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from crm_core import settings

STATIC = settings.ROOT / "crm_core/ui/static"
FONTS = {"ethiopic": "U+1200-1399,U+2D80-2DDE", "sinhala": "U+0D81-0DF4,U+200C-200D", "armenian": "U+0530-058F"}
FACES = "".join(f'@font-face{{font-family:{name};src:url(/letters/{name});unicode-range:{span};font-weight:100 900;font-display:swap}}'
                for name, span in FONTS.items())


def routes() -> list[Route]:
    """Return the route of the letters."""
    return [Route("/letters/{name}", _font, methods=["GET"])]


async def _font(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FONTS:
        return Response(status_code=404)
    return FileResponse(STATIC / f"noto-sans-{name}-{name}-wght-normal.woff2", headers={"cache-control": "max-age=604800"})
