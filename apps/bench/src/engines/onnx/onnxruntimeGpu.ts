/** onnxruntime-node on a GPU: its own WebGPU provider, or CUDA where that is installed. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { IdinitError } from "@idinit/core";
import * as ort from "onnxruntime-node";
import { nameOf } from "../../gpu/adapter.js";
import { requireAdapter } from "../../gpu/openGpu.js";
import type { Engine } from "../engine.js";
import { explainedLearner } from "./explainedLearner.js";
import { onnxLearner } from "./onnxLearner.js";

const version = ort.env.versions.node ?? ort.env.versions.common;

/** Whether the package was installed together with the CUDA provider, which is a library of its own. */
function hasCuda(): boolean {
  const folder = join(dirname(createRequire(import.meta.url).resolve("onnxruntime-node")), "..", "bin", "napi-v6");
  return existsSync(join(folder, process.platform, process.arch, "libonnxruntime_providers_cuda.so"));
}

/** The WebGPU provider: Vulkan, D3D12 or Metal, nothing to install. State stays on the device. */
export function onnxruntimeWebgpu(): Engine {
  return {
    name: "onnxruntime-webgpu",
    async unsupported() {
      if (!ort.listSupportedBackends().some(({ name }) => name === "webgpu")) {
        return `onnxruntime-node ${version} has no WebGPU provider on this platform`;
      }
      try {
        await requireAdapter();
      } catch (error) {
        if (error instanceof IdinitError) return error.message;
        throw error;
      }
      return undefined;
    },
    describe: async () => ({
      framework: "onnxruntime-node",
      version,
      device: `webgpu: ${nameOf(await requireAdapter())}`,
    }),
    async create(architecture, weights, options) {
      await requireAdapter();
      const sessionOptions = {
        // Each convolution costs two transposes less than with the default, channels last.
        executionProviders: [{ name: "webgpu", preferredLayout: "NCHW" }],
        // Operators that stay on the CPU are warned of, one line each.
        logSeverityLevel: 3,
      } as const;
      return explainedLearner(onnxLearner(ort, architecture, weights, options, sessionOptions));
    },
  };
}

/** The CUDA provider: its libraries come with onnxruntime-node's install step. State crosses the bus with every step. */
export function onnxruntimeCuda(): Engine {
  return {
    name: "onnxruntime-cuda",
    unsupported: async () =>
      hasCuda()
        ? undefined
        : "its CUDA libraries are not there: npm downloads them with onnxruntime-node where no .npmrc says " +
          "onnxruntime-node-install=skip, as the project's does; a bundle has those of the installation it was made from",
    describe: async () => ({ framework: "onnxruntime-node", version, device: "cuda" }),
    create: (architecture, weights, options) =>
      explainedLearner(
        onnxLearner(ort, architecture, weights, options, { executionProviders: ["cuda"], logSeverityLevel: 3 }),
      ),
  };
}
