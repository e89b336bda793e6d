import { type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { derivatives, numbers, parametersOf, relativeError, sample, shapes } from "../../nn/test/norms/norm-case.ts";
import { kindsOf, normCalls } from "../../nn/test/norms/norm-cases.ts";
import { compile } from "../src/index.ts";

const cases = [
  ...shapes.flatMap((shape) =>
    kindsOf(shape).map((kind) => ({
      title: `${kind.name} of [${shape.join(", ")}]`,
      run: kind.fused as (...inputs: [Tensor]) => Tensor,
      inputs: [sample(shape, { name: "", scale: 1, offset: 0.5 }, 31), ...parametersOf(kind, 32)],
    })),
  ),
  ...normCalls.map(({ name, run, inputs }) => ({ title: name, run, inputs })),
];

describe("compiled norms: values, first and second derivatives are those of eager ones", () => {
  it.each(cases)("$title", ({ run, inputs }) => {
    const step = compile((...given: Tensor[]) => derivatives(run, given), { threads: 1 });
    const want = derivatives(run, inputs);
    // What cancels in a derivative has the size of the largest one.
    const floor = 1e-3 * Math.max(...want.flatMap(numbers).map(Math.abs));
    for (const got of [step(...inputs), step(...inputs)]) {
      got.forEach((t, i) => expect(relativeError(t.data, numbers(want[i]!), floor), `${i}`).toBeLessThan(1e-9));
    }
  });
});
