import { DTypeError, eye, GradError, ShapeError, stack, zeros, zerosLike } from "@tapegrad/tensor";
import type { Tensor, TensorFunction, Tensors, TensorTuple } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectTensors,
  formatShape,
  sameShape,
  tensorsOf,
} from "@tapegrad/tensor/internal";
import { anyConnected, freshInputs } from "./fresh-inputs.ts";
import { enableGrad } from "./grad-modes.ts";
import { differentiate } from "./grad.ts";
import { runSync } from "./run-sync.ts";

/**
 * The value of `f` and a function that carries a cotangent of it back to the inputs. It may be
 * called any number of times.
 *
 * pullback(u)_i = uᵀ ∂f / ∂x_i
 *
 * @returns `[value, pullback]`; without a cotangent, `pullback` takes 1 for a value of one element. It gives one gradient
 * per input, a tuple for a tuple
 * @throws {DTypeError} if an input is not float
 * @example
 * const [value, pullback] = vjp((x) => x.square(), tensor([1, 2]));
 * pullback(tensor([1, 10]))[0].toArray(); // => [2, 40]
 */
export function vjp<Inputs extends readonly Tensor[]>(
  f: (...inputs: TensorTuple<Inputs>) => Tensor,
  ...inputs: Inputs
): [value: Tensor, pullback: (cotangent?: Tensor) => TensorTuple<Inputs>] {
  expectTensors("vjp", "inputs", inputs);
  return pullbackOf("vjp", f, inputs);
}

/** @param fn name of the function that was called, for the messages */
function pullbackOf<const Inputs extends readonly Tensor[]>(
  fn: string,
  f: (...inputs: TensorTuple<Inputs>) => Tensor,
  inputs: Inputs,
): [value: Tensor, pullback: (cotangent?: Tensor) => TensorTuple<Inputs>] {
  const fresh = freshInputs(fn, inputs) as TensorTuple<Inputs>;
  const connected = anyConnected(inputs);
  const value = enableGrad(() => runSync(fn, f, () => f(...fresh)));
  expectTensor(fn, "the result of f", value);
  const pullback = (cotangent?: Tensor): TensorTuple<Inputs> =>
    gradients(fn, value, fresh, cotangent, connected) as TensorTuple<Inputs>;
  return [connected ? value : value.detach(), pullback];
}

/** The tangents of a list of tensors: as many as a tuple has. */
export type TangentsOf<Inputs extends Tensors> = Inputs extends readonly Tensor[]
  ? { readonly [Key in keyof Inputs]: Tensor }
  : Tensors;

/**
 * The value of `f` and its directional derivative.
 *
 * tangent = Σ_i ∂f / ∂x_i · tangents_i, by differentiating the vjp by its cotangent.
 *
 * @param inputs an array or any other iterable
 * @param tangents one per input, of its shape and dtype
 * @returns `[value, tangent]` of equal shapes
 * @throws {ShapeError} if a tangent does not fit its input
 * @example
 * jvp((x) => x.square(), [tensor([1, 2])], [tensor([1, 10])])[1].toArray(); // => [2, 40]
 */
export function jvp<const Inputs extends Tensors>(
  f: TensorFunction<Inputs>,
  inputs: Inputs,
  tangents: TangentsOf<Inputs>,
  ...none: []
): [value: Tensor, tangent: Tensor] {
  expectNothing("jvp", none);
  const at = tensorsOf("jvp", "inputs", inputs);
  const along = tensorsOf("jvp", "tangents", tangents);
  checkTangents("jvp", at, along);
  const fresh = freshInputs("jvp", at);
  const connected = anyConnected([...at, ...along]);
  return enableGrad(() => {
    const value = runSync("jvp", f, () => f(...fresh));
    expectTensor("jvp", "the result of f", value);
    const cotangent = zerosLike(value).requiresGrad_();
    const pulled = gradients("jvp", value, fresh, cotangent, true);
    let tangent: Tensor | undefined;
    pulled.forEach((gradient, i) => {
      if (!gradient.requiresGrad) return; // f does not depend on this input
      const [part] = gradients("jvp", gradient, [cotangent], along[i], connected) as [Tensor];
      tangent = tangent === undefined ? part : tangent.add(part);
    });
    tangent ??= zerosLike(value);
    return connected ? [value, tangent] : [value.detach(), tangent];
  });
}

