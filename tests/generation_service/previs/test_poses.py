"""How drawn people move: feet that stand, arms against legs, a run that flies, weight on one leg, hands that speak on
stressed words, and no joint that jumps from one picture to the next.
"""

from itertools import pairwise
from math import cos, dist, sin

import numpy as np
import pytest

from generation_service.previs.cast.deeds import ACTING
from generation_service.previs.cast.gaits import BALL, HEEL, STRIDES
from generation_service.previs.cast.gestures import HOLD_S, KINDS, gestures_at, strokes
from generation_service.previs.cast.joints import Joints, joints_of
from generation_service.previs.cast.looks import LOOKS
from generation_service.previs.cast.pose import FORE, SHIN, THIGH, UPPER, blend, curve, cycle
from generation_service.previs.cast.resting import RESTING
from generation_service.previs.cast.rig import ANKLE, GAITS, ON_SEAT, PERSON, SOLE, Cue, facing, pose_of, travelled

LOOK = LOOKS[0]
DEEDS = sorted({"idle", "talk", "listen", *ACTING, *RESTING})


def _joints(deed: str, t: float, way: float = 0.3, phase: float = 0.0, held: str = "") -> Joints:
    return joints_of(LOOK, pose_of(deed, held, way, Cue(t, phase=phase), broad=LOOK.shoulders))


@pytest.mark.parametrize("deed", sorted(GAITS))
@pytest.mark.parametrize("way", [-1.0, 1.0])
def test_heel_sole_and_ball_stand_still_on_the_screen(deed: str, way: float) -> None:
    period, ground = GAITS[deed][:2]
    one, speeds, frames = STRIDES[deed], [], 240
    for k in (0, 1):
        at: list[tuple[str, float]] = []
        for n in range(frames):
            t = n / frames * period
            phase = (t / period + 0.5 * k) % 1.0
            made = _joints(deed, t, way)
            turn, (x, _) = made.toes[k], made.ankles[k]
            part = "" if phase >= ground else "heel" if phase < one.flat else "ball" if phase > one.rise else "sole"
            arm = {"heel": -HEEL, "ball": BALL}.get(part, 0.0)
            spot = x + way * (travelled(deed, t) + arm * cos(turn) - (ANKLE * sin(turn) if arm else 0.0))
            at.append((part, spot))
        speeds += [abs(b[1] - a[1]) / (period / frames) for a, b in pairwise(at) if a[0] == b[0] != ""]
    assert len(speeds) > 60
    assert max(speeds) < 0.02 * PERSON, "what stands on the ground slides"


@pytest.mark.parametrize("deed", sorted(GAITS))
def test_legs_reach_where_the_feet_go_and_arms_swing_against_them(deed: str) -> None:
    period = GAITS[deed][0]
    feet, hands, lowest = [], [], []
    for n in range(60):
        t = n / 60 * period
        pose, made = pose_of(deed, "", 1.0, Cue(t)), _joints(deed, t, 1.0)
        for k in (0, 1):
            assert abs(made.ankles[k][0] - pose.feet[k][0]) < 4, "a leg is too short for its step"
        feet.append(pose.feet[0][0])
        hands.append(pose.hands[0][2])
        lowest.append(min(high for _, high in pose.feet))
    assert np.corrcoef(feet, hands)[0, 1] < -0.8
    flies = float(np.mean(np.array(lowest) > 70))
    assert flies > 0.15 if deed == "run" else flies == 0, "a run leaves the ground, a walk never does"


@pytest.mark.parametrize("deed", [*DEEDS, *sorted(GAITS)])
def test_nothing_jumps_and_bones_keep_their_length(deed: str) -> None:
    most = 420.0 if deed == "run" else 230.0
    for phase in (0.0, 0.37, 0.81):
        before = None
        for n in range(110):
            made = _joints(deed, n / 24, facing(deed, 0.3, 1.0), phase)
            near = made.depths
            for k in (0, 1):
                arm = [(*made.shoulders[k], near.shoulders[k]), (*made.elbows[k], near.elbows[k])]
                arm.append((*made.wrists[k], near.wrists[k]))
                assert abs(dist(arm[0], arm[1]) - UPPER) < 2
                assert abs(dist(arm[1], arm[2]) - FORE) < 2
                assert dist(made.hips[k], made.knees[k]) < 1.05 * THIGH
                assert dist(made.knees[k], made.ankles[k]) < 1.08 * SHIN
            now = np.array([made.elbows, made.wrists, made.knees, made.ankles]).reshape(-1, 2)
            if before is not None:
                assert np.hypot(*(now - before).T).max() < most, f"a joint jumps at {n / 24:.2f} s"
            before = now


@pytest.mark.parametrize("deed", sorted(set(DEEDS) - {"float", "cheer", "climb", "lie"}))
def test_somebody_always_stands_on_something(deed: str) -> None:
    for t in (0.1, 0.9, 1.7):
        low = max(ankle[1] for ankle in _joints(deed, t).ankles)
        assert abs(low - (SOLE - ANKLE)) < 110


