/** What a scenario is: an experiment written down as a constant. */
import type { Json } from "@idinit/core";
import type { Architecture, Parts } from "../architectures/index.js";
import type { Dataset } from "../data/dataset.js";
import type { DatasetName } from "../data/loadDataset.js";
import type { TextOptions } from "../data/sentences.js";
import type { EngineName, OptimizerSpec } from "../engines/engine.js";
import type { Contender } from "./contender.js";

export const presetNames = ["smoke", "quick", "paper"] as const;
/** `smoke`: seconds, to see that everything runs. `quick`: minutes on a laptop. `paper`: the settings of the paper. */
export type PresetName = (typeof presetNames)[number];

/** How a network is trained. The learning rate falls to 0 along a cosine. */
export interface Recipe {
  readonly optimizer: OptimizerSpec;
  /** Peak. */
  readonly learningRate: number;
  /** Epochs of linear warm-up. */
  readonly warmUpEpochs: number;
  /** The same as a share of all epochs, which then counts. */
  readonly warmUpShare?: number;
  /** Random crops and mirror images. */
  readonly augment: boolean;
}

/** Which engines train with which schemes and seeds. */
export interface PlanEntry {
  /** Default: all of the scenario's. */
  readonly variants?: readonly string[];
  readonly engines: readonly EngineName[];
  /** Default: those of the variant. */
  readonly schemes?: readonly string[];
  readonly seeds: readonly number[];
  /** Instead of the preset's: a short run that slow engines can take part in. Such runs are compared among themselves. */
  readonly epochs?: number;
  /** Instead of the preset's, likewise. */
  readonly trainExamples?: number;
}

export interface TrainingSettings {
  readonly epochs: number;
  readonly batch: number;
  /** Uses only the first so many examples. Default: all. */
  readonly trainExamples?: number;
  readonly testExamples?: number;
  /** Of a network whose depth is a parameter. */
  readonly depth?: number;
  /** Of a network whose width is a parameter. */
  readonly width?: number;
  /** Where this preset departs from the scenario's recipe. */
  readonly recipe?: Partial<Recipe>;
}

export interface TrainingPreset extends TrainingSettings {
  readonly plan: readonly PlanEntry[];
  /** Where it departs on data from files, which are larger and harder than the embedded ones. */
  readonly onFiles?: Partial<TrainingSettings>;
}

/** One of a scenario's networks. */
export interface TrainingVariant {
  readonly name: string;
  readonly schemes: readonly Contender[];
  /** Where this network's recipe departs from the scenario's and the preset's. */
  readonly recipe?: Partial<Recipe>;
  /** `parts`: what the scheme needs. A network that cannot have it ignores it, and the scheme is then skipped there. */
  architecture(dataset: Dataset, settings: TrainingSettings, parts: Parts): Architecture;
}

/** One number of a look at a network. */
export interface Observation {
  readonly name: string;
  readonly value: number;
}

/** How the observations of one name are drawn over the steps. */
export interface Observed {
  /** That of the observations; the picture's heading. */
  readonly name: string;
  /** Upwards. */
  readonly label: string;
  /** Default: equal distances for equal differences. */
  readonly scale?: "log";
  /** Name of observations that are a limit, drawn as a dashed line. */
  readonly limit?: string;
  /** False: only its last value, in the table. */
  readonly drawn?: false;
}

/** What is followed while a network trains. */
export interface Watch {
  readonly observed: readonly Observed[];
  /** Numbers of the weights; `initial` are those before the first step. */
  values(state: WatchedState): readonly Observation[];
}

export interface WatchedState {
  readonly architecture: Architecture;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly initial: ReadonlyMap<string, Float32Array>;
}

/** A number that a paper reports, for the column beside ours. */
export interface Reported {
  readonly variant: string;
  /** As the report names it; where the paper says "default", the scheme that it means. */
  readonly scheme: string;
  readonly value: string;
  /** The paper's setting, as it differs from ours. */
  readonly setting: string;
}

interface About {
  readonly name: string;
  readonly title: string;
  /** Paper and section; P22: Pan et al. 2022, P25: Pan et al., ICLR 2025. */
  readonly source: string;
  readonly reported: readonly Reported[];
}

export interface TrainingScenario extends About {
  readonly kind: "training";
  readonly dataset: DatasetName;
  readonly text?: TextOptions;
  /** Height and width of the embedded pictures. Default 16. */
  readonly side?: number;
  readonly recipe: Recipe;
  readonly variants: readonly TrainingVariant[];
  readonly presets: Readonly<Record<PresetName, TrainingPreset>>;
  /** Test accuracy of "epochs to target". */
  readonly target: number;
  readonly watch?: Watch;
  /** Networks that are one recipe at different settings: the report shows them together. */
  readonly overview?: "warm-up" | "grid";
}

/** One number, taken behind a layer. */
export interface Measurement {
  readonly name: string;
  readonly depth: number;
  readonly layer: string;
  readonly value: number;
}

export interface MeasurePreset {
  /** Random inputs or repetitions that are averaged. */
  readonly rounds: number;
  /** Width of a network whose width costs much. */
  readonly width: number;
  readonly seeds: readonly number[];
}

/** Looks at untrained networks; computed in double precision, without an engine. */
export interface MeasureScenario extends About {
  readonly kind: "measure";
  /** Absent where the inputs are drawn. */
  readonly dataset?: DatasetName;
  readonly variants: readonly { readonly name: string; readonly schemes: readonly Contender[] }[];
  readonly presets: Readonly<Record<PresetName, MeasurePreset>>;
  /** The network that is looked at. */
  architecture(task: Pick<MeasureTask, "variant" | "preset" | "dataset">): Architecture;
  /** What is drawn from a seed and a scheme. Yields between rounds, so that the caller can show and stop it. */
  measure(task: MeasureTask): Generator<undefined, readonly Measurement[]>;
}

export interface MeasureTask {
  readonly variant: string;
  readonly scheme: Contender;
  readonly seed: number;
  readonly preset: MeasurePreset;
  readonly dataset: Dataset | undefined;
}

export interface SimulationPreset {
  readonly steps: number;
  readonly layers: number;
  readonly seeds: readonly number[];
}

/** A small problem whose training is followed step by step; computed in double precision, without an engine. */
export interface SimulationScenario extends About {
  readonly kind: "simulation";
  /** What is compared: schemes, or ways to train. */
  readonly variants: readonly { readonly name: string; readonly schemes: readonly string[] }[];
  readonly presets: Readonly<Record<PresetName, SimulationPreset>>;
  /** What else decides the numbers, for the records. */
  readonly constants: { readonly [name: string]: Json };
  readonly observed: readonly Observed[];
  /** Gives what is seen before the first step, then after each one. */
  simulate(task: SimulationTask): Generator<readonly Observation[], void>;
}

export interface SimulationTask {
  readonly variant: string;
  readonly scheme: string;
  readonly seed: number;
  readonly preset: SimulationPreset;
}

export type Scenario = TrainingScenario | MeasureScenario | SimulationScenario;
