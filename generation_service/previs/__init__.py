"""``previs``: composed scenes, cameras, drawn characters and talking portraits from one permitted photo.

Importing this package is cheap; names are loaded when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generation_service.client.face_check import FaceReport, inspect_face
    from generation_service.previs.backend import PrevisBackend
    from generation_service.previs.cast.looks import stock_cast
    from generation_service.previs.scenes.words import place_from_heading
    from generation_service.previs.sheet import contact_sheet

_HOMES = {
    "PrevisBackend": "generation_service.previs.backend",
    "contact_sheet": "generation_service.previs.sheet",
    "place_from_heading": "generation_service.previs.scenes.words",
    "stock_cast": "generation_service.previs.cast.looks",
    "inspect_face": "generation_service.client.face_check",
    "FaceReport": "generation_service.client.face_check",
}
__all__ = ["FaceReport", "PrevisBackend", "contact_sheet", "inspect_face", "place_from_heading", "stock_cast"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)
