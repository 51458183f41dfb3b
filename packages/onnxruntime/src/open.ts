/** A model made ready for initialization: decoded, translated once, with what the scheme needs. */
import { IdinitError, resolveScheme, type Scheme, type SchemeName } from "@idinit/core";
import { missingRequirements, type RoleOptions } from "@idinit/core/graph";
import { decodeModel, type ExternalData, type OnnxModel } from "@idinit/onnx";
import { type Translation, translate } from "./graph.js";
import { canRewrite, rewrite } from "./rewrite/rewrite.js";
import { inlineExternal, read } from "./weights.js";

/** What this adapter takes besides core's options. */
export interface ModelOptions {
  /** Contents of the files that the model refers to, by the location it names. The library opens no file itself. */
  readonly externalData?: ExternalData;
  /**
   * Puts into the model what the scheme needs and the model lacks: factors at the ends of residual branches, scalar biases, α on the
   * skip paths, shifts of ReLUs; and takes norms out. Default false: such a model is an error.
   */
  readonly rewrite?: boolean;
}

/** A model that core can plan for and write to. */
export interface OpenModel {
  readonly model: OnnxModel;
  readonly translation: Translation;
  /** Present values of all float32 parameters. */
  readonly present: Map<string, Float32Array>;
}

/** @throws IdinitError where the model lacks what the scheme needs, saying whether `rewrite` can add it. */
export function openModel(
  bytes: Uint8Array,
  options: ModelOptions & Pick<RoleOptions, "roles"> & { readonly scheme?: Scheme | SchemeName | undefined },
): OpenModel {
  const { externalData = {}, roles = {} } = options;
  const scheme = resolveScheme(options.scheme ?? "idinit");
  const model = inlineExternal(decodeModel(bytes), externalData);
  if (scheme.requires === undefined) return opened(model, translate(model));
  if (options.rewrite) {
    const made = rewrite(model, { scheme, roles });
    return opened(made.model, made.translation);
  }
  const translation = translate(model);
  const missing = missingRequirements(translation.graph, { scheme, roles });
  if (missing.length > 0 && canRewrite(missing)) {
    throw new IdinitError(
      `${missing.map(({ message }) => message).join("; ")}; with the option rewrite: true this is done to the model`,
    );
  }
  return opened(model, translation);
}

function opened(model: OnnxModel, translation: Translation): OpenModel {
  return { model, translation, present: read(model, translation) };
}
