"""What people really hand in: five hundred pictures at once, and one screenshot.

Apart from single verifications of a text, because here other processes read the files: seconds say
how long somebody waits, and megabytes what each process held at most.

The photos are those of a phone as a messenger passes them on: 1600 by 1200, seen a little aslant,
with a QR code of a share link. Larger ones do not fit five hundred in the 64 MB of a batch.
"""

import io
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx
import segno
from PIL import Image

from shared.proofs.baking import bake_png
from tests.bench.crowd import Shown, award_to_many, let_verifier_know
from tests.bench.life import House, furnished_house
from tests.bench.servers import Server
from tests.bench.usage import Usage, usage_of

FILES: Final = 500
WIDTH, HEIGHT = 1600, 1200
SCREENSHOT: Final = (1080, 1920)
PATIENCE_SECONDS: Final = 300.0
_BATCHES: Final = "/v1/verification-batches"


@dataclass(frozen=True, slots=True)
class Handled:
    """Files that were handed in, how long that took, and what the processes held by then."""

    name: str
    files: int
    megabytes: float
    seconds: float
    server_megabytes: float
    decoder_megabytes: tuple[float, ...]
    cpu_seconds: float

    @property
    def together(self) -> float:
        """Return the most that all of them can have held at the same time."""
        return self.server_megabytes + sum(self.decoder_megabytes)


def measure_files(folder: Path) -> Iterator[Handled]:
    """Measure a screenshot, then a batch of baked pictures, then one of photos, each afresh."""
    with furnished_house(folder) as house:
        with house.serving("issuer") as server:
            shown = award_to_many(server, house.sandbox)[:FILES]
        let_verifier_know(house.postgres.create_database("verifier"), shown)
        yield from _screenshots(house, shown)
        picture = _picture()
        baked = _packed("png", (bake_png(picture, one.token) for one in shown))
        yield _batch(house, "500 baked PNGs in a ZIP", baked)
        with house.serving("verifier") as server:
            links = _links(server, shown)
        yield _batch(house, "500 photos with a QR code in a ZIP", _photos(links))


def _screenshots(house: House, shown: Sequence[Shown]) -> Iterator[Handled]:
    with house.serving("verifier") as server:
        picture = _screenshot(_links(server, shown[:1])[0])
    with house.serving("verifier") as server, _client(server) as client:
        for name in ("a screenshot, the first", "a screenshot, the next"):
            before, began = usage_of(name, server.pid), time.monotonic()
            answer = client.post(
                "/v1/verifications", content=picture, headers={"Content-Type": "image/png"}
            )
            seconds = time.monotonic() - began
            _require(answer.text, is_so=answer.json()["verdict"]["state"] == "valid")
            yield _handled(name, 1, picture, seconds, server, before)


def _batch(house: House, name: str, archive: bytes) -> Handled:
    with house.serving("verifier") as server, _client(server) as client:
        before, began = usage_of(name, server.pid), time.monotonic()
        sent = client.post(_BATCHES, content=archive, headers={"Content-Type": "application/zip"})
        _require(sent.text, is_so=sent.status_code == httpx.codes.ACCEPTED)
        place = f"{_BATCHES}/{sent.json()['batchId']}"
        told = sent.json()
        while not told["done"]:
            _require(name, is_so=time.monotonic() - began < PATIENCE_SECONDS)
            time.sleep(0.1)
            told = client.get(place).json()
        seconds = time.monotonic() - began
        _require(f"{told['states']}", is_so=told["states"] == {"valid": FILES})
        return _handled(name, FILES, archive, seconds, server, before)


def _handled(
    name: str, files: int, content: bytes, seconds: float, server: Server, before: Usage
) -> Handled:
    used = usage_of(name, server.pid).since(before)
    own = server.peak_megabytes()
    peaks = list(used.peak_megabytes)
    peaks.remove(min(peaks, key=lambda peak: abs(peak - own)))
    return Handled(
        name=name,
        files=files,
        megabytes=len(content) / 1024**2,
        seconds=seconds,
        server_megabytes=own,
        decoder_megabytes=tuple(peaks),
        cpu_seconds=used.cpu_seconds,
    )


def _links(server: Server, shown: Sequence[Shown]) -> list[str]:
    with _client(server) as client:
        made = [client.post("/v1/shares", json={"credential": one.token}) for one in shown]
    return [_told(one)["link"] for one in made]


def _told(answer: httpx.Response) -> dict[str, Any]:
    _require(answer.text, is_so=answer.is_success)
    told: dict[str, Any] = answer.json()
    return told


def _client(server: Server) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=PATIENCE_SECONDS)


def _require(said: str, *, is_so: bool) -> None:
    if not is_so:
        raise AssertionError(said)


def _picture() -> bytes:
    """Draw what a badge weighs: 400 by 400 of which a quarter cannot be packed, some 30 kB."""
    image = Image.new("L", (400, 400), 255)
    image.paste(Image.effect_noise((200, 200), 12), (100, 100))
    return _saved(image, "PNG")


def _screenshot(link: str) -> bytes:
    page = Image.new("RGB", SCREENSHOT, "white")
    page.paste(_code(link, 6), (300, 700))
    return _saved(page, "PNG")


def _photos(links: Sequence[str]) -> bytes:
    random = Random(500)
    grain = Image.effect_noise((WIDTH // 4, HEIGHT // 4), 18)
    shade = grain.point([level // 2 + 40 for level in range(256)])
    desk = shade.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).convert("RGB")
    return _packed("jpg", (_photo(desk, link, random.uniform(-8, 8)) for link in links))


def _photo(desk: Image.Image, link: str, angle: float) -> bytes:
    paper = _code(link, 9).convert("RGB").rotate(angle, expand=True, fillcolor=(235, 235, 235))
    seen = desk.copy()
    seen.paste(paper, ((WIDTH - paper.width) // 2, (HEIGHT - paper.height) // 2))
    return _saved(seen, "JPEG", quality=30)


def _code(link: str, scale: int) -> Image.Image:
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="png", scale=scale)
    return Image.open(drawn)


def _saved(image: Image.Image, kind: str, **told: int) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **told)
    return written.getvalue()


def _packed(kind: str, files: Iterable[bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, content in enumerate(files):
            archive.writestr(f"{number}.{kind}", content)
    return packed.getvalue()
