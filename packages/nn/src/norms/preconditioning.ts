import { assign, ones, Tensor, ValueError, where, zeros } from "@tapegrad/tensor";
import {
  expectNoTrace,
  expectNothing,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { type Conv1d, type Conv2d, type Conv3d, Convolution } from "../convolution/conv.ts";
import { Dense } from "../dense/dense.ts";
import { Buffer } from "../module/buffer.ts";
import { expectModule } from "../module/expect-module.ts";
import type { HookKinds } from "../module/hook-lists.ts";
import { addForwardPreHook, removeForwardPreHook } from "../module/own-hooks.ts";
import type { AnyModule } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { channelMoments, combineMoments, momentsInRows, rowsOf } from "./moments.ts";

/** Options of {@link preconditioning}. */
export interface PreconditioningOptions {
  /** Added to the variance of every input, in units of x²; 0.01 unless given. It damps what inputs that hardly vary would amplify. */
  readonly eps?: number;
  /** Weight of the inputs since the last step in the running statistics; 1 unless given: those alone. */
  readonly momentum?: number;
}

const table: OptionTable<PreconditioningOptions> = {
  eps: option(ranges.nonNegative, 0.01),
  momentum: option(ranges.unit, 1),
};

/** What {@link preconditioning} adds to a layer. */
export interface Preconditioned {
  /** Its options. */
  readonly preconditioning: Required<PreconditioningOptions>;
  /** Count, mean and `Σ (x − μ)²` of the inputs since the last step, float64 `[3, in]`. */
  readonly inputsGathered: Buffer;
  /** Running mean of the inputs, `[in]`. */
  readonly inputMean: Buffer;
  /** Running variance of the inputs, `[in]`. */
  readonly inputVar: Buffer;
}

/** A layer that can be preconditioned. */
export type Preconditionable = Dense | Conv1d | Conv2d | Conv3d;

/** Gathers the moments of what a layer in training is given. */
const gather: HookKinds["pre"] = (module, [x]) => {
  const layer = module as Preconditionable & Preconditioned;
  const inputs = layer.training ? inputsOf(layer, x) : undefined;
  if (inputs === undefined) return undefined;
  withGradMode(false, () => {
    const { inputsGathered: rows } = layer;
    assign(rows, rowsOf(combineMoments([momentsInRows(rows), channelMoments(inputs.detach())])).to(rows.dtype));
  });
  return undefined;
};

/** The inputs as `[N, in, ...]`; undefined where they do not fit, of which the layer then complains itself. */
function inputsOf(layer: Preconditionable & Preconditioned, x: unknown): Tensor | undefined {
  if (!(x instanceof Tensor)) return undefined;
  const [inside] = layer.inputMean.shape as [number];
  if (layer instanceof Dense) {
    return x.shape.at(-1) === inside ? x.reshape([sizeOf(x.shape.slice(0, -1)), inside]) : undefined;
  }
  const batch = x.ndim === layer.weight.ndim ? x : x.unsqueeze(0);
  return batch.ndim === layer.weight.ndim && batch.shape[1] === inside ? batch : undefined;
}

/**
 * Batch normalization preconditioning (BNP): gathers the statistics of what a layer is given in training, by which
 * {@link precondition} changes its gradients as if its inputs were standardized. What the network computes stays as it is, and no
 * layer is added.
 *
 * Changes the layer and returns it. With `momentum` below 1 the statistics are running ones, so that batches may be small.
 *
 * @param layer a `Dense`, or a convolution
 * @throws {ValueError} for another layer, or one whose weight is computed
 * @see Lange, Helfrich and Ye 2022, https://jmlr.org/papers/v23/20-1135.html
 * @example
 * const layer = norms.preconditioning(new Dense(2, 1, { init: "zeros", biasInit: "zeros" }), { eps: 0 });
 * const x = tensor([[1, 100], [3, 140]]);
 * layer.forward(x).sub(tensor([[1], [2]])).square().sum().backward();
 * norms.precondition(layer);
 * layer.weight.grad.toArray(); // => [[-2, -0.1]]
 */
export function preconditioning<L extends Preconditionable>(
  layer: L,
  options: PreconditioningOptions = {},
): L & Preconditioned {
  const fn = "preconditioning";
  expectModule(fn, "layer", layer);
  const settled = settleOptions(fn, options, table);
  if (!(layer instanceof Dense || layer instanceof Convolution) || !(layer.weight instanceof Parameter)) {
    throw new ValueError(`${fn}: expected a Dense or a convolution with a parameter "weight", got ${(layer as AnyModule).constructor.name}.`); // prettier-ignore
  }
  if (isPreconditioned(layer)) throw new ValueError(`${fn}: expected a layer without preconditioning, got one with.`);
  const { dtype } = layer.weight;
  const inputs = layer instanceof Dense ? layer.inFeatures : layer.inChannels;
  const fields: Preconditioned = {
    preconditioning: settled,
    inputsGathered: new Buffer(zeros([3, inputs], { dtype: "float64" })),
    inputMean: new Buffer(zeros([inputs], { dtype })),
    inputVar: new Buffer(ones([inputs], { dtype })),
  };
  addForwardPreHook(layer, gather);
  return Object.assign(layer, fields);
}

/** Whether a module has what {@link preconditioning} adds. */
function isPreconditioned(module: AnyModule): module is Preconditionable & Preconditioned {
  return (module instanceof Dense || module instanceof Convolution) && "inputsGathered" in module;
}

/**
 * Changes the gradients of all layers inside that have {@link preconditioning}: call it between `backward` and the step of
 * the optimizer, where gradients are clipped too.
 *
 * `∇W ← (∇W − ∇b·μᵀ) / (σ² + ε)` and `∇b ← ∇b − ∇W·μ` with the new ∇W, for mean μ and variance σ² of the inputs: a step of
 * gradient descent by them is one of the same network on inputs that are standardized by `(x − μ) / √(σ² + ε)`, whose weights
 * and bias are then taken back. Without a bias that is trained, μ is 0 and σ² the mean square.
 * Inputs of convolutions are their channels, over batch and positions; the step is exact where nothing is padded.
 * Gradients are computed in float64. Layers without gradients are skipped.
 *
 * @example
 * const net = new Sequential(norms.preconditioning(new Dense(4, 8)), new ReLU(), norms.preconditioning(new Dense(8, 2)));
 * net.forward(randn([16, 4])).square().mean().backward();
 * norms.precondition(net);
 */
export function precondition(model: AnyModule, ...none: []): void {
  expectNothing("precondition", none);
  expectModule("precondition", "model", model);
  withGradMode(false, () => {
    for (const module of model.modules()) if (isPreconditioned(module)) preconditionLayer(module);
  });
}

/** The statistics of a layer's inputs, float64, with those since the last step among them. */
function takeStatistics(layer: Preconditioned): readonly [mean: Tensor, variance: Tensor] {
  const { inputsGathered, inputMean, inputVar, preconditioning } = layer;
  const { count, mean, m2 } = momentsInRows(inputsGathered);
  const follow = (all: Buffer, batch: Tensor): Tensor => {
    const next = batch.sub(all).mul(preconditioning.momentum).add(all);
    const taken = where(count.gt(0), next, all);
    assign(all, taken.to(all.dtype));
    return taken;
  };
  const statistics = [follow(inputMean, mean), follow(inputVar, m2.div(count.clamp(1)))] as const;
  assign(inputsGathered, zeros(inputsGathered.shape, { dtype: inputsGathered.dtype }));
  return statistics;
}

function preconditionLayer(layer: Preconditionable & Preconditioned): void {
  const { weight, bias } = layer;
  const [mean, variance] = takeStatistics(layer);
  if (weight.grad === undefined) return;
  const groups = layer instanceof Dense ? 1 : layer.options.groups;
  const [out, inside] = weight.shape as [number, number];
  const size = sizeOf(weight.shape.slice(2));
  const along = (t: Tensor): Tensor => t.reshape([groups, 1, inside, 1]);
  const given = weight.grad.to("float64").reshape([groups, out / groups, inside, size]);
  const biasGrad = bias?.grad;
  const scale = (by: Tensor): Tensor => by.add(layer.preconditioning.eps).reciprocal();
  const changed =
    biasGrad === undefined
      ? given.mul(along(scale(variance.add(mean.square()))))
      : given
          .sub(
            biasGrad
              .to("float64")
              .reshape([groups, out / groups, 1, 1])
              .mul(along(mean)),
          )
          .mul(along(scale(variance)));
  weight.grad = changed.reshape(weight.shape).to(weight.grad.dtype);
  if (bias === undefined || biasGrad === undefined) return;
  const moved = changed
    .mul(along(mean))
    .sum({ axis: [2, 3] })
    .reshape([out]);
  bias.grad = biasGrad.to("float64").sub(moved).to(biasGrad.dtype);
}

/**
 * Takes {@link preconditioning} back: the layer is what it was.
 *
 * @throws {ValueError} when the layer has none
 * @throws {CompileError} while a function is traced
 * @example
 * const layer = norms.removePreconditioning(norms.preconditioning(new Dense(3, 2)));
 * Object.keys(layer.stateDict()); // => ["weight", "bias"]
 */
export function removePreconditioning<L extends Preconditionable>(layer: L, ...none: []): L {
  const fn = "removePreconditioning";
  expectNothing(fn, none);
  expectModule(fn, "layer", layer);
  expectNoTrace(fn, "Remove it before the call.");
  if (!isPreconditioned(layer)) {
    throw new ValueError(`${fn}: expected a layer with preconditioning, got ${layer.constructor.name}.`);
  }
  removeForwardPreHook(layer, gather);
  for (const field of ["preconditioning", "inputsGathered", "inputMean", "inputVar"]) {
    Reflect.deleteProperty(layer, field);
  }
  return layer;
}
