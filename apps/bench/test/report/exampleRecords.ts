/** Records as a run would write them, with made-up numbers. */
import {
  type EndRecord,
  type RunKey,
  type RunRecord,
  type RunStatus,
  runId,
  type StartRecord,
} from "../../src/records.js";

const environment = {
  bench: "0.0.0",
  command: ["run", "--preset", "quick"],
  commit: "0123456789ab",
  node: "v20.19.0",
  platform: "linux x64",
  cpu: "Some CPU",
  cores: 2,
  memory: 8,
};

export function startRecord(key: RunKey): StartRecord {
  const framework = { framework: key.engine, version: "1.2.3", device: "cpu" };
  return { type: "start", run: runId(key), time: "2026-01-02T03:04:05.000Z", ...key, environment, framework };
}

export function endRecord(run: string, status: RunStatus): EndRecord {
  const reason = status === "finished" ? {} : { reason: "for a test" };
  return {
    type: "end",
    run,
    time: "2026-01-02T03:05:05.000Z",
    status,
    ...reason,
    seconds: 60,
    steps: 120,
    millisecondsPerStep: 12.5,
  };
}

const EPOCHS = 6;
const STEPS = 120;

/** Losses, epochs and weights of one training. `pace` decides how fast it learns. */
export function trainingRecords(key: RunKey, pace: number, status: RunStatus = "finished"): RunRecord[] {
  const start = startRecord(key);
  const { run } = start;
  const wobble = (step: number) => 1 + 0.05 * Math.sin(step * 1.7 + key.seed * 2.3);
  const engineError = key.engine === "onnxruntime-node" ? 1 : 1 + 1e-6;
  const losses = Array.from({ length: STEPS }, (_, step): RunRecord => {
    const loss = 2.3 * Math.exp((-step / STEPS) * pace) * wobble(step) * engineError;
    return { type: "loss", run, from: step, to: step, loss };
  });
  const epochs = Array.from({ length: EPOCHS + 1 }, (_, epoch): RunRecord => {
    const share = epoch / EPOCHS;
    return {
      type: "epoch",
      run,
      epoch,
      step: epoch * 20,
      learningRate: 0.1,
      accuracy: 0.1 + 0.85 * (1 - Math.exp(-share * pace)) * wobble(epoch),
      testLoss: 2.3 * Math.exp(-share * pace),
    };
  });
  const weights =
    key.seed > 0
      ? []
      : (["before", "after"] as const).flatMap((when) =>
          ["fc1.weight", "fc3.weight", "fc4.weight"].map((name): RunRecord => {
            const noise = key.scheme === "idinit" && when === "before" ? 0 : 0.3;
            const values = Array.from(
              { length: 48 * 48 },
              (_, i) => (i % 49 === 0 ? 1 : 0) + noise * Math.sin(i * 12.9898),
            );
            return {
              type: "weights",
              run,
              when,
              name,
              shape: [512, 784],
              mean: 0,
              std: 0.04,
              nearZero: noise === 0 ? 0.998 : 0.0001,
              sample: { rows: 48, columns: 48, values },
            };
          }),
        );
  return [start, ...weights, ...losses, ...epochs, endRecord(run, status)];
}

/** A little of everything that a report shows. */
export function exampleRecords(): RunRecord[] {
  const key = {
    scenario: "linear",
    variant: "relu",
    preset: "quick",
    config: { architecture: "mlp-5x512-relu", batch: 128 },
  };
  const training = ["idinit", "kaiming", "orthogonal", "pytorch"].flatMap((scheme, index) => [
    ...[0, 1, 2].flatMap((seed) =>
      trainingRecords({ ...key, engine: "onnxruntime-node", scheme, seed }, 4 - index * 0.8),
    ),
    ...(index < 2 ? trainingRecords({ ...key, engine: "tfjs-wasm", scheme, seed: 0 }, 4 - index * 0.8) : []),
  ]);
  const diverged = trainingRecords(
    { ...key, variant: "tanh", engine: "onnxruntime-node", scheme: "xavier", seed: 0 },
    0.1,
    "diverged",
  );
  const brain = { ...key, engine: "brain", scheme: "idinit", seed: 0 };
  return [
    ...training,
    ...diverged,
    ...["idinit", "kaiming"].flatMap((scheme) => varianceRecords(scheme)),
    ...["idinit", "kaiming", "xavier", "pytorch"].flatMap((scheme, index) => jacobianRecords(scheme, index)),
    {
      type: "skipped",
      run: runId(brain),
      time: "",
      ...brain,
      reason: 'brain.js has no <momentum> & no "weight decay"',
    },
  ];
}

function varianceRecords(scheme: string): RunRecord[] {
  const start = startRecord({
    scenario: "variance",
    variant: "ResConv",
    preset: "quick",
    engine: "reference",
    scheme,
    seed: 0,
    config: { rounds: 2 },
  });
  const measures = ["noise 0", "noise 0.01", "noise 0.1", "noise 1"].flatMap((name) =>
    Array.from({ length: 11 }, (_, depth): RunRecord => {
      const value = scheme === "idinit" ? 1 + depth * 0.01 : 1.5 ** depth;
      return { type: "measure", run: start.run, name, depth, layer: `block${depth}.add`, value };
    }),
  );
  return [start, ...measures, endRecord(start.run, "finished")];
}

function jacobianRecords(scheme: string, index: number): RunRecord[] {
  const start = startRecord({
    scenario: "jacobian",
    variant: "64 blocks",
    preset: "quick",
    engine: "reference",
    scheme,
    seed: 0,
    config: { rounds: 4, width: 128 },
  });
  const measure = (name: string, depth: number, value: number): RunRecord => ({
    type: "measure",
    run: start.run,
    name,
    depth,
    layer: "block64.add",
    value,
  });
  return [
    start,
    measure("chi of the blocks", 64, 1000 ** index),
    measure("chi of the network", 65, index === 0 ? 1e-12 : 10 * 1000 ** index),
    endRecord(start.run, "finished"),
  ];
}
