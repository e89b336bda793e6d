import { assign, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectNoTrace, formatShape, withGradMode } from "@tapegrad/tensor/internal";
import { activate } from "../activations/activation.ts";
import { FilterLayer } from "../convolution/filters.ts";
import { Dense } from "../dense/dense.ts";
import { computationOf } from "../module/computed-tensor.ts";
import { expectModule } from "../module/expect-module.ts";
import type { AnyModule } from "../module/module.ts";
import { outputAxis } from "./computed-weight.ts";
import type { WeightNormed } from "./weight/weight-norm.ts";

const fn = "initializeByData";

/** A layer whose lengths are trained apart, by `weightNorm` or `centeredWeightNorm`. */
type NormedLayer = (Dense | FilterLayer<never>) & WeightNormed;

/** The layers of a module with lengths of their own; throws for those whose outputs it does not know. */
function normedLayers(module: AnyModule): NormedLayer[] {
  const layers = module.modules().filter((each) => computationOf(each, "weight")?.fields.includes("weightG"));
  if (layers.length === 0) {
    throw new ValueError(`${fn}: expected a module with layers of weightNorm, got ${module.constructor.name}.`);
  }
  return layers.map((layer) => {
    if (!(layer instanceof Dense || layer instanceof FilterLayer)) {
      throw new ValueError(
        `${fn}: expected weightNorm of dense layers and convolutions, got ${layer.constructor.name}.`,
      );
    }
    const { weightG } = layer as NormedLayer;
    const outputs = layer instanceof Dense ? layer.outFeatures : layer.outChannels;
    if (weightG.size !== outputs || weightG.shape[outputAxis(layer)] !== outputs) {
      const hint = `Give weightNorm axis ${outputAxis(layer)}.`;
      throw new ShapeError(`${fn}: expected a length for each of ${outputs} outputs of ${layer.constructor.name}, got shape ${formatShape(weightG.shape)}. ${hint}`); // prettier-ignore
    }
    return layer as NormedLayer;
  });
}

/** Changes lengths and bias so that `y`, made by them, has mean 0 and variance 1 for every output; gives the new `y`. */
function standardizeOutputs({ weight, weightG, bias }: NormedLayer, y: Tensor): Tensor {
  const channels = y.ndim - weight.ndim + 1;
  const over = { axis: y.shape.map((_, axis) => axis).filter((axis) => axis !== channels), keepDims: true };
  const exact = y.to("float64");
  const mean = exact.mean(over);
  const deviation = exact.sub(mean).square().mean(over).sqrt();
  if (!deviation.data.every((value) => value > 0 && value < Infinity)) {
    throw new ValueError(`${fn}: expected outputs that vary over the batch, got a standard deviation of ${deviation.min().item()}.`); // prettier-ignore
  }
  const rescaled = (t: Tensor, shift: Tensor | number): Tensor =>
    t.detach().to("float64").sub(shift).div(deviation.reshape(t.shape)).to(t.dtype);
  assign(weightG, rescaled(weightG, 0));
  if (bias === undefined) return exact.div(deviation).to(y.dtype);
  assign(bias, rescaled(bias, mean.reshape(bias.shape)));
  return exact.sub(mean).div(deviation).to(y.dtype);
}

/** Lets a layer begin with its next call, and gives what takes that back. */
function beginWithNextCall(layer: NormedLayer): () => void {
  const { activation } = layer;
  layer.activation = undefined;
  const end = (): void => {
    hook.remove();
    layer.activation = activation;
  };
  const hook = (layer as AnyModule).registerForwardHook((_layer, _inputs, output) => {
    end();
    return activate(standardizeOutputs(layer, output as Tensor), activation);
  });
  return end;
}

/**
 * Data-dependent initialisation of weight norm: runs a module once, and sets length and bias of every layer with
 * `norms.weightNorm` or `norms.centeredWeightNorm` so that its outputs, before its activation, have mean 0 and variance 1 over
 * the batch: `g ← g / σ`, `b ← (b − μ) / σ`. A layer without bias keeps its mean.
 *
 * A layer that runs several times is set by its first call. Nothing else changes but what a call of `forward` changes.
 *
 * @param inputs what `forward` takes: a batch
 * @returns the module
 * @throws {ValueError} when there is no such layer, or an output does not vary over the batch: nothing has changed then
 * @throws {ShapeError} when the lengths are not those of outputs, as for transposed convolutions along axis 0
 * @throws {CompileError} while a function is traced
 * @see Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868
 * @example
 * const net = new Sequential(norms.weightNorm(new Dense(3, 4, { activation: "relu" })), norms.weightNorm(new Dense(4, 2)));
 * const x = randn([64, 3], { generator: new Generator(1) });
 * const y = norms.initializeByData(net, x).forward(x);
 * [y.mean({ axis: 0 }).abs().max().item() < 1e-5, y.square().mean().item()]; // => [true, 1]
 */
export function initializeByData<M extends AnyModule>(module: M, ...inputs: Parameters<M["forward"]>): M {
  expectModule(fn, "module", module);
  expectNoTrace(fn, "Initialize before the call.");
  const layers = normedLayers(module);
  const before = layers.flatMap(({ weightG, bias }) => [weightG, ...(bias === undefined ? [] : [bias])]);
  const values = before.map((t) => t.detach().clone());
  const ends = layers.map(beginWithNextCall);
  try {
    withGradMode(false, () => module.forward(...(inputs as never)));
  } catch (error) {
    before.forEach((t, i) => assign(t, values[i]!));
    throw error;
  } finally {
    for (const end of ends) end();
  }
  return module;
}
