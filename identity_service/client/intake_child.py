"""The child process of the intake: decodes one picture under the limits its parent set, and looks for one face.

Prints one JSON line: ``{"quality": …}`` after the cleaned PNG was written, or ``{"error": …}``.
"""

import json
import os
import sys
import warnings
from pathlib import Path

from identity_service.client.intake import MAX_PIXELS, MAX_SIDE
from infra.kernel.errors import AssentError, Invalid, TooLarge


def clean(source: Path, target: Path, kind: str) -> dict[str, float | int | str]:
    """Decode, turn upright, drop all but the pixels, check the face, write the PNG; answers what was measured."""
    import numpy as np  # noqa: PLC0415 - heavy imports belong to the child alone
    from PIL import Image, ImageOps  # noqa: PLC0415

    from generation_service.client.face_check import inspect_face, upright_rgb  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=(kind,)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _too_large(opened.width, opened.height)
            upright = Image.fromarray(upright_rgb(ImageOps.exif_transpose(opened)))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(0, 0) from error
    except (OSError, ValueError, SyntaxError, MemoryError) as error:
        raise Invalid(
            "identity.image_unreadable", "the picture cannot be decoded", fix="export it again", pointer="/file"
        ) from error
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    report = inspect_face(np.asarray(upright))
    Image.fromarray(np.asarray(upright)).save(target, "PNG", optimize=False)
    return {
        "width": upright.width,
        "height": upright.height,
        "face_px": round(report.face_px),
        "yaw_deg": round(report.yaw_deg, 1),
    }


def _too_large(width: int, height: int) -> TooLarge:
    size = f"{width}x{height} pixels" if width else "more pixels than allowed"
    return TooLarge(
        "identity.image_too_large", f"the picture has {size}; at most {MAX_PIXELS // 10**6} megapixels are taken",
        fix="scale it down", pointer="/file", max_pixels=MAX_PIXELS,
    )  # fmt: skip


def main() -> None:
    """Run one intake; the last line of standard output is the answer."""
    source, target, kind = sys.argv[1:4]
    try:
        answer: dict[str, object] = {"quality": clean(Path(source), Path(target), kind)}
    except AssentError as error:
        answer = {"error": error.to_wire()}
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)  # native libraries may stall at exit under a memory limit


if __name__ == "__main__":
    main()
