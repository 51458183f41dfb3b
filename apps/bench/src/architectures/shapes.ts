/** Forward shape inference: what every layer makes, without the batch axis. */
import { IdinitError } from "@idinit/core";
import type { Architecture, InputSpec, Layer } from "./architecture.js";
import { requireInteger } from "./check.js";

/** A shape without its batch axis. Token ids are `[T]`, images `[C, H, W]`, vectors `[features]`, sequences `[T, D]`. */
export type Shape = readonly number[];

/**
 * Shapes of all values by layer name, the input under `"input"`.
 *
 * @throws IdinitError where a layer cannot take what comes, naming the layer, what it expected and what came.
 *
 * @example shapes(resnet({ depth: 20, classes: 10, input })).get("fc") // [10]
 */
export function shapes(architecture: Architecture): Map<string, Shape> {
  const known = new Map<string, Shape>([["input", inputShape(architecture.input)]]);
  for (const layer of architecture.layers) {
    const inputs = layer.inputs.map((name) => {
      const shape = known.get(name);
      if (!shape) {
        throw new IdinitError(
          `${where(architecture, layer)} reads "${name}", which is neither "input" nor a layer before it`,
        );
      }
      return shape;
    });
    known.set(layer.name, layerShape(architecture, layer, inputs));
  }
  return known;
}

/** Shape of one example. */
export function inputShape(input: InputSpec): Shape {
  switch (input.kind) {
    case "vector":
      return [input.features];
    case "image":
      return [input.channels, input.height, input.width];
    case "tokens":
      return [input.length];
  }
}

/** How messages name a layer. */
export function where(architecture: Architecture, layer: Layer): string {
  return `${architecture.name}: ${layer.op} layer "${layer.name}"`;
}

function layerShape(architecture: Architecture, layer: Layer, inputs: readonly Shape[]): Shape {
  const at = where(architecture, layer);
  const arity = layer.op === "add" ? 2 : 1;
  if (inputs.length !== arity) throw new IdinitError(`${at} needs ${arity} input(s), got ${inputs.length}`);
  const x = inputs[0]!;
  const fail = (expected: string): never => {
    throw new IdinitError(`${at} needs ${expected}, got a value of shape [${["batch", ...x].join(", ")}]`);
  };
  const image = (): readonly [number, number, number] =>
    x.length === 3 ? [x[0]!, x[1]!, x[2]!] : fail("an image [batch, channels, height, width]");
  const sequence = (): readonly [number, number] =>
    x.length === 2 ? [x[0]!, x[1]!] : fail("a sequence [batch, tokens, width]");
  const window = (size: number, kernel: number, stride: number, padding: number): number => {
    const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
    return out >= 1 ? out : fail(`at least ${kernel} rows and columns after padding ${padding}`);
  };
  switch (layer.op) {
    case "dense":
      requireInteger(`${at}: out`, layer.out, 1);
      if (x.length > 2) return fail("a vector or a sequence (flatten images first)");
      return [...x.slice(0, -1), layer.out];
    case "conv": {
      const [channels, height, width] = image();
      for (const key of ["out", "kernel", "stride", "groups"] as const) requireInteger(`${at}: ${key}`, layer[key], 1);
      requireInteger(`${at}: padding`, layer.padding, 0);
      if (channels % layer.groups || layer.out % layer.groups) {
        throw new IdinitError(
          `${at}: ${layer.groups} groups do not divide ${channels} input and ${layer.out} output channels`,
        );
      }
      const side = (size: number) => window(size, layer.kernel, layer.stride, layer.padding);
      return [layer.out, side(height), side(width)];
    }
    case "batchNorm":
    case "layerNorm":
      if (!(layer.epsilon > 0)) throw new IdinitError(`${at}: epsilon needs a number > 0, got ${layer.epsilon}`);
      if (layer.op === "batchNorm") {
        image();
        if (!(layer.momentum >= 0 && layer.momentum <= 1)) {
          throw new IdinitError(`${at}: momentum needs a number in [0, 1], got ${layer.momentum}`);
        }
      }
      return x;
    case "activation":
    case "multiplier":
    case "shift":
      return x;
    case "amplify":
      if (!Number.isFinite(layer.factor))
        throw new IdinitError(`${at}: factor needs a finite number, got ${layer.factor}`);
      return x;
    case "add": {
      const y = inputs[1]!;
      if (x.join() !== y.join())
        return fail(`two values of equal shape (the other is [${["batch", ...y].join(", ")}])`);
      return x;
    }
    case "zeroPadShortcut": {
      const [channels, height, width] = image();
      requireInteger(`${at}: stride`, layer.stride, 1);
      requireInteger(`${at}: out (the input has ${channels} channels)`, layer.out, channels);
      return [layer.out, Math.ceil(height / layer.stride), Math.ceil(width / layer.stride)];
    }
    case "averagePool":
    case "maxPool": {
      const [channels, height, width] = image();
      requireInteger(`${at}: kernel`, layer.kernel, 1);
      requireInteger(`${at}: stride`, layer.stride, 1);
      const padding = (layer.op === "maxPool" && layer.padding) || 0;
      requireInteger(`${at}: padding`, padding, 0);
      // PyTorch's rule, which keeps every window on the image.
      if (2 * padding > layer.kernel) {
        throw new IdinitError(`${at}: padding needs at most half the kernel ${layer.kernel}, got ${padding}`);
      }
      const side = (size: number) => window(size, layer.kernel, layer.stride, padding);
      return [channels, side(height), side(width)];
    }
    case "globalAveragePool":
      return [image()[0]];
    case "flatten":
      return [x.reduce((product, size) => product * size, 1)];
    case "embedding":
      requireInteger(`${at}: width`, layer.width, 1);
      if (layer.inputs[0] !== "input" || architecture.input.kind !== "tokens") return fail("the network's token ids");
      return [architecture.input.length, layer.width];
    case "position":
      return sequence();
    case "attention": {
      const [, width] = sequence();
      requireInteger(`${at}: heads`, layer.heads, 1);
      if (width % layer.heads) return fail(`a width that ${layer.heads} heads divide`);
      return x;
    }
    case "meanTokens":
      return [sequence()[1]];
  }
}
