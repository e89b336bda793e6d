import { grad, gradcheck } from "@tapegrad/autograd";
import { type Shape, Tensor, ValueError } from "@tapegrad/tensor";
import { symbolicTensor, withTracer } from "@tapegrad/tensor/internal";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { Buffer } from "../../src/index.ts";
import type { LossCase, LossRow } from "./loss-row.ts";
import { lossRows } from "./loss-rows.ts";
import { RecordingTracer } from "./recording-tracer.ts";

const reductions = ["none", "mean", "sum"] as const;
const optionsOf = ({ options }: LossCase, shape: Shape): Record<string, unknown> => ({
  ...(typeof options === "function" ? (options as (shape: Shape) => object)(shape) : options),
});
const call = ({ fn }: LossRow, inputs: readonly Tensor[], options: object): Tensor =>
  (fn as (...args: unknown[]) => Tensor)(...inputs, options);
/** All tensors among options, changed. */
const mapTensors = (options: object, change: (t: Tensor) => Tensor): object =>
  Object.fromEntries(Object.entries(options).map(([name, v]) => [name, v instanceof Tensor ? change(v) : v]));
const toFloat32 = (t: Tensor): Tensor => (t.dtype === "float64" ? t.to("float32") : t);

const cases = lossRows.flatMap((row) =>
  row.cases.map((lossCase) => {
    const options = JSON.stringify(optionsOf(lossCase, lossCase.checked[0]!), (_, v) => (v instanceof Tensor ? "…" : v)); // prettier-ignore
    return [`${row.file} ${options} ${lossCase.title ?? ""}`.trim(), row, lossCase] as const;
  }),
);

describe.each(cases)("%s", (_name, row, lossCase) => {
  const drawInputs = (shape: Shape): readonly Tensor[] => lossCase.inputs(drawer(7), shape);
  const { atol = 5e-13, differentiable } = lossCase;
  const isChecked = (i: number): boolean => i < (differentiable ?? Infinity);

  it.each(lossCase.shapes.map((shape) => [shape]))("agrees with its definition for shape %j", (shape) => {
    const [inputs, options] = [drawInputs(shape), optionsOf(lossCase, shape)];
    const { losses, count = losses.length } = lossCase.naive(inputs, options);
    const total = losses.reduce((sum, loss) => sum + loss, 0);
    const tolerance = { rtol: 0, atol };
    const none = call(row, inputs, { ...options, reduction: "none" });
    expectClose(none, losses, tolerance);
    expect(none.dtype).toBe("float64");
    const sum = call(row, inputs, { ...options, reduction: "sum" });
    const mean = call(row, inputs, { ...options, reduction: "mean" });
    expectClose(sum, total, { rtol: 0, atol: 10 * atol });
    expectClose(mean, total / count, tolerance);
    expect([sum.shape, mean.shape]).toEqual([[], []]);
    expect(call(row, inputs, options).item()).toBe(mean.item());
    // Targets without a gradient may be integers.
    const singles = inputs.map((t, i) => (isChecked(i) ? toFloat32(t) : t.to("int32")));
    const single = call(row, singles, mapTensors(options, toFloat32));
    expect(single.dtype).toBe("float32");
    expectClose(single, total / count, { rtol: 0, atol: Math.max(5e-6, atol) });
  });

  it.each(lossCase.checked.flatMap((shape) => reductions.map((reduction) => [shape, reduction] as const)))(
    "passes the gradient check for shape %j, %s",
    (shape, reduction) => {
      const [inputs, options] = [drawInputs(shape), optionsOf(lossCase, shape)];
      const [active, rest] = [inputs.filter((_, i) => isChecked(i)), inputs.filter((_, i) => !isChecked(i))];
      const order = inputs[0]!.size <= 24 ? 2 : 1;
      const { passed, checks } = gradcheck(
        (...tensors) => call(row, [...tensors, ...rest], { ...options, reduction }),
        active,
        { order },
      );
      expect(passed).toBe(true);
      expect(checks).toBeGreaterThanOrEqual(order * active.reduce((sum, { size }) => sum + size, 0));
    },
  );

  it("reduces an empty batch to NaN or 0", () => {
    const [first, ...rest] = drawInputs(lossCase.empty);
    const options = optionsOf(lossCase, lossCase.empty);
    const inputs = [first!.detach().requiresGrad_(), ...rest];
    expect(call(row, inputs, options).item()).toBeNaN();
    expect(call(row, inputs, { ...options, reduction: "sum" }).item() + 0).toBe(0);
    expect(call(row, inputs, { ...options, reduction: "none" }).size).toBe(0);
    expect(grad(call(row, inputs, options), [inputs[0]!])[0]?.shape).toEqual(lossCase.empty);
  });

  it("reads no values while a function is traced", () => {
    const shape = lossCase.checked[0]!;
    const inputs = drawInputs(shape).map(symbolicTensor);
    const tracer = new RecordingTracer();
    const options = mapTensors(optionsOf(lossCase, shape), symbolicTensor);
    const loss = withTracer(tracer, () => call(row, inputs, options));
    expect([loss.shape, loss.storage.data]).toEqual([[], undefined]);
    expect(tracer.names).toContain("sum");
  });

  it("is the same as a layer, which prints its options and keeps tensors as buffers", () => {
    const shape = lossCase.checked[0]!;
    const [inputs, options] = [drawInputs(shape), optionsOf(lossCase, shape)];
    for (const reduction of reductions) {
      const all = { ...options, reduction };
      const layer = new row.Layer(all);
      expect(layer.forward(...inputs).toArray()).toEqual(call(row, inputs, all).toArray());
      const tensors = Object.keys(options).filter((name) => options[name] instanceof Tensor);
      expect(layer.namedBuffers().map(([name]) => name)).toEqual(tensors);
      expect(layer.buffers().every((buffer) => buffer instanceof Buffer)).toBe(true);
      expect(layer.parameters()).toEqual([]);
      const printed = row.options
        .filter(
          (name) =>
            Object.hasOwn(all, name) &&
            !tensors.includes(name) &&
            typeof all[name as keyof typeof all] !== "function" &&
            !(name === "reduction" && reduction === "mean"),
        )
        .map((name) => `${name}=${String(all[name as keyof typeof all])}`);
      expect(layer.details()).toBe(printed.join(", "));
      const singles = inputs.map(toFloat32);
      expect(layer.to("float32").forward(...singles).dtype).toBe("float32");
    }
  });
});

describe.each(lossRows.map((row) => [row.file, row] as const))("errors of %s", (_file, row) => {
  it.each(row.errors.map((error) => [...error] as const))("%s", (_title, run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  });

  const shape = row.cases[0]!.checked[0]!;
  const known = ["none", "mean", "sum", ...(row.reductions ?? [])];
  it.each<[string, object, string]>([
    ["an unknown option", { sizeAverage: true }, `expected options ${row.options.join(", ")}, got "sizeAverage".`],
    ["an unknown reduction", { reduction: "average" }, `expected reduction ${known.slice(0, -1).join(", ")} or ${known.at(-1)}, got average.`],
  ])("%s, of the function and of the layer", (_title, options, message) => {
    const inputs = row.cases[0]!.inputs(drawer(7), shape);
    expect(() => call(row, inputs, options)).toThrow(new ValueError(`${row.fn.name}: ${message}`));
    expect(() => new row.Layer(options)).toThrow(new ValueError(`${row.Layer.name}: ${message}`));
  }); // prettier-ignore
});
