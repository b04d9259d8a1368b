"""Witness policies: the specification's example, quorums, and what is refused."""

import itertools

import pytest

from infra.kernel.errors import Invalid
from infra.tlog.note import VerifierKey
from infra.tlog.policy import parse_policy
from tests.infra.tlog.test_cosignature import AT, LOG, LOG_KEY, NOTE, TREE, ed25519, mldsa

X = [ed25519(f"x{n}", bytes([n]) * 32) for n in range(1, 4)]
Y = [mldsa(f"y{n}", bytes([n]) * 32) for n in range(1, 3)]
EXAMPLE = (
    f"# two levels\nlog {LOG_KEY} https://log.example\n\n"
    + "".join(f"witness X{n} {one.key}\n" for n, one in enumerate(X, 1))
    + "\tgroup  X-witnesses 2 X1 X2 X3 \n"
    + "".join(f"witness Y{n} {one.key} http://y{n}.example/\n" for n, one in enumerate(Y, 1))
    + "group Y-witnesses any Y1 Y2\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
)


def test_the_example_needs_two_of_one_group_and_one_of_the_other() -> None:
    policy = parse_policy(EXAMPLE)
    assert policy.logs == [LOG_KEY]
    assert policy.witnesses["Y2"].url == "http://y2.example/"
    for names in itertools.chain.from_iterable(itertools.combinations(policy.witnesses, n) for n in range(6)):
        expected = sum(name[0] == "X" for name in names) >= 2 and any(name[0] == "Y" for name in names)
        assert policy.is_met(names) == expected


def test_who_signed_is_read_from_the_note() -> None:
    policy = parse_policy(EXAMPLE)
    note = NOTE + X[0].cosign(TREE.text(), AT) + Y[1].cosign(TREE.text(), AT)
    assert policy.signed_by(note) == ("X1", "Y2")
    assert not policy.is_met(policy.signed_by(note))
    assert policy.is_met(policy.signed_by(note + X[2].cosign(TREE.text(), AT)))


def test_a_single_witness_or_none_can_be_the_quorum() -> None:
    line = f"witness W {X[0].key}\n"
    assert parse_policy(line + "quorum W\n").is_met(["W"])
    assert not parse_policy(line + "quorum W\n").is_met([])
    assert parse_policy("quorum none\n").is_met([])
    assert parse_policy(line + "quorum none").in_words() == "no witnesses"
    assert parse_policy(EXAMPLE.replace("quorum X-and-Y", "quorum X-witnesses")).in_words() == "2 of 3: X1, X2, X3"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum W\n",
        "quorum none\nquorum none\n",
        f"witness none {X[0].key}\nquorum none\n",
        f"witness W {X[0].key}\nwitness W {X[1].key}\nquorum W\n",
        f"witness W {X[0].key}\nwitness V {X[0].key}\nquorum W\n",
        f"witness W {X[0].key} url more\nquorum W\n",
        f"witness W {LOG_KEY}\nquorum W\n",
        f"log {X[0].key}\nquorum none\n",
        f"log {LOG_KEY}\nlog {VerifierKey('other', LOG.public)}\nquorum none\n",
        f"witness W {X[0].key}\ngroup G 0 W\nquorum G\n",
        f"witness W {X[0].key}\ngroup G 2 W\nquorum G\n",
        f"witness W {X[0].key}\ngroup G 01 W\nquorum G\n",
        f"witness W {X[0].key}\ngroup G ² W\nquorum G\n",
        f"witness W {X[0].key}\ngroup G any W W\nquorum G\n",
        f"witness W {X[0].key}\ngroup G any W\ngroup H any W\nquorum G\n",
        "group G any\nquorum G\n",
        f"group G any W\nwitness W {X[0].key}\nquorum G\n",
        f"witness W {X[0].key}\r\nquorum W\n",
        "unknown line\nquorum none\n",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_policy(text)
