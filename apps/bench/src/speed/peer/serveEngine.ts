/** What the process of an engine does: the same conversation as in peers/torch_peer.py. */
import { IdinitError } from "@idinit/core";
import { exampleBatch } from "../../architectures/exampleBatch.js";
import type { Architecture } from "../../architectures/index.js";
import { startingParameters } from "../../architectures/startingParameters.js";
import { type EngineName, findEngine } from "../../engines/index.js";
import type { Duration } from "../contender.js";
import { engineRounds } from "../throughput/engineRounds.js";

/** The first line. */
export interface EngineTask {
  readonly engine: EngineName;
  readonly architecture: Architecture;
  readonly batch: number;
  readonly threads: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** The answer to the first line. */
export interface EngineAnswer {
  readonly framework: string;
  readonly version: string;
  readonly device: string;
}

/**
 * Answers each line: first an {@link EngineTask} as JSON, then numbers of training steps to take, whose answer is
 * `{ milliseconds, cpuMilliseconds, loss }`, the times of all and the loss of the last.
 *
 * What goes wrong is the answer `{ failed: reason }` and ends the conversation.
 */
export async function serveEngine(lines: AsyncIterable<string>, answer: (value: object) => void): Promise<void> {
  let contender: Awaited<ReturnType<typeof start>> | undefined;
  try {
    for await (const line of lines) {
      if (contender) {
        const before = process.cpuUsage();
        const round = await contender.round(Number(line));
        const { user, system } = process.cpuUsage(before);
        answer({ ...round, cpuMilliseconds: (user + system) / 1000 } satisfies Duration);
        continue;
      }
      contender = await start(JSON.parse(line) as EngineTask);
      const { framework, version, device } = contender;
      answer({ framework, version, device } satisfies EngineAnswer);
    }
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) });
  } finally {
    await contender?.dispose();
  }
}

async function start({ engine: name, architecture, batch, ...task }: EngineTask) {
  const { threads, learningRate, momentum, weightDecay } = task;
  const engine = findEngine(name);
  const options = { optimizer: { kind: "sgd", momentum, weightDecay }, batchSize: batch, threads } as const;
  const reason = await engine.unsupported(architecture, options);
  if (reason !== undefined) throw new IdinitError(reason);
  const data = exampleBatch(architecture, batch, 0);
  return engineRounds(engine, architecture, startingParameters(architecture, 0), data, { ...options, learningRate });
}
