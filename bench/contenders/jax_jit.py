"""JAX as a contender: python3 jax_jit.py FIXTURE WORKLOADS PLACE; PLACE is cpu or cuda. The whole step is one function under jit."""
import os
import sys

from serve import Fixture, Pace, missing, serve

folder, workloads, place = sys.argv[1:]
# Whatever the environment says: elsewhere it would compute under the wrong name.
os.environ["JAX_PLATFORMS"] = place
# What it would take at once is not its own: others hold memory of the same device.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
try:
    import jax
    import jax.numpy as np
    import numpy
except ImportError:
    missing("JAX is not installed")
try:
    found = jax.devices()[0]
except (RuntimeError, AssertionError):
    missing(f"JAX finds no {place} here")

# Everyone computes in f32; JAX's default on a GPU has fewer bits.
jax.config.update("jax_default_matmul_precision", "highest")
fixture = Fixture(folder, workloads, "jax_jit.py")
index = fixture.index
numbers = numpy.frombuffer(fixture.bytes, dtype=numpy.float32)
loss = fixture.mathematics.loss
rate = index["learningRate"]


def tensor(one):
    begin = one["offset"]
    return np.asarray(numbers[begin : begin + fixture.size(one)].reshape(one["shape"]))


def train(state, x, draws):
    """A step of Adam: the loss and the next state."""
    parameters, m, v, count = state
    value, gradient = jax.value_and_grad(loss)(parameters, x, draws)
    count = count + 1
    m = {name: 0.9 * m[name] + 0.1 * g for name, g in gradient.items()}
    v = {name: 0.999 * v[name] + 0.001 * g * g for name, g in gradient.items()}
    size = rate / (1 - 0.9**count)
    root = np.sqrt(1 - 0.999**count)
    parameters = {name: p - size * m[name] / (np.sqrt(v[name]) / root + 1e-8) for name, p in parameters.items()}
    return value, (parameters, m, v, count)


def drawing(state, x, key):
    key, *keys = jax.random.split(key, 1 + len(index["draws"]))
    made = {}
    for one, own in zip(index["draws"], keys):
        draw = jax.random.normal if one["kind"] == "standard_normal" else jax.random.uniform
        made[one["name"]] = draw(own, one["shape"][1:])
    value, state = train(state, x, made)
    return value, state, key


given_step = jax.jit(train, donate_argnums=0)
drawing_step = jax.jit(drawing, donate_argnums=(0, 2))
parameters = {one["name"]: tensor(one) for one in index["parameters"]}
zeros = lambda: {name: np.zeros_like(value) for name, value in parameters.items()}
state = (parameters, zeros(), zeros(), np.float32(0))
key = jax.random.key(0)
batches = tensor(index["batches"])
given = {one["name"]: tensor(one) for one in index["draws"]}
batch = batches[0]


def losses():
    global state
    found = []
    for i, x in enumerate(batches):
        value, state = given_step(state, x, {name: values[i] for name, values in given.items()})
        found.append(float(value))
    return found


def step():
    global state, key
    value, state, key = drawing_step(state, batch, key)
    return value


pace = Pace()
images = None
if "sampling" in index:
    latents = tensor(index["sampling"]["latents"])
    decode = jax.jit(fixture.mathematics.pictures)

    def images():
        return numpy.asarray(decode(state[0], latents))


# Its pool has a thread for each, and --threads has no say in it.
cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
notes = [f"all {cores} cores"] if place == "cpu" else []
serve(jax.__version__, found.device_kind, notes, losses, lambda count: pace.run(count, step, float), images)
