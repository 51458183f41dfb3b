"""Times of PyTorch's and numpy's initializers on one thread, in seconds, as one line of JSON: whichever is installed."""

import json
import time

SIDE = 4096
ROUNDS = 7


def best(run, rounds=ROUNDS):
    run()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


found = {}
try:
    import torch

    torch.set_num_threads(1)
    values = torch.empty(SIDE, SIDE)
    found["pytorch"] = {
        "version": torch.__version__,
        "normal": best(values.normal_),
        "uniform": best(values.uniform_),
        "truncatedNormal": best(lambda: torch.nn.init.trunc_normal_(values), 2),
        "orthogonal 256": best(lambda: torch.nn.init.orthogonal_(torch.empty(256, 256))),
        "orthogonal 1024": best(lambda: torch.nn.init.orthogonal_(torch.empty(1024, 1024)), 3),
    }
except ImportError:
    pass
try:
    import numpy

    generator = numpy.random.default_rng(0)
    array = numpy.empty((SIDE, SIDE), numpy.float32)
    found["numpy"] = {
        "version": numpy.__version__,
        "normal": best(lambda: generator.standard_normal(dtype=numpy.float32, out=array)),
        "uniform": best(lambda: generator.random(dtype=numpy.float32, out=array)),
    }
except ImportError:
    pass
print(json.dumps(found))
