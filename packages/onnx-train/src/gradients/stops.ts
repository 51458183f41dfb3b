/** Operators whose result does not change with small changes of the input, or is no float: gradients end here. */
export const stopsGradient: ReadonlySet<string> = new Set([
  ...["Shape", "Size", "Constant", "ConstantOfShape", "Range", "NonZero", "ArgMax", "ArgMin", "OneHot", "EyeLike"],
  ...["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "And", "Or", "Xor", "IsNaN", "IsInf"],
  ...["Sign", "Floor", "Ceil", "Round", "Hardmax", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot"],
]);
