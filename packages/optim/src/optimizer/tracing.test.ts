import { assign, type Tensor } from "@tapegrad/tensor";
import {
  fromData,
  NullTracer,
  type PrimitiveName,
  type Spec,
  symbolicTensor,
  withTracer,
} from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { Adadelta } from "../algorithms/adadelta.ts";
import { Adagrad } from "../algorithms/adagrad.ts";
import { Adafactor } from "../algorithms/adafactor.ts";
import { Adam } from "../algorithms/adam.ts";
import { AdamW } from "../algorithms/adam-w.ts";
import { Adamax } from "../algorithms/adamax.ts";
import { ASGD } from "../algorithms/asgd.ts";
import { Ftrl } from "../algorithms/ftrl.ts";
import { LAMB } from "../algorithms/lamb.ts";
import { LARS } from "../algorithms/lars.ts";
import { Lion } from "../algorithms/lion.ts";
import { Muon } from "../algorithms/muon.ts";
import { NAdam } from "../algorithms/nadam.ts";
import { RAdam } from "../algorithms/radam.ts";
import { RMSprop } from "../algorithms/rmsprop.ts";
import { Rprop } from "../algorithms/rprop.ts";
import { SGD } from "../algorithms/sgd.ts";
import { SparseAdam } from "../algorithms/sparse-adam.ts";
import { clipGradNorm } from "../clipping/clip-grad-norm.ts";
import type { Optimizer } from "./optimizer.ts";

const parameter = (size: number): Tensor => fromData(new Float32Array(size), [size], "float32").requiresGrad_();

class StepTracer extends NullTracer {
  readonly passes: PrimitiveName[] = [];
  scalars = 0;

  override record(
    name: PrimitiveName,
    inputs: readonly Tensor[],
    _attrs: unknown,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    if (inputs.some((input) => input.size > 1)) this.passes.push(name);
    else this.scalars++;
    return outputs.map(symbolicTensor);
  }
}

/** What one step applies to tensors of more than one element, in order, and how many scalars it computes. */
function traceStep(optimizer: Optimizer, clip = false): Pick<StepTracer, "passes" | "scalars"> {
  const tracer = new StepTracer();
  const params = optimizer.groups.flatMap((group) => group.params);
  for (const p of params) p.grad = symbolicTensor(p);
  withTracer(tracer, () => {
    if (clip) clipGradNorm(params, 1);
    optimizer.step();
  });
  return tracer;
}

const count = (passes: readonly PrimitiveName[], name: PrimitiveName): number =>
  passes.filter((pass) => pass === name).length;

describe("a traced step", () => {
  it.each<[string, (p: Tensor[]) => Optimizer, number, number, number?]>([
    ["SGD", (p) => new SGD(p, { lr: 0.1 }), 2, 1],
    ["SGD with momentum", (p) => new SGD(p, { lr: 0.1, momentum: 0.9 }), 4, 2],
    ["Adam", (p) => new Adam(p), 12, 3],
    ["AdamW", (p) => new AdamW(p), 13, 3],
    ["Adamax", (p) => new Adamax(p), 10, 3],
    ["NAdam", (p) => new NAdam(p), 14, 3, 46],
    ["RAdam", (p) => new RAdam(p), 13, 3, 32],
    ["RMSprop", (p) => new RMSprop(p), 9, 2],
    ["RMSprop, centered with momentum", (p) => new RMSprop(p, { centered: true, momentum: 0.9 }), 17, 4],
    ["Adagrad", (p) => new Adagrad(p, { lrDecay: 0.1 }), 7, 2],
    ["Adadelta", (p) => new Adadelta(p), 16, 3],
    ["Lion", (p) => new Lion(p), 9, 2],
    ["Adamax, decoupled", (p) => new Adamax(p, { weightDecay: 0.1, decoupledWeightDecay: true }), 11, 3],
    ["Rprop", (p) => new Rprop(p), 17, 3],
    ["ASGD", (p) => new ASGD(p), 6, 2, 34],
    ["Ftrl", (p) => new Ftrl(p), 23, 3],
    ["SparseAdam", (p) => new SparseAdam(p), 16, 3],
    ["LARS", (p) => new LARS(p), 12, 2, 56],
    ["LAMB", (p) => new LAMB(p), 22, 3, 56],
    ["Adafactor", (p) => new Adafactor(p), 17, 2, 56],
    ["Adam with amsgrad", (p) => new Adam(p, { amsgrad: true }), 13, 4],
  ])(
    "%s reads no value and goes over each parameter as often as it must",
    (_name, make, elementwise, assigns, most = 18) => {
      const { passes, scalars } = traceStep(make([parameter(5), parameter(3)]));
      expect(count(passes, "assign")).toBe(2 * assigns);
      expect(passes).toHaveLength(2 * (elementwise + assigns));
      expect(scalars).toBeLessThanOrEqual(most);
    },
  );

  it("of Muon reads no value", () => {
    const matrix = fromData(new Float32Array(6), [3, 2], "float32").requiresGrad_();
    const { passes } = traceStep(new Muon([matrix]));
    expect(count(passes, "matmul")).toBe(15);
    expect(count(passes, "assign")).toBe(2);
  });

  it("shares the scalars of a step among all parameters", () => {
    const few = traceStep(new Adam([parameter(2)])).scalars;
    const many = traceStep(new Adam(Array.from({ length: 20 }, () => parameter(2)))).scalars;
    expect(many).toBe(few);
  });

  it("includes clipping", () => {
    expect(() => traceStep(new Adam([parameter(2)]), true)).not.toThrow();
  });

  it("leaves the parameters as they were", () => {
    const p = parameter(2);
    traceStep(new Adam([p]));
    expect([p.storage.version, ...p.data]).toEqual([0, 0, 0]);
    assign(p, fromData(new Float32Array([1, 2]), [2], "float32"));
    expect(p.toArray()).toEqual([1, 2]);
  });
});
