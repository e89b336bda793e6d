const pageBytes = 65536;

/** The memory that the kernels of products and of movement work in. It grows as needed and is kept. */
export class Workspace {
  readonly memory: WebAssembly.Memory = new WebAssembly.Memory({ initial: 4 });
  #float32: Float32Array = new Float32Array(this.memory.buffer);
  #float64: Float64Array = new Float64Array(this.memory.buffer);
  #int32: Int32Array = new Int32Array(this.memory.buffer);

  /** Makes room for `bytes` bytes. */
  reserve(bytes: number): void {
    const missing = bytes - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    this.memory.grow(Math.ceil(missing / pageBytes));
    this.#float32 = new Float32Array(this.memory.buffer);
    this.#float64 = new Float64Array(this.memory.buffer);
    this.#int32 = new Int32Array(this.memory.buffer);
  }

  /** The whole memory as elements of one type; valid until it grows. */
  elements(type: "f32" | "f64"): Float32Array | Float64Array {
    return type === "f32" ? this.#float32 : this.#float64;
  }

  get float32(): Float32Array {
    return this.#float32;
  }

  get float64(): Float64Array {
    return this.#float64;
  }

  get int32(): Int32Array {
    return this.#int32;
  }
}
