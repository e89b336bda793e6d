import { gradcheck } from "@tapegrad/autograd";
import { assign, eye, Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense, norms } from "../../src/index.ts";
import { type NormRow, table } from "../../src/norms/norm-table.ts";
import { type LayerRow, numbers, relativeError } from "./norm-case.ts";
import { callsOf, normTests } from "./norm-cases.ts";

const shape = [2, 4, 3];
const draw = (of: readonly number[]): Tensor => randn(of, { dtype: "float64", generator: new Generator(61) });

/** A layer with a state but no class of its own; large and from a bad start, so that its singular vectors take their time. */
const spectral: Pick<LayerRow, "layer" | "shape" | "others"> = {
  layer: norms.spectralNorm(new Dense(64, 64, { generator: new Generator(106) })),
  shape: [4, 64],
};
assign((spectral.layer as Dense & { readonly weightU: Tensor }).weightU, eye(64).slice(0));

/** What a norm computes, as functions of what it normalizes. */
function functionsOf({ name, centred }: NormRow): { x: Tensor; run: (x: Tensor) => Tensor; centred: boolean }[] {
  const test = normTests[name];
  if ("kinds" in test) return test.kinds(shape).map(({ fused }) => ({ x: draw(shape), run: (x) => fused(x), centred }));
  return callsOf(test).map(({ inputs: [x, ...others], run, ...call }) => ({
    x: x!,
    run: (at) => run(at, ...others),
    centred: call.centred ?? centred,
  }));
}

describe.each(table())("$name", (row) => {
  const { layers, ...test } = normTests[row.name];

  it(`is ${row.centred ? "" : "not "}centred`, () => {
    const functions = functionsOf(row);
    expect(functions.length).toBeGreaterThan(0);
    for (const { x, run, centred } of functions) {
      const change = relativeError(run(x.add(2.5)).data, numbers(run(x)));
      if (centred) expect(change).toBeLessThan(1e-12);
      else expect(change).toBeGreaterThan(1e-6);
    }
  });

  it(`holds ${row.held ? "some of it" : "nothing"} constant for the gradient`, () => {
    const cases = [...("kinds" in test ? test.kinds(shape) : []), ...callsOf(test)];
    expect(cases.some(({ frozen }) => frozen !== undefined)).toBe(row.held);
    const differ = functionsOf(row).map(({ x, run }) => !gradcheck((at) => run(at), [x], { throws: false }).passed);
    // Without ν, as here, PowerNorm has the gradient of what it computes; batch-norm-family.test.ts has it with ν.
    expect(differ.some(Boolean)).toBe(row.held && row.name !== "powerNorm");
  });

  it(`evaluates ${row.evaluation}`, () => {
    const given = layers?.[0] ?? (row.name === "spectralNorm" ? spectral : undefined);
    if (row.state !== "none") expect(given).toBeDefined();
    const others = given?.others ?? [];
    const inputs = [1, 2, 3].map((scale) =>
      draw(given?.shape ?? [])
        .mul(scale)
        .to("float32"),
    );
    const [trained, evaluated] = [true, false].map((training) => {
      const layer = given?.layer.clone().train();
      inputs.forEach((x) => layer?.forward(...([x, ...others] as never)));
      return layer?.train(training).forward(...([inputs[0]!, ...others] as never));
    }) as [Tensor | undefined, Tensor | undefined];
    const change = trained === undefined ? 0 : relativeError(evaluated!.data, numbers(trained));
    if (row.evaluation === "as it trains") expect(change).toBe(0);
    else expect(change).toBeGreaterThan(1e-3);
  });
});
