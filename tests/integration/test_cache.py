"""A cache changes how long a run takes and nothing else: every way in which documents or entries can change.

It must not know: what is in an entry. Whether one was used shows in its inode: an entry is never written in place.
"""

import ctypes
import json
import os
import subprocess
import time

import pytest

from inventory import AS_OF, Place, ami
from tool import BINARY, one_error, run

# Seconds after which a file's times are believed.
SETTLED = 3.2
VERIFY = "--verify-cache"
CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24


@pytest.fixture(name="account")
def make_account(tmp_path):
    """An inventory of two AMIs with their snapshots."""
    where = tmp_path / "account"
    where.mkdir()
    Place().pair(1, 2).write(where)
    return where


@pytest.fixture(name="cache")
def name_cache(tmp_path):
    return tmp_path / "cache"


def plan(account, *more):
    return run("plan", account, "--as-of", AS_OF, "-T", "json", *more)


def cached(account, cache, *more):
    """A plan through the cache; it must be the one that is made without."""
    result, plain = plan(account, "--cache", cache, *more), plan(account, *[each for each in more if each != VERIFY])
    assert (result.status, result.out) == (plain.status, plain.out)
    return result


def entries(cache, ending):
    """Inode by name of the entries of one sort."""
    return {path.name: path.stat().st_ino for path in cache.iterdir() if path.name.endswith(ending)}


def graphs(cache):
    return entries(cache, ".graph")


def digests(cache):
    return entries(cache, ".digests")


def images(account):
    """The document that lists the AMIs."""
    (path,) = account.rglob("images.json")
    return path


def settle():
    time.sleep(SETTLED)


def test_second_run_reads_the_graph(account, cache):
    first = cached(account, cache)
    made = graphs(cache)
    assert len(made) == 1
    second = cached(account, cache)
    assert graphs(cache) == made
    assert first.err == second.err == plan(account).err
    assert [path.stat().st_mode & 0o777 for path in (cache, *cache.iterdir())] == [0o700, 0o600, 0o600]


def test_every_verb_reads_it(account, cache):
    """Verbs and policies differ, the inventory does not: one entry serves them."""
    cached(account, cache)
    made = graphs(cache)
    saved = account.parent / "plan.json"
    saved.write_bytes(plan(account).out)
    for arguments in (
        ["plan", account, "--ami", ami(1), "--as-of", AS_OF],
        ["explain", account, ami(1)],
        ["graph", account],
        ["graph", account, "-T", "json"],
        ["cost", account],
        ["verify", saved, account],
        ["diff", account, account],
    ):
        with_cache, without = run(*arguments, "--cache", cache), run(*arguments)
        assert (with_cache.status, with_cache.out, with_cache.err) == (without.status, without.out, without.err)
    assert made.items() <= graphs(cache).items()


def test_definitions_come_from_the_documents(account, cache):
    """What a plan quotes of an AMI stands in no entry."""
    cached(account, cache)
    steps = json.loads(cached(account, cache).out)["steps"]
    assert any(step.get("definition", {}).get("Name") for step in steps)


def test_same_size_and_time_other_content(account, cache):
    """Whoever sets the time back leaves a trace: ctime."""
    settle()
    cached(account, cache)
    path, before = images(account), images(account).stat()
    text = path.read_text(encoding="utf-8")
    assert '"available"' in text
    path.write_text(text.replace('"available"', '"transient"'), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino)
    made = graphs(cache)
    cached(account, cache)
    assert graphs(cache) != made


def test_young_times_are_not_believed(account, cache):
    """A file just written is digested again until its times are old enough to tell a change."""
    cached(account, cache)
    young, made = digests(cache), graphs(cache)
    settle()
    cached(account, cache)
    settled = digests(cache)
    assert settled != young
    cached(account, cache)
    assert digests(cache) == settled
    assert graphs(cache) == made


def test_future_times_are_not_believed(account, cache):
    later = time.time() + 86400
    os.utime(images(account), (later, later))
    settle()
    cached(account, cache)
    first = digests(cache)
    cached(account, cache)
    assert digests(cache) != first


