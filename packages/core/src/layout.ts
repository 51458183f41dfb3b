/** Layouts: the order in which a kernel's semantic axes are stored. O = out, I = in (per group), D H W = spatial. */

/** Every order of axes that the supported frameworks store kernels in. */
export type Layout =
  | "O" // a vector with one value per output: bias, norm scale
  | "OI"
  | "IO"
  | "OIW"
  | "WIO"
  | "IOW"
  | "WOI"
  | "OIHW"
  | "HWIO"
  | "IOHW"
  | "HWOI"
  | "OIDHW"
  | "DHWIO"
  | "IODHW"
  | "DHWOI";
