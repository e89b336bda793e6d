import { gemmWorkspace } from "./gemm-kernels.ts";
import type { GemmKernels } from "./gemm-kernels.ts";
import type { GemmOptions } from "./gemm-options.ts";
import { blockLength, columnsOf, elementSize } from "./kernel-config.ts";
import { StagedMatrix } from "./staged-matrix.ts";

/** Rows and columns of the result that are computed at a time: packed, 512 × 256 floats fill half a MiB of cache. */
export const blockRows = 512;
export const blockColumns = 512;

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;
const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/**
 * Runs a checked product of at least one element and one step in blocks: copies what a block needs into the
 * kernels' memory, packs it, multiplies it, and copies the block of the result back.
 */
export function runGemm(options: GemmOptions, kernels: GemmKernels): void {
  const { m, n, k, a, b, out, transposeA = false, transposeB = false } = options;
  const { aOffset = 0, bOffset = 0, outOffset = 0 } = options;
  const { config } = kernels;
  const size = elementSize(config);
  const { rows } = config;
  const columns = columnsOf(config);
  const depth = roundUp(Math.min(k, blockLength), 4);
  const maxRows = roundUp(Math.min(m, blockRows), rows);
  const maxColumns = roundUp(Math.min(n, blockColumns), columns);
  const panelA = rows * depth * size;
  const panelB = columns * depth * size;

  // scratch | packed A | packed B | result | totals | staged A | staged B
  const scratch = 0;
  const packedA = align(2 * rows * columns * size);
  const packedB = packedA + align(maxRows * depth * size);
  const result = packedB + align(maxColumns * depth * size);
  const totals = result + align(Math.min(m, blockRows) * Math.min(n, blockColumns) * size);
  const stageA = totals + (k > blockLength ? maxRows * maxColumns * 8 : 0);
  // Blocks are visited along K first: the rows of an operand that lie along K are staged once for all of them.
  const stagedA = transposeA
    ? new StagedMatrix(a, aOffset, [k, m], [blockLength, blockRows], stageA, false)
    : new StagedMatrix(a, aOffset, [m, k], [blockRows, blockLength], stageA, true);
  const stagedB = transposeB
    ? new StagedMatrix(b, bOffset, [n, k], [blockColumns, blockLength], stagedA.end, true)
    : new StagedMatrix(b, bOffset, [k, n], [blockLength, blockColumns], stagedA.end, false);

  const workspace = gemmWorkspace();
  workspace.reserve(stagedB.end);
  const memory = workspace.elements(config.type);

  for (let i = 0; i < m; i += blockRows) {
    const height = Math.min(blockRows, m - i);
    for (let j = 0; j < n; j += blockColumns) {
      const width = Math.min(blockColumns, n - j);
      for (let p = 0; p < k; p += blockLength) {
        const steps = Math.min(blockLength, k - p);
        const sourceA = transposeA
          ? stagedA.stage(memory, [p, i], [steps, height])
          : stagedA.stage(memory, [i, p], [height, steps]);
        kernels.packA(sourceA, stagedA.stride, packedA, height, steps, transposeA ? 0 : 1, panelA);
        const sourceB = transposeB
          ? stagedB.stage(memory, [j, p], [width, steps])
          : stagedB.stage(memory, [p, j], [steps, width]);
        kernels.packB(sourceB, stagedB.stride, packedB, width, steps, transposeB ? 1 : 0, panelB);
        const isFirst = p === 0 ? 1 : 0;
        const isLast = p + steps === k ? 1 : 0;
        kernels.multiply(
          height,
          width,
          steps,
          packedA,
          packedB,
          panelA,
          panelB,
          result,
          scratch,
          totals,
          isFirst,
          isLast,
        );
      }
      const first = result / size;
      if (width === n) {
        out.set(memory.subarray(first, first + height * n), outOffset + i * n);
      } else {
        for (let row = 0; row < height; row++) {
          const at = first + row * width;
          out.set(memory.subarray(at, at + width), outOffset + (i + row) * n + j);
        }
      }
    }
  }
}
