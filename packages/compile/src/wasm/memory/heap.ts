import { CompileError } from "@tapegrad/tensor";
import { aligned, alignment } from "../alignment.ts";

const pageBytes = 65536;
const initialPages = 16;
const maximumPages = 65536;

/** Memory of a WebAssembly program, handed out in blocks. The first bytes stay unused, so that no address is 0. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  /** Blocks that are free, by address, never side by side. */
  readonly #free = new Map<number, number>();
  readonly #used = new Map<number, number>();
  #end: number = alignment;
  #moved: () => void = () => {};

  constructor() {
    this.shared = typeof SharedArrayBuffer === "function";
    this.memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared: this.shared });
  }

  /** What a module declares about the memory that it imports. */
  get limits(): { readonly initial: number; readonly maximum: number; readonly shared: boolean } {
    return { initial: initialPages, maximum: maximumPages, shared: this.shared };
  }

  /** Bytes in use. */
  get usedBytes(): number {
    return [...this.#used.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Calls `moved` when growth has made existing views of the memory invalid. */
  onMove(moved: () => void): void {
    this.#moved = moved;
  }

  /** The address of a new block, a multiple of 64. */
  allocate(bytes: number): number {
    const size = Math.max(alignment, aligned(bytes));
    let best: number | undefined;
    for (const [address, available] of this.#free) {
      if (available >= size && (best === undefined || available < this.#free.get(best)!)) best = address;
    }
    const address = best ?? this.#extend(size);
    if (best !== undefined) {
      const rest = this.#free.get(best)! - size;
      this.#free.delete(best);
      if (rest > 0) this.#free.set(best + size, rest);
    }
    this.#used.set(address, size);
    return address;
  }

  /** Gives a block back. */
  free(address: number): void {
    let size = this.#used.get(address);
    if (size === undefined) throw new Error(`Heap.free: no block at ${address}.`);
    this.#used.delete(address);
    let start = address;
    for (const [other, bytes] of this.#free) {
      if (other + bytes === start) {
        this.#free.delete(other);
        start = other;
        size += bytes;
      } else if (other === start + size) {
        this.#free.delete(other);
        size += bytes;
      }
    }
    if (start + size === this.#end) this.#end = start;
    else this.#free.set(start, size);
  }

  #extend(size: number): number {
    const address = this.#end;
    const missing = address + size - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / pageBytes));
      } catch {
        throw new CompileError(
          `compile: expected at most 4 GiB of memory, got a need for ${address + size} bytes. Compile a part of the function, ` +
            "or use a smaller batch.",
        );
      }
      if (!this.shared) this.#moved();
    }
    this.#end = address + size;
    return address;
  }
}
