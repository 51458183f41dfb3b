import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Adapter, adapterChoice, nameOf } from "../../src/gpu/adapter.js";
import { findAdapter } from "../../src/gpu/findAdapter.js";
import { type Probe, probe } from "../../src/gpu/probe.js";
import { findSoftwareDriver } from "../../src/gpu/softwareDriver.js";

const adapter = (software: boolean): Adapter => ({
  vendor: software ? "google" : "nvidia",
  architecture: software ? "swiftshader" : "ampere",
  device: "",
  description: software ? "SwiftShader" : "NVIDIA driver 550",
  software,
  features: [],
  limits: {
    maxBufferSize: 1,
    maxStorageBufferBindingSize: 1,
    maxComputeWorkgroupStorageSize: 1,
    maxComputeInvocationsPerWorkgroup: 1,
  },
});
const system =
  (own: Adapter | null, named: Adapter | null = null): Probe =>
  async (environment) => ({ adapter: environment ? named : own });
const driver = async () => "/drivers/software.json";

describe("findAdapter", () => {
  it("takes the system's GPU", async () => {
    const options = { probe: system(adapter(false), adapter(true)), softwareDriver: driver };
    expect(await findAdapter("hardware", options)).toEqual({ adapter: adapter(false) });
    expect(await findAdapter("any", options)).toEqual({ adapter: adapter(false) });
    expect(await findAdapter("software", options)).toEqual({ adapter: { ...adapter(true), driver: await driver() } });
  });

  it("takes a software adapter only where it may", async () => {
    const options = { probe: system(adapter(true)), softwareDriver: driver };
    expect(await findAdapter("hardware", options)).toMatchObject({
      reason: expect.stringMatching(/only WebGPU adapter is software \(SwiftShader\)/),
    });
    expect(await findAdapter("any", options)).toEqual({ adapter: adapter(true) });
  });

  it("says what is missing", async () => {
    const none = { probe: system(null), softwareDriver: async () => undefined };
    expect(await findAdapter("hardware", none)).toMatchObject({ reason: "no WebGPU adapter found" });
    expect(await findAdapter("any", none)).toMatchObject({ fix: expect.stringContaining("chromium libvulkan1") });
    const useless = { probe: system(null), softwareDriver: driver };
    expect(await findAdapter("any", useless)).toMatchObject({
      reason: "the software driver /drivers/software.json cannot be used: it offers no adapter",
    });
    const broken = { probe: async () => ({ error: "webgpu is not installed: npm install webgpu" }) };
    expect(await findAdapter("any", broken)).toEqual({
      reason: "webgpu is not installed: npm install webgpu",
      fix: "npm install webgpu",
    });
  });

  it("answers whatever the machine has", async () => {
    const result = await probe({ VK_DRIVER_FILES: "/nowhere.json", VK_ICD_FILENAMES: "/nowhere.json" });
    if ("error" in result) expect(result.error).toMatch(/npm install webgpu|GPU driver/);
    else expect(result.adapter === null || nameOf(result.adapter).length > 0).toBe(true);
  });

  it("software is allowed by the environment", () => {
    expect(adapterChoice({})).toBe("hardware");
    expect(adapterChoice({ IDINIT_SOFTWARE_GPU: "1" })).toBe("any");
  });
});

describe.skipIf(process.platform !== "linux")("findSoftwareDriver (Linux only)", () => {
  it("finds the first file that is there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "idinit-driver-"));
    const file = join(folder, "driver.json");
    expect(await findSoftwareDriver([file])).toBeUndefined();
    await writeFile(file, "{}");
    expect(await findSoftwareDriver([join(folder, "none.json"), file])).toBe(file);
    await rm(folder, { recursive: true });
  });
});
