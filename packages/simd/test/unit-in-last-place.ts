/** The distance from |x| to the next smaller number of a precision: the unit in which errors are measured. */
export function unitInLastPlace(x: number, dtype: "float32" | "float64"): number {
  const [bits, lowest] = dtype === "float32" ? [24, -149] : [53, -1074];
  const magnitude = Math.abs(x);
  let exponent = Math.floor(Math.log2(magnitude));
  // A rounded logarithm may be one off.
  if (2 ** exponent >= magnitude) exponent--;
  return 2 ** Math.max(exponent - bits + 1, lowest);
}
