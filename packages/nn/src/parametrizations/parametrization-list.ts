import { assign, DTypeError, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectTensor, expectTensors, formatShape, sameShape, withGradMode } from "@tapegrad/tensor/internal";
import { ModuleSequence } from "../containers/module-sequence.ts";
import type { Buffer } from "../module/buffer.ts";
import type { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { cachedValue } from "./cached.ts";

/**
 * A module that computes a parameter or a buffer of another: `forward` takes what it is computed from.
 *
 * `rightInverse`, where there is one, gives for a value what `forward` makes that value of: a tensor, or several.
 */
export interface Parametrization extends Module<never> {
  /** What `forward` makes `value` of. */
  rightInverse?(value: Tensor): Tensor | readonly Tensor[];
}

/** What a tensor is computed from. */
export type Original = Parameter | Buffer;

/**
 * How a tensor of a module is computed: its parametrizations one after the other, from `original`, or from `original0`,
 * `original1` and so on where the first takes several.
 */
export class ParametrizationList extends ModuleSequence<Parametrization, [], Tensor> {
  static override readonly name: string = "ParametrizationList";
  /** What the tensor is computed from, if it is one. */
  original?: Original;
  /** The one, or those, that the tensor is computed from. */
  [original: `original${number}`]: Original;

  /** @param originals the one, or those, that the first parametrization takes */
  constructor(parametrizations: readonly Parametrization[], originals: Original | readonly Original[]) {
    super(parametrizations);
    if (!Array.isArray(originals)) this.original = originals as Original;
    else (originals as readonly Original[]).forEach((original, i) => (this[`original${i}`] = original));
  }

  /** What the tensor is computed from. */
  originals(): readonly Original[] {
    if (this.original !== undefined) return [this.original];
    const originals: Original[] = [];
    for (let next = this.original0; next !== undefined; next = this[`original${originals.length}`])
      originals.push(next);
    return originals;
  }

  override forward(): Tensor {
    return cachedValue(this, () => {
      const [first, ...rest] = [...this].map((each) => each as Module);
      return rest.reduce((value, next) => next.forward(value), first!.forward(...this.originals()));
    });
  }

  /** Changes what the tensor is computed from such that it becomes `value`. */
  become(fn: string, value: Tensor): void {
    expectTensor(fn, "the value", value);
    const originals = this.originals();
    const inverse = [originalsFor(fn, [...this], value.detach())].flat();
    const fits =
      inverse.length === originals.length && inverse.every((part, i) => sameShape(part.shape, originals[i]!.shape));
    if (!fits) {
      throw new ShapeError(
        `${fn}: expected a value whose rightInverse has shapes ${originals.map(({ shape }) => formatShape(shape)).join(", ")}, ` +
          `got ${inverse.map(({ shape }) => formatShape(shape)).join(", ")}.`,
      );
    }
    originals.forEach((original, i) => assign(original, inverse[i]!.detach().to(original.dtype)));
  }
}

/** What parametrizations, one after the other, compute `value` from: a tensor, or several that the first one takes. */
export function originalsFor(
  fn: string,
  parametrizations: readonly Parametrization[],
  value: Tensor,
): Tensor | readonly Tensor[] {
  return withGradMode(false, () =>
    parametrizations.reduceRight<Tensor | readonly Tensor[]>((inner, each) => {
      if (each.rightInverse === undefined) {
        throw new ValueError(`${fn}: expected parametrizations with a rightInverse, got ${each.constructor.name}.`);
      }
      expectTensor(fn, "what every rightInverse but the first gives", inner);
      const next: unknown = each.rightInverse(inner);
      const what = `what the rightInverse of ${each.constructor.name} gives`;
      if (Array.isArray(next)) expectTensors(fn, what, next);
      else expectTensor(fn, what, next);
      return next as Tensor | readonly Tensor[];
    }, value),
  );
}

/** Throws unless a tensor has the shape and the dtype of another. */
export function expectLike(fn: string, what: string, got: Tensor, like: Tensor): void {
  const hint = "Give { unsafe: true } if it is meant.";
  if (!sameShape(got.shape, like.shape)) {
    throw new ShapeError(
      `${fn}: expected ${what} to have shape ${formatShape(like.shape)}, got ${formatShape(got.shape)}. ${hint}`,
    );
  }
  if (got.dtype !== like.dtype)
    throw new DTypeError(`${fn}: expected ${what} to be ${like.dtype}, got ${got.dtype}. ${hint}`);
}
