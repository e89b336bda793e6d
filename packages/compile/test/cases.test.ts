import { grad } from "@tapegrad/autograd";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { apply, type AttrsOf, isFloat, type PrimitiveName } from "@tapegrad/tensor/internal";
import { type Case, caseTable, type Entry, expectClose, inputTensor, toNd } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

type AnyCase = Case<AttrsOf<PrimitiveName>>;
type AnyEntry = Entry<AttrsOf<PrimitiveName>>;

// assign gives no result; the random graphs assign.
const names = (Object.keys(caseTable) as PrimitiveName[]).filter((name) => name !== "assign");
/** Relative to each element, and to the largest one. */
const precisions = { float64: [1e-12, 1e-14], float32: [2e-6, 2e-6] } as const;

/** Outputs, then the gradients for fixed random cotangents by every float input; null where there is none. */
function stepOf(name: PrimitiveName, attrs: AttrsOf<PrimitiveName>) {
  return (inputs: readonly Tensor[], cotangents: readonly Tensor[]): (Tensor | null)[] => {
    const outputs: readonly Tensor[] = apply(name, inputs, attrs);
    const by = inputs.filter((t) => t.requiresGrad);
    const parts = outputs.map((output, i) => output.mul(cotangents[i]!.to(output.dtype)).sum());
    const sum = parts.reduce((total, part) => total.add(part));
    const gradients = sum.requiresGrad ? grad(sum, by, { allowUnused: true }) : [];
    return [...outputs, ...gradients.map((gradient) => gradient ?? null)];
  };
}

/** Null stands for a gradient that there is not. */
function expectSame(what: string, got: Tensor | null, want: Tensor | null, dtype: keyof typeof precisions): void {
  expect(got === null, what).toBe(want === null);
  if (got === null || want === null) return;
  const [rtol, part] = isFloat(want.dtype) ? precisions[dtype] : [0, 0];
  const finite = Array.from(want.data, Math.abs).filter(Number.isFinite);
  expectClose(got, want, { rtol, atol: part * Math.max(0, ...finite), what });
}

describe.each(names)("%s, compiled, gives what it gives eagerly", (name) => {
  const entry = caseTable[name] as unknown as AnyEntry;

  // The counter of random numbers is float64.
  it.each(name === "randomBits" ? (["float64"] as const) : (["float64", "float32"] as const))("in %s", (dtype) => {
    for (const { attrs, inputs, smooth } of entry.cases as readonly AnyCase[]) {
      const step = stepOf(name, attrs);
      const compiled = compile(step);
      // The second call has other elements in the same plan.
      for (const seed of [1, 2]) {
        const make = (): Tensor[] =>
          inputs.map((input, i) => {
            const made = inputTensor(input, entry, 17 * i + seed, dtype);
            return isFloat(made.dtype) && smooth !== false ? made.requiresGrad_() : made;
          });
        const specs: readonly Tensor[] = apply(name, make(), attrs);
        const generator = new Generator(seed);
        const cotangents = specs.map(({ shape }) => randn(shape, { generator, dtype: "float64" }));
        const want = step(make(), cotangents);
        const got = compiled(make(), cotangents);
        const title = `${inputs.map(({ shape }) => `[${shape.join()}]`).join(" ")} ${JSON.stringify(attrs)}`;
        expect(got.length).toBe(want.length);
        want.forEach((value, i) => expectSame(`${title}, value ${i}`, got[i] as Tensor | null, value, dtype));
        if (dtype === "float32" || entry.reference === undefined) continue;
        const reference = entry.reference(make().map(toNd), attrs);
        reference.forEach(({ data }, i) => {
          const what = `${title}, value ${i} against the reference`;
          expectClose({ data: (got[i] as Tensor).data }, { data }, { rtol: 1e-11, atol: 1e-13, what });
        });
      }
    }
  });
});
