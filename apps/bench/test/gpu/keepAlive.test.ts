import { expect, it } from "vitest";
import { keepAlive } from "../../src/gpu/keepAlive.js";

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

it("keeps the event loop turning until the call settles, however it does", async () => {
  const before = timers();
  let finish = (_value: number) => {};
  let fail = (_error: Error) => {};
  const good = keepAlive(new Promise<number>((resolve) => (finish = resolve)));
  const bad = keepAlive(new Promise<number>((_, reject) => (fail = reject)));
  expect(timers()).toBe(before + 2);
  finish(3);
  fail(new Error("lost"));
  expect(await good).toBe(3);
  await expect(bad).rejects.toThrow("lost");
  expect(timers()).toBe(before);
});
