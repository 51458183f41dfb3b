import type { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import { createProgram } from "../../src/commands/program.js";

/** Parses arguments without doing anything; the error's text where they are refused. */
async function refused(...parameters: string[]): Promise<string> {
  let text = "";
  const prepare = (command: Command): Command => {
    command.exitOverride().configureOutput({ writeErr: (part) => (text += part), writeOut: () => {} });
    command.commands.forEach(prepare);
    return command;
  };
  await expect(prepare(createProgram()).parseAsync(parameters, { from: "user" })).rejects.toThrow();
  return text;
}

describe("arguments that are refused", () => {
  it.each([
    ["an unknown command", ["train"], /unknown command 'train'/],
    ["an unknown option", ["run", "--fast"], /unknown option '--fast'/],
    ["an unknown preset", ["run", "--preset", "huge"], /'huge' is invalid\. Allowed choices are smoke, quick, paper/],
    [
      "an unknown scenario",
      ["run", "--scenario", "linear,imagenet"],
      /scenario needs one of toy, symmetry, .*, hyperparameters, got "imagenet"/,
    ],
    ["an unknown engine", ["run", "--engine", "torch"], /engine needs one of onnxruntime-node, .*brain, got "torch"/],
    ["an unknown scheme", ["run", "--scheme", "he"], /Expected some of idinit, kaiming, .*got "he"/],
    [
      "seeds that are none",
      ["run", "--seeds", "1,x"],
      /Expected a number of seeds, or seeds with commas between them, got "1,x"/,
    ],
    ["no seeds", ["run", "--seeds", "0"], /Expected a whole number >= 1, got "0"/],
    ["half an epoch", ["run", "--epochs", "0.5"], /Expected a whole number >= 1, got "0\.5"/],
    ["a learning rate of 0", ["run", "--learning-rate", "0"], /Expected a number > 0, got "0"/],
    ["a warm-up that is no number", ["run", "--warm-up", "soon"], /Expected a number >= 0, got "soon"/],
    ["an empty name", ["run", "--scheme", "idinit,"], /Expected names with commas between them/],
    ["two forms of output", ["speed", "--json", "--markdown"], /'--markdown' cannot be used with option '--json'/],
  ])("%s", async (_, parameters, message) => {
    expect(await refused(...parameters)).toMatch(message);
  });
});

describe("onnxruntime-node's telemetry", () => {
  it.each([
    [undefined, "1"],
    ["0", "0"],
  ])("%s becomes %s", async (given, expected) => {
    vi.stubEnv("ORT_DISABLE_TELEMETRY", given);
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      await createProgram().parseAsync(["list"], { from: "user" });
      expect(process.env.ORT_DISABLE_TELEMETRY).toBe(expected);
    } finally {
      log.mockRestore();
      vi.unstubAllEnvs();
    }
  });
});
