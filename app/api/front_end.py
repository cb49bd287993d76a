"""The built front end: files with a hash in their name for good, the one page afresh each time."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

STATIC = Path(__file__).resolve().parent.parent / "static"

FOREVER = "public, max-age=31536000, immutable"
AFRESH = "no-cache"
_NO_PAGES = frozenset({"api", "ws", "docs"})
"""First parts of addresses that are never a page: what is not found there is an error."""

_NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Patchbay</title></head>
<body>
<h1>The pages are not built</h1>
<p>The server runs, but its front end is missing. In the checkout, run:</p>
<pre>make setup</pre>
<p>and load this page again. An installed wheel always carries it.
The API works meanwhile: <a href="/docs">documentation</a>, <a href="/readyz">state</a>.</p>
</body>
</html>
"""


class FrontEnd:
    """Serves `folder`, and `index.html` for every address that is a page of the front end."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder.resolve()

    @property
    def built(self) -> bool:
        return (self._folder / "index.html").is_file()

    async def serve(self, request: Request) -> Response:
        path = request.path_params.get("path", "")
        if path.partition("/")[0] in _NO_PAGES:
            raise HTTPException(404)
        file = (self._folder / path).resolve()
        if path and file.is_relative_to(self._folder) and file.is_file():
            hashed = path.startswith("assets/")
            return FileResponse(file, headers={"Cache-Control": FOREVER if hashed else AFRESH})
        if "." in path.rpartition("/")[2]:
            # A missing file is not a page: the front end's HTML as a script would only confuse.
            raise HTTPException(404)
        if not self.built:
            return HTMLResponse(_NOT_BUILT, status_code=503, headers={"Cache-Control": "no-store"})
        return FileResponse(self._folder / "index.html", headers={"Cache-Control": AFRESH})
