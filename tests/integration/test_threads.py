"""--threads: however many work, the bytes are the same, and so is what is said of a mistake.

It must not know: how the work is spread.
"""

import json

import pytest

from inventory import AS_OF, Place, ami, created_for, image, instance, snapshot
from tool import one_error, run

COUNT = 700  # AMIs: lists far above what one thread decodes alone, and more steps than one piece of output


@pytest.fixture(scope="module", name="account")
def _account(tmp_path_factory):
    """AMIs that map and share snapshots, some with instances, one template that keeps an old version."""
    place = Place()
    for number in range(1, COUNT):
        place.images(image(number, Tags=[{"Key": "Name", "Value": 'app "%d" \\ \u00e9\u4e2d' % number}]))
        place.snapshots(snapshot(number, Description=created_for(ami(number))))
        if number % 7 == 0:
            place.instances(instance(number, ami(number)))
    place.template(1, [ami(3), ami(5)])
    return place.write(tmp_path_factory.mktemp("account"))


@pytest.mark.parametrize("form", ["json", "text", "csv", "html", "aws-cli"])
def test_the_bytes_are_the_same(account, form):
    results = [
        run("plan", account, "--as-of", AS_OF, "-T", form, "--threads", threads) for threads in (1, 2, 3, 64)
    ] + [run("plan", account, "--as-of", AS_OF, "-T", form)]
    for result in results:
        assert result.status == 0, result
        assert (result.out, result.err) == (results[0].out, results[0].err)
    if form == "json":
        assert len(json.loads(results[0].out)["steps"]) > COUNT


@pytest.mark.parametrize("verb", ["cost", "graph"])
def test_other_verbs_take_it(account, verb):
    first, second = (run(verb, account, "-T", "json", "--threads", threads) for threads in (1, 2))
    assert first.status == 0, first
    assert first.out == second.out


@pytest.mark.parametrize(
    "good, bad",
    [
        ('"OwnerId": "', '"OwnerId": 7, "x": "'),  # the decoder complains
        ('"State": "', '"State": "", "ImageId": "ami-1", "y": "'),  # the parser: a member that stands twice
        ('"ImageId": "ami-', '"ImageId": "ami-x'),  # the sink
        ('"Public": false', '"Public": fals'),  # the parser
    ],
)
def test_the_first_mistake_is_the_one_that_is_told(tmp_path, good, bad):
    """Two mistakes in one list, far from each other: whoever decodes ahead, the earlier one counts."""
    place = Place().images(*[image(number) for number in range(1, COUNT)])
    place.write(tmp_path)
    path = next(tmp_path.rglob("images.json"))
    pieces = path.read_text().split(good)
    assert len(pieces) == COUNT
    path.write_text(good.join(pieces[:300]) + bad + good.join(pieces[300:600]) + bad + good.join(pieces[600:]))
    said = {one_error(run("plan", tmp_path, "--threads", threads)) for threads in (1, 2, 8)}
    assert len(said) == 1, said
    assert int(said.pop().split("images.json:")[1].split(":")[0]) == good.join(pieces[:300]).count("\n") + 1


@pytest.mark.parametrize("wrong", ["0", "65", "-1", "two", "1.5", ""])
def test_a_number_of_threads_is_wanted(account, wrong):
    assert "--threads: " in one_error(run("plan", account, "--threads", wrong), status=64)
