/** The same bytes everywhere: golden digests in Node and in Chromium, with WebAssembly and without, whole and in slices. */
import * as core from "@idinit/core";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { bundle, findChromium, launch, openPage } from "./chromium.js";
import { INITIALIZERS, ROUNDED } from "./initializers.js";
import type { Measured } from "./measure.js";
import { SCHEMES } from "./schemes.js";

const labels = [
  ...INITIALIZERS.map(({ initializer: { name, params }, shape }) => `${name} ${JSON.stringify(params)} [${shape}]`),
  ...ROUNDED.map(({ name }) => name),
  ...SCHEMES.map(({ name }) => name),
];
const named = (digests: readonly string[]) => labels.map((label, i) => `${label}: ${digests[i]}`);
const golden = named([...INITIALIZERS, ...ROUNDED, ...SCHEMES].map(({ digest }) => digest));

function expectGolden({ kernels, whole, sliced }: Measured, withKernels: boolean) {
  expect(kernels).toBe(withKernels);
  expect(named(whole)).toEqual(golden);
  expect(named(sliced)).toEqual(golden);
}

const isInitializer = (value: unknown): value is core.Initializer =>
  typeof value === "object" && value !== null && "generate" in value;

test("every initializer and every scheme has a digest", () => {
  const names = new Set(INITIALIZERS.map(({ initializer }) => initializer.name));
  const factories = Object.values(core).filter((value) => typeof value === "function") as (() => unknown)[];
  const made = factories.flatMap((factory) => {
    try {
      const value = factory();
      if (value instanceof Promise) value.catch(() => {});
      return isInitializer(value) ? [value.name] : [];
    } catch {
      return []; // Needs arguments.
    }
  });
  expect(made.length).toBeGreaterThan(15);
  expect(made.filter((name) => !names.has(name))).toEqual([]);
  expect(SCHEMES.map(({ name }) => name)).toEqual(core.SCHEME_NAMES);
  expect(new Set(labels).size).toBe(labels.length);
});

describe("Node", () => {
  const measureAfresh = async () => {
    vi.resetModules();
    const { measure } = await import("./measure.js");
    return measure();
  };
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("with WebAssembly", async () => expectGolden(await measureAfresh(), true));
  test("without", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    expectGolden(await measureAfresh(), false);
  });
});

const path = findChromium();
describe.skipIf(path === undefined)(`Chromium${path ? "" : " (skipped: none found, CHROMIUM can name one)"}`, () => {
  let browser: Browser;
  let module: string;
  beforeAll(async () => {
    [browser, module] = await Promise.all([launch(path!), bundle("measure.ts")]);
  });
  afterAll(() => browser?.close());

  async function measureInPage(before?: () => void): Promise<Measured> {
    const page = await openPage(browser, module, before);
    return page.evaluate<Measured>('import("/module.js").then(({ measure }) => measure())');
  }

  test("with WebAssembly", async () => expectGolden(await measureInPage(), true));
  test("without", async () => {
    const before = () => Reflect.deleteProperty(globalThis, "WebAssembly");
    expectGolden(await measureInPage(before), false);
  });
});
