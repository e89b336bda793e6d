import { assign, Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  BasicBlock,
  BatchNorm,
  BatchRenorm,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  Dense,
  DenseBatchNorm,
  Dropout,
  fold,
  Identity,
  MeanOnlyBatchNorm,
  Module,
  norms,
  ReLU,
  Residual,
  Sequential,
} from "../../src/index.ts";
import { numbers, relativeError } from "./norm-case.ts";

const generator = new Generator(113);
const options = { generator, dtype: "float64" } as const;
const draw = (...shape: readonly number[]): Tensor => randn(shape, options);

const classes = [BatchNorm, BatchRenorm, MeanOnlyBatchNorm];

/** The model in evaluation, every parameter and statistic of its norms something else than at first. */
function trained<M extends Module>(model: M): M {
  for (const module of model.modules()) {
    if (!classes.some((Class) => module instanceof Class)) continue;
    for (const tensor of [...module.parameters(), ...module.buffers()]) {
      if (tensor.dtype !== "int32") assign(tensor, draw(...tensor.shape).square().add(0.25).to(tensor.dtype)); // prettier-ignore
    }
  }
  return model.eval();
}

/** The folded model, which must be the model, without norms. */
function expectFolded<M extends Module>(model: M, x: Tensor): M {
  const before = JSON.stringify(trained(model).stateDict());
  const folded = fold(model);
  expect(relativeError(folded.forward(x).data, numbers(model.forward(x)))).toBeLessThan(1e-13);
  expect(folded.modules().some((each) => classes.some((Class) => each instanceof Class))).toBe(false);
  expect(JSON.stringify(model.stateDict())).toBe(before);
  expect(folded.training).toBe(false);
  return folded;
}

const norm = (features: number): BatchNorm => new BatchNorm(features, { dtype: "float64", eps: 0.1 });
/** With a hook that gives twice the output. */
function doubled(module: Module): Module {
  module.registerForwardHook((_, __, y) => y.mul(2));
  return module;
}
const bare = { ...options, bias: false };

