import { zeros } from "@tapegrad/tensor";
import type { Shape, Tensor } from "@tapegrad/tensor";
import { addTo, addToGathered, addToSlice, type AxisAttrs, type SliceAttrs } from "@tapegrad/tensor/internal";
import { unsliced } from "./vjps/movement.ts";

/**
 * What has arrived of the cotangent of a tensor. An array that others may hold is kept as it is. One that nobody else has
 * seen until the sum is read, as that of the sum of two, grows in place, unless the walk is recorded.
 */
export class GradientSum {
  #sum: Tensor | undefined;
  readonly #inPlace: boolean;
  #isOwn = false;
  #totals: Float64Array | undefined;

  /** @param inPlace whether a sum may grow in its array */
  constructor(inPlace: boolean) {
    this.#inPlace = inPlace;
  }

  /** The cotangent, once it is complete. */
  get value(): Tensor {
    return this.#sum as Tensor;
  }

  /** @param isFresh whether nobody else has seen the array of `ct` */
  add(ct: Tensor, isFresh: boolean): void {
    const sum = this.#sum;
    if (sum === undefined) {
      this.#sum = ct;
      this.#isOwn = this.#inPlace && isFresh;
    } else if (this.#isOwn) addTo(sum["elements"], ct["elements"]);
    else {
      this.#sum = sum.add(ct);
      this.#isOwn = this.#inPlace;
    }
  }

  /** Adds what `slice` took of a tensor of `shape`; in place only. */
  addSlice(shape: Shape, ct: Tensor, attrs: SliceAttrs): void {
    if (this.#sum === undefined) {
      this.#sum = unsliced(ct, shape, attrs);
      this.#isOwn = true;
    } else addToSlice(this.#own(shape, ct), shape, ct["elements"], attrs);
  }

  /** Adds what `gather` took of a tensor of `shape`; in place only. */
  addGathered(shape: Shape, index: Tensor, ct: Tensor, attrs: AxisAttrs): void {
    const sum = this.#own(shape, ct);
    this.#totals ??= new Float64Array(sum.length);
    const block = { data: index["elements"], shape: index.shape, dtype: index.dtype };
    addToGathered(sum, shape, block, ct["elements"], attrs, this.#totals);
  }

  /** The array of a sum that is this one's own. */
  #own(shape: Shape, { dtype }: Tensor): Tensor["elements"] {
    if (!this.#isOwn) {
      this.#sum = this.#sum?.clone() ?? zeros(shape, { dtype });
      this.#isOwn = true;
    }
    return this.#sum!["elements"];
  }
}
