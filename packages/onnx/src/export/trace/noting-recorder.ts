import { Recorder } from "@tapegrad/compile/internal";
import { Tensor } from "@tapegrad/tensor";
import type { Call, CallName, Calls } from "./calls.ts";

/** Records one run of a function, and the calls in it that may be one operator. */
export class NotingRecorder extends Recorder {
  /** Inner ones first. */
  readonly calls: Call[] = [];

  /** @param known tensors that have their own shapes, however the function looks at them first */
  constructor(known: readonly Tensor[] = []) {
    super();
    for (const tensor of known) this.valueOf(tensor);
  }

  composite<C extends CallName, R extends Tensor | readonly Tensor[]>(
    name: C,
    inputs: readonly (Tensor | undefined)[],
    attrs: Calls[C],
    decomposition: () => R,
  ): R {
    const values = inputs.map((input) => input && this.valueOf(input));
    const result = decomposition();
    const made: readonly Tensor[] = result instanceof Tensor ? [result] : result;
    const outputs = made.map((output) => this.valueOf(output));
    this.calls.push({ name, inputs: values, attrs, outputs });
    // What is made of them later is made of these values, a reshape included.
    made.forEach((output, i) => this.hold(output, outputs[i]!));
    return result;
  }
}
