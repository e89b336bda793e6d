import { compile } from "@tapegrad/compile";
import { cat, fullLike, ones, type Tensor, zeros } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functions } from "../../src/metrics/functions.ts";
import { type MetricCase, metricCases, metricOf, rowsOf } from "./metric-cases.ts";

const tolerance = { rtol: 1e-10, atol: 1e-12 };
const close = (result: Tensor, expected: MetricCase["expected"]): void =>
  expectClose(result, [expected].flat(3) as number[], tolerance);
const batches: readonly (readonly [number, number])[] = [[0, 10], [10, 20], [20, 23]]; // prettier-ignore

/** What a case has in one batch. */
function batch({ predictions, target, sampleWeight }: MetricCase, [start, stop]: readonly [number, number]) {
  const part = (x: Tensor): Tensor => rowsOf(x, start, stop);
  return [part(predictions), part(target), part(sampleWeight ?? ones([23]))] as const;
}

describe.each(metricCases.map((one) => [one.title, one] as const))("%s", (_title, one) => {
  const whole = (): Tensor => metricOf(one).of(one.predictions, one.target, { sampleWeight: one.sampleWeight });

  it("has the value of the reference, as function and class", () => {
    const f = functions[one.metric] as (...args: unknown[]) => Tensor;
    const result = f(one.predictions, one.target, { ...one.options, sampleWeight: one.sampleWeight });
    close(result, one.expected);
    expect(result.dtype).toBe("float64");
    const metric = metricOf(one);
    metric.update(one.predictions, one.target, { sampleWeight: one.sampleWeight });
    expect(metric.result().toArray()).toEqual(result.toArray());
  });

  it("is the same over batches, after a reset and from a state that went through JSON", () => {
    const [metric, other] = [metricOf(one), metricOf(one)];
    metric.update(...batch(one, [0, 5]).slice(0, 2) as [Tensor, Tensor]); // prettier-ignore
    metric.reset();
    for (const [k, range] of batches.entries()) {
      const [p, t, sampleWeight] = batch(one, range);
      if (k === 2) other.loadStateDict(JSON.parse(JSON.stringify(metric.stateDict())) as object);
      metric.update(p, t, { sampleWeight });
      if (k === 2) other.update(p, t, { sampleWeight });
    }
    close(metric.result(), one.expected);
    expect(other.result().toArray()).toEqual(metric.result().toArray());
  });

  it("does not look at what is masked", () => {
    const { predictions, target } = one;
    const junk = (x: Tensor): Tensor => fullLike(x, isFloat(x.dtype) ? NaN : -1);
    const mask = cat([ones([23]), zeros([23])], 0);
    const sampleWeight = one.sampleWeight && cat([one.sampleWeight, one.sampleWeight], 0);
    const doubled = [cat([predictions, junk(predictions)], 0), cat([target, junk(target)], 0)] as const;
    // How many samples there are does not depend on weights, as in Keras.
    if (!("numRegressors" in one.options)) close(metricOf(one).of(...doubled, { mask, sampleWeight }), one.expected);
  });

  it("is the same compiled", () => {
    const metric = metricOf(one);
    const step = compile((p: Tensor, t: Tensor, sampleWeight: Tensor) => {
      metric.update(p, t, { sampleWeight });
    });
    for (const range of batches) step(...batch(one, range));
    close(metric.result(), whole().toArray() as MetricCase["expected"]);
  });
});
