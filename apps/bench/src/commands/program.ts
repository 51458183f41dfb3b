/** The command line: its commands and options. */
import { IdinitError } from "@idinit/core";
import { Command, InvalidArgumentError, Option } from "commander";
import { deviceChoices } from "../engines/devices.js";
import { writeReport } from "../report/writeReport.js";
import { presetNames } from "../scenarios/scenario.js";
import { type DoctorOptions, doctor } from "./doctor.js";
import { list } from "./list.js";
import {
  defaultThreads,
  parseAmount,
  parseCount,
  parseCounts,
  parseEngines,
  parseNames,
  parsePositive,
  parseScenarios,
  parseSchemes,
  parseSeeds,
  parseWorkloads,
} from "./parse.js";
import { type RunOptions, run } from "./run.js";
import { type SpeedCommandOptions, speed } from "./speed.js";

const DEFAULT_OUT = "results";

/** What `idinit-bench` understands; the exit code is left in `process.exitCode`. */
export function createProgram(): Command {
  const program = new Command("idinit-bench")
    .description(
      "Trains networks in JavaScript frameworks from equal weights and shows what the initialization changed.",
    )
    .showHelpAfterError("(--help shows the options, the command list what there is to choose from)")
    // onnxruntime-node reports to its makers; it asks this variable once, when its first session is made.
    .hook("preAction", () => {
      process.env.ORT_DISABLE_TELEMETRY ??= "1";
    });

  program
    .command("run")
    .description("train and measure, record, and write the report")
    .option(
      "--scenario <names>",
      "scenarios, with commas between them (default: those of the list that are not marked)",
      named(parseScenarios),
    )
    .addOption(new Option("--preset <name>", "how much").choices(presetNames).default("quick"))
    .option("--engine <names>", "engines instead of those of the preset", named(parseEngines))
    .addOption(device("engines by device instead of those of the preset").conflicts("engine"))
    .option("--scheme <names>", "initialization schemes instead of those of the preset", named(parseSchemes))
    .option("--seeds <seeds>", "how many seeds (3), or which (0,5,9)", parseSeeds)
    .option("--data <dir>", "folder with MNIST, CIFAR-10, TREC, SST (default: IDINIT_DATA, else embedded data)")
    .option("--embedded", "embedded data, even where IDINIT_DATA is set")
    .option("--out <dir>", "folder of the records and the report", DEFAULT_OUT)
    .option("--resume", "skip the runs that the folder has, do the missing and interrupted ones")
    .option("--epochs <count>", "epochs instead of those of the preset", parseCount)
    .option(
      "--depth <count>",
      "depth instead of that of the preset: a ResNet's layers, a Transformer's blocks",
      parseCount,
    )
    .option("--train-examples <count>", "use only the first so many training examples", parseCount)
    .option("--learning-rate <rate>", "peak of the schedule instead of that of the preset", parsePositive)
    .option("--warm-up <epochs>", "epochs of linear warm-up instead of those of the preset; parts count", parseAmount)
    .option("--threads <count>", "CPU threads of an engine", parseCount, defaultThreads())
    .action(async (options: RunOptions) => {
      process.exitCode = await run(options);
    });

  program
    .command("report")
    .description("make the report from records")
    .option("--out <dir>", "folder with the records", DEFAULT_OUT)
    .action(async ({ out }: { out: string }) => {
      const { html, markdown, warnings } = await writeReport(out);
      for (const warning of warnings) console.error(warning);
      console.log(`report: ${html}\ntable:  ${markdown}`);
    });

  program
    .command("speed")
    .description("milliseconds of a training step, engine against engine and against PyTorch where it is installed")
    .option("--architecture <names>", "what to train (default: resnet-20; on a GPU several)", named(parseWorkloads))
    .option(
      "--batch <counts>",
      "examples of a step (default: Transformers 32, others 128; on a GPU 32,128,512)",
      parseCounts,
    )
    .option("--steps <count>", "counted steps (default: 10; on a GPU 50)", parseCount)
    .option("--threads <counts>", "CPU threads, with commas between several (default: 1)", parseCounts)
    .addOption(device("where to train").default("cpu"))
    .option("--engine <names>", "engines (default: all of the device)", named(parseEngines))
    .option("--loss-every <count>", "on a GPU: steps from one reading of the loss to the next", parseCount, 10)
    .addOption(
      new Option(
        "--precision <name>",
        "on a GPU: mixed for products in float16, on onnxruntime (default: float32)",
      ).choices(["float32", "mixed"]),
    )
    .option("--no-pytorch", "leave PyTorch out")
    .option(
      "--json",
      "print one JSON value instead of a table: a list where there are several networks, batch sizes or thread counts",
    )
    .addOption(new Option("--markdown", "on the CPU: print a page of Markdown").conflicts("json"))
    .option(
      "--record <files>",
      "show what --json printed into files, with commas between them; measure nothing",
      parseNames,
    )
    .action(async (options: SpeedCommandOptions) => {
      console.log(await speed(options));
    });

  program
    .command("doctor")
    .description("what was found here (GPU, engines, data, PyTorch) and the fix for what is missing")
    .option("--data <dir>", "folder with MNIST, CIFAR-10, TREC, SST (default: IDINIT_DATA)")
    .option("--json", "print one JSON value instead of text")
    .action(async (options: DoctorOptions) => {
      console.log(await doctor(options));
    });

  program
    .command("list")
    .description("scenarios, engines and schemes")
    .action(async () => {
      console.log(await list());
    });
  return program;
}

function device(description: string): Option {
  return new Option("--device <name>", `${description}; auto: GPU engines where there is a GPU`).choices(deviceChoices);
}

/** Lets commander show an unknown name together with the option. */
function named<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw error instanceof IdinitError ? new InvalidArgumentError(error.message) : error;
    }
  };
}
