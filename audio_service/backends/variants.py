"""The timbres of the stock voices, in the words of espeak-ng's voice files (its ``docs/voices.md``). Data only.

They belong to nobody: each was drawn at random inside the range of an age and a character (160 drafts), and the ten
were kept that a speaker encoder tells apart best.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timbre:
    """``pitch`` base and top in Hz; ``flutter`` unsteadiness of it; ``roughness`` 0-7; ``voicing`` strength of the
    voice in percent; ``klatt`` the synthesiser (0: espeak's own); ``tone`` pairs of Hz and loudness 0-255;
    ``formants``, ``strengths`` and ``width`` in percent, formants 0 to 5; ``breath`` aspiration.
    """

    gender: str
    pitch: str
    tone: str
    formants: str
    strengths: str
    width: int
    flutter: int = 2
    roughness: int = 0
    voicing: int = 100
    klatt: int = 0
    breath: int = 0

    def text(self) -> str:
        """The lines of the voice file."""
        lines = [f"gender {self.gender}", f"pitch {self.pitch}", f"flutter {self.flutter}",
                 f"roughness {self.roughness}", f"voicing {self.voicing}", f"tone {self.tone}"]  # fmt: skip
        if self.klatt:
            lines.append(f"klatt {self.klatt}")
        pairs = zip(self.formants.split(), self.strengths.split(), strict=True)
        lines += [f"formant {number} {hertz} {loud} {self.width}" for number, (hertz, loud) in enumerate(pairs)]
        if self.breath:
            lines.append("breath " + " ".join(str(round(self.breath * part)) for part in (0.5, 0.9, 1, 0.9, 0.7, 0.5)))
            lines.append("breathw 150 160 210 230 400 400")
        return "\n".join(lines)


_HUSH = {"flutter": 2, "roughness": 3, "voicing": 12, "breath": 70}

VARIANTS: dict[str, Timbre] = {
    "as-marlow": Timbre("male", "65 94", flutter=4, roughness=2, voicing=97, klatt=0,
        width=139, breath=0, tone="314 211 831 163 1501 111 4387 62",
        formants="97 91 97 94 90 99",
        strengths="116 91 75 77 74 87"),
    "as-wren": Timbre("female", "190 276", flutter=5, roughness=0, voicing=90, klatt=0,
        width=110, breath=3, tone="166 228 544 100 2150 207 3379 64",
        formants="116 120 115 119 122 114",
        strengths="88 78 108 90 72 87"),
    "as-odile": Timbre("female", "143 193", flutter=4, roughness=0, voicing=98, klatt=0,
        width=90, breath=3, tone="184 164 970 102 1557 123 3101 87",
        formants="109 112 106 100 106 106",
        strengths="110 109 96 87 88 52"),
    "as-bram": Timbre("male", "93 144", flutter=5, roughness=0, voicing=87, klatt=0,
        width=143, breath=5, tone="112 183 701 214 1645 87 2637 76",
        formants="104 96 101 104 102 101",
        strengths="115 94 93 90 76 62"),
    "as-pip": Timbre("female", "261 352", flutter=5, roughness=1, voicing=86, klatt=0,
        width=119, breath=2, tone="226 142 926 138 2254 66 3960 123",
        formants="122 124 125 121 125 120",
        strengths="123 96 110 49 77 50"),
    "as-agatha": Timbre("female", "158 229", flutter=11, roughness=4, voicing=55, klatt=0,
        width=102, breath=15, tone="181 230 475 179 1215 137 3022 186",
        formants="101 98 94 95 104 104",
        strengths="122 96 95 93 89 62"),
    "as-silas": Timbre("male", "87 126", flutter=17, roughness=7, voicing=70, klatt=0,
        width=81, breath=14, tone="164 166 559 156 1544 209 3675 174",
        formants="100 102 104 96 99 102",
        strengths="89 127 92 79 73 56"),
    "as-juno": Timbre("female", "158 245", flutter=3, roughness=1, voicing=109, klatt=0,
        width=100, breath=2, tone="286 218 595 116 1243 89 3723 175",
        formants="111 120 121 121 110 116",
        strengths="105 100 75 90 88 64"),
    "as-theo": Timbre("male", "105 158", flutter=1, roughness=1, voicing=97, klatt=5,
        width=144, breath=3, tone="263 237 632 104 2047 182 3920 58",
        formants="103 107 112 115 108 103",
        strengths="123 93 85 110 80 52"),
    "as-ines": Timbre("female", "132 178", flutter=5, roughness=3, voicing=64, klatt=0,
        width=149, breath=13, tone="130 212 511 176 1920 139 3401 105",
        formants="106 99 103 106 103 96",
        strengths="130 74 97 100 82 62"),
    "as-hush": Timbre("male", "88 120", tone="120 120 700 160 2000 200 4200 160", formants="100 100 100 100 100 100",
        strengths="0 45 70 75 75 60", width=150, **_HUSH),
    "as-hushf": Timbre("female", "160 220", tone="200 110 800 160 2300 200 4600 160",
        formants="105 112 112 112 114 112", strengths="0 45 70 75 75 60", width=150, **_HUSH),
}  # fmt: skip
