/** The two ends of a conversation: threads of Node and workers of browsers alike. */
import { OnnxTrainError } from "../errors.js";

type Listener = (value: never) => void;

/** A `Worker`, `parentPort`, `MessagePort`, or a browser worker's `self`. */
export interface Port {
  /** Sends a message, which is copied. */
  postMessage(message: unknown): void;
  /** Node: listeners are given the value itself. */
  on?(event: string, listener: Listener): unknown;
  /** Ends what `on` began. */
  off?(event: string, listener: Listener): unknown;
  /** Browsers: listeners are given an event. */
  addEventListener?(event: string, listener: Listener): unknown;
  /** Ends what `addEventListener` began. */
  removeEventListener?(event: string, listener: Listener): unknown;
  /** Message ports of browsers hold messages back until they are started. */
  start?(): void;
}

/** Ends a subscription. */
export type Stop = () => void;

/** Calls back with every message. @throws OnnxTrainError for something that cannot be listened to. */
export function onMessage(port: Port, listener: (message: unknown) => void): Stop {
  if (!port.on && !port.addEventListener)
    throw new OnnxTrainError("a port has postMessage, and on or addEventListener");
  const stop = port.on
    ? listen(port, "message", listener)
    : listen(port, "message", ({ data }: { readonly data: unknown }) => listener(data));
  port.start?.();
  return stop;
}

/** Calls back when the other end is gone or cannot be understood. */
export function onEnd(port: Port, listener: (reason: string) => void): Stop {
  const failed = port.on
    ? (error: unknown) => listener(String(error))
    : ({ message, type }: { readonly message?: string; readonly type?: string }) =>
        listener(message ?? type ?? "error");
  const stops = [
    listen(port, "error", failed),
    listen(port, "messageerror", failed),
    ...(port.on
      ? [
          listen(port, "exit", (code: unknown) => listener(`it exited with code ${code}`)),
          listen(port, "close", () => listener("it was closed")),
        ]
      : []),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function listen(port: Port, event: string, listener: Listener): Stop {
  if (port.on) {
    port.on(event, listener);
    return () => port.off?.(event, listener);
  }
  port.addEventListener?.(event, listener);
  return () => port.removeEventListener?.(event, listener);
}
