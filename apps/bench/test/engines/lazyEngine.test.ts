import { describe, expect, it } from "vitest";
import { mlp } from "../../src/architectures/index.js";
import { engineNames, findEngine } from "../../src/engines/index.js";
import { lazyEngine, loadFailure } from "../../src/engines/lazyEngine.js";

const architecture = mlp({ features: 2, hidden: 2, classes: 2 });
const options = { optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 0 }, batchSize: 2, threads: 1 } as const;

describe("lazyEngine", () => {
  it("reports a package that is missing as such", async () => {
    const engine = lazyEngine("brain", async () => {
      // @ts-expect-error: no such package
      return (await import(/* @vite-ignore */ "@idinit/not-there/sub")).engine;
    });
    expect(await engine.unsupported(architecture, options)).toBe("not installed: npm install @idinit/not-there");
    await expect(engine.create(architecture, new Map(), options)).rejects.toThrow();
  });

  it("reads the package from Node's message", () => {
    expect(loadFailure(new Error("Cannot find package 'brain.js' imported from /x/y.js"))).toBe(
      "not installed: npm install brain.js",
    );
    expect(loadFailure(new Error("Cannot find module './own.js' imported from /x/y.js"))).toMatch(
      /^cannot be loaded: /,
    );
    expect(loadFailure(new Error("wrong ELF class"))).toBe("cannot be loaded: wrong ELF class");
  });

  it("imports nothing before it is asked", () => {
    let loads = 0;
    lazyEngine("brain", async () => {
      loads++;
      throw new Error("never");
    });
    expect(loads).toBe(0);
  });
});

describe("engines", () => {
  it("are found by name", () => {
    for (const name of engineNames) expect(findEngine(name).name).toBe(name);
    expect(() => findEngine("caffe")).toThrow(/needs one of onnxruntime-node, .* got "caffe"/);
  });
});
