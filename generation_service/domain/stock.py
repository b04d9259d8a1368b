"""The stock cast as it may be cast: each drawn character with its sheet and the stock voice it speaks with by habit.

Characters are the painter's (``previs.cast``), voices the audio service's; a test keeps the three in step. They depict
nobody.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class StockSheet:
    """``looks`` and ``wardrobe`` in words, frozen; ``palette`` the local colours of the clothes as ``#rrggbb``, outer
    garment first. ``age`` and ``kind`` are what a prompt may ask for.
    """

    looks: str
    wardrobe: str
    palette: tuple[str, ...] = ()
    voice: str = ""
    kind: str = "person"
    age: str = "adult"


STOCK: dict[str, StockSheet] = {
    "mara": StockSheet(
        "a woman of thirty with long brown hair, green eyes and freckles", "dark teal jacket over a cream shirt",
        ("#2f4a57", "#e9e2d6"), "wren", "woman", "young",
    ),
    "jonas": StockSheet(
        "a man of forty with parted brown hair and a short beard", "charcoal coat over a grey-blue shirt",
        ("#3b3f4a", "#7d8a96"), "marlow", "man",
    ),
    "imani": StockSheet(
        "a woman of thirty with curly black hair and earrings", "ochre turtleneck",
        ("#b8732d", "#b8732d"), "juno", "woman",
    ),
    "kenji": StockSheet(
        "a man of thirty with short black hair and glasses", "sage green hoodie over a pale shirt",
        ("#5a6b62", "#d9d6cc"), "bram", "man", "young",
    ),
    "noor": StockSheet(
        "a woman of thirty-five in a slate blue headscarf, dark eyes", "indigo blouse",
        ("#46506e", "#6f7aa0"), "odile", "woman",
    ),
    "otto": StockSheet(
        "a man of seventy, bald, with a full grey beard", "rust-brown shirt",
        ("#6a3f38", "#d8cfc0"), "silas", "man", "old",
    ),
    "rosa": StockSheet(
        "a woman of sixty-five with grey-brown hair in a bun and earrings", "plum blouse with a pale collar",
        ("#7b4f66", "#e4d8cf"), "agatha", "woman", "old",
    ),
    "tariq": StockSheet(
        "a man of thirty-five with short black hair and stubble", "brick-red jacket over a stone shirt",
        ("#7a2f2b", "#cfc8bc"), "theo", "man",
    ),
}  # fmt: skip
VOICE_OF_STOCK: dict[str, str] = {name: sheet.voice for name, sheet in STOCK.items()}
"""The stock voice each character speaks with unless another is cast."""
