import { grad } from "@tapegrad/autograd";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { table } from "../../src/norms/norms.ts";
import { jacobianBackward, naiveBackward, naiveForward, standardizeGroup } from "./naive-norm.ts";
import { distributions, numbers, parametersOf, relativeError, sample, shapes } from "./norm-case.ts";
import { kindsOf, normCalls, normTests } from "./norm-cases.ts";

const cases = shapes.flatMap((shape) =>
  kindsOf(shape).flatMap((kind) =>
    distributions.flatMap((distribution) =>
      (kind.parameterShape === undefined ? [false] : [true, false]).map((affine) => ({
        title: `${kind.name} of [${shape.join(", ")}], ${distribution.name}${affine ? "" : ", no γ and β"}`,
        shape,
        kind,
        distribution,
        affine,
      })),
    ),
  ),
);

describe("norms against loops over numbers", () => {
  it.each(cases)("$title", ({ shape, kind, distribution, affine }) => {
    const x = sample(shape, distribution, 11).requiresGrad_();
    const [w, b] = affine ? parametersOf(kind, 12).map((p) => p.requiresGrad_()) : [];
    const dy = randn(shape, { dtype: "float64", generator: new Generator(13) });
    const [gamma, beta] = [w && numbers(w), b && numbers(b)];
    const want = naiveForward(numbers(x), kind.naive, kind.index, gamma, beta);
    // A mean of 1e4 is rounded to 1e-12, which is as much of a result near 1.
    const loss = 4 * Math.max(1, distribution.offset);
    for (const [form, run] of [
      ["fused", kind.fused],
      ["plain", kind.plain],
    ] as const) {
      const y = run(x, w, b);
      expect(y.shape).toEqual(shape);
      expect(relativeError(y.data, want, 1e-3), `${form} values`).toBeLessThan(2e-15 * loss);
      const size = w?.size ?? 0;
      const wanted = naiveBackward(numbers(x), numbers(dy), kind.naive, kind.index, size, gamma);
      const jacobian = jacobianBackward(numbers(x), numbers(dy), kind.naive, kind.index, gamma);
      const [dx, dWeight, dBias] = grad(
        y,
        [x, w, b].flatMap((t) => t ?? []),
        { cotangent: dy },
      );
      // What cancels in dx has the size of dy·r.
      const r = Math.max(
        ...kind.naive.groups.map(
          (g) =>
            standardizeGroup(
              g.map((at) => x.data[at] ?? 0),
              kind.naive,
            ).r,
        ),
      );
      const floor = r * Math.max(...numbers(dy).map(Math.abs));
      expect(relativeError(wanted.x, jacobian, floor), "references agree").toBeLessThan(1e-12);
      expect(relativeError(dx?.data ?? [], wanted.x, floor), `${form} dx`).toBeLessThan(2e-15 * loss);
      if (w !== undefined) {
        expect(relativeError(dWeight?.data ?? [], wanted.weight, 1), `${form} dγ`).toBeLessThan(2e-15 * loss);
      }
      if (b !== undefined) expect(relativeError(dBias?.data ?? [], wanted.bias, 1), `${form} dβ`).toBeLessThan(1e-14);
    }
  });

  it.each(normCalls)("$name", ({ inputs, run, naive, shape = inputs[0]?.shape }) => {
    const y = run(...inputs);
    expect(y.shape).toEqual(shape);
    const want = naive(...inputs.map(numbers));
    expect(relativeError(y.data, want)).toBeLessThan(1e-14);
    const single = run(...inputs.map((t) => t.to("float32")));
    expect(single.dtype).toBe("float32");
    expect(relativeError(single.data, want)).toBeLessThan(2e-6);
  });
});

describe("layers", () => {
  const layers = Object.values(normTests).flatMap(({ layers = [] }) => layers);

  it.each(layers)("$printed is the function", ({ layer, printed, shape, same, others = [] }) => {
    const x = randn(shape, { generator: new Generator(14) });
    expect(layer.forward(...([x, ...others] as never)).toArray()).toEqual(same(x).toArray());
    expect(`${layer.constructor.name}(${layer.details()})`).toBe(printed);
  });

  // Layers of weights say that they need one dtype.
  const ofValues = table().filter(({ name, kind }) => kind === "activation" && name !== "qkNorm");
  const layersOfValues = ofValues.flatMap(({ name }) => normTests[name].layers ?? []);

  it.each(layersOfValues)("$printed evaluates inputs of float64 too", ({ layer, shape, others = [] }) => {
    const x = randn(shape, { generator: new Generator(15) });
    layer.eval();
    const [y, wide] = [x, x.to("float64")].map((at) => layer.forward(...([at, ...others] as never)) as Tensor);
    layer.train();
    expect(wide!.dtype).toBe("float64");
    expect(relativeError(wide!.data, numbers(y!))).toBeLessThan(1e-5);
  });
});
