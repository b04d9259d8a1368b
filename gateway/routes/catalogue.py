"""What a film can be made with besides consented people: stock voices, sound beds, spot effects and stock cast."""

from fastapi import APIRouter

from audio_service.contract import methods as audio
from audio_service.contract.methods import KnownEffect
from audio_service.contract.speech import StockVoice
from gateway.auth import Anyone, TheParts
from gateway.paging import Page
from gateway.problems import responses
from generation_service.contract import methods as generation
from generation_service.contract.methods import StockCharacter
from infra.kernel.rpc import Empty

router = APIRouter(prefix="/v1", tags=["catalogue"])


@router.get("/voices", responses=responses())
async def list_voices(_caller: Anyone, parts: TheParts) -> Page[StockVoice]:
    """Voices that belong to nobody."""
    found = await parts.rpc.call(audio.list_voices, Empty())
    return Page(data=list(found.voices), has_more=False)


@router.get("/beds", responses=responses())
async def list_beds(_caller: Anyone, parts: TheParts) -> Page[str]:
    """Sound beds, by the words that call them."""
    found = await parts.rpc.call(audio.list_beds, Empty())
    return Page(data=list(found.beds), has_more=False)


@router.get("/effects", responses=responses())
async def list_effects(_caller: Anyone, parts: TheParts) -> Page[KnownEffect]:
    """Spot effects, with the words of an action line or of ``fx=`` that call them."""
    found = await parts.rpc.call(audio.list_beds, Empty())
    return Page(data=list(found.effects), has_more=False)


@router.get("/cast", responses=responses())
async def list_cast(_caller: Anyone, parts: TheParts) -> Page[StockCharacter]:
    """Drawn characters that are nobody, each with the voice it speaks with by habit."""
    found = await parts.rpc.call(generation.list_cast, Empty())
    return Page(data=list(found.characters), has_more=False)
