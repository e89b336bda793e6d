import type { Tensor } from "@tapegrad/tensor";
import {
  checkOptions,
  expectNothing,
  expectOptionalTensor,
  expectTensors,
  type OptionTable,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { Attended, AttentionInputs } from "./attend.ts";
import { type AttentionMasks, masksTable } from "./attention-arguments.ts";

/** What the layers of attention share: what they are given, and that they can give their weights. */
export abstract class AttentionLayer<Options extends object> extends ConfiguredModule<Options> {
  static override readonly name: string = "AttentionLayer";

  /** The output, and weights `[..., queries, keys]`. */
  protected abstract attend(inputs: AttentionInputs, masks: AttentionMasks): Attended;

  /**
   * @param key `query` unless given
   * @param value `key` unless given
   * @param mask boolean, true where a query may look at a key, or floats that are added to the scores; −∞ hides
   * @param keyPaddingMask `[batch, keys]`, **true where a key counts**: PyTorch's `key_padding_mask` is the inverse; or floats that are added
   * @param queryMask `[batch, queries]`, true where a query counts
   * @returns as `query`; unless values are projected, with their features
   */
  override forward(
    query: Tensor,
    key: Tensor = query,
    value: Tensor = key,
    mask?: Tensor,
    keyPaddingMask?: Tensor,
    queryMask?: Tensor,
    ...none: []
  ): Tensor {
    const fn = `${this.constructor.name}.forward`;
    expectNothing(fn, none);
    expectTensors(fn, "inputs", [query, key, value]);
    for (const [name, each] of Object.entries({ mask, keyPaddingMask, queryMask }))
      expectOptionalTensor(fn, name, each);
    return this.attend({ query, key, value }, { mask, keyPaddingMask, queryMask }).output;
  }

  /**
   * What `forward` gives, and by which weights the values were averaged. Hooks of the module do not run.
   *
   * @param key `query` unless given
   * @param value `key` unless given
   * @returns the output, and weights `[batch, queries, keys]`
   */
  forwardWithWeights(query: Tensor, key: Tensor = query, value: Tensor = key, masks: AttentionMasks = {}): Attended {
    return this.attendTo({ query, key, value }, masks, masksTable);
  }

  /** `attend`, with what `forwardWithWeights` was given checked. */
  protected attendTo<Masks extends AttentionMasks>(
    inputs: AttentionInputs,
    masks: Masks,
    table: OptionTable<Masks>,
  ): Attended {
    const fn = `${this.constructor.name}.forwardWithWeights`;
    expectTensors(fn, "inputs", [inputs.query, inputs.key, inputs.value]);
    checkOptions(fn, masks, table);
    return this.attend(inputs, masks);
  }
}
