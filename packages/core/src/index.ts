/** Initializers, schemes, roles of weights. @module index */
export { IdinitError } from "./errors.js";
export { ACTIVATIONS, type Activation } from "./graph/graph.js";
export { type AttentionPlace, type BranchPlace, ROLES, type Role, type Site } from "./graph/site.js";
export type { GenerateOptions, Initializer, Json } from "./initializer.js";
export type { Axes } from "./initializers/axes.js";
export { constant } from "./initializers/constant.js";
export { type DeltaOrthogonalOptions, deltaOrthogonal } from "./initializers/deltaOrthogonal.js";
export { type FanOptions, fans } from "./initializers/fans.js";
export { gain, type Nonlinearity } from "./initializers/gain.js";
export { glorotNormal, xavierNormal } from "./initializers/glorotNormal.js";
export { glorotUniform, xavierUniform } from "./initializers/glorotUniform.js";
export { hadamard } from "./initializers/hadamard.js";
export type { HeOptions } from "./initializers/he.js";
export { heNormal, kaimingNormal } from "./initializers/heNormal.js";
export { heUniform, kaimingUniform } from "./initializers/heUniform.js";
export { dirac, identity } from "./initializers/identity.js";
export { type IdiOptions, idi } from "./initializers/idi.js";
export { type IdizOptions, idiz } from "./initializers/idiz.js";
export type { KernelMatrixOptions } from "./initializers/kernelMatrix.js";
export { lecunNormal } from "./initializers/lecunNormal.js";
export { lecunUniform } from "./initializers/lecunUniform.js";
export { type MimeticAttention, type MimeticOptions, type MimeticProduct, mimetic } from "./initializers/mimetic.js";
export { normal } from "./initializers/normal.js";
export { ones } from "./initializers/ones.js";
export { orthogonal } from "./initializers/orthogonal.js";
export { type SparseOptions, sparse } from "./initializers/sparse.js";
export { type StftOptions, stft } from "./initializers/stft.js";
export { type TruncatedNormalInitializerOptions, truncatedNormal } from "./initializers/truncatedNormal.js";
export { uniform } from "./initializers/uniform.js";
export {
  type Distribution,
  type FanMode,
  type VarianceScalingOptions,
  varianceScaling,
} from "./initializers/varianceScaling.js";
export { withAxes } from "./initializers/withAxes.js";
export { zeros } from "./initializers/zeros.js";
export { type InitialWeightsOptions, initialWeights } from "./initialWeights.js";
export { defaultLayout, LAYOUTS, type Layout } from "./layout.js";
export { fillNormal } from "./random/normal.js";
export { createStream, type Stream } from "./random/stream.js";
export { fillTruncatedNormal, type TruncatedNormalOptions } from "./random/truncatedNormal.js";
export { fillUniform } from "./random/uniform.js";
export { type DeepnetOptions, deepnet } from "./schemes/deepnet.js";
export {
  type DeltaOrthogonalSchemeOptions,
  deltaOrthogonal as deltaOrthogonalScheme,
} from "./schemes/deltaOrthogonal.js";
export type { DepthOptions } from "./schemes/depth.js";
export { fixup } from "./schemes/fixup.js";
export { type Gpt2Options, gpt2 } from "./schemes/gpt2.js";
export { type IdinitOptions, idinit } from "./schemes/idinit.js";
export { type IrnnOptions, irnn } from "./schemes/irnn.js";
export { isonet } from "./schemes/isonet.js";
export { type KaimingOptions, kaiming } from "./schemes/kaiming.js";
export { keras } from "./schemes/keras.js";
export { type MimeticSchemeOptions, mimetic as mimeticScheme } from "./schemes/mimetic.js";
export { type MupOptions, mup } from "./schemes/mup.js";
export {
  type OrthogonalOptions as OrthogonalSchemeOptions,
  orthogonal as orthogonalScheme,
} from "./schemes/orthogonal.js";
export { pytorch } from "./schemes/pytorch.js";
export type { Requirement } from "./schemes/requirement.js";
export { rezero } from "./schemes/rezero.js";
export type { Pick, Scheme } from "./schemes/scheme.js";
export { resolveScheme, SCHEME_NAMES, type SchemeName } from "./schemes/schemes.js";
export { skipinit } from "./schemes/skipinit.js";
export { tFixup } from "./schemes/tFixup.js";
export { tfjs } from "./schemes/tfjs.js";
export { type XavierOptions, xavier } from "./schemes/xavier.js";
export { zero } from "./schemes/zero.js";
export { zeroGamma } from "./schemes/zeroGamma.js";
export { type Kernel, type ShapeOptions, toCanonical } from "./shape.js";
