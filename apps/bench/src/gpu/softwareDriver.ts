/** A Vulkan driver that computes on the CPU. */
import { access } from "node:fs/promises";

/** Where packages of Chromium and Chrome put SwiftShader's driver file. */
const PLACES = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
  "/usr/lib64/chromium-browser/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
];

/** The first of `places` that is there, or `undefined`. Linux only: elsewhere WebGPU does not go through Vulkan's loader. */
export async function findSoftwareDriver(places: readonly string[] = PLACES): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  for (const place of places) {
    const there = await access(place).then(
      () => true,
      () => false,
    );
    if (there) return place;
  }
  return undefined;
}
