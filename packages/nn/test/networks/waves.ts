import { assign, type DType, type Tensor, tensor } from "@tapegrad/tensor";
import type { Module } from "../../src/index.ts";

/** The sines sin(0.7 i² + phase) of i = 0, 1, ... in a shape: what `make-fixtures.py` makes too. */
export function wave(shape: readonly number[], phase: number, dtype: DType = "float64"): Tensor {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float64Array.from({ length: count }, (_, i) => Math.sin(0.7 * i * i + phase)),
    { shape, dtype },
  );
}

/** Gives every float of a state its waves, by its place among the keys in their order. */
export function fillWithWaves(net: Module): void {
  const floats = Object.entries(net.stateDict()).filter(([, t]) => t.dtype !== "int32");
  const keys = floats.map(([key]) => key).toSorted();
  for (const [key, target] of floats) {
    const values = wave(target.shape, keys.indexOf(key));
    const fanIn = target.shape.slice(1).reduce((product, extent) => product * extent, 1);
    const isScale = key.endsWith("weight") || key.endsWith("running_var");
    const filled =
      target.ndim > 1 ? values.mul(Math.sqrt(3 / fanIn)) : isScale ? values.mul(0.4).add(1) : values.mul(0.3);
    assign(target, filled.to(target.dtype));
  }
}

/** A sum by weights, which sees each element, and what rounding errors are relative to. */
export function digest(t: Tensor): { readonly sum: number; readonly scale: number } {
  const terms = t.detach().to("float64").mul(wave(t.shape, 0.5));
  return { sum: terms.sum().item(), scale: Math.max(1, terms.abs().sum().item()) };
}
