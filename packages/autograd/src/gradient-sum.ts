import { zeros } from "@tapegrad/tensor";
import type { Shape, Tensor } from "@tapegrad/tensor";
import {
  addTo,
  addToGathered,
  addToSlice,
  type ArrayPool,
  type AxisAttrs,
  type SliceAttrs,
} from "@tapegrad/tensor/internal";
import { unsliced } from "./vjps/movement.ts";

/**
 * What has arrived of the cotangent of a tensor. An array that others may hold is kept as it is. One that nobody else has
 * seen until the sum is read, as that of the sum of two, grows in place, unless the walk is recorded.
 */
export class GradientSum {
  #sum: Tensor | undefined;
  readonly #pool: ArrayPool | undefined;
  #isOwn = false;
  #totals: Float64Array | undefined;

  /** @param pool where arrays go that are not needed any more; without one no sum grows in its array */
  constructor(pool: ArrayPool | undefined) {
    this.#pool = pool;
  }

  /** The cotangent, once it is complete. */
  get value(): Tensor {
    return this.#sum as Tensor;
  }

  /** Whether nobody else has seen the array of the cotangent. */
  get isOwn(): boolean {
    return this.#isOwn;
  }

  /** @param isFresh whether nobody else has seen the array of `ct` */
  add(ct: Tensor, isFresh: boolean): void {
    const sum = this.#sum;
    const pool = this.#pool;
    if (sum === undefined) {
      this.#sum = ct;
      this.#isOwn = pool !== undefined && isFresh;
    } else if (this.#isOwn) {
      addTo(sum["elements"], ct["elements"]);
      if (isFresh) pool?.give(ct["elements"]);
    } else if (pool !== undefined && isFresh) {
      addTo(ct["elements"], sum["elements"]);
      this.#sum = ct;
      this.#isOwn = true;
    } else {
      this.#sum = sum.add(ct);
      this.#isOwn = pool !== undefined;
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
