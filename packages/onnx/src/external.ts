/** Bytes that a model keeps in files beside it. The library opens no file: the caller supplies them by location. */
import { OnnxError } from "./errors.js";
import type { Tensor } from "./types.js";

/** Contents of external files by the location that the model names. */
export type ExternalData = Readonly<Record<string, Uint8Array>>;

/** @throws OnnxError unless the location is a relative path of plain names that cannot leave the model's folder. */
function checkLocation(tensor: string, location: string | undefined): string {
  const complain = (what: string): never => {
    throw new OnnxError(`tensor "${tensor}": external data location ${JSON.stringify(location)} ${what}`);
  };
  if (!location) return complain("is missing");
  if (location.startsWith("/") || /^[a-z]:/i.test(location))
    return complain("is absolute, expected a path relative to the model");
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return complain("is a URL, expected a path relative to the model");
  if (location.includes("\\") || location.includes("\0")) return complain("has a backslash or a null character");
  if (location.split("/").includes("..")) return complain('has ".." in it, which could leave the model\'s folder');
  return location;
}

function count(tensor: string, external: Record<string, string>, key: "offset" | "length"): number | undefined {
  const text = external[key];
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value))
    throw new OnnxError(`tensor "${tensor}": external data ${key} should be an integer >= 0, got "${text}"`);
  return value;
}

/** The bytes of a tensor, its own or from outside; a view. @throws OnnxError naming tensor and location. */
export function tensorBytes(tensor: Tensor, externalData: ExternalData = {}): Uint8Array {
  if (tensor.data) return tensor.data;
  if (!tensor.external) throw new OnnxError(`tensor "${tensor.name}" holds no numbers`);
  const { name, external } = tensor;
  const location = checkLocation(name, external.location);
  const file = Object.hasOwn(externalData, location) ? externalData[location] : undefined;
  if (file === undefined) {
    const given = Object.keys(externalData).join(", ") || "nothing";
    throw new OnnxError(
      `tensor "${name}" is stored in "${location}", which externalData does not have (given: ${given})`,
    );
  }
  const offset = count(name, external, "offset") ?? 0;
  const end = offset + (count(name, external, "length") ?? file.length - offset);
  if (offset > file.length || end > file.length) {
    throw new OnnxError(
      `tensor "${name}": bytes ${offset} to ${end} of "${location}" are wanted, it has ${file.length}`,
    );
  }
  return file.subarray(offset, end);
}
