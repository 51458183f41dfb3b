/** The runs of a training scenario. */
import { partsFor } from "../architectures/index.js";
import { initialParameters, lackOf } from "../architectures/initialParameters.js";
import { countOf, type Dataset, slice } from "../data/dataset.js";
import type { Engine, EngineName, LearnerOptions } from "../engines/engine.js";
import { runId } from "../records.js";
import { type Contender, choose, nameOf } from "../scenarios/contender.js";
import type {
  PlanEntry,
  PresetName,
  Recipe,
  TrainingScenario,
  TrainingSettings,
  TrainingVariant,
} from "../scenarios/scenario.js";
import { stepsOf, train } from "../train/train.js";
import { watchWeights } from "../train/watch.js";
import { weightSamples } from "../train/weightSamples.js";
import type { Job } from "./job.js";
import type { Selection } from "./selection.js";

/** One cell of the plan. */
interface Cell {
  readonly variant: TrainingVariant;
  readonly engine: EngineName;
  readonly scheme: Contender;
  readonly seed: number;
  readonly epochs?: number;
  readonly trainExamples?: number;
  /** The first seed on the first engine, at full length: its weights are sampled for the report's pictures. */
  readonly pictured: boolean;
}

/** All runs, variant by variant, in the order of the plan. */
export function trainingJobs(
  scenario: TrainingScenario,
  presetName: PresetName,
  dataset: Dataset,
  selection: Selection,
  findEngine: (name: EngineName) => Engine,
): Job[] {
  const { plan, onFiles, ...embedded } = scenario.presets[presetName];
  const settings: TrainingSettings = {
    ...embedded,
    ...(selection.directory === undefined ? {} : onFiles),
    ...(selection.depth === undefined ? {} : { depth: selection.depth }),
  };
  const jobs = cells(scenario.variants, plan, selection).map((cell) => {
    const epochs = selection.epochs ?? cell.epochs ?? settings.epochs;
    const trainExamples = selection.trainExamples ?? cell.trainExamples ?? settings.trainExamples;
    const own = { ...settings, epochs, ...(trainExamples !== undefined && { trainExamples }) };
    const cut = limit(dataset, own);
    return trainingJob(scenario, presetName, cut, own, selection, cell, findEngine(cell.engine));
  });
  // A selection can make two entries of the plan one.
  return jobs.filter(({ id }, index) => jobs.findIndex((other) => other.id === id) === index);
}

function limit(dataset: Dataset, { trainExamples, testExamples }: TrainingSettings): Dataset {
  return {
    ...dataset,
    train: slice(dataset.train, 0, Math.min(countOf(dataset.train), trainExamples ?? Number.POSITIVE_INFINITY)),
    test: slice(dataset.test, 0, Math.min(countOf(dataset.test), testExamples ?? Number.POSITIVE_INFINITY)),
  };
}

function cells(variants: readonly TrainingVariant[], plan: readonly PlanEntry[], selection: Selection): Cell[] {
  const entries: readonly PlanEntry[] = selection.engines
    ? [{ engines: selection.engines, seeds: selection.seeds ?? plan[0]!.seeds }]
    : plan;
  return variants.flatMap((variant) =>
    entries.flatMap(({ variants: names, engines, schemes, seeds, epochs, trainExamples }) =>
      (names && !names.includes(variant.name) ? [] : engines).flatMap((engine) =>
        (selection.schemes ? choose(variant.schemes, selection.schemes) : schemesOf(variant, schemes)).flatMap(
          (scheme) =>
            (selection.seeds ?? seeds).map((seed, position) => ({
              variant,
              engine,
              scheme,
              seed,
              ...(epochs !== undefined && { epochs }),
              ...(trainExamples !== undefined && { trainExamples }),
              pictured: engine === entries[0]!.engines[0] && position === 0 && epochs === undefined,
            })),
        ),
      ),
    ),
  );
}

/** A plan's list of schemes may name some that a variant does not compare. */
function schemesOf({ schemes }: TrainingVariant, listed: readonly string[] | undefined): readonly Contender[] {
  return listed ? schemes.filter((scheme) => listed.includes(nameOf(scheme))) : schemes;
}

function trainingJob(
  scenario: TrainingScenario,
  preset: PresetName,
  dataset: Dataset,
  settings: TrainingSettings,
  selection: Selection,
  { variant, engine: engineName, scheme, seed, pictured }: Cell,
  engine: Engine,
): Job {
  const { threads, learningRate } = selection;
  const recipe: Recipe = {
    ...scenario.recipe,
    ...settings.recipe,
    ...variant.recipe,
    ...(learningRate !== undefined && { learningRate }),
  };
  const parts = partsFor(scheme);
  const architecture = variant.architecture(dataset, settings, parts);
  // Fixup's scalars are trained with a tenth of the learning rate (Zhang, Dauphin, Ma 2019, section 3).
  const optimizer = { ...recipe.optimizer, ...(parts.biases === "scalar" && { scalarRate: 0.1 }) };
  const options: LearnerOptions = { optimizer, batchSize: settings.batch, threads };
  const key = {
    scenario: scenario.name,
    variant: variant.name,
    preset,
    engine: engineName,
    scheme: nameOf(scheme),
    seed,
    config: {
      architecture: architecture.name,
      data: dataset.origin,
      trainExamples: countOf(dataset.train),
      testExamples: countOf(dataset.test),
      epochs: settings.epochs,
      batch: settings.batch,
      optimizer,
      learningRate: recipe.learningRate,
      schedule: "cosine to 0",
      warmUpEpochs: warmUpOf(recipe, settings, selection),
      augment: recipe.augment,
      threads,
    },
  };
  const id = runId(key);
  const task = {
    run: id,
    dataset,
    epochs: settings.epochs,
    batch: settings.batch,
    learningRate: recipe.learningRate,
    warmUpEpochs: warmUpOf(recipe, settings, selection),
    augment: recipe.augment,
    seed,
  };
  const steps = stepsOf(task);
  return {
    id,
    key,
    steps,
    unsupported: async () => lackOf(architecture, scheme) ?? (await engine.unsupported(architecture, options)),
    describe: () => engine.describe(),
    async execute({ write, onStep, signal }) {
      const weights = initialParameters(architecture, scheme, seed);
      if (pictured) for (const record of weightSamples(architecture, weights, id, "before")) write(record);
      const learner = await engine.create(architecture, weights, options);
      try {
        const end = await train(learner, task, {
          write,
          signal,
          observer:
            scenario.watch &&
            watchWeights(scenario.watch, learner, { architecture, initial: weights, run: id, steps, write }),
          onStep: (done, loss) => onStep(done, `loss ${loss.toFixed(3)}`),
        });
        if (pictured && end.status === "finished") {
          for (const record of weightSamples(architecture, await learner.weights(), id, "after")) write(record);
        }
        return end;
      } finally {
        await learner.dispose();
      }
    },
  };
}

/** In epochs: what is asked for, else the recipe's share or number. */
function warmUpOf(recipe: Recipe, { epochs }: TrainingSettings, { warmUpEpochs }: Selection): number {
  const { warmUpShare } = recipe;
  return warmUpEpochs ?? (warmUpShare === undefined ? recipe.warmUpEpochs : warmUpShare * epochs);
}
