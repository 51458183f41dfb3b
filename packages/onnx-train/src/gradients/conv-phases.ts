/** The gradient of a convolution in steps by its input, as one convolution that gives what lies between two steps as channels. */
import { range } from "../compose.js";
import type { ConvShape } from "./conv-shape.js";

/** The window of that convolution along one axis. */
interface Axis {
  readonly size: number;
  readonly begin: number;
  readonly end: number;
  /** For each phase the forward kernel's tap at each place of the window, -1 where none is. */
  readonly taps: readonly (readonly number[])[];
}

/**
 * Position `s a + p` of the input takes tap `s m + (p + pad) mod s` of the kernel from position `a + floor((p + pad) / s) - m` of
 * the output. `undefined` where the window would leave out what the convolution's pads cannot say.
 */
function along(kernel: number, step: number, pad: number, input: number, output: number): Axis | undefined {
  const pairs = range(step).flatMap((phase) =>
    range(kernel)
      .filter((tap) => (tap - phase - pad) % step === 0)
      .map((tap) => ({ phase, tap, offset: (phase + pad - tap) / step })),
  );
  const offsets = pairs.map(({ offset }) => offset);
  const first = Math.min(...offsets);
  const size = Math.max(...offsets) - first + 1;
  const begin = -first;
  const end = input / step + size - 1 - output - begin;
  if (begin < 0 || end < 0) return undefined;
  const tapAt = (phase: number, place: number) =>
    pairs.find((pair) => pair.phase === phase && pair.offset === place + first)?.tap ?? -1;
  const taps = range(step).map((phase) => range(size).map((place) => tapAt(phase, place)));
  return { size, begin, end, taps };
}

export interface Phases {
  readonly kernel: readonly number[];
  readonly pads: readonly number[];
  /** Of the forward kernel, for each phase and place of the window; -1 where there is none. */
  readonly taps: readonly number[];
}

/** In two dimensions, with equal steps that divide the input. */
export function phasesOf({ kernel, strides, dilations, pads, input, output }: ConvShape): Phases | undefined {
  const [step] = strides as [number];
  const fits = strides.every((s) => s === step) && dilations.every((d) => d === 1);
  if (kernel.length !== 2 || !fits || input.some((size) => size % step !== 0)) return undefined;
  const axes = range(2).map((i) => along(kernel[i]!, step, pads[i]!, input[i]!, output[i]!));
  const [high, wide] = axes;
  if (!high || !wide) return undefined;
  const rows = high.taps.flatMap((down) => wide.taps.map((side) => [down, side] as const));
  const tap = (row: number, column: number) => (row < 0 || column < 0 ? -1 : row * kernel[1]! + column);
  return {
    kernel: [high.size, wide.size],
    pads: [high.begin, wide.begin, high.end, wide.end],
    taps: rows.flatMap(([down, side]) => down.flatMap((row) => side.map((column) => tap(row, column)))),
  };
}
