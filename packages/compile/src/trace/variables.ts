/** Variables outside of a traced function: cells, gradients, flags of tensors. */
export class Variables<K, V> {
  /** Those that were read before they were written, with what they held: the trace depends on it. */
  readonly guards: Map<K, V> = new Map();
  /** Those that were written, with what they held before: the trace puts it back. */
  readonly before: Map<K, V> = new Map();

  /** Before a variable that holds `value` is read. What the function itself has written is the same in every call. */
  read(variable: K, value: V): void {
    if (!this.before.has(variable)) this.guards.set(variable, value);
  }

  /** Before a variable that holds `value` is given another. */
  write(variable: K, value: V): void {
    if (!this.before.has(variable)) this.before.set(variable, value);
  }

  /** Those that were written, with what `get` finds there now. */
  written<T>(get: (variable: K) => T): (readonly [K, T])[] {
    return [...this.before.keys()].map((variable) => [variable, get(variable)] as const);
  }
}
