/** Bytes that are read in parts, wherever they are. */
export interface ByteSource {
  /** What messages call them. */
  readonly name: string;
  /** How many there are. */
  readonly size: number;
  /**
   * Those from `begin` to `end`, which lie within the size, in memory of their own.
   *
   * @param fn name of the function that was called, for messages
   */
  readonly read: (fn: string, begin: number, end: number) => Promise<Uint8Array>;
  /** Lets go of what is held open; once more does nothing. */
  readonly close: () => void;
}
