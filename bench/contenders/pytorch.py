"""PyTorch as a contender: python3 pytorch.py FIXTURE WORKLOADS MODE FOREACH THREADS.

MODE is eager or jit (TorchScript), FOREACH 0 or 1 (how Adam loops over the parameters). Says what it says in the lines of
harness/protocol.ts.
"""
import ctypes
import importlib.util
import json
import os
import sys
import time

READ_INTERVAL = 0.150  # seconds, as in harness/protocol.ts


def say(**answer):
    print(json.dumps(answer), flush=True)


try:
    import torch
except ImportError:
    say(kind="missing", reason="PyTorch is not installed")
    sys.exit()

fixture, workloads, mode, foreach, threads = sys.argv[1:]
torch.set_num_threads(int(threads))


def blas():
    """The BLAS in this process with the kernels it chose, and a remark where it is the slow one of reference."""
    with open("/proc/self/maps") as maps:
        paths = sorted({line.split()[-1] for line in maps if "blas" in line or "mkl" in line})
    for path in paths:
        try:
            name = ctypes.CDLL(path).openblas_get_corename
            name.restype = ctypes.c_char_p
            folder = os.path.basename(os.path.dirname(path))
            return f"{folder}/{os.path.basename(path)} ({name().decode()})", []
        except (AttributeError, OSError):
            continue
    names = ", ".join(os.path.basename(path) for path in paths)
    slow = "/blas/" in "".join(paths) or "libblas" in names
    return names, ["the reference BLAS, which is slow: install OpenBLAS for a peer worth the name"] if slow else []


def load():
    with open(os.path.join(fixture, "fixture.json")) as file:
        index = json.load(file)
    with open(os.path.join(fixture, "fixture.f32"), "rb") as file:
        numbers = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)

    def tensor(one):
        size = 1
        for extent in one["shape"]:
            size *= extent
        return numbers[one["offset"] : one["offset"] + size].reshape(one["shape"])

    # Weights are kept [outputs, inputs], as nn.Linear does.
    parameters = {
        one["name"]: (tensor(one).t() if len(one["shape"]) == 2 else tensor(one)).clone(
            memory_format=torch.contiguous_format
        ).requires_grad_()
        for one in index["parameters"]
    }
    draws = {one["name"]: tensor(one).clone() for one in index["draws"]}
    return index, parameters, tensor(index["batches"]).clone(), draws


def loss_of(workload):
    path = os.path.join(workloads, workload, "pytorch.py")
    spec = importlib.util.spec_from_file_location("workload", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # What the loss looks up comes to it with the draws, since TorchScript has no globals.
    tables = getattr(module, "tables", {})
    made = torch.jit.script(module.loss) if mode == "jit" else module.loss
    return lambda p, x, draws: made(p, x, {**tables, **draws})


index, parameters, batches, given = load()
drawing = {
    one["name"]: torch.randn_like if one["kind"] == "standard_normal" else torch.rand_like for one in index["draws"]
}
batch = batches[0].clone()
loss = loss_of(index["workload"])
optimizer = torch.optim.Adam(parameters.values(), lr=index["learningRate"], foreach=foreach == "1")
pace = READ_INTERVAL


def step(x, draws):
    value = loss(parameters, x, draws)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value


def steps(count):
    global pace
    every = max(1, round(READ_INTERVAL / pace))
    begin = time.perf_counter()
    for i in range(1, count + 1):
        value = step(batch, {name: draw(given[name][0]) for name, draw in drawing.items()})
        if i % every == 0 or i == count:
            value.item()
    pace = (time.perf_counter() - begin) / count
    return pace * 1000


library, remarks = blas()
say(kind="ready", version=torch.__version__, device=f"CPU, {library}", notes=remarks)
for line in sys.stdin:
    question, *rest = line.split()
    if question == "quit":
        break
    if question == "losses":
        say(kind="losses", losses=[
            step(x, {name: values[i] for name, values in given.items()}).item() for i, x in enumerate(batches)
        ])
    elif question == "steps":
        say(kind="steps", milliseconds=steps(int(rest[0])))
    else:
        say(kind="error", message=f"{line.strip()!r} is not a question")
