/** Shows how far a run is: a bar on a terminal, plain lines elsewhere. */
import { Presets, SingleBar } from "cli-progress";

export interface ProgressBar {
  /** `done` steps are done; `note` stands at the end of the bar. */
  update(done: number, note: string): void;
  /** Leaves the line `result` where the bar was. */
  finish(result: string): void;
}

export interface Progress {
  /** A line by itself. */
  line(text: string): void;
  /** A bar for a run of `total` steps. */
  bar(title: string, total: number): ProgressBar;
}

/**
 * Progress on a stream: bars with rate and time left where it is a terminal, else one line a result.
 */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  const line = (text: string) => {
    stream.write(`${text}\n`);
  };
  if (!stream.isTTY) {
    return { line, bar: (title) => ({ update: () => {}, finish: (result) => line(`${title}  ${result}`) }) };
  }
  return {
    line,
    bar(title, total) {
      const started = performance.now();
      const bar = new SingleBar(
        {
          // The title comes last: a narrow terminal cuts it, not the numbers.
          format: "{bar} {value}/{total} {rate} steps/s {eta_formatted} left {note} {title}",
          barsize: 12,
          stream,
          hideCursor: true,
          clearOnComplete: true,
          etaBuffer: 50,
          gracefulExit: false,
        },
        Presets.shades_classic,
      );
      bar.start(total, 0, { title, rate: "–", note: "" });
      return {
        update(done, note) {
          bar.update(done, { rate: ((done * 1000) / (performance.now() - started)).toFixed(1), note });
        },
        finish(result) {
          bar.stop();
          line(`${title}  ${result}`);
        },
      };
    },
  };
}
