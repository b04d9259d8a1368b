"""The stock cast as it may be cast: each drawn character with the stock voice it speaks with by habit.

Characters are the painter's (``previs.cast``), voices the audio service's; a test keeps the three in step.
"""

VOICE_OF_STOCK: dict[str, str] = {
    "mara": "wren",
    "jonas": "marlow",
    "imani": "juno",
    "kenji": "bram",
    "noor": "odile",
    "otto": "silas",
    "rosa": "agatha",
    "tariq": "marlow",
}
