/** Random weights whose variance is set by the fans: the family of Glorot, He and LeCun. */
import type { Initializer, Json } from "../initializer.js";
import { fillNormal } from "../random/normal.js";
import type { Stream } from "../random/stream.js";
import { fillTruncatedNormal, truncatedStd } from "../random/truncatedNormal.js";
import { fillUniform } from "../random/uniform.js";
import { readOptions } from "./check.js";
import { type Block, define } from "./define.js";
import { fillCanonical } from "./store.js";

/** Parameters of {@link varianceScaling}. */
export interface VarianceScalingOptions {
  /** Factor on the variance, > 0: gain². Default 1. */
  readonly scale?: number;
  /** Which fan divides the variance; `"fan_avg"` is (fan_in + fan_out) / 2. Default `"fan_in"`. */
  readonly mode?: FanMode;
  /**
   * `"normal"`; `"uniform"` on ±√(3·variance); `"truncatedNormal"` within two deviations, widened by 1/0.8796 so that the
   * variance is right. Default `"normal"`.
   */
  readonly distribution?: Distribution;
}

/** What {@link varianceScaling} draws from. */
export type Distribution = "normal" | "uniform" | "truncatedNormal";

/** See {@link VarianceScalingOptions.mode}. */
export type FanMode = "fan_in" | "fan_out" | "fan_avg";

/**
 * Independent draws with mean 0 and variance scale / fan.
 *
 * fan_in = (in / groups)·K and fan_out = out·K as in `torch.nn.init`, but counted by meaning, whatever the layout and also
 * for transposed convolutions, where PyTorch exchanges them. With `parts`, fan_out counts one part's outputs.
 *
 * Source: He et al. 2015, Glorot and Bengio 2010; the common form is that of Keras and JAX.
 *
 * @throws {IdinitError} for a parameter out of range; generate throws for a shape without an in axis.
 * @example varianceScaling({ scale: 2, mode: "fan_out" }).generate([64, 3, 7, 7], { key: "conv1" })
 */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  const params = readOptions("varianceScaling", options, {
    scale: [1, 0, true],
    mode: ["fan_in", "fan_out", "fan_avg"],
    distribution: ["normal", "uniform", "truncatedNormal"],
  });
  return scaled("varianceScaling", params, params.scale, params.mode, params.distribution);
}

/** A {@link varianceScaling} that appears under another name and parameters. */
export function scaled(
  name: string,
  params: Readonly<Record<string, Json>>,
  scale: number,
  mode: FanMode,
  distribution: Distribution,
): Initializer {
  return define(name, params, "kernel", (data, block, stream) => {
    const std = Math.sqrt(scale / fan(block, mode));
    fillCanonical(data, block, (target, from) => draw(stream, target, distribution, std, from));
  });
}

function fan(block: Block, mode: FanMode): number {
  const fanOut = block.fanOut / block.parts;
  const { fanIn } = block;
  if (mode === "fan_in") return fanIn;
  return mode === "fan_out" ? fanOut : (fanIn + fanOut) / 2;
}

function draw(stream: Stream, target: Float32Array, distribution: Distribution, std: number, from: number): void {
  if (distribution === "normal") {
    fillNormal(stream, target, { std, from });
  } else if (distribution === "uniform") {
    const bound = Math.sqrt(3) * std;
    fillUniform(stream, target, { low: -bound, high: bound, from });
  } else {
    const wide = std / truncatedStd(-2, 2);
    fillTruncatedNormal(stream, target, { std: wide, low: -2 * wide, high: 2 * wide, from });
  }
}