def test_verify_digests_all(account, cache):
    settle()
    cached(account, cache)
    first, made = digests(cache), graphs(cache)
    cached(account, cache)
    assert digests(cache) == first
    cached(account, cache, VERIFY)
    assert digests(cache) != first
    assert graphs(cache) == made


def test_verify_wants_a_cache(account):
    assert "--cache" in one_error(plan(account, VERIFY), status=64)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "longer", "zero"])
@pytest.mark.parametrize("ending", [".graph", ".digests"])
def test_damage_is_noticed(account, cache, damage, ending):
    settle()
    cached(account, cache)
    (path,) = [each for each in cache.iterdir() if each.name.endswith(ending)]
    good = path.read_bytes()
    middle = len(good) // 2
    path.write_bytes(
        {
            "cut": good[:middle],
            "flip": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
            "empty": b"",
            "longer": good + b"\0",
            "zero": bytes(len(good)),
        }[damage]
    )
    result = cached(account, cache)
    assert result.errors.count("damaged") == 1
    assert path.read_bytes() != b"" and "damaged" not in cached(account, cache).errors


def test_entry_that_others_may_write(account, cache):
    cached(account, cache)
    (path,) = [each for each in cache.iterdir() if each.name.endswith(".graph")]
    path.chmod(0o622)
    assert "this user" in cached(account, cache).errors
    assert cached(account, cache).errors == plan(account).errors
    assert path.stat().st_mode & 0o777 == 0o600


def test_link_is_not_followed(account, cache, tmp_path):
    cached(account, cache)
    (path,) = [each for each in cache.iterdir() if each.name.endswith(".graph")]
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    assert "this user" in cached(account, cache).errors
    assert elsewhere.read_bytes() == before and not path.is_symlink()


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_directory_that_others_may_write(account, cache, mode):
    cache.mkdir()
    cache.chmod(mode)
    assert "others may write" in one_error(plan(account, "--cache", cache))


def test_directory_of_another_user(account, cache):
    if os.geteuid():
        pytest.skip("only root can give a directory away")
    cache.mkdir()
    os.chown(cache, 12345, -1)
    assert "another user" in one_error(plan(account, "--cache", cache))


def test_no_directory(account, cache, tmp_path):
    cache.write_text("", encoding="utf-8")
    one_error(plan(account, "--cache", cache))
    link = tmp_path / "link"
    (tmp_path / "real").mkdir()
    link.symlink_to(tmp_path / "real")
    one_error(plan(account, "--cache", link))
    one_error(plan(account, "--cache", tmp_path / "not" / "there"))
    one_error(plan(account, "--cache", ""))


def test_disk_full(account, cache):
    """Nothing is kept, nothing is left behind, the plan is whole."""
    done = subprocess.run(
        ["bash", "-c", 'trap "" XFSZ; ulimit -f 1; exec "$@"', "-", BINARY]
        + ["plan", str(account), "--as-of", AS_OF, "-T", "json", "--cache", str(cache)],
        capture_output=True,
        check=True,
    )
    assert done.stdout == plan(account).out
    assert b"nothing can be kept" in done.stderr
    assert [path.name for path in cache.iterdir() if path.name.startswith(".") or path.stat().st_size == 0] == []


def test_directory_that_cannot_be_written(account, cache):
    """What is there is used; what is new is not kept."""
    settle()
    cached(account, cache)
    made = graphs(cache)
    cache.chmod(0o500)

    def without_override():
        if os.geteuid() == 0 and ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) != 0:
            raise OSError("a capability cannot be dropped")

    def once(*more):
        command = [BINARY, "plan", account, "--as-of", AS_OF, "-T", "json", "--cache", cache, *more]
        return subprocess.run(
            [str(each) for each in command], capture_output=True, check=True, preexec_fn=without_override
        )

    used, new = once(), once("--account", "111122223333")
    cache.chmod(0o700)
    assert used.stdout == plan(account).out and b"kept" not in used.stderr
    assert new.stdout == plan(account, "--account", "111122223333").out
    assert b"nothing can be kept there: Permission denied" in new.stderr
    assert graphs(cache) == made


