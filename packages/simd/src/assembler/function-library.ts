import type { FunctionCode } from "./function-code.ts";

/**
 * Functions that were assembled for some module, for others that need the same. Keeps those that were asked for last, of at
 * most so many bytes of code and key together.
 *
 * @example
 * const library = new FunctionLibrary(2 ** 20);
 * const module = new ModuleBuilder(library);
 * module.memory({ initial: 1 });
 * module.once("seven", (own) => own.function("seven", { params: {}, result: "i32" }, () => i32.const(7)));
 * library.size; // => 1
 */
export class FunctionLibrary {
  readonly #most: number;
  /** By key; the one that was asked for last comes last. */
  readonly #functions = new Map<string, FunctionCode>();
  #bytes = 0;

  /** @param most how many bytes to keep */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many functions there are. */
  get size(): number {
    return this.#functions.size;
  }

  /** How many bytes are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The function of a key, assembled if it is not known. */
  of(key: string, assemble: () => FunctionCode): FunctionCode {
    const known = this.#functions.get(key);
    const code = known ?? assemble();
    if (known === undefined) this.#bytes += sizeOf(key, code);
    else this.#functions.delete(key);
    this.#functions.set(key, code);
    if (known === undefined) this.#shrink();
    return code;
  }

  /** Forgets all functions. */
  clear(): void {
    this.#functions.clear();
    this.#bytes = 0;
  }

  #shrink(): void {
    for (const [key, code] of this.#functions) {
      if (this.#bytes <= this.#most) return;
      this.#functions.delete(key);
      this.#bytes -= sizeOf(key, code);
    }
  }
}

/** The bytes of a key and its function, with what nothing else can call. */
function sizeOf(key: string, code: FunctionCode): number {
  const own = new Set([code]);
  let bytes = key.length;
  for (const { bytes: body, calls } of own) {
    bytes += body.length;
    for (const { callee } of calls) if (callee.key === undefined) own.add(callee);
  }
  return bytes;
}
