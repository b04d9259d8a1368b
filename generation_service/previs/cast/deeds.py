"""What people do standing: wave, point, dance, clap, cheer, shrug and the like, as poses at a moment."""

from collections.abc import Callable
from dataclasses import replace
from math import cos, pi, sin

from generation_service.previs.cast.pose import Cue, Pose, curve, cycle, ease, settle, slow, with_hand

# Seconds for a dance's two beats, 112 a minute.
DANCE_S = 2 * 60 / 112


def wave(made: Pose, cue: Cue, broad: float) -> Pose:
    """The outer hand up beside the head, the forearm to and fro, the body a little against it."""
    k = 0 if made.turn < -0.05 else 1
    side, up = 2 * k - 1, settle(cue.t / 0.7)
    swing = sin(2 * pi * 1.7 * cue.t)
    at = (side * (470 * broad + 285 + 150 * swing), 70 + 34 * abs(swing), 130.0)
    made = with_hand(made, k, at, grip="open", pole=(side * 0.9, 0.65, -0.1), share=up)
    lean = -side * 0.022 * up + side * 0.006 * sin(2 * pi * 1.7 * cue.t - 0.8)
    return replace(made, lean=made.lean + lean, head=(made.head[0] + side * 0.03 * up, *made.head[1:]))


def point(made: Pose, cue: Cue, broad: float) -> Pose:
    """An arm out to where they look, with a little draw back before and a rest after."""
    k = 0 if made.turn < 0 else 1
    side, out = 2 * k - 1, settle((cue.t - 0.1) / 0.55, over=0.06)
    at = (side * (470 * broad + 690), 610 + 10 * slow(cue, 1.3, 0.0), 240.0)
    made = with_hand(made, k, at, grip="point", pole=(side * 0.3, 0.9, -0.4), share=out)
    return replace(made, lean=made.lean + side * 0.03 * out)


def cheer(made: Pose, cue: Cue, broad: float) -> Pose:
    """Crouch, leap, land: the arms thrown up late, one higher than the other."""
    phase = (cue.t / 0.95 + cue.phase) % 1.0
    low = cycle(((0.0, 120.0), (0.16, 150.0), (0.30, 10.0), (0.52, -170.0), (0.74, 10.0), (0.86, 110.0)), phase)
    air = max(0.0, -low)
    lift = cycle(((0.0, 0.25), (0.16, 0.0), (0.44, 1.0), (0.66, 0.92), (0.90, 0.35)), phase)
    wide = 470 * broad
    for k, extra in ((0, 0.0), (1, 80.0)):
        side = 2 * k - 1
        at = (side * (wide + 40 + 90 * lift), 400 - (700 + extra) * lift, 140.0)
        made = with_hand(made, k, at, grip="fist", pole=(side * 0.9, 0.4, -0.3))
    feet = tuple((x, 1.25 * air) for x, _ in made.feet)
    tip = 0.5 * min(1.0, air / 120)
    return replace(
        made, hips=(0.0, 20 + low), feet=(feet[0], feet[1]), toes=(tip, tip * 0.8), lean=0.02 * sin(2 * pi * phase),
        roll=0.0,
    )  # fmt: skip


