import { allocate, type DType, type TypedArray } from "./dtype.ts";

/** Elements from which on an array is kept: of fewer, a new one costs less than to look for an old one. */
const least = 1024;

/**
 * Arrays of float32 that nobody holds any more, for whoever writes every element of what it takes. A walk back keeps one:
 * engines take longer to make a large array, to fill it with zeros and to get rid of it than a kernel does to compute it.
 */
export class ArrayPool {
  readonly #free = new Map<number, Float32Array[]>();
  #taken: Float32Array[] | undefined;

  /** An array of some elements: one that was given, with what stands in it, or a new one. */
  take(size: number): Float32Array {
    const array = this.#free.get(size)?.pop() ?? (allocate("float32", size) as Float32Array);
    this.#taken?.push(array);
    return array;
  }

  /** Keeps an array that nobody else holds, and that is not kept already. */
  give(array: TypedArray): void {
    if (!(array instanceof Float32Array) || array.length < least || array.byteLength !== array.buffer.byteLength)
      return;
    const free = this.#free.get(array.length);
    if (free === undefined) this.#free.set(array.length, [array]);
    else free.push(array);
  }

  /** What `compute` returns; whatever else it took is free again. `arrayOf` says where its elements are. */
  compute<R>(compute: () => R, arrayOf: (result: R) => TypedArray | undefined): R {
    const taken: Float32Array[] = [];
    this.#taken = taken;
    let result: R;
    try {
      result = compute();
    } finally {
      this.#taken = undefined;
    }
    const kept = arrayOf(result)?.buffer;
    for (const array of taken) if (array.buffer !== kept) this.give(array);
    return result;
  }
}

let active: ArrayPool | undefined;

/** Runs `work` while {@link allocateEmpty} takes from a pool, or from none. */
export function withArrayPool<R>(pool: ArrayPool | undefined, work: () => R): R {
  const before = active;
  active = pool;
  try {
    return work();
  } finally {
    active = before;
  }
}

/** An array whose elements are anything, for who writes all of them: NaN would not be seen. */
export function allocateEmpty(dtype: DType, size: number): TypedArray {
  return active === undefined || dtype !== "float32" || size < least ? allocate(dtype, size) : active.take(size);
}
