/** What a compiled function runs, for people: how much it computes, and what is fused. */
export interface PlanSummary {
  /** Number of kernels: loop nests, matrix products, and operations with code of their own. */
  readonly kernels: number;
  /** Floating-point operations of one call. */
  readonly flops: number;
  /** Bytes that the kernels of one call read and write. */
  readonly bytes: number;
  /** Bytes of working memory, where values live as long as a later kernel reads them. */
  readonly arenaBytes: number;
  /** Threads that work together, the caller's included. */
  readonly threads: number;
  /** The kernels in the order in which they run. */
  readonly schedule: readonly KernelSummary[];
  /** The schedule as a table: loops, fused operations, and what each kernel reads and writes. */
  toString(): string;
  /** Kernels and the memory between them, as a Graphviz graph. */
  toDot(): string;
}

/** One kernel of a {@link PlanSummary}. */
export interface KernelSummary {
  /** `loop`, `matmul`, or the operation that has code of its own. */
  readonly kind: string;
  /** Its loops, outermost first, neighbouring axes joined where they are one in memory. */
  readonly loops: readonly LoopSummary[];
  /** Names of the operations that it computes, in order. */
  readonly operations: readonly string[];
  /** The buffers that it reads. */
  readonly reads: readonly BufferSummary[];
  /** The buffers that it writes. */
  readonly writes: readonly BufferSummary[];
  /** Floating-point operations of one call. */
  readonly flops: number;
  /** Bytes that one call reads and writes. */
  readonly bytes: number;
}

/** One loop of a kernel. */
export interface LoopSummary {
  /** How many times it runs. */
  readonly extent: number;
  /** Whether the kernel reduces over it. */
  readonly reduced: boolean;
  /** Whether SIMD lanes lie along it. */
  readonly lanes: boolean;
}

/** Memory that a kernel reads or writes. */
export interface BufferSummary {
  /** Such as `arg0`, `param2`, `param2.grad`, `state5`, `constant1`, `t7`; `result0` for what is returned. */
  readonly name: string;
  /** Extents, outermost axis first. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: string;
}