def dance(made: Pose, cue: Cue, broad: float) -> Pose:
    """Step and touch: over to one side and back in four beats; the hips lead, shoulders, arms and head come after."""
    phase = (cue.t / (2 * DANCE_S) + cue.phase) % 1.0
    at, beat = 2 * pi * phase, 8 * pi * phase
    over = cycle(((0.0, -1.0), (0.10, -0.85), (0.34, 1.0), (0.5, 1.0), (0.60, 0.85), (0.84, -1.0)), phase)
    right, left = _dancing_foot(phase), _dancing_foot(phase + 0.5)
    wide, hands = 470 * broad, made.hands
    up = 0.5 - 0.5 * cos(at / 2)
    for k in (0, 1):
        side, swing = 2 * k - 1, sin(2 * at - 0.9 + pi * k)
        goal = (side * (wide * 0.86 + 90 * swing), 1010 - 150 * swing - 120 * up + 18 * cos(beat), 300.0 + 80 * swing)
        hands = (goal, hands[1]) if k == 0 else (hands[0], goal)
    return replace(
        made, hips=(185 * over, 34 + 26 * cos(beat)), lean=-0.06 * sin(at - 0.9) + 0.03 * sin(2 * at),
        head=(0.06 * sin(at - 1.5), 0.0, 6 * cos(beat - 0.7)), twist=0.24 * sin(2 * at - 0.4), hands=hands,
        roll=-0.16 * over + 0.10 * sin(2 * at), grips=("fist", "fist"), feet=((-left[0] * broad, left[1]), right[:2]),
        toes=(left[2], right[2]), deep=(20.0, 50.0), aims=(-0.3, 0.3), poles=((-0.6, 0.9, -0.5), (0.6, 0.9, -0.5)),
    )  # fmt: skip


def _dancing_foot(phase: float) -> tuple[float, float, float]:
    """The right foot of step and touch: how far out, how high, how tipped. It steps out, carries, and comes after."""
    out = cycle(((0.0, -70.0), (0.06, -70.0), (0.22, 350.0), (0.78, 350.0), (0.94, -70.0)), phase)
    high = cycle(((0.0, 34.0), (0.13, 90.0), (0.22, 0.0), (0.78, 0.0), (0.86, 84.0), (0.94, 34.0)), phase)
    tip = cycle(((0.0, 0.30), (0.13, 0.25), (0.22, 0.0), (0.78, 0.0), (0.86, 0.4), (0.94, 0.30)), phase)
    return out, high, tip


def clap(made: Pose, cue: Cue, broad: float) -> Pose:
    """The hands meet before the chest twice a second and more; the whole body takes part a little."""
    at = (cue.t * 2.3 + cue.phase) % 1.0
    gap = cycle(((0.0, 12.0), (0.08, 14.0), (0.42, 200.0), (0.62, 205.0), (0.92, 20.0)), at)
    lift = 22 * cos(2 * pi * at)
    for k in (0, 1):
        side = 2 * k - 1
        goal = (side * (gap + 46.0), 905 + lift + 0.2 * gap, 330.0)
        made = with_hand(made, k, goal, grip="rest", pole=(side * 1.0, 0.4, -0.3))
    return replace(made, head=(made.head[0], made.head[1], made.head[2] + 5 * cos(2 * pi * at)))


def cross(made: Pose, cue: Cue, broad: float) -> Pose:
    """Arms folded before the chest."""
    breath = 5 * slow(cue, 1.5, 0.0)
    made = with_hand(made, 0, (225 * broad, 1005 + breath, 215.0), grip="fist", pole=(-0.9, 0.8, 0.1))
    return with_hand(made, 1, (-225 * broad, 965 + breath, 285.0), grip="fist", pole=(0.9, 0.8, 0.1))


def shrug(made: Pose, cue: Cue, broad: float) -> Pose:
    """Palms out, shoulders up, head to the side; once, then again after a while."""
    t = cue.t % 3.6
    up = ease((t - 0.25) / 0.35) * (1 - ease((t - 1.25) / 0.6))
    for k in (0, 1):
        side = 2 * k - 1
        goal = (side * (470 * broad + 70), 985.0 - 50 * up, 270.0)
        made = with_hand(made, k, goal, grip="open", pole=(side * 0.5, 0.9, -0.5), share=up)
    roll, dx, dy = made.head
    return replace(made, head=(roll + 0.07 * up, dx, dy + 20 * up))


def laugh(made: Pose, cue: Cue, broad: float) -> Pose:
    """The trunk shakes, the head goes back, a hand on the belly."""
    burst = 0.55 + 0.45 * sin(1.3 * cue.t + cue.phase * 6)
    shake = burst * sin(2 * pi * 4.4 * cue.t)
    made = with_hand(made, 1, (70 * broad, 1130 + 9 * shake, 230.0), grip="rest", pole=(1.0, 0.4, -0.3))
    roll, dx, dy = made.head
    return replace(
        made, hips=(made.hips[0], made.hips[1] + 5 * shake), lean=made.lean + 0.035 * burst * sin(0.9 * cue.t),
        head=(roll + 0.06 * burst, dx, dy + 8 * shake - 6 * burst),
    )  # fmt: skip


