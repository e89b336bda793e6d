import { assign, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { expectNothing, formatShape, formatValue, withGradMode } from "@tapegrad/tensor/internal";
import { Identity } from "../containers/identity.ts";
import { Convolution } from "../convolution/conv.ts";
import { TransposedConvolution } from "../convolution/conv-transpose.ts";
import { Dense } from "../dense/dense.ts";
import { expectModule } from "../module/expect-module.ts";
import type { AnyModule } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { walk } from "../module/walk.ts";
import { BatchNorm, type BatchNormOptions } from "../norms/activation/batch-norm.ts";
import { BatchRenorm } from "../norms/activation/batch-renorm.ts";
import { MeanOnlyBatchNorm } from "../norms/activation/mean-only-batch-norm.ts";
import { chainsOf, isHooked, isIdentity, runsAs, type Slot, titleOf } from "./chains.ts";

const norms = [BatchNorm, BatchRenorm, MeanOnlyBatchNorm];
type Norm = BatchNorm | BatchRenorm | MeanOnlyBatchNorm;
type Layer = Dense | Convolution | TransposedConvolution;

const isNorm = (module: AnyModule): module is Norm => norms.some((Class) => module.constructor === Class);
const isLayer = (module: AnyModule): module is Layer =>
  runsAs(module, Dense) || runsAs(module, Convolution) || runsAs(module, TransposedConvolution);

/**
 * Stands in the place of a norm along axis 1 that was folded into a Dense: gives its input. Only of two axes is axis 1 the
 * last one, along which a Dense gives its outputs.
 */
class FoldedIntoDense extends Identity {
  static override readonly name: string = "FoldedIntoDense";
  override forward(x: Tensor, ...none: []): Tensor {
    const y = super.forward(x, ...none);
    if (y.ndim === 2) return y;
    throw new ShapeError(`fold: expected outputs of shape [N, features] of a Dense whose norm along axis 1 is part of it, got ${formatShape(y.shape)}: a norm with axis: -1 is folded for all shapes.`); // prettier-ignore
  }
}

/** `y = scale · x + shift` for every channel, which a norm is in evaluation, in float64. */
function affineOf(norm: Norm): { readonly scale: Tensor | undefined; readonly shift: Tensor } {
  const exact = (t: Tensor): Tensor => t.detach().to("float64");
  const { bias, runningMean } = norm;
  const mean = exact(runningMean!);
  const beta = bias === undefined ? mean.mul(0) : exact(bias);
  if (norm instanceof MeanOnlyBatchNorm) return { scale: undefined, shift: beta.sub(mean) };
  const { weight, runningVar, eps } = norm;
  const rstd = exact(runningVar!).add(eps).rsqrt();
  const scale = weight === undefined ? rstd : rstd.mul(exact(weight));
  return { scale, shift: beta.sub(mean.mul(scale)) };
}

/** A factor of every output as it broadcasts to the weight of a layer. */
function alongOutputs(layer: Layer, factor: Tensor): Tensor {
  const [first = 0, second = 0, ...size] = layer.weight.shape;
  const inner = size.map(() => 1);
  if (!(layer instanceof TransposedConvolution)) return factor.reshape([first, 1, ...inner]);
  const { groups } = layer.options;
  const each = factor.reshape([groups, 1, second]).broadcastTo([groups, first / groups, second]);
  return each.reshape([first, second, ...inner]);
}

/** Makes a layer what it is with the norm behind it. */
function foldInto(layer: Layer, norm: Norm): void {
  const { scale, shift } = affineOf(norm);
  const { weight } = layer;
  const times = (t: Tensor, factor: Tensor | undefined): Tensor => {
    const exact = t.detach().to("float64");
    return factor === undefined ? exact : exact.mul(factor);
  };
  assign(weight, times(weight, scale && alongOutputs(layer, scale)).to(weight.dtype));
  if (layer.bias === undefined) {
    (layer as Dense)["setOption"]("bias", true);
    layer.bias = new Parameter(zeros([shift.size], { dtype: weight.dtype }), { requiresGrad: weight.requiresGrad });
  }
  assign(layer.bias, times(layer.bias, scale).add(shift).to(weight.dtype));
}

/** Why a norm cannot be folded into what comes before it, as what was got; undefined if it can. */
function obstacle(before: Slot | undefined, slot: Slot, uses: (of: object) => number): string | undefined {
  const norm = slot.module as Norm;
  if (before === undefined) return `nothing before ${titleOf(slot)}`;
  const { module: layer } = before;
  if (!isLayer(layer)) return `${titleOf(before)} before ${titleOf(slot)}`;
  if (norm.runningMean === undefined) return `${titleOf(slot)} without running statistics`;
  if (layer.activation !== undefined) return `${titleOf(before)} with an activation`;
  if (!(layer.weight instanceof Parameter)) return `${titleOf(before)} whose weight is computed`;
  const { axis = 1 } = norm.options as BatchNormOptions;
  // The outputs are on axis 1; those of a Dense on the last one too.
  if (axis !== 1 && !(layer instanceof Dense && axis === -1)) return `channels on axis ${formatValue(axis)} of ${titleOf(slot)} behind ${titleOf(before)}`; // prettier-ignore
  const outputs = layer instanceof Dense ? layer.outFeatures : layer.outChannels;
  if (outputs !== norm.features) return `${outputs} outputs of ${titleOf(before)} before ${norm.features} features of ${titleOf(slot)}`; // prettier-ignore
  if (layer.weight.dtype !== norm.runningMean.dtype) return `${titleOf(before)} of ${layer.weight.dtype} before ${titleOf(slot)} of ${norm.runningMean.dtype}`; // prettier-ignore
  const hooked = [before, slot].find(({ module }) => isHooked(module));
  if (hooked !== undefined) return `${titleOf(hooked)} with hooks`;
  const shared = [layer, layer.weight, layer.bias].some((each) => each !== undefined && uses(each) > 1);
  if (shared) return `${titleOf(before)}, which is used elsewhere too`;
  return uses(norm) > 1 ? `${titleOf(slot)}, which is used elsewhere too` : undefined;
}

/**
 * A copy of a model for evaluation in which every BatchNorm is part of the layer before it: `W' = W · γ/√(v + ε)` and
 * `b' = β + (b − μ) · γ/√(v + ε)`, with the running statistics μ and v. Its outputs are those of `model.eval()` to rounding.
 *
 * BatchNorm, BatchRenorm and MeanOnlyBatchNorm are folded into a Dense (of inputs of two axes, or with `axis: -1`), a
 * convolution or a transposed one that runs right before them in a Sequential, in Sequentials inside each other, in a
 * DenseBatchNorm, or in a ResNet without `preActivation`. An Identity takes their place, so that all other names stay; a layer without bias gets one.
 * Behind a Dense it throws for outputs of other than two axes, where the norm was along another axis than they. Those
 * that cannot be folded are an error, not left as they are; other norms stay.
 *
 * @param model is left alone
 * @throws {ValueError} for a norm behind something else, behind a layer with an activation, hooks, a computed weight, or one
 * that is used elsewhere too, in a subclass with a `forward` of its own, for a norm without running statistics, and for one along
 * other axes than that of the outputs: with its path
 * @throws {ShapeError} in a call of the copy, for outputs of other than two axes of a Dense with a norm along axis 1
 * @throws {CompileError} while a function is traced
 * @see Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167 (algorithm 2)
 * @example
 * const net = new Sequential(new Conv2d(1, 4, 3, { bias: false }), new BatchNorm(4), new ReLU());
 * net.forward(randn([8, 1, 6, 6])); // trains its statistics
 * const [folded, x] = [fold(net.eval()), randn([2, 1, 6, 6])];
 * Object.keys(folded.stateDict()); // => ["0.weight", "0.bias"]
 * folded.forward(x).sub(net.forward(x)).abs().max().item() < 1e-5; // => true
 */
export function fold<M extends AnyModule>(model: M, ...none: []): M {
  expectNothing("fold", none);
  expectModule("fold", "model", model);
  const folded = model.clone();
  const visits = [...walk(folded, { repeat: true })];
  const users = visits.flatMap(({ node, tensors }) => [node, ...tensors.map(([, tensor]) => tensor)]);
  const uses = (of: object): number => users.filter((each) => each === of).length;
  const refused = (got: string): ValueError =>
    new ValueError(`fold: expected BatchNorm right behind a Dense or a convolution of its own in a Sequential, got ${got}.`); // prettier-ignore
  const chains = [...walk(folded, { repeat: false })].flatMap(chainsOf);
  withGradMode(false, () => {
    for (const slots of chains) {
      let before: Slot | undefined;
      for (const slot of slots) {
        if (isIdentity(slot.module)) continue;
        if (isNorm(slot.module)) {
          const reason = obstacle(before, slot, uses);
          if (reason !== undefined) throw refused(reason);
          foldInto(before!.module as Layer, slot.module);
          const { axis } = slot.module.options as BatchNormOptions;
          slot.replace(before!.module instanceof Dense && axis !== -1 ? new FoldedIntoDense() : new Identity());
        } else before = slot;
      }
    }
  });
  const left = folded.namedModules().find(([, module]) => norms.some((Class) => module instanceof Class));
  if (left !== undefined) throw refused(titleOf({ name: left[0], module: left[1] }));
  return folded;
}
