import { compile, type Tensor, tensor } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const x = (): Tensor => tensor([1, 2], { dtype: "float64", requiresGrad: true });
const double = (t: Tensor): Tensor => t.mul(2);
const total = (t: Tensor): Tensor => t.square().sum();

function output(): [Tensor, Tensor] {
  const leaf = x();
  return [total(leaf), leaf];
}

/** Differentiation and compilation. */
export const tapeRows: Rows = {
  grad: ["tensor someTensors options?", () => { const [y, leaf] = output(); return [y, [leaf], {}]; }], // prettier-ignore
  gradcheck: ["function someTensors options?", () => [double, [x()], {}]],
  gradgradcheck: ["function someTensors options?", () => [double, [x()], {}]],
  vjp: ["function tensor tensor...", () => [(a: Tensor, b: Tensor) => a.mul(b), x(), x()], "mul"],
  jvp: ["function someTensors someTensors", () => [double, [x()], [x()]]],
  hvp: ["function tensor tensor", () => [total, x(), x()]],
  jacobian: ["function tensor", () => [double, x()]],
  checkpoint: ["function tensor...", () => [double, x()]],
  noGrad: ["function", () => [() => 1]],
  enableGrad: ["function", () => [() => 1]],
  detectAnomaly: ["function", () => [() => 1]],
  savedTensorsHooks: ["function function function", () => [(t: Tensor) => t, (t: Tensor) => t, () => 1]],
  compareGrads: ["tensors", () => [[{ name: "x", manual: x(), auto: x() }]]],
  defineFunction: [
    "options",
    () => [
      { name: "double", forward: (_: unknown, t: Tensor) => t.mul(2), backward: (_: unknown, ct: Tensor) => ct.mul(2) },
    ],
  ],
  toDot: ["tensor", () => [output()[0]]],
  toSvg: ["tensor", () => [output()[0]]],
  compile: ["function options?", () => [double, {}]],
  exportWasm: ["compiled inputs options?", () => [compile(() => double(x())), [x()], {}]],
  startWorkersWith: ["function", () => [() => new Worker("worker.js")]],
};