describe("fold", () => {
  it.each<readonly [name: string, make: () => Module, shape: readonly number[]]>([
    ["Dense", () => new Dense(3, 4, options), [5, 3]],
    ["Dense without bias", () => new Dense(3, 4, bare), [5, 3]],
    ["Conv1d", () => new Conv1d(2, 4, 3, { ...options, padding: 1, paddingMode: "reflect" }), [2, 2, 5]],
    ["Conv2d", () => new Conv2d(2, 4, 3, { ...bare, padding: 1, stride: 2 }), [2, 2, 5, 5]],
    ["Conv2d in groups", () => new Conv2d(4, 4, 3, { ...options, groups: 2 }), [2, 4, 5, 5]],
    ["Conv3d", () => new Conv3d(1, 4, 2, bare), [2, 1, 3, 3, 3]],
    ["ConvTranspose1d", () => new ConvTranspose1d(3, 4, 3, bare), [2, 3, 4]],
    ["ConvTranspose2d", () => new ConvTranspose2d(2, 4, 3, { ...options, stride: 2 }), [2, 2, 3, 3]],
    ["ConvTranspose2d in groups", () => new ConvTranspose2d(6, 4, 2, { ...options, groups: 2 }), [2, 6, 3, 3]],
  ])("a norm into %s", (_, make, shape) => {
    expectFolded(new Sequential(make(), norm(4)), draw(...shape));
    expectFolded(new Sequential(make(), new BatchNorm(4, { dtype: "float64", affine: false })), draw(...shape));
    expectFolded(new Sequential(make(), new BatchRenorm(4, { dtype: "float64", eps: 0.1 })), draw(...shape));
    expectFolded(new Sequential(make(), new MeanOnlyBatchNorm(4, { dtype: "float64" })), draw(...shape));
  });

  it("those of Sequentials inside each other, in any module, and of DenseBatchNorm; all other names stay", () => {
    class Net extends Module {
      body = new Residual(new Sequential(new Sequential(new Dense(3, 4, bare)), norm(4), new ReLU(), new Sequential(new Dense(4, 3, options), new Identity()), new Sequential(norm(3), norm(3))));
      head = new DenseBatchNorm(3, 2, { activation: "tanh", ...options });
      override forward(x: Tensor): Tensor {
        return this.head.forward(this.body.forward(x));
      }
    } // prettier-ignore
    const folded = expectFolded(new Net(), draw(5, 3));
    expect(Object.keys(folded.stateDict())).toEqual(["body.body.0.0.weight", "body.body.0.0.bias", "body.body.3.0.weight", "body.body.3.0.bias", "head.dense.weight", "head.dense.bias"]); // prettier-ignore
    expect(folded.toString()).not.toContain("bias=false");
  });

  it("keeps what a weight is trained with, and works in float32", () => {
    const layer = new Dense(3, 4, { kernelRegularizer: "l2", generator });
    const net = trained(new Sequential(layer, new BatchNorm(4), new Dropout()));
    const [dense] = [...fold(net)] as [Dense];
    expect([dense.weight.regularizer, dense.weight.requiresGrad, dense.weight.dtype]).toEqual(["l2", true, "float32"]);
    const x = randn([5, 3], { generator });
    expect(relativeError(fold(net).forward(x).data, numbers(net.forward(x)))).toBeLessThan(2e-6);
  });

  it("takes those inside a Sequential with hooks, and inside one in it", () => {
    const inner = doubled(new Sequential(new Dense(3, 4, bare), new Sequential(norm(4)), new Dense(4, 3, options)));
    expectFolded(doubled(new Sequential(inner, new ReLU(), new Dense(3, 2, bare), norm(2))), draw(5, 3));
  });

  it("folds a norm of the last axis into a Dense, whatever comes before that", () => {
    const last = { dtype: "float64", eps: 0.1, axis: -1 } as const;
    expectFolded(new Sequential(new Dense(3, 4, bare), new BatchNorm(4, last), new ReLU()), draw(5, 2, 3));
    expectFolded(new DenseBatchNorm(3, 4, { ...options, ...last }), draw(5, 2, 3));
  });

  it("throws for outputs of a Dense whose axis 1 is not that of its outputs, where the norm was along it", () => {
    const folded = fold(trained(new Sequential(new Dense(3, 4, bare), norm(4), new ReLU())));
    expect(() => folded.forward(draw(5, 4, 3))).toThrow(new ShapeError("in 1 (FoldedIntoDense): fold: expected outputs of shape [N, features] of a Dense whose norm along axis 1 is part of it, got [5, 4, 4]: a norm with axis: -1 is folded for all shapes.")); // prettier-ignore
  });

  it("copies a model without norms", () => {
    const net = new Sequential(new Dense(3, 4), new ReLU());
    const copy = fold(net);
    expect(copy).not.toBe(net);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(net));
  });

  const [shared, sharedNorm] = [new Dense(4, 4), new BatchNorm(4)];
  const hooked = new BatchNorm(4);
  hooked.registerForwardHook(() => undefined);
  class Other extends Module {
    norm = new BatchNorm(4);
    override forward(x: Tensor): Tensor {
      return this.norm.forward(x);
    }
  }
  class Mine extends BatchNorm {}
  class SquaredDense extends Dense {
    override forward(x: Tensor): Tensor {
      return super.forward(x).square();
    }
  }
  class PostNorm extends DenseBatchNorm {
    override forward(x: Tensor): Tensor {
      return this.norm.forward(this.dense.forward(x).relu());
    }
  }
  class PostNormBlock extends BasicBlock {
    override forward(x: Tensor): Tensor {
      return this.bn1.forward(this.conv1.forward(x).relu());
    }
  }
  class Twice extends Sequential {
    override forward(...inputs: Tensor[]): Tensor {
      return super.forward(...inputs).mul(2);
    }
  }
  it.each<readonly [model: Module, got: string]>([
    [new BatchNorm(4), "BatchNorm"],
    [new Sequential(new BatchNorm(4)), "nothing before 0 (BatchNorm)"],
    [new Sequential(new Dense(3, 4), new Sequential(new ReLU(), new BatchNorm(4))), "1.0 (ReLU) before 1.1 (BatchNorm)"],
    [new Sequential(new Dense(3, 4, { activation: "relu" }), new BatchNorm(4)), "0 (Dense) with an activation"],
    [new Sequential(norms.weightNorm(new Dense(3, 4)), new BatchNorm(4)), "0 (Dense) whose weight is computed"],
    [new Sequential(new Dense(3, 4), new BatchNorm(4, { axis: 0 })), "channels on axis 0 of 1 (BatchNorm) behind 0 (Dense)"],
    [new Sequential(new Conv2d(3, 4, 1), new BatchNorm(4, { axis: -1 })), "channels on axis -1 of 1 (BatchNorm) behind 0 (Conv2d)"],
    [new Sequential(new Conv2d(3, 4, 1), new BatchNorm([4, 2], { axis: [1, 2] })), "channels on axis [1, 2] of 1 (BatchNorm) behind 0 (Conv2d)"],
    [new Sequential(new Dense(3, 5), new BatchNorm(4)), "5 outputs of 0 (Dense) before 4 features of 1 (BatchNorm)"],
    [new Sequential(new Dense(3, 4), new BatchNorm(4, { trackRunningStats: false })), "1 (BatchNorm) without running statistics"],
    [new Sequential(new Dense(3, 4), new BatchNorm(4, { dtype: "float64" })), "0 (Dense) of float32 before 1 (BatchNorm) of float64"],
    [new Sequential(shared, new BatchNorm(4), shared), "0 (Dense), which is used elsewhere too"],
    [new Sequential(new Dense(3, 4), sharedNorm, new Dense(4, 4), sharedNorm), "1 (BatchNorm), which is used elsewhere too"],
    [new Sequential(new Dense(3, 4), hooked), "1 (BatchNorm) with hooks"],
    [new Sequential(new Dense(3, 4), new Other()), "1.norm (BatchNorm)"],
    [new Sequential(new Dense(3, 4), new Mine(4)), "1 (Mine)"],
    [new Sequential(doubled(new Sequential(new Dense(3, 4))), new BatchNorm(4)), "0 (Sequential) before 1 (BatchNorm)"],
    [new Sequential(new Dense(3, 4), doubled(new Sequential(new BatchNorm(4)))), "nothing before 1.0 (BatchNorm)"],
    [new Sequential(new Dense(3, 4), doubled(new Identity()), new BatchNorm(4)), "1 (Identity) before 2 (BatchNorm)"],
    [new Sequential(new SquaredDense(3, 4), new BatchNorm(4)), "0 (SquaredDense) before 1 (BatchNorm)"],
    [new Sequential(new Twice(new Dense(3, 4)), new BatchNorm(4)), "0 (Twice) before 1 (BatchNorm)"],
    [new PostNorm(3, 4), "norm (BatchNorm)"],
    [new PostNormBlock(3, 4), "bn1 (BatchNorm)"],
  ])("error %#", (model, got) => {
    expect(() => fold(model)).toThrow(ValueError);
    expect(() => fold(model)).toThrow(`fold: expected BatchNorm right behind a Dense or a convolution of its own in a Sequential, got ${got}.`);
  }); // prettier-ignore

  it("refuses a weight that is tied to another", () => {
    const [first, second] = [new Dense(4, 4), new Dense(4, 4)];
    second.weight = first.weight;
    expect(() => fold(new Sequential(first, new BatchNorm(4), second))).toThrow("0 (Dense), which is used elsewhere too");
    expect(() => fold(new Sequential(new Dense(4, 4), new BatchNorm(4), second)).forward(zeros([2, 4]))).not.toThrow();
  }); // prettier-ignore
});
