import type { Tensor } from "@tapegrad/tensor";
import { type AttrsOf, NullTracer, type PrimitiveName, type Spec } from "@tapegrad/tensor/internal";

/** Remembers which primitives a function applies. */
export class RecordingTracer extends NullTracer {
  readonly names: PrimitiveName[] = [];

  override record<P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    this.names.push(name);
    return super.record(name, inputs, attrs, outputs);
  }
}
