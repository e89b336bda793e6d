import { ByteWriter } from "./encoding/byte-writer.ts";

/** The bytes of a vector constant: two of its opcode, then its sixteen. */
const [prefix, opcode, size] = [0xfd, 0x0c, 18];

/**
 * The vector constants that the loops of a function use, as locals that are set where it begins: not every engine takes constants
 * out of loops, and each costs it three instructions every time.
 */
export class LoopConstants {
  readonly #newLocal: () => number;
  readonly #locals = new Map<readonly number[] | string, number | undefined>();
  readonly #code = new ByteWriter();

  constructor(newLocal: () => number) {
    this.#newLocal = newLocal;
  }

  /** The code that sets the locals. */
  get written(): Uint8Array {
    return this.#code.written;
  }

  /** The local that holds what an instruction gives; undefined if that is no vector constant, or one of equal bits, which costs nothing. */
  localOf(instruction: readonly number[]): number | undefined {
    if (instruction[0] !== prefix || instruction[1] !== opcode || instruction.length !== size) return undefined;
    // Most constants are made once, and known by identity.
    if (this.#locals.has(instruction)) return this.#locals.get(instruction);
    const key = String(instruction);
    let local = this.#locals.get(key);
    if (local === undefined && !isCheap(instruction)) {
      local = this.#newLocal();
      this.#locals.set(key, local);
      this.#code.few(instruction);
      this.#code.indexed(0x21, local);
    }
    this.#locals.set(instruction, local);
    return local;
  }
}

/** Whether all bits are 0 or all are 1. */
function isCheap(instruction: readonly number[]): boolean {
  const first = instruction[2]!;
  return (first === 0 || first === 0xff) && instruction.every((byte, i) => i < 2 || byte === first);
}
