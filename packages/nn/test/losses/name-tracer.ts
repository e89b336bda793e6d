import type { Tensor } from "@tapegrad/tensor";
import { NullTracer, type PrimitiveName, type Spec, symbolicTensor } from "@tapegrad/tensor/internal";

/** Notes which primitives a function applies. */
export class NameTracer extends NullTracer {
  readonly names: PrimitiveName[] = [];

  override record(
    name: PrimitiveName,
    _inputs: readonly Tensor[],
    _attrs: unknown,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    this.names.push(name);
    return outputs.map(symbolicTensor);
  }
}
