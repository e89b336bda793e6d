/** `1e-5` rather than `0.00001`. */
export function formatEps(eps: number | "machine"): string {
  return eps === "machine" || eps === 0 ? String(eps) : eps.toExponential();
}
