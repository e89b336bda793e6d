import { Generator, GradError, onesLike, randn, type Tensor, zerosLike } from "@tapegrad/tensor";
import { apply, type AttrsOf, type PrimitiveName } from "@tapegrad/tensor/internal";
import { type Case, caseTable, type Entry, expectClose, inputTensor, toNd } from "@tapegrad/testing";
import { afterAll, describe, expect, it } from "vitest";
import { defineFunction, enableGrad, grad, gradcheck } from "../src/index.ts";
import { vjps } from "../src/internal.ts";

type AnyCase = Case<AttrsOf<PrimitiveName>>;
type AnyEntry = Entry<AttrsOf<PrimitiveName>>;
// assign gives no result
const names = (Object.keys(caseTable) as PrimitiveName[]).filter((name) => name !== "assign");
const entryOf = (name: PrimitiveName): AnyEntry => caseTable[name] as unknown as AnyEntry;

function inputsOf(name: PrimitiveName, { inputs }: AnyCase, dtype: "float32" | "float64"): Tensor[] {
  return inputs.map((input, i) => inputTensor(input, entryOf(name), 17 * i + input.shape.length + 1, dtype));
}

function titleOf({ inputs, attrs }: AnyCase): string {
  const shapes = inputs.map(({ shape, dtype }) => `[${shape.join()}]${dtype ?? ""}`).join(" ");
  return Object.keys(attrs).length === 0 ? shapes : `${shapes} ${JSON.stringify(attrs)}`;
}

const run =
  (name: PrimitiveName, attrs: AttrsOf<PrimitiveName>) =>
  (...inputs: Tensor[]): readonly Tensor[] =>
    apply(name, inputs, attrs);

/** Gradients for fixed random cotangents by every float input. */
function gradientsOf(name: PrimitiveName, attrs: AttrsOf<PrimitiveName>, inputs: readonly Tensor[]): Tensor[] {
  const generator = new Generator(5);
  const leaves = inputs.map((t) => (t.dtype.startsWith("float") ? t.detach().requiresGrad_() : t));
  const by = leaves.filter((t) => t.requiresGrad);
  const parts = run(
    name,
    attrs,
  )(...leaves).map((output) => {
    const cotangent = randn(output.shape, { generator, dtype: "float64" });
    return output.mul(cotangent.to(output.dtype)).sum();
  });
  const sum = parts.reduce((total, part) => total.add(part));
  return sum.requiresGrad ? grad(sum, by, { allowUnused: true }) : by.map((t) => zerosLike(t));
}

const total = { calls: 0, entries: 0, worst: 0, where: "" };

