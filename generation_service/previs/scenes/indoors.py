"""All interior sets by kind. Each is a room in perspective, back to front, in the painting's 1600 x 900 units."""

from generation_service.previs.scenes.grand import GRAND
from generation_service.previs.scenes.halls import HALLS
from generation_service.previs.scenes.hideouts import HIDEOUTS
from generation_service.previs.scenes.homes import HOMES
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.naves import NAVES
from generation_service.previs.scenes.publics import PUBLICS
from generation_service.previs.scenes.rides import RIDES
from generation_service.previs.scenes.schools import SCHOOLS
from generation_service.previs.scenes.stocks import STOCKS
from generation_service.previs.scenes.tower import lantern
from generation_service.previs.scenes.wards import WARDS
from generation_service.previs.scenes.works import WORKS

INDOORS: dict[str, Painter] = {
    **HOMES, **HALLS, **SCHOOLS, **WARDS, **PUBLICS, **STOCKS, **GRAND, **NAVES, **WORKS, **HIDEOUTS, **RIDES,
    "lantern": lantern,
}  # fmt: skip
