"""The exterior sets by name, each a painter of a 1600 x 900 frame, back to front."""

from generation_service.previs.scenes.avenue import street
from generation_service.previs.scenes.city import rooftop
from generation_service.previs.scenes.coast import beach, cliff, sea
from generation_service.previs.scenes.frontier import frontier
from generation_service.previs.scenes.hamlet import village
from generation_service.previs.scenes.lanes import alley, highway
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.orbit import orbit
from generation_service.previs.scenes.quays import bridge, field, harbour
from generation_service.previs.scenes.squares import market, station
from generation_service.previs.scenes.wilds import desert, mountain
from generation_service.previs.scenes.woods import forest, park

OUTDOORS: dict[str, Painter] = {
    "street": street, "rooftop": rooftop, "park": park, "garden": park, "forest": forest, "beach": beach,
    "mountain": mountain, "desert": desert, "harbour": harbour, "market": market, "station": station,
    "village": village, "bridge": bridge, "field": field, "coast": cliff, "sea": sea,
    "alley": alley, "highway": highway, "frontier": frontier, "orbit": orbit,
}  # fmt: skip
