"""PyTorch as a contender: python3 pytorch.py FIXTURE WORKLOADS PLACE THREADS MODE...

PLACE is cpu or cuda. MODE is any of jit (TorchScript), compile (torch.compile), graph (the whole step as one CUDA graph),
and foreach or fused (how Adam goes over the parameters).
"""
import ctypes
import os
import sys

from serve import Fixture, Pace, missing, serve

try:
    import torch
except ImportError:
    missing("PyTorch is not installed")

folder, workloads, place, threads, *modes = sys.argv[1:]
torch.set_num_threads(int(threads))
if place == "cuda" and not torch.cuda.is_available():
    missing("torch.cuda is not available")
# Everyone computes in f32; TensorFloat-32 keeps 10 of its 23 bits.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False


def blas():
    """The BLAS in this process with the kernels it chose, and a remark where it is the slow one of reference."""
    if torch.backends.mkl.is_available():
        return "MKL", []
    with open("/proc/self/maps") as maps:
        paths = sorted({line.split()[-1] for line in maps if "blas" in line or "mkl" in line})
    for path in paths:
        try:
            name = ctypes.CDLL(path).openblas_get_corename
            name.restype = ctypes.c_char_p
            own = os.path.basename(os.path.dirname(path))
            return f"{own}/{os.path.basename(path)} ({name().decode()})", []
        except (AttributeError, OSError):
            continue
    names = ", ".join(os.path.basename(path) for path in paths)
    slow = "/blas/" in "".join(paths) or "libblas" in names
    return names, ["the reference BLAS, which is slow: install OpenBLAS for a peer worth the name"] if slow else []


fixture = Fixture(folder, workloads, "pytorch.py")
index = fixture.index
numbers = torch.frombuffer(fixture.bytes, dtype=torch.float32)


def tensor(one):
    begin = one["offset"]
    return numbers[begin : begin + fixture.size(one)].reshape(one["shape"])


def as_linear(_, value):
    """Weights are kept [outputs, inputs], as nn.Linear does."""
    return value.t() if value.dim() == 2 else value


def made(function):
    """A function of the workload's mathematics, as it is run. What it looks up comes with the draws: TorchScript has no globals."""
    if "jit" in modes:
        return torch.jit.script(function)
    return torch.compile(function) if "compile" in modes else function


kept = getattr(fixture.mathematics, "kept", as_linear)
parameters = {
    one["name"]: kept(one["name"], tensor(one)).to(place).clone(memory_format=torch.contiguous_format).requires_grad_()
    for one in index["parameters"]
}
tables = {name: table.to(place) for name, table in getattr(fixture.mathematics, "tables", {}).items()}
batches = tensor(index["batches"]).to(place)
given = {one["name"]: tensor(one).to(place) for one in index["draws"]}
drawing = {
    one["name"]: torch.randn_like if one["kind"] == "standard_normal" else torch.rand_like for one in index["draws"]
}
loss = made(fixture.mathematics.loss)
options = {mode: True for mode in ("foreach", "fused") if mode in modes}
if place == "cpu":
    options.setdefault("foreach", False)
if "graph" in modes:
    options["capturable"] = True
optimizer = torch.optim.Adam(list(parameters.values()), lr=index["learningRate"], **options)
# What a step reads: a captured one always reads the same places.
batch = batches[0].clone()
draws = {name: values[0].clone() for name, values in given.items()}


def step():
    value = loss(parameters, batch, {**tables, **draws})
    optimizer.zero_grad(set_to_none=True)
    value.backward()
    optimizer.step()
    return value


def drawing_step():
    for name, draw in drawing.items():
        draws[name] = draw(draws[name])
    return step()


def captured(body):
    """The body as one CUDA graph that is replayed; the parameters and Adam's state are left as they were."""
    before = [value.detach().clone() for value in parameters.values()]
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            body()
    torch.cuda.current_stream().wait_stream(side)
    optimizer.zero_grad(set_to_none=True)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        value = body()
    with torch.no_grad():
        for own, old in zip(parameters.values(), before):
            own.copy_(old)
        for state in optimizer.state.values():
            for own in state.values():
                own.zero_()

    def replay():
        graph.replay()
        return value

    return replay


run = {}


def prepared(body):
    if body not in run:
        run[body] = captured(body) if "graph" in modes else body
    return run[body]


def losses():
    found = []
    advance = prepared(step)
    for i, x in enumerate(batches):
        batch.copy_(x)
        for name, values in given.items():
            draws[name].copy_(values[i])
        found.append(advance().item())
    batch.copy_(batches[0])
    return found


pace = Pace()


def steps(count):
    return pace.run(count, prepared(drawing_step), lambda value: value.item())


def images():
    with torch.inference_mode():
        return pictures(parameters, latents).cpu()


sampling = index.get("sampling")
if sampling is not None:
    latents = tensor(sampling["latents"]).to(place)
    pictures = made(fixture.mathematics.pictures)

library, remarks = (torch.cuda.get_device_name(), []) if place == "cuda" else blas()
device = library if place == "cuda" else f"CPU, {library}"
serve(torch.__version__, device, remarks, losses, steps, images if sampling is not None else None)