def nod(made: Pose, cue: Cue, broad: float) -> Pose:
    """Two nods, a rest, and again."""
    t = cue.t % 2.2
    down = curve(((0.1, 0.0), (0.3, 1.0), (0.5, 0.1), (0.72, 0.75), (1.0, 0.0)), t)
    return replace(made, head=(made.head[0], made.head[1], made.head[2] + 24 * down))


def raised(made: Pose, cue: Cue, broad: float) -> Pose:
    """An arm straight up, as in a class."""
    up = settle((cue.t - 0.1) / 0.85)
    sway = 14 * slow(cue, 2.1, 0.0)
    at = (470 * broad + 30 + sway, -200.0, 120.0)
    made = with_hand(made, 1, at, grip="open", pole=(0.9, 0.4, -0.3), share=up)
    return replace(made, lean=made.lean - 0.03 * up)


def board(made: Pose, cue: Cue, broad: float) -> Pose:
    """Writing on a wall beside them: small strokes, slowly on to the right and back."""
    line = cycle(((0.0, 0.0), (0.85, 1.0)), cue.t / 4.2)
    tiny = (20 * sin(15 * cue.t), 16 * cos(12.4 * cue.t))
    at = (470 * broad + 140 + 230 * line + tiny[0], 220 + tiny[1], 120.0)
    made = with_hand(made, 1, at, grip="pinch", pole=(0.9, 0.7, -0.2))
    return replace(made, lean=made.lean + 0.03 * line)


def hug(made: Pose, cue: Cue, broad: float) -> Pose:
    """Arms opened wide, then closed around somebody; a rocking hold."""
    shut = ease((cue.t - 0.5) / 0.8)
    open_ = ease(cue.t / 0.45)
    rock = 0.02 * slow(cue, 1.3, 0.0)
    for k in (0, 1):
        side = 2 * k - 1
        wide = side * (470 * broad + 260) * (1 - shut) + side * 150 * shut
        goal = (wide, 900.0 - 90 * shut + 90 * k * shut, 330 + 120 * shut)
        made = with_hand(
            made, k, goal, grip="open" if shut < 0.6 else "rest", pole=(side * 0.5, 0.85, -0.3), share=open_
        )
    return replace(made, lean=made.lean + 0.05 * shut * (1 if made.turn >= 0 else -1) + rock)


def toast(made: Pose, cue: Cue, broad: float) -> Pose:
    """The cup goes up towards the others, meets, and comes to the lips."""
    k = 0 if made.turn < -0.05 else 1
    side, t = 2 * k - 1, cue.t % 5.0
    up = settle((t - 0.3) / 0.6, over=0.08) * (1 - ease((t - 2.0) / 0.7))
    sip = ease((t - 2.2) / 0.6) * (1 - ease((t - 3.7) / 0.7))
    made = with_hand(made, k, (side * 300 * broad, 980.0, 330.0), grip="hold", pole=(side * 0.8, 0.6, -0.4))
    made = with_hand(made, k, (side * (470 * broad - 10), 480.0, 400.0), share=up)
    return replace(sipping(made, k, sip), holder=k)


def drink(made: Pose, cue: Cue, broad: float) -> Pose:
    """A cup to the mouth, a swallow, and down."""
    t = (cue.t + 1.2 * cue.phase) % 4.6
    made = with_hand(made, 1, (300 * broad, 960.0, 340.0), grip="hold", pole=(0.8, 0.6, -0.4))
    return sipping(made, 1, settle((t - 0.5) / 0.8, over=0.03) * (1 - ease((t - 2.5) / 0.9)))


