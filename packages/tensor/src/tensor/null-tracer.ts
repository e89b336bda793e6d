import type { AttrsOf, PrimitiveName } from "../primitives/primitive.ts";
import type { Cell } from "./cell.ts";
import type { Expectation } from "./expect-elements.ts";
import type { Spec, Storage } from "../storage.ts";
import { Tensor } from "./tensor.ts";
import type { Tracer } from "./tracer.ts";

/** Gives tensors without values and keeps nothing: the base of tracers that attend to few things. */
export class NullTracer implements Tracer {
  readonly symbolic: boolean = true;

  record<P extends PrimitiveName>(
    _name: P,
    _inputs: readonly Tensor[],
    _attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    return outputs.map(symbolicTensor);
  }

  check(_x: Tensor, _expectation: Expectation): void {}
  create(_storage: Storage): void {}
  readData(_storage: Storage, _fn: string): void {}
  readCell(_cell: Cell<unknown>, _value: unknown): void {}
  writeCell(_cell: Cell<unknown>, _value: unknown): void {}
  readFields(_object: object): boolean {
    return false;
  }

  readRequiresGrad(_tensor: Tensor, _flag: boolean): void {}
  writeRequiresGrad(_tensor: Tensor, _flag: boolean): void {}

  readGrad(_leaf: Tensor, grad: Tensor | undefined): Tensor | undefined {
    return grad;
  }

  writeGrad(_leaf: Tensor, _grad: Tensor | undefined): void {}
  convert(_storage: Storage): void {}

  afterRun(_changed: readonly Storage[], effect: () => void): void {
    effect();
  }
}

/** A tensor without a value, as it exists while a function is traced. */
export function symbolicTensor({ shape, dtype }: Spec): Tensor {
  return new Tensor({ dtype, data: undefined, version: 0 }, shape);
}