def test_many_at_once(account, cache):
    expected = plan(account).out
    command = [BINARY, "plan", account, "--as-of", AS_OF, "-T", "json", "--cache", cache]
    for _ in range(3):
        runs = [
            subprocess.Popen([str(each) for each in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(6)
        ]
        for each in runs:
            out, err = each.communicate(timeout=60)
            assert (each.returncode, out, err) == (0, expected, b"")
    assert len(graphs(cache)) == 1
    assert len(list(cache.iterdir())) == 2


def test_lines_are_said_again(account, cache):
    (account / "note.json").write_text('{"note": "of no kind"}', encoding="utf-8")
    first = cached(account, cache)
    assert "skipped" in first.errors
    assert cached(account, cache).err == first.err
    assert cached(account, cache, "--quiet").err == b""


def test_options_that_change_a_graph(account, cache):
    """Each way of asking has its own entry."""
    cached(account, cache)
    cached(account, cache, "--account", "999999999999")
    cached(account, cache, "--region", "us-west-2")
    assert len(graphs(cache)) == 3


def test_files_come_and_go(account, cache):
    cached(account, cache)
    other = Place(account="444455556666").pair(7)
    other.write(account)
    cached(account, cache)
    for path in account.rglob("volumes.json"):
        path.unlink()
    cached(account, cache)
    assert len(graphs(cache)) == 1


def test_pins(account, cache, tmp_path):
    pins = tmp_path / "main.tf"
    pins.write_text('ami = "%s"' % ami(1), encoding="utf-8")
    kept = cached(account, cache, "--pins", pins)
    assert ami(1) in kept.text
    made = graphs(cache)
    cached(account, cache, "--pins", pins)
    assert graphs(cache) == made
    pins.write_text('ami = "%s"' % ami(2), encoding="utf-8")
    assert cached(account, cache, "--pins", pins).out != kept.out


def test_standard_input_is_not_kept(account, cache):
    text = images(account).read_bytes()
    result = run("plan", "-", "--as-of", AS_OF, "-T", "json", "--cache", cache, stdin=text)
    plain = run("plan", "-", "--as-of", AS_OF, "-T", "json", stdin=text)
    assert (result.status, result.out, result.err) == (plain.status, plain.out, plain.err)
    assert list(cache.iterdir()) == []


def test_errors_are_not_kept(account, cache):
    images(account).write_text('{"Images": [{"ImageId": 3}]}', encoding="utf-8")
    first, second = (plan(account, "--cache", cache) for _ in range(2))
    assert one_error(first) == one_error(second) == one_error(plan(account))
    assert list(cache.iterdir()) == []


def test_inventories_that_are_gone_are_forgotten(account, cache, tmp_path):
    cached(account, cache)
    other = tmp_path / "other"
    account.rename(other)
    cached(other, cache)
    assert len(graphs(cache)) == len(digests(cache)) == 1


def test_a_cache_does_not_grow_without_bound(account, cache):
    for number in range(19):
        plan(account, "--cache", cache, "--account", "%012d" % number)
    assert len(graphs(cache)) == len(digests(cache)) == 16
    made = graphs(cache)
    plan(account, "--cache", cache, "--account", "%012d" % 18)
    assert graphs(cache) == made


def test_what_killed_runs_leave_goes(account, cache):
    cached(account, cache)
    (name,) = graphs(cache)
    old, young = cache / (".%s-1-0.tmp" % name), cache / (".%s-2-0.tmp" % name)
    foreign = cache / "notes.txt"
    for path in (old, young, foreign):
        path.write_text("", encoding="utf-8")
    long_ago = time.time() - 3 * 86400
    os.utime(old, (long_ago, long_ago))
    os.utime(foreign, (long_ago, long_ago))
    cached(account, cache, "--region", "us-west-2")
    assert (old.exists(), young.exists(), foreign.exists()) == (False, True, True)
