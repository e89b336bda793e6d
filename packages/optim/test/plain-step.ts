import type { Tensor } from "@tapegrad/tensor";
import {
  type AttrsOf,
  NullTracer,
  perform,
  type PrimitiveName,
  type Spec,
  withTracer,
} from "@tapegrad/tensor/internal";

/** Lets every operation run by itself. */
class Onlooker extends NullTracer {
  override readonly symbolic = false;

  override record<P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    return withTracer(undefined, () => perform(name, inputs, attrs, outputs));
  }
}

/** Runs `update` operation by operation, as it is written: the reference of what is replayed. */
export function plainly<T>(update: () => T): T {
  return withTracer(new Onlooker(), update);
}
