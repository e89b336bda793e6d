/** Elements as they travel: where they lie in the one buffer of their message, and what they are of. */
export interface PackedArray {
  /** Name of the typed array, one of those that every thread has. */
  readonly array: string;
  /** The first byte and the number of elements. */
  readonly at: number;
  readonly length: number;
  /** Of a tensor, also this. */
  readonly dtype?: string;
  readonly shape?: readonly number[];
}

/** A sample or batch as it travels: plain values, lists and records of such, and arrays. */
export type Packed =
  | string
  | number
  | boolean
  | null
  | undefined
  | PackedArray
  | { readonly list: readonly Packed[] }
  | { readonly record: readonly (readonly [key: string, value: Packed])[] };

/** An error as it travels. */
export interface Problem {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** What a worker is told: first which data set it has, then what to read. */
export type Order =
  | {
      /** URL of the module that has the data set, unless the worker has brought its own. */
      readonly module: string | undefined;
      /** A shared cell for the index of the sample that is being read, where memory can be shared. */
      readonly reading: Int32Array | undefined;
    }
  | {
      readonly job: number;
      readonly indices: Int32Array;
      readonly epoch: number;
      /** Whether a data set that makes batches itself may do so. */
      readonly gather: boolean;
    };

/** What a worker says. */
export type Answer =
  | { readonly length: number }
  /** No data set could be had. */
  | { readonly problem: Problem }
  | { readonly job: number; readonly problem: Problem; readonly index: number | undefined }
  | {
      readonly job: number;
      /** Samples in their order, or else one batch. */
      readonly samples?: readonly Packed[];
      readonly batch?: Packed;
      readonly bytes: ArrayBuffer;
    };
