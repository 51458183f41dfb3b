/** What PyTorch and numpy say; made by fixtures/make_initializers.py. */
import { readFileSync } from "node:fs";
import type { StftOptions } from "@idinit/core";

interface Fixture {
  fans: { shape: number[]; groups: number; fanIn: number; fanOut: number }[];
  sparse: { shape: [number, number]; sparsity: number; zeros: number }[];
  stft: { shape: number[]; options: Omit<StftOptions, "side">; real: number[]; imag: number[] }[];
  factors: { n: number; matrix: number[]; sigma: number[]; products: Record<string, number[]> }[];
}

export const fixture = JSON.parse(
  readFileSync(new URL("../../fixtures/initializers.json", import.meta.url), "utf8"),
) as Fixture;