def test_who_stands_has_the_weight_on_one_leg_and_no_two_people_alike() -> None:
    seen = set()
    for phase in (0.05, 0.24, 0.42, 0.66, 0.9):
        pose = pose_of("idle", "", 0.0, Cue(1.0, phase=phase))
        (left, _), (right, _) = pose.feet
        near, far = sorted(abs(pose.hips[0] - x) for x in (left, right))
        assert far > 2.2 * near, "the hips are over one foot"
        assert pose.roll * pose.hips[0] < 0, "the hip over that foot is the higher one"
        seen.add((round(left), pose.grips))
    assert len(seen) >= 4


def test_hands_strike_on_stressed_words_and_rest_without_any() -> None:
    words = [(1.0, 0.8), (1.3, 0.9), (2.6, 0.7)]
    for emotion in KINDS:
        found = strokes(words, emotion, "ANA")
        assert [at for at, _ in found] == [1.0, 2.6], "never two gestures within a second"
    found = strokes(words, "excited", "ANA")
    shares = [dict(gestures_at(found, t)) for t in (0.2, 1.0, 1.0 + HOLD_S, 1.95)]
    assert not shares[0]
    assert not shares[3]
    assert max(shares[1].values()) == pytest.approx(1.0)
    assert max(shares[2].values()) > 0.99
    rest = pose_of("talk", "", 0.0, Cue(1.0))
    for kind in {kind for kinds in KINDS.values() for kind in kinds} - {"none"}:
        said = pose_of("talk", "", 0.0, Cue(1.0, talk=1.0, gestures=((f"{kind}/r", 1.0),)), broad=1.0)
        x, y, near = said.hands[1]
        assert y < rest.hands[1][1] - 200, "the hand comes up"
        assert near > 150, "before the body"
        assert -100 < x < 700, "on its own side and near"


def test_a_listener_leans_to_whom_they_hear() -> None:
    for way in (-0.34, 0.34):
        still, heeds = (pose_of("listen", "", way, Cue(1.0, heed=heed)) for heed in (0.0, 1.0))
        assert (heeds.lean - still.lean) * way > 0.005


def test_sitting_down_ends_as_sitting_and_standing_up_as_standing() -> None:
    assert not pose_of("standup", "", 0.3, Cue(4.0)).seated
    assert pose_of("standup", "", 0.3, Cue(0.0)).seated
    low, high = (pose_of("sitdown", "", 0.3, Cue(t)).hips[1] for t in (4.0, 0.0))
    assert low > high + 500
    assert {"sit", "standup", "type"} <= ON_SEAT
    assert facing("walk", -0.2, 1.0) == -1.0
    assert facing("sit", 0.0, -1.0) < 0
    assert facing("wave", 0.34, 1.0) == 0.34


def test_a_thing_is_carried_in_the_hand_that_is_seen() -> None:
    for way, hand in ((1.0, 0), (-1.0, 1)):
        pose = pose_of("walk", "lantern", way, Cue(0.4))
        assert pose.holder == hand
        assert not joints_of(LOOK, pose).behind[hand]


def test_curves_go_through_their_keys_and_never_beyond() -> None:
    keys = ((0.0, 1.0), (0.2, 5.0), (0.7, 5.0), (0.9, -2.0))
    assert [curve(keys, x) for x, _ in keys] == pytest.approx([y for _, y in keys])
    fine = [cycle(keys, x / 200) for x in range(400)]
    assert -2.0 - 1e-9 <= min(fine) <= max(fine) <= 5.0 + 1e-9
    assert np.abs(np.diff(fine)).max() < 0.35
    a, b = pose_of("idle", "", 0.0, Cue(0.0)), pose_of("kneel", "", 1.0, Cue(0.0))
    assert blend(a, b, 0.0) is a
    assert blend(a, b, 1.0) is b


@pytest.mark.parametrize("talk", [0.0, 1.0])
def test_a_phone_is_beside_the_face_and_never_before_it(talk: float) -> None:
    for n in range(12):
        cue = Cue(n * 0.2, talk=talk, gestures=(("both/r", 1.0),) if talk else ())
        made = joints_of(LOOK, pose_of("talk", "phone", 0.0, cue, broad=LOOK.shoulders))
        (wx, wy), (ex, ey) = made.wrists[1], made.elbows[1]
        long = dist((wx, wy), (ex, ey))
        assert wx + 62 * (wx - ex) / long > 180, "at the ear"
        assert -60 < wy < 330
        walking = joints_of(LOOK, pose_of("walk", "phone", -1.0, cue, broad=LOOK.shoulders))
        assert all(y > 330 for _, y in walking.wrists), "seen from the side the arm would cover the face"
