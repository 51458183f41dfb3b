/** What `assembly/index.ts` exports; addresses and sizes of work space are in bytes. */
export interface NativeKernels {
  winogradKernel(u: number, kernel: number, channels: number, out: number, flipped: boolean, work: number): void;
  winograd(...sizes: WinogradArguments): void;
  winogradKernelGradient(...sizes: WinogradGradientArguments): void;
  kernelGradient(...sizes: KernelGradientArguments): void;
  stridedInputGradient(...sizes: StridedInputGradientArguments): void;
  addBias(y: number, rows: number, channels: number, bias: number, rectify: boolean): void;
  reluGradient(dx: number, dy: number, x: number, count: number): void;
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
