import { type TypedArray, ValueError } from "@tapegrad/tensor";

/** What an attribute or a data set is. Said here rather than taken from the declarations of h5wasm, which users need not have. */
export interface H5Metadata {
  /** Numbers of classes: 0 whole numbers, 1 floats. */
  readonly type: number;
  /** Bytes of an element. */
  readonly size: number;
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
}

/** A data set: elements of a shape. */
export interface H5Dataset {
  readonly metadata: H5Metadata;
  readonly value: unknown;
}

/** A group, which has groups and data sets by name. */
export interface H5Group {
  readonly attrs: Readonly<Record<string, { readonly value: unknown }>>;
  keys(): string[];
  get(name: string): unknown;
  create_group(name: string): H5Group;
  create_dataset(of: { readonly name: string; readonly data: TypedArray; readonly shape: number[] }): unknown;
}

/** An open file, which is its outermost group. */
export interface H5File extends H5Group {
  close(): unknown;
}

/** What of h5wasm is used. */
export interface H5 {
  readonly ready: Promise<unknown>;
  readonly FS: {
    readonly writeFile: (path: string, bytes: Uint8Array) => void;
    readonly readFile: (path: string) => Uint8Array;
    readonly unlink: (path: string) => void;
    readonly analyzePath: (path: string) => { readonly exists: boolean };
  };
  readonly Module: {
    readonly activate_throwing_error_handler?: () => unknown;
    readonly deactivate_throwing_error_handler?: () => unknown;
  };
  readonly File: new (path: string, mode: "r" | "w") => H5File;
  readonly Group: abstract new (...args: never) => H5Group;
  readonly Dataset: abstract new (...args: never) => H5Dataset;
}

/**
 * Loads h5wasm, which reads and writes HDF5. It is an optional peer: nothing of it is loaded before.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where it is not installed
 */
export async function loadH5(fn: string): Promise<H5> {
  try {
    // In a `try`, so that bundlers do without it where it is not installed.
    const h5 = (await import("h5wasm")) as unknown as H5;
    await h5.ready;
    return h5;
  } catch (error) {
    throw new ValueError(
      `${fn}: expected the package h5wasm, which reads and writes HDF5, got ${(error as Error).message}. ` +
        'Install it ("npm install h5wasm"), or take a file of NumPy: np.savez("weights.npz", *model.get_weights()).',
    );
  }
}
