import { blockColumns, blockRows, runGemm } from "./blocked-gemm.ts";
import { gemmWorkspace, type GemmKernels } from "./gemm-kernels.ts";
import type { BatchedGemmOptions } from "./gemm-options.ts";
import { blockLength, columnsOf, elementSize } from "./kernel-config.ts";
import { StagedMatrices } from "./staged-matrices.ts";
import { copyLimit } from "./staged-matrix.ts";

/** Bytes of results that are copied out at once, and of a packed matrix that is kept for the whole batch. */
const resultLimit = 2 ** 20;
const packedLimit = 2 ** 20;

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;
const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
const areEqual = (offsets: readonly number[]): boolean => offsets.every((offset) => offset === offsets[0]);

/** Runs checked products of at least one element and one step. */
export function runBatch(options: BatchedGemmOptions, kernels: GemmKernels): void {
  const { m, n, k, aOffsets, bOffsets, transposeA = false } = options;
  const count = aOffsets.length;
  // Rows under rows are a matrix.
  const follows = (offset: number, i: number): boolean => offset === aOffsets[0]! + i * m * k;
  if (count > 1 && !transposeA && areEqual(bOffsets) && aOffsets.every(follows)) {
    runBatch({ ...options, m: count * m, aOffsets: [aOffsets[0]!], bOffsets: [bOffsets[0]!] }, kernels);
    return;
  }
  const size = elementSize(kernels.config);
  const fits = m <= blockRows && n <= blockColumns && Math.max(m, n) * k * size <= copyLimit;
  if (fits) {
    runSmall(options, kernels);
    return;
  }
  const { outOffset = 0 } = options;
  for (let i = 0; i < count; i++) {
    const offsets = { aOffset: aOffsets[i]!, bOffset: bOffsets[i]!, outOffset: outOffset + i * m * n };
    runGemm({ ...options, ...offsets }, kernels);
  }
}

/** Products of matrices of which each is a block by itself, but along K. */
function runSmall(options: BatchedGemmOptions, kernels: GemmKernels): void {
  const { m, n, k, a, b, out, aOffsets, bOffsets, transposeA = false, transposeB = false, outOffset = 0 } = options;
  const { config } = kernels;
  const size = elementSize(config);
  const { rows } = config;
  const columns = columnsOf(config);
  const depth = roundUp(Math.min(k, blockLength), 4);
  const blocks = Math.ceil(k / blockLength);
  const maxRows = roundUp(m, rows);
  const maxColumns = roundUp(n, columns);
  const panelA = rows * depth * size;
  const panelB = columns * depth * size;
  const count = aOffsets.length;
  const blockA = align(maxRows * depth * size);
  const blockB = align(maxColumns * depth * size);
  // A matrix that all products share is packed once, in all its blocks.
  const keepsA = count > 1 && blocks * blockA <= packedLimit && areEqual(aOffsets);
  const keepsB = count > 1 && blocks * blockB <= packedLimit && areEqual(bOffsets);
  const group = Math.max(1, Math.min(count, Math.floor(resultLimit / (m * n * size))));

  // scratch | packed A | packed B | results | totals | staged A | staged B
  const scratch = 0;
  const packedA = align(2 * rows * columns * size);
  const packedB = packedA + blockA * (keepsA ? blocks : 1);
  const results = packedB + blockB * (keepsB ? blocks : 1);
  const totals = results + align(group * m * n * size);
  const stageA = totals + (blocks > 1 ? maxRows * maxColumns * 8 : 0);
  const stagedA = new StagedMatrices(a, aOffsets, m * k, stageA);
  const stagedB = new StagedMatrices(b, bOffsets, k * n, stagedA.end);
  const workspace = gemmWorkspace();
  workspace.reserve(stagedB.end);
  const memory = workspace.elements(config.type);

  const [strideA, strideB] = [(transposeA ? m : k) * size, (transposeB ? k : n) * size];
  const [stepA, stepB] = [transposeA ? strideA : size, transposeB ? size : strideB];
  const [acrossA, acrossB] = [transposeA ? 0 : 1, transposeB ? 1 : 0];

  for (let i = 0; i < count; i++) {
    const sourceA = stagedA.stage(memory, i);
    const sourceB = stagedB.stage(memory, i);
    const result = results + (i % group) * m * n * size;
    for (let block = 0; block < blocks; block++) {
      const p = block * blockLength;
      const steps = Math.min(blockLength, k - p);
      const toA = packedA + (keepsA ? block * blockA : 0);
      const toB = packedB + (keepsB ? block * blockB : 0);
      if (i === 0 || !keepsA) kernels.packA(sourceA + p * stepA, strideA, toA, m, steps, acrossA, panelA);
      if (i === 0 || !keepsB) kernels.packB(sourceB + p * stepB, strideB, toB, n, steps, acrossB, panelB);
      const isFirst = block === 0 ? 1 : 0;
      const isLast = block === blocks - 1 ? 1 : 0;
      kernels.multiply(m, n, steps, toA, toB, panelA, panelB, result, scratch, totals, isFirst, isLast);
    }
    if ((i + 1) % group === 0 || i === count - 1) {
      const first = i - (i % group);
      const at = results / size;
      out.set(memory.subarray(at, at + (i + 1 - first) * m * n), outOffset + first * m * n);
    }
  }
}