def sipping(made: Pose, k: int, share: float) -> Pose:
    """A cup in hand ``k`` on its way to the mouth."""
    side = 2 * k - 1
    made = with_hand(made, k, (side * 150.0, 315.0, 260.0), pole=(side * 0.9, 0.7, -0.1), share=share)
    return replace(made, head=(made.head[0] - 0.03 * side * share, made.head[1], made.head[2] - 8 * share))


def cook(made: Pose, cue: Cue, broad: float) -> Pose:
    """One hand on the handle, the other stirs, with a shake of the pan now and then."""
    at = 2 * pi * 0.9 * cue.t
    toss = curve(((0.0, 0.0), (0.25, 1.0), (0.55, -0.2), (0.8, 0.0)), cue.t % 3.3)
    made = with_hand(made, 0, (-230 * broad, 1170 - 90 * toss, 400.0), grip="fist", pole=(-0.8, 0.6, -0.4))
    goal = (170 * broad + 70 * cos(at), 1120 + 26 * sin(at), 420.0)
    made = with_hand(made, 1, goal, grip="hold", pole=(0.8, 0.6, -0.4))
    return replace(made, head=(made.head[0], made.head[1], made.head[2] + 14))


def work(made: Pose, cue: Cue, broad: float) -> Pose:
    """Both hands busy before the body."""
    at = 2 * pi * 1.1 * cue.t
    made = with_hand(made, 0, (-190 * broad, 1150 + 12 * sin(at), 400.0), grip="fist", pole=(-0.8, 0.6, -0.4))
    goal = (150 * broad + 110 * sin(at), 1100 + 22 * cos(at), 410.0)
    made = with_hand(made, 1, goal, grip="fist", pole=(0.8, 0.6, -0.4))
    return replace(made, head=(made.head[0], made.head[1], made.head[2] + 16), lean=made.lean + 0.008 * sin(at))


def push(made: Pose, cue: Cue, broad: float) -> Pose:
    """Against something heavy: leaning in, one foot far back."""
    way = 1.0 if made.turn >= 0 else -1.0
    strain = slow(cue, 3.0, 0.0)
    for k in (0, 1):
        side = 2 * k - 1
        made = with_hand(made, k, (side * 240.0, 800 + 10 * strain, 760.0), grip="open", pole=(side * 0.5, 0.9, -0.2))
    return replace(
        made, lean=way * (0.24 + 0.01 * strain), hips=(-way * 40.0, 90.0), aims=(way, way),
        feet=((-way * 560.0, 0.0), (way * 150.0, 0.0)), toes=(0.35, 0.0), deep=(way * 70, -way * 70), roll=0.0,
    )  # fmt: skip


def play(made: Pose, cue: Cue, broad: float) -> Pose:
    """On strings: one hand along the neck, the other strums; the head goes with it."""
    beat = 2 * pi * 1.7 * cue.t
    slide = 46 * slow(cue, 1.4, 0.0)
    made = with_hand(made, 1, (620 * broad + slide, 950 - 0.4 * slide, 300.0), grip="hold", pole=(0.6, 0.9, -0.3))
    goal = (-90.0 * broad, 1140 + 64 * sin(beat), 300.0)
    made = with_hand(made, 0, goal, grip="fist", pole=(-0.9, 0.3, -0.3))
    head = (0.05 * sin(beat / 4 - 0.5), 0.0, 10 + 5 * cos(beat))
    return replace(made, lean=made.lean + 0.02 * sin(beat / 4), head=head)


def sing(made: Pose, cue: Cue, broad: float) -> Pose:
    """A microphone at the lips, the other hand out with the song."""
    swell = 0.5 + 0.5 * slow(cue, 1.6, 0.0)
    made = with_hand(made, 1, (110.0 * broad, 540.0, 300.0), grip="hold", pole=(0.9, 0.8, -0.1))
    goal = (-(470 * broad + 60 + 150 * swell), 1120 - 330 * swell, 230.0)
    made = with_hand(made, 0, goal, grip="open", pole=(-0.5, 0.9, -0.4))
    return replace(made, lean=made.lean + 0.025 * slow(cue, 1.6, 1.0))


