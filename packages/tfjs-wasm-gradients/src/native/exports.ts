/** What `assembly/index.ts` exports; addresses and sizes of work space are in bytes. */
export interface NativeKernels {
  winogradKernel(u: number, kernel: number, channels: number, out: number, flipped: boolean, work: number): void;
  winograd(...sizes: WinogradArguments): void;
  winogradKernelGradient(...sizes: WinogradGradientArguments): void;
  kernelGradient(...sizes: KernelGradientArguments): void;
  stridedInputGradient(...sizes: StridedInputGradientArguments): void;
  product(...sizes: ProductArguments): void;
  sumRows(y: number, x: number, rows: number, columns: number): void;
  softmax(y: number, x: number, rows: number, columns: number, factor: number, summand: number): void;
  softmaxGradient(dx: number, dy: number, y: number, rows: number, columns: number, factor: number): void;
  layerNorm(...sizes: LayerNormArguments): void;
  layerNormGradient(...sizes: LayerNormGradientArguments): void;
  erf(y: number, x: number, count: number): void;
  gelu(y: number, x: number, count: number): void;
  geluGradient(dx: number, dy: number, x: number, count: number): void;
  addBias(y: number, rows: number, channels: number, bias: number, rectify: boolean): void;
  reluGradient(dx: number, dy: number, x: number, count: number): void;
  sgd(...sizes: SgdArguments): void;
  adam(...sizes: AdamArguments): void;
  statistics(mean: number, variance: number, x: number, rows: number, channels: number, work: number): void;
  normalize(y: number, x: number, rows: number, channels: number, mean: number, factor: number, shift: number): void;
  gradientSums(
    total: number,
    along: number,
    dy: number,
    x: number,
    rows: number,
    channels: number,
    mean: number,
    work: number,
  ): void;
  inputGradient(
    dx: number,
    dy: number,
    x: number,
    rows: number,
    channels: number,
    mean: number,
    factor: number,
    slope: number,
    constant: number,
  ): void;
}

type KernelGradientArguments = [
  dw: number,
  dy: number,
  outHeight: number,
  outWidth: number,
  out: number,
  x: number,
  batch: number,
  height: number,
  width: number,
  channels: number,
  top: number,
  left: number,
  kernelHeight: number,
  kernelWidth: number,
  strideHeight: number,
  strideWidth: number,
  most: number,
  work: number,
];

type WinogradArguments = [
  y: number,
  outHeight: number,
  outWidth: number,
  out: number,
  x: number,
  batch: number,
  height: number,
  width: number,
  channels: number,
  top: number,
  left: number,
  u: number,
  most: number,
  work: number,
];

type WinogradGradientArguments = [
  dw: number,
  dy: number,
  outHeight: number,
  outWidth: number,
  out: number,
  x: number,
  batch: number,
  height: number,
  width: number,
  channels: number,
  top: number,
  left: number,
  most: number,
  work: number,
];

type StridedInputGradientArguments = [
  dx: number,
  dy: number,
  outHeight: number,
  outWidth: number,
  out: number,
  kernel: number,
  batch: number,
  height: number,
  width: number,
  channels: number,
  top: number,
  left: number,
  kernelHeight: number,
  kernelWidth: number,
  strideHeight: number,
  strideWidth: number,
  work: number,
];

type ProductArguments = [
  c: number,
  rowC: number,
  a: number,
  rowA: number,
  transposeA: boolean,
  b: number,
  rowB: number,
  transposeB: boolean,
  m: number,
  k: number,
  n: number,
  work: number,
];

type SgdArguments = [
  newP: number,
  newVelocity: number,
  p: number,
  velocity: number,
  gradient: number,
  count: number,
  rate: number,
  momentum: number,
  decay: number,
];

type AdamArguments = [
  newP: number,
  newFirst: number,
  newSecond: number,
  p: number,
  first: number,
  second: number,
  gradient: number,
  count: number,
  beta1: number,
  share1: number,
  beta2: number,
  share2: number,
  epsilon: number,
  decay: number,
  kept: number,
  rate: number,
  correction: number,
];

type LayerNormArguments = [
  y: number,
  x: number,
  rows: number,
  columns: number,
  scale: number,
  shift: number,
  epsilon: number,
  mean: number,
  inverse: number,
];

type LayerNormGradientArguments = [
  dx: number,
  along: number,
  dy: number,
  x: number,
  rows: number,
  columns: number,
  scale: number,
  mean: number,
  inverse: number,
  work: number,
];
