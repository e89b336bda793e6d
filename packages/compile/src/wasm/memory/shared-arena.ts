import type { Heap } from "./heap.ts";

/** The least that is taken, so that small plans find room in it. */
const leastBytes = 1 << 18;
/** The most that is taken besides what is needed when the arena moves, so that it moves seldom. */
const mostSpare = 1 << 26;

/**
 * The memory in which plans compute. They run one at a time and leave nothing behind but constants, so all use the same
 * block, which is as large as the largest of them needs.
 */
export class SharedArena {
  readonly #heap: Heap;
  #address = 0;
  #bytes = 0;
  #plans = 0;
  /** Who used it last, and therefore finds its constants there. Not the plan, which the arena must not keep alive. */
  owner: object | undefined;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Where it starts; another address than before means that code must be made anew. */
  get address(): number {
    return this.#address;
  }

  /** Counts a plan in. */
  join(): void {
    this.#plans++;
  }

  /** Counts a plan out; the last one gives the memory back. */
  leave(): void {
    if (--this.#plans === 0) this.#giveBack();
  }

  /**
   * Makes it hold `bytes`. It stays where it is if there is room behind it.
   *
   * @throws {CompileError} if there is no room in 4 GiB
   */
  reserve(bytes: number): void {
    if (bytes <= this.#bytes) return;
    if (this.#address === 0 || !this.#heap.extend(this.#address, bytes)) {
      const before = this.#bytes;
      this.#giveBack();
      bytes = Math.max(bytes, leastBytes, Math.min(2 * before, before + mostSpare));
      this.#address = this.#heap.allocate(bytes);
    }
    this.#bytes = bytes;
  }

  #giveBack(): void {
    if (this.#address !== 0) this.#heap.free(this.#address);
    this.#address = this.#bytes = 0;
    this.owner = undefined;
  }
}
