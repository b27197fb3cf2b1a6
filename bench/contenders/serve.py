"""The contender's side of harness/protocol.ts, for those that run under Python."""
import importlib.util
import json
import math
import os
import sys
import time

READ_INTERVAL = 0.150  # seconds, as in harness/protocol.ts
SAMPLES_CHECKED = 16  # as in harness/protocol.ts


def say(**answer):
    print(json.dumps(answer), flush=True)


def say_numbers(numbers):
    """JSON has no word for what is not finite."""
    say(kind="numbers", numbers=[number if math.isfinite(number) else None for number in numbers])


def missing(reason):
    """It cannot run here, for a reason that is no failure."""
    say(kind="missing", reason=reason)
    sys.exit()


class Fixture:
    """The index of a fixture, its numbers as bytes, and the mathematics of its workload in a file of that name."""

    def __init__(self, folder, workloads, mathematics):
        with open(os.path.join(folder, "fixture.json")) as file:
            self.index = json.load(file)
        with open(os.path.join(folder, "fixture.f32"), "rb") as file:
            self.bytes = bytearray(file.read())
        path = os.path.join(workloads, self.index["mathematics"], mathematics)
        spec = importlib.util.spec_from_file_location("workload", path)
        self.mathematics = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.mathematics)

    @staticmethod
    def size(one):
        """How many numbers a tensor of the index has."""
        size = 1
        for extent in one["shape"]:
            size *= extent
        return size


class Pace:
    """Reads the loss about every READ_INTERVAL by the pace of the steps before, and after the last."""

    def __init__(self):
        self.seconds = READ_INTERVAL

    def run(self, count, step, read):
        """Milliseconds a step."""
        every = max(1, round(READ_INTERVAL / self.seconds))
        begin = time.perf_counter()
        for i in range(1, count + 1):
            value = step()
            if i % every == 0 or i == count:
                read(value)
        self.seconds = (time.perf_counter() - begin) / count
        return self.seconds * 1000


def serve(version, device, notes, losses, steps, images=None):
    """Answers until told to quit. `losses()`, `steps(count)` in milliseconds a step, `images()` a list of rows of pixels."""
    say(kind="ready", version=version, device=device, notes=notes)
    for line in sys.stdin:
        question, *rest = line.split()
        if question == "quit":
            break
        if question == "losses":
            say_numbers(losses())
        elif question == "steps":
            say(kind="time", milliseconds=steps(int(rest[0])))
        elif question == "pixels" and images is not None:
            say_numbers([float(row.mean()) for row in images()[:SAMPLES_CHECKED]])
        elif question == "images" and images is not None:
            begin = time.perf_counter()
            for _ in range(int(rest[0])):
                images()
            say(kind="time", milliseconds=(time.perf_counter() - begin) / int(rest[0]) * 1000)
        else:
            say(kind="error", message=f"{line.strip()!r} is not a question")
