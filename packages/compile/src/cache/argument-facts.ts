import { Tensor } from "@tapegrad/tensor";
import { formatShape, formatValue, gradMode } from "@tapegrad/tensor/internal";
import type { Tree } from "../trace/tree.ts";
import { hasGrad } from "./plan-key.ts";

/** What a plan was made for in one place of the arguments: a value, or what a tensor is like. */
export interface Fact {
  readonly text: string;
  readonly kind: "number" | "shape" | "other";
}

/** What a plan depends on in the arguments of a call, each under its name: `argument 1`, `argument 0.mask`. */
export function argumentFacts({ tensors, rebuild }: Tree): ReadonlyMap<string, Fact> {
  const facts = new Map<string, Fact>();
  const visit = (name: string, value: unknown): void => {
    if (value instanceof Tensor) {
      const { dtype, shape, requiresGrad } = value;
      facts.set(name, { text: formatShape(shape), kind: "shape" });
      facts.set(`the dtype of ${name}`, { text: dtype, kind: "other" });
      facts.set(`whether ${name} requires gradients`, { text: String(requiresGrad), kind: "other" });
      facts.set(`whether ${name} has a gradient`, { text: String(hasGrad(value)), kind: "other" });
    } else if (Array.isArray(value)) {
      facts.set(`the length of ${name}`, { text: String(value.length), kind: "other" });
      value.forEach((element, i) => visit(`${name}[${i}]`, element));
    } else if (typeof value === "object" && value !== null) {
      facts.set(`the keys of ${name}`, { text: Object.keys(value).join(" "), kind: "other" });
      for (const [key, inner] of Object.entries(value)) visit(`${name}.${key}`, inner);
    } else facts.set(name, { text: formatValue(value), kind: typeof value === "number" ? "number" : "other" });
  };
  const values = rebuild(tensors) as unknown[];
  facts.set("the number of arguments", { text: String(values.length), kind: "other" });
  facts.set("whether operations are recorded", { text: String(gradMode.enabled), kind: "other" });
  values.forEach((value, i) => visit(`argument ${i}`, value));
  return facts;
}
