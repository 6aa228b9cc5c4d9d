"""mznode's checkers for Python, over the library mznode_check; nothing else is needed.

    import mznode_check

    verdict = mznode_check.check("list-append", open("history.edn").read(), consistency_models="serializable")
    if verdict.valid is False:
        print("\n".join(verdict.explanation))

A history is text or bytes in one of formats(), such as Jepsen's EDN or JSON lines, or a list of dictionaries, one an operation:

    [{"type": "invoke", "process": 0, "f": "read", "value": None},
     {"type": "ok", "process": 0, "f": "read", "value": 1}]

The library is looked for at $MZNODE_CHECK_LIBRARY, where this file was installed from, and where the system looks.
"""

import ctypes
import ctypes.util
import gzip
import json
import os
import pathlib
from dataclasses import dataclass, field

__all__ = ["Verdict", "check", "check_file", "checkers", "formats"]

_REFUSED = 3
_VALID = {0: True, 1: False, 2: None}


@dataclass
class Verdict:
    """What a checker says of a history."""

    valid: "bool | None"
    """True, False, or None where nothing can be said."""
    error: str = ""
    """Why nothing can be said, or what is wrong, in a line; may be empty."""
    explanation: "list[str]" = field(default_factory=list)
    """What is wrong in words, a line each."""
    details: dict = field(default_factory=dict)
    """All that was found, under Jepsen's keys, such as "anomaly-types"."""


def _find_library():
    here = pathlib.Path(__file__).resolve()
    name = "libmznode_check.so"
    candidates = [os.environ.get("MZNODE_CHECK_LIBRARY"), here.parent / name]
    for prefix in here.parents:
        candidates += [prefix / "lib" / name, *sorted((prefix / "lib").glob("*-linux-gnu/" + name))]
    for candidate in candidates:
        if candidate and os.path.exists(candidate):
            return str(candidate)
    found = ctypes.util.find_library("mznode_check")
    if found:
        return found
    raise OSError("libmznode_check.so is not found; name it in MZNODE_CHECK_LIBRARY")


def _load():
    library = ctypes.CDLL(_find_library())
    library.mznode_checkers.restype = ctypes.c_char_p
    library.mznode_formats.restype = ctypes.c_char_p
    library.mznode_check.restype = ctypes.c_void_p
    library.mznode_check.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]
    texts, sizes = ctypes.POINTER(ctypes.c_char_p), ctypes.POINTER(ctypes.c_size_t)
    library.mznode_check_stored.restype = ctypes.c_void_p
    library.mznode_check_stored.argtypes = [
        ctypes.c_char_p, ctypes.c_char_p, texts, texts, sizes, ctypes.c_size_t, ctypes.c_char_p]
    library.mznode_verdict_valid.argtypes = [ctypes.c_void_p]
    library.mznode_verdict_free.argtypes = [ctypes.c_void_p]
    library.mznode_verdict_free.restype = None
    for name in ("error", "explanation", "json"):
        function = getattr(library, "mznode_verdict_" + name)
        function.restype = ctypes.c_char_p
        function.argtypes = [ctypes.c_void_p]
    return library


_library = _load()


def checkers():
    """The names of the checkers, and what each demands of a history."""
    lines = _library.mznode_checkers().decode().splitlines()
    return dict(line.split("\t", 1) for line in lines)


def formats():
    """The names of the forms in which histories are read, and who writes each."""
    lines = _library.mznode_formats().decode().splitlines()
    return dict(line.split("\t", 1) for line in lines)


def check(checker, history, **options):
    """Judges a history by the checker of this name.

    Options are those of `mznode check`, with underscores: consistency_models, assume, transaction_order, compat,
    complete, strict_null_reads, initial_value; total_amount, accounts and negative_balances of a bank; group_size of
    long-fork; model of linearizable, and permits of its semaphore; search_steps, and search_memory in MiB; format, one
    of formats(), for what a text is written in; timeout in seconds and memory in MiB for all that judging may take;
    explain=False leaves out the words and the strongest models, which is quicker. Several names are a list, or one
    text with commas. Raises ValueError where the checker, an option or its value is not known, or the option is not
    one of the checker, and MemoryError where there is not enough memory.
    """
    if isinstance(history, (list, tuple)):
        history = "".join(json.dumps(operation) + "\n" for operation in history)
    text = history.encode() if isinstance(history, str) else bytes(history)
    return _verdict_of(_library.mznode_check(checker.encode(), text, len(text), _told(options)))


def _told(options):
    return json.dumps({name.replace("_", "-"): value for name, value in options.items()}).encode()


def _verdict_of(verdict):
    if not verdict:
        raise MemoryError("judging the history takes more memory than there is")
    try:
        valid = _library.mznode_verdict_valid(verdict)
        error = _library.mznode_verdict_error(verdict).decode()
        if valid == _REFUSED:
            raise ValueError(error)
        return Verdict(
            valid=_VALID[valid],
            error=error,
            explanation=_library.mznode_verdict_explanation(verdict).decode().splitlines(),
            details=json.loads(_library.mznode_verdict_json(verdict)),
        )
    finally:
        _library.mznode_verdict_free(verdict)


def _check_stored(checker, form, paths, options):
    contents = [path.read_bytes() for path in paths]
    count = len(paths)
    return _verdict_of(_library.mznode_check_stored(
        checker.encode(), form.encode(), (ctypes.c_char_p * count)(*(os.fsencode(path) for path in paths)),
        (ctypes.c_char_p * count)(*contents), (ctypes.c_size_t * count)(*map(len, contents)), count, _told(options)))


def check_file(checker, path, **options):
    """Judges the history in a file, which gzip may have compressed, as check() does.

    Of a directory, that which is stored there: history.edn or history.jsonl, as Jepsen, Maelstrom and `mznode test`
    store a run, dbcop's history.bincode, or Cobra's logs. Raises OSError where there is none of these.
    """
    path = pathlib.Path(path)
    if path.is_dir():
        stored = [path / name for name in ("history.edn", "history.jsonl") if (path / name).exists()]
        if stored:
            return check_file(checker, stored[0], **options)
        if (path / "history.bincode").exists():
            return _check_stored(checker, "dbcop", [path / "history.bincode"], options)
        logs = sorted(path.glob("*.log"))
        if not logs:
            raise FileNotFoundError(str(path) + " is a directory without history.edn, history.jsonl, dbcop's "
                                    "history.bincode or Cobra's logs")
        return _check_stored(checker, "cobra", logs, options)
    if path.suffix == ".bincode":
        return _check_stored(checker, "dbcop", [path], options)
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return check(checker, data, **options)
