// The same work done by others, where they are installed: seconds by case.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { best } from "./timing.mjs";

const script = fileURLToPath(new URL("./peers.py", import.meta.url));
const oneThread = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/** PyTorch and numpy of the first Python that has them. */
export function pythonPeers(sizes) {
  let most = {};
  for (const python of ["python3", "/usr/bin/python3"]) {
    const { status, stdout } = spawnSync(python, [script], {
      encoding: "utf8",
      env: { ...process.env, ...oneThread },
      input: JSON.stringify(sizes),
      stdio: ["pipe", "pipe", "ignore"],
    });
    if (status !== 0) continue;
    const found = JSON.parse(stdout);
    if (found.pytorch) return found;
    most = { ...found, ...most };
  }
  return most;
}

/** TensorFlow.js on its plain backend, on the main thread. Its orthogonal takes seconds and is timed once. */
export async function tfjsPeer({ side, orthogonal: [small] }) {
  const name = "@tensorflow/tfjs";
  let tf;
  const warn = console.warn;
  try {
    // It praises its native sibling on import.
    console.warn = () => {};
    tf = await import(name);
    await tf.setBackend("cpu");
    await tf.ready();
  } catch {
    return {};
  } finally {
    console.warn = warn;
  }
  const make = (initializer, n) => () => initializer.apply([n, n]).dispose();
  return {
    tfjs: {
      version: tf.version.tfjs,
      normal: best(make(tf.initializers.randomNormal({}), side), 2),
      uniform: best(make(tf.initializers.randomUniform({}), side), 2),
      [`orthogonal ${small}`]: best(make(tf.initializers.orthogonal({}), small), 1),
    },
  };
}
