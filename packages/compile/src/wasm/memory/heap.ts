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

  /**
   * The address of a new block, a multiple of 64.
   *
   * @throws {CompileError} if there is no room in 4 GiB
   */
  allocate(bytes: number): number {
    const size = sizeOf(bytes);
    let best: number | undefined;
    for (const [address, available] of this.#free) {
      if (available >= size && (best === undefined || available < this.#free.get(best)!)) best = address;
    }
    const address = best ?? this.#end;
    if (best !== undefined) this.#take(best, size);
    else if (!this.#reach(address + size)) throw this.#full(size);
    this.#used.set(address, size);
    return address;
  }

  /** Makes a block larger where it is; false if what lies behind it is in use. */
  extend(address: number, bytes: number): boolean {
    const size = sizeOf(bytes);
    const behind = address + this.#sizeAt(address);
    const missing = address + size - behind;
    // A block may have been given more than it was to hold.
    if (missing <= 0) return true;
    if (behind === this.#end) {
      if (!this.#reach(address + size)) return false;
    } else if ((this.#free.get(behind) ?? 0) < missing) return false;
    else this.#take(behind, missing);
    this.#used.set(address, size);
    return true;
  }

  /** Gives a block back. */
  free(address: number): void {
    let size = this.#sizeAt(address);
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

  #sizeAt(address: number): number {
    const size = this.#used.get(address);
    if (size === undefined) throw new Error(`Heap: no block at ${address}.`);
    return size;
  }

  /** Takes the first `size` bytes of a free block. */
  #take(address: number, size: number): void {
    const rest = this.#free.get(address)! - size;
    this.#free.delete(address);
    if (rest > 0) this.#free.set(address + size, rest);
  }

  /** Moves the end; false if the memory cannot be as large. */
  #reach(end: number): boolean {
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / pageBytes));
      } catch {
        return false;
      }
      if (!this.shared) this.#moved();
    }
    this.#end = end;
    return true;
  }

  #full(bytes: number): CompileError {
    const [wanted, used] = [bytes, this.usedBytes].map((count) => `${(count / 2 ** 30).toFixed(2)} GiB`);
    return new CompileError(
      "compile: expected what compiled functions capture and what the largest of them computes to fit into 4 GiB, " +
        `got a need for ${wanted} beside ${used} in use. Use a smaller batch, compile a part of the function, ` +
        "or let go of models that are no longer needed.",
    );
  }
}

/** Blocks of whole pages would all start at the same place of a page, and so evict each other where they are read together. */
const cachePage = 4096;
const leastStaggered = 32_768;
/** Cache lines between them: few enough that a dozen arrays fall into sets of their own. */
const stagger = 5 * alignment;

function sizeOf(bytes: number): number {
  const size = Math.max(alignment, aligned(bytes));
  return size >= leastStaggered && size % cachePage === 0 ? size + stagger : size;
}
