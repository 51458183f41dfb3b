import { describe, expect, it } from "vitest";
import { doctor } from "../../src/commands/doctor.js";
import type { Examination } from "../../src/doctor/examine.js";
import { formatExamination } from "../../src/doctor/formatExamination.js";
import { findAdapter } from "../../src/gpu/findAdapter.js";
import { findSoftwareDriver } from "../../src/gpu/softwareDriver.js";

const bare: Examination = {
  kind: "doctor",
  environment: {
    bench: "0",
    command: [],
    node: "v20.19.0",
    platform: "linux x64",
    cpu: "some cpu",
    cores: 2,
    memory: 4,
  },
  system: { nvidia: [], vulkanDrivers: [] },
  adapter: { reason: "no WebGPU adapter found", fix: "install a driver" },
  engines: [
    { name: "onnxruntime-node", device: "cpu" },
    { name: "tfjs-webgpu", device: "gpu", missing: "no WebGPU adapter found" },
    { name: "onnxruntime-web-webgpu", device: "gpu" },
  ],
  data: { sets: [{ name: "mnist", origin: "embedded" }] },
};
const lines = (examination: Examination) => formatExamination(examination).split("\n");

describe("doctor", () => {
  it("says what is missing and what helps", () => {
    const text = lines(bare);
    expect(text).toContainEqual(expect.stringMatching(/adapter +no WebGPU adapter found/));
    expect(text).toContainEqual(expect.stringMatching(/fix: install a driver/));
    expect(text).toContainEqual(expect.stringMatching(/onnxruntime-node +cpu {2}ready/));
    expect(text).toContainEqual(expect.stringMatching(/tfjs-webgpu +gpu {2}no WebGPU adapter/));
    expect(text).toContainEqual(expect.stringMatching(/onnxruntime-web-webgpu +gpu {2}ready/));
    expect(text).toContainEqual(expect.stringMatching(/fix: set IDINIT_DATA/));
    expect(text).toContainEqual(expect.stringMatching(/fix: pip install torch/));
  });

  it("shows an adapter with its limits, the data and PyTorch's device", () => {
    const text = lines({
      ...bare,
      system: {
        nvidia: ["NVIDIA A100, 550.54, 40960 MiB"],
        vulkanLoader: "/lib/libvulkan.so.1",
        vulkanDrivers: ["a.json"],
      },
      adapter: {
        adapter: {
          vendor: "nvidia",
          architecture: "ampere",
          device: "",
          description: "550.54",
          software: false,
          features: ["shader-f16"],
          limits: {
            maxBufferSize: 2 ** 31,
            maxStorageBufferBindingSize: 2 ** 30,
            maxComputeWorkgroupStorageSize: 49152,
            maxComputeInvocationsPerWorkgroup: 1024,
          },
        },
      },
      data: { directory: "/data", sets: [{ name: "mnist", missing: "/data: expected mnist" }] },
      pytorch: { path: "/usr/bin/python3", version: "2.4", blas: "mkl", cuda: "NVIDIA A100" },
    });
    expect(text).toContainEqual(expect.stringMatching(/nvidia +NVIDIA A100, 550.54/));
    expect(text).toContainEqual(expect.stringMatching(/adapter +nvidia ampere 550.54$/));
    expect(text).toContainEqual(expect.stringMatching(/largest buffer +2048 MiB, bound 1024 MiB/));
    expect(text).toContainEqual(expect.stringMatching(/workgroup +48 KiB storage, 1024 invocations/));
    expect(text).toContainEqual(expect.stringMatching(/shader-f16 +yes/));
    expect(text).toContain("Data in /data");
    expect(text).toContainEqual(expect.stringMatching(/pytorch +2.4 \(cuda: NVIDIA A100\)/));
  });

  it("tells this machine's truth as JSON", async () => {
    const before = process.env.IDINIT_DATA;
    delete process.env.IDINIT_DATA;
    const examination = JSON.parse(await doctor({ json: true })) as Examination;
    if (before !== undefined) process.env.IDINIT_DATA = before;
    expect(examination.kind).toBe("doctor");
    expect(examination.environment.node).toBe(process.version);
    expect(examination.engines).toContainEqual({ name: "onnxruntime-node", device: "cpu" });
    expect(examination.data.sets.map(({ name }) => name)).toEqual(["mnist", "cifar-10", "trec-6", "sst-2", "sst-5"]);
    const webgpu = examination.engines.find(({ name }) => name === "onnxruntime-webgpu")!;
    expect(webgpu.missing === undefined).toBe("adapter" in examination.adapter);
  });
});

const driver = await findSoftwareDriver();
const software = await findAdapter("software");
const why = "adapter" in software ? "" : ` (skipped: ${software.reason}; ${software.fix})`;

describe.skipIf(driver === undefined || why !== "")(`a software adapter${why}`, () => {
  it("is found by its driver file and has limits", () => {
    if (!("adapter" in software)) throw new Error(software.reason);
    expect(software.adapter.software).toBe(true);
    expect(software.adapter.limits.maxBufferSize).toBeGreaterThanOrEqual(2 ** 28);
    expect(lines({ ...bare, adapter: software })).toContainEqual(expect.stringMatching(/software: for checks only/));
  });
});