describe.each(names)("%s", (name) => {
  const { cases, reference } = entryOf(name);
  const differentiable = vjps[name] !== null;

  for (const example of cases) {
    const { attrs } = example;
    const smooth = example.smooth ?? true;
    describe(`on ${titleOf(example)}`, () => {
      if (reference !== undefined) {
        it.each(smooth ? (["float64", "float32"] as const) : (["float64"] as const))(
          "has the values of the reference in %s",
          (dtype) => {
            const inputs = inputsOf(name, example, dtype);
            const expected = reference(inputs.map(toNd), attrs);
            const actual = run(name, attrs)(...inputs);
            expect(actual.map(({ shape }) => [...shape])).toEqual(expected.map(({ shape }) => [...shape]));
            const [rtol, atol] = dtype === "float64" ? [1e-11, 1e-13] : [1e-6, 1e-6];
            actual.forEach((output, k) => expectClose({ data: output.data }, expected[k]!, { rtol, atol }));
          },
        );
      }

      if (!differentiable) {
        it("has no gradient", () => {
          const inputs = inputsOf(name, example, "float64").map((t) => (t.dtype === "float64" ? t.requiresGrad_() : t));
          for (const output of run(name, attrs)(...inputs)) expect(output.requiresGrad).toBe(false);
        });
      } else if (smooth) {
        it.each([1, 2] as const)("has the derivatives of order %i that finite differences have", (order) => {
          const report = gradcheck(run(name, attrs), inputsOf(name, example, "float64"), { order });
          total.calls++;
          total.entries += report.checks;
          if (report.worst !== undefined && report.worst.error > total.worst) {
            total.worst = report.worst.error;
            total.where = name;
          }
          expect(report.passed).toBe(true);
        });

        it("has the same gradients in float32, in their inputs' shapes and dtypes", () => {
          const single = inputsOf(name, example, "float32").map((t) => (name === "cast" ? t.to("float64") : t));
          const double = single.map((t) => (t.dtype === "float32" ? t.to("float64") : t));
          const [actual, expected] = [gradientsOf(name, attrs, single), gradientsOf(name, attrs, double)];
          const floats = single.filter((t) => t.dtype.startsWith("float"));
          actual.forEach((gradient, i) => {
            expect(gradient.shape).toEqual(floats[i]!.shape);
            expect(gradient.dtype).toBe(floats[i]!.dtype);
            const scale = Math.max(0, ...expected[i]!.data.map(Math.abs));
            expectClose({ data: gradient.data }, { data: expected[i]!.data }, { rtol: 1e-5, atol: 2e-6 * scale });
          });
        });
      }
    });
  }

  if (differentiable) {
    it("never reads what was changed since: it says so, or does not need it", () => {
      for (const { attrs, inputs } of cases.filter(({ smooth }) => smooth !== false)) {
        const at = inputsOf(name, { attrs, inputs }, "float64");
        const leaves = at.map((t) => (t.dtype === "float64" ? t.clone().requiresGrad_() : t));
        const by = leaves.filter((t) => t.requiresGrad);
        const outputs = run(name, attrs)(...leaves);
        const cotangents = outputs.map((t) => onesLike(t));
        const pulled = (k: number): Tensor[] =>
          grad(outputs[k]!, by, { cotangent: cotangents[k]!, retainGraph: true, allowUnused: true });
        const expected = outputs.map((_, k) => pulled(k).map((g) => Array.from(g.data)));
        for (const { storage } of [...leaves, ...outputs]) {
          storage.data!.fill(storage.dtype === "float64" ? 0.123 : 0);
          storage.version++;
        }
        outputs.forEach((_, k) => {
          try {
            expect(pulled(k).map((g) => Array.from(g.data))).toEqual(expected[k]);
          } catch (error) {
            expect(error).toBeInstanceOf(GradError);
            expect(String(error)).toMatch(
              new RegExp(
                `GradError: ${name}: expected (input|output) \\d at version \\d+ as saved, got version \\d+\\.`,
              ),
            );
          }
        });
      }
    });
  }

  const first = cases.find(({ inputs, smooth }) => smooth !== false && inputs.every(({ shape }) => !shape.includes(0)));
  if (differentiable && first !== undefined) {
    it("fails the check when its gradient is wrong by a millionth", () => {
      const mutant = defineFunction({
        name: `wrong ${name}`,
        forward: (ctx, ...inputs) => {
          ctx.save(...inputs);
          return run(name, first.attrs)(...inputs);
        },
        backward: (ctx, ...cotangents) => {
          const at = ctx.saved.map((t) => (t.dtype === "float64" ? t.detach().requiresGrad_() : t));
          const outputs = enableGrad(() => run(name, first.attrs)(...at));
          const sum = enableGrad(() =>
            outputs.map((output, i) => output.mul(cotangents[i]!).sum()).reduce((total, part) => total.add(part)),
          );
          const gradients = at.map((t) => (t.requiresGrad ? grad(sum, [t], { retainGraph: true })[0]! : undefined));
          return gradients.map((g) => g?.add(g.abs().add(1e-3).mul(1e-6)));
        },
      });
      expect(() => gradcheck(mutant, inputsOf(name, first, "float64"))).toThrow(
        /^gradcheck: expected the gradient of input/,
      );
    });
  }
});

// After all of them, in whatever order they run.
afterAll(() => {
  expect(total.calls).toBeGreaterThanOrEqual(300);
  const { calls, entries, worst, where } = total;
  console.log(
    `${calls} finite-difference checks of primitives, ${entries} entries compared, worst error ${worst.toExponential(1)} (${where})`,
  );
});