def eat(made: Pose, cue: Cue, broad: float) -> Pose:
    """A bite, and chewing."""
    t = (cue.t + cue.phase) % 3.4
    made = with_hand(made, 0, (-150.0 * broad, 1150.0, 340.0), grip="rest", pole=(-0.8, 0.6, -0.4))
    made = with_hand(made, 1, (230 * broad, 1050.0, 360.0), grip="hold", pole=(0.8, 0.6, -0.4))
    return sipping(made, 1, ease((t - 0.3) / 0.6) * (1 - ease((t - 1.3) / 0.8)))


def pour(made: Pose, cue: Cue, broad: float) -> Pose:
    """One hand high and tipped over the other."""
    tip = ease((cue.t % 4.0 - 0.4) / 0.8) * (1 - ease((cue.t % 4.0 - 2.7) / 0.7))
    made = with_hand(made, 0, (-120.0 * broad, 1170.0, 380.0), grip="hold", pole=(-0.8, 0.6, -0.4))
    return with_hand(made, 1, (190 * broad, 1060 - 130 * tip, 390.0), grip="hold", pole=(0.95, 0.3 - 0.6 * tip, -0.3))


def lift(made: Pose, cue: Cue, broad: float) -> Pose:
    """Something shown to all, high in one hand."""
    up = settle((cue.t - 0.2) / 0.8)
    at = (470 * broad + 30, -10 + 12 * slow(cue, 1.2, 0.0), 250.0)
    made = with_hand(made, 1, (260 * broad, 980.0, 340.0), grip="hold", pole=(0.85, 0.6, -0.4))
    return with_hand(made, 1, at, grip="hold", pole=(0.9, 0.4, -0.2), share=up)


def climb(made: Pose, cue: Cue, broad: float) -> Pose:
    """Hand over hand, knee after knee."""
    at = 2 * pi * cue.t / 1.5
    feet, toes = [], []
    for k in (0, 1):
        side, up = 2 * k - 1, 0.5 + 0.5 * sin(at + pi * k)
        goal = (side * 330 * broad, -260 + 520 * up, 330.0)
        made = with_hand(made, k, goal, grip="fist", pole=(side * 0.9, 0.5, -0.3))
        feet.append((side * 190.0 * broad, 420 * (1 - up)))
        toes.append(0.1 * (1 - up))
    return replace(
        made, feet=(feet[0], feet[1]), toes=(toes[0], toes[1]), aims=(-0.4, 0.4),
        hips=(24 * sin(at), 40 + 14 * cos(2 * at)), deep=(60.0, 60.0), lean=0.03 * sin(at), roll=0.06 * sin(at),
    )  # fmt: skip


def hover(made: Pose, cue: Cue, broad: float) -> Pose:
    """Without weight: drifting, arms out, knees loose."""
    rise, roll = slow(cue, 0.9, 0.0), slow(cue, 0.6, 2.0)
    for k in (0, 1):
        side = 2 * k - 1
        goal = (side * (470 * broad + 170), 1080 + 70 * slow(cue, 0.8, 2.0 + k), 260.0)
        made = with_hand(made, k, goal, grip="rest", pole=(side * 0.8, 0.5, -0.5))
    return replace(
        made, hips=(60 * roll, -170 + 60 * rise), lean=0.12 * roll, toes=(0.7, 0.5), roll=0.06 * roll,
        feet=((-200 + 40 * rise, 330 + 30 * roll), (150.0 - 30 * roll, 250 - 40 * rise)), deep=(-160.0, -60.0),
    )  # fmt: skip


ACTING: dict[str, Callable[[Pose, Cue, float], Pose]] = {
    "wave": wave, "point": point, "cheer": cheer, "dance": dance, "clap": clap, "cross": cross, "shrug": shrug,
    "laugh": laugh, "nod": nod, "raise": raised, "board": board, "hug": hug, "toast": toast, "drink": drink,
    "cook": cook, "work": work, "push": push, "play": play, "sing": sing, "eat": eat,
    "pour": pour, "lift": lift, "climb": climb, "float": hover,
}  # fmt: skip
