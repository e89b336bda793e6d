import { type DType, type Shape, Tensor } from "@tapegrad/tensor";
import { gradHooksOf, gradMode, sameShape } from "@tapegrad/tensor/internal";
import type { Tree } from "../trace/tree.ts";

/** More tensors than this are not looked through for one that occurs twice. */
const mostArguments = 8;

/**
 * The arguments of most calls: tensors without gradients, all different, and plain values, none within another. A call
 * that has the same is recognised by comparing them, without the text of a key.
 */
export class PlainArguments {
  readonly #recorded = gradMode.enabled;
  /** What each of them was like; a value that is no tensor is kept as it is. */
  readonly #kinds: readonly (TensorKind | Value)[];

  private constructor(kinds: readonly (TensorKind | Value)[]) {
    this.#kinds = kinds;
  }

  /** Undefined if they are not that plain. */
  static of({ tensors, rebuild }: Tree): PlainArguments | undefined {
    const args = rebuild(tensors) as readonly unknown[];
    if (args.length > mostArguments || args.filter(isTensor).length !== tensors.length) return undefined;
    const isPlain = (arg: unknown): boolean => (isTensor(arg) ? isPlainTensor(arg) : Object(arg) !== arg);
    return args.every(isPlain) && args.every(isFirst) ? new PlainArguments(args.map(kindOf)) : undefined;
  }

  /** The tensors in `args`, if these are alike. */
  match(args: readonly unknown[]): readonly Tensor[] | undefined {
    const kinds = this.#kinds;
    if (args.length !== kinds.length || gradMode.enabled !== this.#recorded) return undefined;
    const tensors: Tensor[] = [];
    for (let i = 0; i < args.length; i++) {
      const [arg, kind] = [args[i], kinds[i]!];
      if (kind.shape === undefined) {
        if (!Object.is(arg, kind.value)) return undefined;
      } else {
        if (!isTensor(arg) || !isPlainTensor(arg) || tensors.includes(arg)) return undefined;
        if (arg.dtype !== kind.dtype || !sameShape(arg.shape, kind.shape)) return undefined;
        tensors.push(arg);
      }
    }
    return tensors;
  }
}

interface TensorKind {
  readonly shape: Shape;
  readonly dtype: DType;
}

interface Value {
  readonly shape?: undefined;
  readonly value: unknown;
}

function kindOf(arg: unknown): TensorKind | Value {
  return isTensor(arg) ? { shape: arg.shape, dtype: arg.dtype } : { value: arg };
}

const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

/** Whether a tensor has elements and neither gradients nor hooks. */
function isPlainTensor(tensor: Tensor): boolean {
  return !tensor.requiresGrad && tensor.storage.data !== undefined && gradHooksOf(tensor).length === 0;
}

function isFirst(arg: unknown, i: number, args: readonly unknown[]): boolean {
  return !isTensor(arg) || args.indexOf(arg) === i;
}
