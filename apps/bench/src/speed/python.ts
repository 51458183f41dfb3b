/** Finds a Python that has PyTorch. */
import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A Python interpreter and the PyTorch it can import. */
export interface TorchPython {
  readonly path: string;
  readonly version: string;
  /** The BLAS that PyTorch uses, `"generic"` for the slow reference one: dense layers depend on it. */
  readonly blas: string;
  /** Name of the GPU that this PyTorch computes on with CUDA; absent without one. */
  readonly cuda?: string;
}

const probe = `
import os, re, torch
print(torch.__version__)
built = re.search(r"BLAS_INFO=(\\w+)|$", torch.__config__.show())[1] or "unknown"
if built == "generic" and os.path.exists("/proc/self/maps"):
    # A distribution's PyTorch takes whatever BLAS the system links at libblas.so.3.
    used = {line.split()[-1] for line in open("/proc/self/maps") if "libblas" in line}
    built = "openblas" if any("openblas" in path for path in used) else "generic"
print(built)
print(torch.cuda.get_device_name(0) if torch.cuda.is_available() else "")
`;

/**
 * The first `python3` on the PATH that can import torch, or `undefined`.
 *
 * Every folder is tried, since a version manager's Python often hides the system's.
 */
export async function findTorchPython(path: string = process.env.PATH ?? ""): Promise<TorchPython | undefined> {
  for (const folder of new Set(path.split(delimiter).filter((entry) => entry !== ""))) {
    const candidate = join(folder, process.platform === "win32" ? "python3.exe" : "python3");
    try {
      await access(candidate, constants.X_OK);
      const { stdout } = await execute(candidate, ["-c", probe], { timeout: 60_000 });
      const [version, blas, cuda] = stdout.split("\n").map((line) => line.trim());
      if (version && blas) return { path: candidate, version, blas, ...(cuda ? { cuda } : {}) };
    } catch {
      // No interpreter here, or one without torch: the next folder may have it.
    }
  }
  return undefined;
}
