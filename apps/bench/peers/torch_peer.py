"""Trains one of the bench's neutral architectures with PyTorch, to time it and to check it beside the JavaScript engines.

The first line on stdin is a JSON object: architecture, batch, threads, learningRate, momentum, weightDecay, device
("cpu" where absent, or "cuda"), and if they are to be given, weights (by canonical name) and batches (inputs and labels,
used in turn), as base64 of little-endian float32 and int32. The answer is a line with the version and the thread count.
Each further line is a number of training steps to take; its answer is {"milliseconds": ..., "cpuMilliseconds": ...,
"loss": ...}, the times of all and the loss of the last, the only one that is read back. The process ends when stdin does. It touches no files.
"""

import base64
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class ZeroPadShortcut(nn.Module):
    def __init__(self, stride, channels, out):
        super().__init__()
        self.stride, self.before = stride, (out - channels) // 2
        self.after = out - channels - self.before

    def forward(self, x):
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.before, self.after))


class Position(nn.Module):
    def __init__(self, length, width):
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(length, width))

    def forward(self, x):
        return x + self.weight


class Multiplier(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return x * self.weight


class Shift(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.bias


class Amplify(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.scale = heads, math.sqrt(width / heads)
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x, padding):
        batch, tokens, width = x.shape
        split = lambda y: y.view(batch, tokens, self.heads, -1).transpose(1, 2)
        scores = split(self.query(x)) @ split(self.key(x)).transpose(2, 3) / self.scale
        weights = scores.masked_fill(padding[:, None, None, :], -1e9).softmax(-1)
        return self.out((weights @ split(self.value(x))).transpose(1, 2).reshape(batch, tokens, width))


class MeanTokens(nn.Module):
    def forward(self, x, padding):
        kept = (~padding).to(x.dtype).unsqueeze(-1)
        return (x * kept).sum(1) / kept.sum(1).clamp(min=1)


def make_module(layer, shape, description):
    """The module of one layer; `shape` is its input without the batch axis."""
    op = layer["op"]
    if op == "dense":
        return nn.Linear(shape[-1], layer["out"], bias=layer["bias"])
    if op == "conv":
        return nn.Conv2d(
            shape[0], layer["out"], layer["kernel"], layer["stride"], layer["padding"],
            groups=layer["groups"], bias=layer["bias"],
        )
    if op == "batchNorm":
        return nn.BatchNorm2d(shape[0], eps=layer["epsilon"], momentum=layer["momentum"])
    if op == "layerNorm":
        return nn.LayerNorm(shape[-1], eps=layer["epsilon"])
    if op == "activation":
        return {"relu": nn.ReLU, "tanh": nn.Tanh, "gelu": nn.GELU}[layer["kind"]]()
    if op == "multiplier":
        return Multiplier()
    if op == "shift":
        return Shift()
    if op == "amplify":
        return Amplify(layer["factor"])
    if op == "zeroPadShortcut":
        return ZeroPadShortcut(layer["stride"], shape[0], layer["out"])
    if op == "averagePool":
        return nn.AvgPool2d(layer["kernel"], layer["stride"])
    if op == "maxPool":
        return nn.MaxPool2d(layer["kernel"], layer["stride"], layer.get("padding", 0))
    if op == "globalAveragePool":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    if op == "flatten":
        return nn.Flatten()
    if op == "embedding":
        return nn.Embedding(description["input"]["vocabulary"], layer["width"])
    if op == "position":
        return Position(*shape)
    if op == "attention":
        return Attention(shape[1], layer["heads"])
    if op == "meanTokens":
        return MeanTokens()
    raise ValueError(f"unknown layer op {op!r}")


class Network(nn.Module):
    def __init__(self, description, example):
        super().__init__()
        self.description = description
        self.parts = nn.ModuleDict()
        values, padding = {"input": example}, example == 0
        for layer in description["layers"]:
            if layer["op"] != "add":
                shape = values[layer["inputs"][0]].shape[1:]
                self.parts[layer["name"].replace(".", "/")] = make_module(layer, shape, description)
            self.run(layer, values, padding)

    def run(self, layer, values, padding):
        inputs = [values[name] for name in layer["inputs"]]
        if layer["op"] == "add":
            values[layer["name"]] = inputs[0] + inputs[1]
            return
        if layer["op"] in ("attention", "meanTokens"):
            inputs.append(padding)
        values[layer["name"]] = self.parts[layer["name"].replace(".", "/")](*inputs)

    def forward(self, x):
        values, padding = {"input": x}, x == 0 if self.description["input"]["kind"] == "tokens" else None
        for layer in self.description["layers"]:
            self.run(layer, values, padding)
        return values[self.description["output"]]


def make_batch(description, size):
    """Random inputs and labels in the architecture's form."""
    spec = description["input"]
    if spec["kind"] == "vector":
        inputs = torch.randn(size, spec["features"])
    elif spec["kind"] == "image":
        inputs = torch.randn(size, spec["channels"], spec["height"], spec["width"])
    else:
        inputs = torch.randint(1, spec["vocabulary"], (size, spec["length"]))
    return inputs, None


def read_batch(description, batch, size):
    """A batch that was sent."""
    spec = description["input"]
    if spec["kind"] == "tokens":
        return decode(batch["inputs"], torch.int32).view(size, -1).long(), decode(batch["labels"], torch.int32).long()
    shape = [spec[key] for key in ("features", "channels", "height", "width") if key in spec]
    return decode(batch["inputs"], torch.float32).view(size, *shape), decode(batch["labels"], torch.int32).long()


def decode(text, dtype):
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=dtype)


def load_weights(network, weights):
    """Sets every parameter and running statistic; one that is missing or left over is an error."""
    own = {
        name.replace("parts.", "", 1).replace("/", "."): value
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    if own.keys() != weights.keys():
        raise ValueError(f"weights differ from the network's: {sorted(own.keys() ^ weights.keys())}")
    with torch.no_grad():
        for name, value in own.items():
            value.copy_(decode(weights[name], torch.float32).view_as(value))


def main():
    options = json.loads(sys.stdin.readline())
    description, size = options["architecture"], options["batch"]
    torch.set_num_threads(options["threads"])
    torch.manual_seed(0)
    batches = [read_batch(description, batch, size) for batch in options.get("batches", [])]
    if not batches:
        batches = [make_batch(description, size)]
    network = Network(description, batches[0][0])
    network.train()
    if batches[0][1] is None:
        batches = [(batches[0][0], torch.randint(0, network(batches[0][0]).shape[1], (size,)))]
    if "weights" in options:
        load_weights(network, options["weights"])
    device = torch.device(options.get("device", "cpu"))
    # True float32, like everybody else here, and the fastest of cuDNN's algorithms.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    network.to(device)
    batches = [(inputs.to(device), labels.to(device)) for inputs, labels in batches]
    optimizer = torch.optim.SGD(
        network.parameters(), lr=options["learningRate"], momentum=options["momentum"],
        weight_decay=options["weightDecay"],
    )
    print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
    taken = 0
    for line in iter(sys.stdin.readline, ""):
        start, used = time.perf_counter(), time.process_time()
        for _ in range(int(line)):
            inputs, labels = batches[taken % len(batches)]
            taken += 1
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(network(inputs), labels)
            loss.backward()
            optimizer.step()
        value = loss.item()  # waits for the device
        if device.type == "cuda":
            torch.cuda.synchronize()
        elapsed, used = time.perf_counter() - start, time.process_time() - used
        print(json.dumps({"milliseconds": 1000 * elapsed, "cpuMilliseconds": 1000 * used, "loss": value}), flush=True)


main()
