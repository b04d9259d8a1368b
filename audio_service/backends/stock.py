"""The stock voices: voices that belong to nobody, as data. This module loads no engine, so any process may read it.

A voice is an accent of espeak-ng and a timbre (see ``variants``), a length of the vocal tract (made by resampling), a
pace, a pitch, a span of intonation and a tilt of the spectrum. All names are fictional.
"""

from dataclasses import dataclass

from audio_service.contract.speech import StockVoice


@dataclass(frozen=True)
class StockSpec:
    """``accent`` espeak voice for English; ``variant`` its timbre; ``whisper`` the variant for whispering.

    ``tract`` > 1 is a longer vocal tract (formants divided by it); ``rate`` words per minute; ``pitch`` in semitones
    from the variant's own; ``span`` 0-99; ``low_db`` and ``high_db`` shelves at 250 Hz and 4 kHz, ``edge_db`` a bell at
    2.6 kHz: what brings the voice toward the long-term spectrum of speech (D. Byrne et al., JASA 96(4), 1994).
    """

    id: str
    name: str
    description: str
    accent: str
    variant: str
    whisper: str = "as-hush"
    tract: float = 1.0
    rate: int = 165
    pitch: float = 0.0
    span: int = 55
    low_db: float = 0.0
    high_db: float = 0.0
    edge_db: float = 0.0

    def view(self) -> StockVoice:
        """The voice as partners see it."""
        return StockVoice(id=self.id, name=self.name, description=self.description, language="en")


STOCK: tuple[StockSpec, ...] = (
    StockSpec("marlow", "Marlow", "low, unhurried man, American; narrator or captain", "en-us", "as-marlow",
              tract=1.1, rate=150, span=45, low_db=1.0, high_db=2.0),
    StockSpec("wren", "Wren", "bright young woman, quick, American", "en-us", "as-wren",
              whisper="as-hushf", tract=0.98, rate=180, span=70, high_db=2.0, edge_db=-7.0),
    StockSpec("odile", "Odile", "calm woman of middle age, received pronunciation", "en-gb-x-rp", "as-odile",
              whisper="as-hushf", tract=1.01, rate=158, span=50, high_db=4.0, edge_db=-4.0),
    StockSpec("bram", "Bram", "warm Scottish man, lively", "en-gb-scotland", "as-bram",
              tract=0.98, rate=170, span=65),
    StockSpec("pip", "Pip", "child of ten, eager, American", "en-us", "as-pip",
              whisper="as-hushf", tract=0.9, rate=178, span=75, high_db=1.0, edge_db=-4.5),
    StockSpec("agatha", "Agatha", "old woman, slow and a little hoarse, English", "en-gb-x-rp", "as-agatha",
              whisper="as-hushf", tract=1.04, rate=138, span=60, low_db=-1.0, edge_db=-5.0),
    StockSpec("silas", "Silas", "old man, gravelly, New York", "en-us-nyc", "as-silas",
              tract=1.05, rate=145, span=50, high_db=-1.0, edge_db=-5.0),
    StockSpec("juno", "Juno", "Caribbean woman, musical", "en-029", "as-juno",
              whisper="as-hushf", tract=0.99, rate=165, span=70, edge_db=-4.5),
    StockSpec("theo", "Theo", "young man, clear and quick, American", "en-us", "as-theo",
              tract=0.95, rate=176, span=62, high_db=2.0, edge_db=-2.5),
    StockSpec("ines", "Ines", "smoky alto, dry, English", "en-gb-x-rp", "as-ines",
              whisper="as-hushf", tract=1.07, rate=150, pitch=-2.5, span=42, low_db=1.5, high_db=3.0, edge_db=-5.0),
)  # fmt: skip

SOURCE = StockSpec("source", "Source", "what is leaned toward a permitted voice; never heard alone", "en-us", "as-theo",
                   tract=0.95)  # fmt: skip
"""Of 14 sources tried against three recorded speakers and Ana the one that came nearest to all four (speaker cosine
0.87, 0.85, 0.77, 0.89; one that was used before: 0.85, 0.79, 0.73, 0.83): it has much to take away and little to add.
"""

BY_ID: dict[str, StockSpec] = {spec.id: spec for spec in STOCK}
