"""Processor times of PyTorch's and numpy's initializers on one thread, in seconds, as one line of JSON: whichever is installed.

Standard input says the sizes: {"side", "rounds", "orthogonal": [sides], "shapes": [shape of each tensor of a model]}.
"""

import json
import sys
import time

sizes = json.load(sys.stdin)
SIDE, ROUNDS = sizes["side"], sizes["rounds"]


def best(run, rounds=ROUNDS):
    run()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


found = {}
try:
    import torch

    torch.set_num_threads(1)
    values = torch.empty(SIDE, SIDE)
    model = [torch.empty(shape) for shape in sizes["shapes"]]
    found["pytorch"] = {
        "version": torch.__version__,
        "normal": best(values.normal_),
        "uniform": best(values.uniform_),
        "truncatedNormal": best(lambda: torch.nn.init.trunc_normal_(values), 2),
        "model, normal": best(lambda: [tensor.normal_(0, 0.02) for tensor in model], 3),
    }
    for side in sizes["orthogonal"]:
        run = lambda: torch.nn.init.orthogonal_(torch.empty(side, side))
        found["pytorch"][f"orthogonal {side}"] = best(run, 3)
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
