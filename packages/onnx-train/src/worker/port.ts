/** The two ends of a conversation: threads of Node and workers of browsers alike. */
import { OnnxTrainError } from "../errors.js";

type Listener = (value: never) => void;

/** A `Worker`, `parentPort`, `MessagePort`, or a browser worker's `self`. */
export interface Port {
  /** Sends a message, which is copied. */
  postMessage(message: unknown): void;
  /** Node: listeners are given the value itself. */
  on?(event: string, listener: Listener): unknown;
  /** Browsers: listeners are given an event. */
  addEventListener?(event: string, listener: Listener): unknown;
  /** Message ports of browsers hold messages back until they are started. */
  start?(): void;
}

/** Calls back with every message. @throws OnnxTrainError for something that cannot be listened to. */
export function onMessage(port: Port, listener: (message: unknown) => void): void {
  if (port.on) port.on("message", listener);
  else if (port.addEventListener)
    port.addEventListener("message", ({ data }: { readonly data: unknown }) => listener(data));
  else throw new OnnxTrainError("a port has postMessage, and on or addEventListener");
  port.start?.();
}

/** Calls back when the other end is gone or cannot be understood. */
export function onEnd(port: Port, listener: (reason: string) => void): void {
  if (port.on) {
    port.on("error", (error: unknown) => listener(String(error)));
    port.on("messageerror", (error: unknown) => listener(String(error)));
    port.on("exit", (code: unknown) => listener(`it exited with code ${code}`));
    port.on("close", () => listener("it was closed"));
    return;
  }
  for (const event of ["error", "messageerror"]) {
    port.addEventListener?.(event, ({ message }: { readonly message?: string }) => listener(message ?? event));
  }
}