/**
 * All first derivatives of `f`, one backward walk per element of its value.
 *
 * J[i, j] = ∂f(x)_i / ∂x_j
 *
 * @returns a tensor of shape `[...f(x).shape, ...x.shape]`
 * @example
 * jacobian((x) => x.square(), tensor([1, 2])).toArray(); // => [[2, 0], [0, 4]]
 */
export function jacobian(f: (x: Tensor) => Tensor, x: Tensor, ...none: []): Tensor {
  expectNothing("jacobian", none);
  expectTensor("jacobian", "x", x);
  const [value, pullback] = pullbackOf("jacobian", f, [x]);
  const shape = [...value.shape, ...x.shape];
  if (value.size === 0) return zeros(shape, { dtype: x.dtype });
  const units = eye(value.size, value.size, { dtype: value.dtype });
  const rows = Array.from({ length: value.size }, (_, i) => {
    const unit = units.slice(i).reshape(value.shape);
    return pullback(unit)[0];
  });
  return stack(rows).reshape(shape);
}

/**
 * The Hessian of a scalar function times a vector, without forming the Hessian.
 *
 * out = ∂/∂x (∂f/∂xᵀ · v)
 *
 * @param f gives a tensor of one element
 * @param v of the shape and dtype of `x`
 * @throws {GradError} if the value of `f` has more than one element
 * @example
 * hvp((x) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 1])).toArray(); // => [6, 12]
 */
export function hvp(f: (x: Tensor) => Tensor, x: Tensor, v: Tensor, ...none: []): Tensor {
  expectNothing("hvp", none);
  expectTensors("hvp", "inputs", [x]);
  expectTensors("hvp", "tangents", [v]);
  checkTangents("hvp", [x], [v]);
  const fresh = freshInputs("hvp", [x]) as [Tensor];
  return enableGrad(() => {
    const value = runSync("hvp", f, () => f(...fresh));
    expectTensor("hvp", "the result of f", value);
    if (value.size !== 1) {
      throw new GradError(`hvp: expected f to give one element, got shape ${formatShape(value.shape)}.`);
    }
    const [gradient] = gradients("hvp", value, fresh, undefined, true) as [Tensor];
    return gradients("hvp", gradient, fresh, v, anyConnected([x, v]))[0]!;
  });
}

/** Gradients with zeros where there is no dependence, keeping the graph. */
function gradients(
  fn: string,
  output: Tensor,
  inputs: readonly Tensor[],
  cotangent: Tensor | undefined,
  createGraph: boolean,
): Tensor[] {
  if (!output.requiresGrad) return inputs.map((input) => zerosLike(input));
  return differentiate(fn, output, inputs, { cotangent, createGraph, retainGraph: true, allowUnused: true });
}

function checkTangents(fn: string, inputs: readonly Tensor[], tangents: readonly Tensor[]): void {
  if (inputs.length !== tangents.length) {
    throw new ShapeError(`${fn}: expected ${inputs.length} tangents, one per input, got ${tangents.length}.`);
  }
  inputs.forEach((input, i) => {
    const tangent = tangents[i]!;
    if (tangent.dtype !== input.dtype) {
      throw new DTypeError(`${fn}: expected tangent ${i} of dtype ${input.dtype}, got ${tangent.dtype}.`);
    }
    if (sameShape(tangent.shape, input.shape)) return;
    throw new ShapeError(
      `${fn}: expected tangent ${i} of shape ${formatShape(input.shape)}, got ${formatShape(tangent.shape)}.`,
    );
  });
}
