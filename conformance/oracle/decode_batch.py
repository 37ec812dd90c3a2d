"""Decodes many inputs in one process: reads lines "TYPE HEX", writes one JSON object a line.

usage: decode_batch.py FOLDER, where FOLDER holds oracle_decode.py. What a decoder refuses is {"error": TEXT}. Hostile input
can drive a decoder out of memory or time: both are limited, and running into a limit is {"limit": TEXT}.
"""
import json
import resource
import signal
import sys

SECONDS = 5
OCTETS = 4_000_000_000

sys.path.insert(0, sys.argv[1])
import oracle_decode  # noqa: E402


class Late(BaseException):
    """The decoder took too long. No decoder catches it by `except Exception`."""


def late(*_):
    raise Late


def answer(line):
    kind, digits = line.split()
    signal.alarm(SECONDS)
    try:
        return oracle_decode.decode(kind, bytes.fromhex(digits))
    except (Late, MemoryError) as error:
        return {"limit": type(error).__name__}
    except Exception as error:  # whatever a decoder throws at bad input is a refusal
        return {"error": repr(error)[:200]}
    finally:
        signal.alarm(0)


resource.setrlimit(resource.RLIMIT_AS, (OCTETS, OCTETS))
signal.signal(signal.SIGALRM, late)
for line in sys.stdin:
    print(json.dumps(answer(line)), flush=True)
