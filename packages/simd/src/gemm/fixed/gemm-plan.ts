import { layoutOf, runOf, strideOf } from "./affine-axis.ts";
import type { Layout } from "./affine-axis.ts";
import type { GemmSpec } from "./gemm-spec.ts";
import { contiguousLines } from "./is-finite.ts";
import { offsetTableBytes } from "./offset-table.ts";
import { spareSteps } from "./panel-source.ts";

/** Columns of C that are computed together: `count` panels of `vectors` vectors, the last vector `lastLanes` wide. */
export interface ColumnPanels {
  /** The first column. */
  readonly column: number;
  readonly count: number;
  readonly vectors: number;
  readonly lastLanes: number;
  /** Rows of the register tile. */
  readonly height: number;
}

/** How a product is computed: every size that the generated code has in it. */
export interface GemmPlan {
  readonly spec: GemmSpec;
  readonly a: Layout;
  readonly b: Layout;
  /** Bytes of an element. */
  readonly size: 4 | 8;
  /** Elements of a vector. */
  readonly lanes: number;
  /** Whether vectors lie along K, in A and in B, and not along the columns of B. */
  readonly isDot: boolean;
  /** Whether A or B are copied into panels before use. */
  readonly packsA: boolean;
  readonly packsB: boolean;
  /** Whether B is read where it is by a table of its steps, of which no single distance tells. */
  readonly readsByTable: boolean;
  /** Rows of a packed panel of A: a multiple of the heights of all tiles. */
  readonly panelRows: number;
  /** Elements from one step of K to the next in a packed panel of A. */
  readonly panelWidth: number;
  /** Whether terms outside of A's band are left out. */
  readonly skipsTerms: boolean;
  /** Steps of K that are summed in registers. */
  readonly depth: number;
  /** Rows that are computed before the next column panel. */
  readonly blockRows: number;
  /** Columns whose packed panels are kept at a time. */
  readonly blockColumns: number;
  readonly panels: readonly ColumnPanels[];
  /** Byte offsets in the scratch memory, and its size. */
  readonly scratch: {
    readonly tableA: number;
    readonly tableB: number;
    readonly packedA: number;
    readonly packedB: number;
    readonly bytes: number;
  };
}

/** Steps of K in one chain of additions, at most: bounds the rounding error, and the packed panel fits the first cache. */
const maxDepth = 256;
/** Packed columns that stay in the second cache, with `maxDepth` steps each; fewer if no other rows come back to them. */
const maxColumns = 512;
const passingColumns = 128;
/** Bytes of A that the column panels read again and again. */
const blockBytesA = 2 ** 17;
/** Bytes of B up to which rows are read where they are. */
const directBytesB = 2 ** 14;

/** Rows, about, that are computed together where what they need is a band: fewer need less that is outside. */
const bandRows = 8;

/** Columns of B beyond which a transposed A repays its copy. */
const manyColumns = 256;
/** Tiles that read from each line of a transposed A, from which it repays its copy if lines do not stay. */
const manyReads = 4;
/** At multiples of this distance what is read falls into few sets of the caches. */
const setBytes = 4096;
/** The first cache: bytes of a line, and lines of a set. */
const lineBytes = 64;
const ways = 8;
/** Steps of K up to which a tile is done before the lines of C that it writes have come from farther caches. */
const shortSteps = 48;

/** Rows of A up to which B does not repay its copy if its steps lie well in the caches, be they found by a table. */
const fewRows = 32;
/** Rows of A from which B repays its copy if its steps do not lie so. */
const someRows = 12;

/** Steps of K from which, and rows of A up to which, dot products are fastest. */
const dotSteps = 32;
const dotRows = 32;

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
const align = (bytes: number): number => roundUp(bytes, 64);

/** Decides how to compute a product. */
export function planGemm(spec: GemmSpec): GemmPlan {
  const { m, n, k, dtype } = spec;
  const size = dtype === "float32" ? 4 : 8;
  const lanes = 16 / size;
  const a = layoutOf(spec.a, m, k);
  const b = layoutOf(spec.b, k, n);
  const isDot = isDotProduct(spec, a, b, lanes);
  const blocks = Math.max(1, Math.ceil(k / (isDot ? maxDepth * lanes : maxDepth)));
  const depth = Math.max(4, roundUp(Math.ceil(k / blocks), 4));
  const panels = isDot ? dotPanels(spec, lanes) : columnPanels(spec, lanes);
  // The tile reads rows at fixed distances from the first, which instructions only take forward.
  const packsA = readsScattered(a) || (strideOf(a.rows) ?? 0) < 0 || isWorthPackingA(spec, a, size, panels);
  const isByTable = isFew(spec, b, size) && readsScattered(b) && panels.every((some) => liesInRuns(some, b, lanes));
  const isPlain = !readsScattered(b) && strideOf(b.columns) === 1;
  const packsB = !isDot && (isPlain ? isWorthPackingB(spec, packsA, a, b, size) : !isByTable);
  const readsByTable = isByTable && !packsB && !isDot;
  const panelRows = panels.reduce((rows, { height }) => leastMultiple(rows, height), 1);
  const panelWidth = roundUp(panelRows, lanes);
  const rowsA = Math.floor(blockBytesA / (depth * size));
  const mostRows = k <= shortSteps ? Math.min(rowsA, rowsInFirstCache(spec.c.rowStride * size)) : rowsA;
  const skipsTerms = spec.bandA !== undefined && !isDot && contiguousLines({ b, spec }) !== undefined;
  const isBanded = skipsTerms || spec.bandC !== undefined;
  const blockRows = roundUp(isBanded ? Math.min(bandRows, mostRows) : mostRows, panelRows);
  const isPassing = !packsA && m <= roundUp(mostRows, panelRows);
  const mostColumns = packsB ? (isPassing ? passingColumns : maxColumns) : Infinity;
  const blockColumns = Math.min(roundUp(n, lanes), mostColumns);

  const tableA = 0;
  const tableB = tableA + (packsA && strideOf(a.columns) === undefined ? align(offsetTableBytes(k)) : 0);
  const packedA =
    tableB + (readsByTable || (packsB && strideOf(b.rows) === undefined) ? align(offsetTableBytes(k)) : 0);
  const packedPanels = Math.ceil(Math.min(m, blockRows) / panelRows);
  const packedB = packedA + (packsA ? align(packedPanels * panelWidth * (depth + spareSteps) * size) : 0);
  const bytes = packedB + (packsB ? align(blockColumns * (depth + spareSteps) * size) : 0);
  return {
    spec,
    a,
    b,
    size,
    lanes,
    isDot,
    packsA,
    packsB,
    readsByTable,
    panelRows,
    panelWidth,
    skipsTerms,
    depth,
    blockRows,
    blockColumns,
    panels,
    scratch: { tableA, tableB, packedA, packedB, bytes },
  };
}

/** Bytes of scratch memory that one running call of a product needs, aligned to 16; 0 if nothing is packed. */
export function gemmScratchBytes(spec: GemmSpec): number {
  return planGemm(spec).scratch.bytes;
}

/** Rows that fill the register tiles of most columns: chunks of rows for threads are fastest as multiples of it; others are right, too. */
export function gemmRowStep(spec: GemmSpec): number {
  const columnsOf = ({ count, vectors }: ColumnPanels): number => count * vectors;
  const widest = planGemm(spec).panels.toSorted((one, other) => columnsOf(other) - columnsOf(one));
  return widest[0]?.height ?? 1;
}

// Few rows of A do not repay the copy of B that the other way needs, and less than a vector of columns wastes lanes there;
// many steps of K repay the sum over lanes at the end.
function isDotProduct({ m, n, k }: GemmSpec, a: Layout, b: Layout, lanes: number): boolean {
  const liesAlongK = strideOf(a.columns) === 1 && strideOf(b.rows) === 1;
  const goesForward = (strideOf(a.rows) ?? -1) >= 0 && (strideOf(b.columns) ?? -1) >= 0;
  return liesAlongK && goesForward && k >= dotSteps && (m <= dotRows || n < lanes);
}

/** Whether B does not repay a copy, if its columns lie well: few rows, or fewer if many steps fall into few sets of the caches. */
function isFew({ m }: GemmSpec, { rows }: Layout, size: number): boolean {
  const meets = rows.some(({ size: count, stride }) => count > ways && (stride * size) % setBytes === 0);
  return m < (meets ? someRows : fewRows + 1);
}

/** Whether the columns of each panel lie side by side. */
function liesInRuns({ column, count, vectors, lastLanes }: ColumnPanels, { columns }: Layout, lanes: number): boolean {
  const run = runOf(columns);
  const length = (vectors - 1) * lanes + lastLanes;
  return Array.from({ length: count }, (_, i) => column + i * vectors * lanes).every(
    (first) => (first % run) + length <= run,
  );
}

function readsScattered({ rows, columns }: Layout): boolean {
  return strideOf(rows) === undefined || strideOf(columns) === undefined;
}

// A column of A is read as one element from each row. Where rows are long, steps of K are far apart if A is transposed: that
// costs more than a copy if many columns are computed from it, or if steps fall into few sets of the caches: then the lines
// that one tile has read are gone before the next comes for other rows of them, or for other columns of B.
function isWorthPackingA({ m, n, k }: GemmSpec, a: Layout, size: number, panels: readonly ColumnPanels[]): boolean {
  const step = Math.abs(strideOf(a.columns) ?? 1) * size;
  if (step < 256 || m * k * size <= directBytesB) return false;
  if (step % setBytes !== 0) return n > manyColumns;
  const reads = panels.reduce((sum, { count, height }) => sum + (count * lineBytes) / (size * height), 0);
  return n >= 32 || (k >= 2 * ways && reads >= manyReads);
}

// Few rows or steps do not repay a copy of B, and more rows where the tile reads A in order, unless more steps than a set of
// the caches has lines fall into few of them: then the lines that one tile has read are gone before the next.
function isWorthPackingB({ m, n, k }: GemmSpec, packsA: boolean, a: Layout, b: Layout, size: number): boolean {
  if (Math.min(k, maxDepth) * n * size <= directBytesB || m < someRows) return false;
  const step = (strideOf(b.rows) ?? 1) * size;
  if (step % setBytes === 0) return k > ways;
  if (k <= shortSteps) return false;
  const isInOrder = packsA || strideOf(a.columns) === 1;
  return m > (isInOrder && step % (setBytes / 2) !== 0 ? 4 * fewRows : fewRows);
}

// A column panel is narrower than a line of the caches: the next one writes to lines that this one has brought in, if there
// are not so many in between that they are gone.
function rowsInFirstCache(strideC: number): number {
  const places = setBytes / greatestDivisor(setBytes, strideC);
  return (ways / 2) * Math.min(places, setBytes / lineBytes);
}

/** Splits the columns into panels of two vectors, and of one or three at the end. */
function columnPanels({ m, n, fma }: GemmSpec, lanes: number): ColumnPanels[] {
  const vectors = Math.ceil(n / lanes);
  // The fastest heights measured on V8 11 and 13. Without fused multiply-add, three vectors leave too few registers.
  const rest = vectors % 2 === 0 ? 0 : fma ? Math.min(vectors, 3) : 1;
  const heights = fma ? [8, 6, 3] : [6, 4];
  const panels: ColumnPanels[] = [];
  const add = (column: number, count: number, width: number, lastLanes: number): void => {
    const height = Math.max(1, Math.min(m, heights[width - 1]!));
    if (count > 0) panels.push({ column, count, vectors: width, lastLanes, height });
  };
  const lastLanes = n - (vectors - 1) * lanes;
  const pairs = (vectors - rest) / 2;
  const isLastPartial = rest === 0 && lastLanes < lanes;
  add(0, isLastPartial ? pairs - 1 : pairs, 2, lanes);
  if (isLastPartial) add((pairs - 1) * 2 * lanes, 1, 2, lastLanes);
  if (rest > 0) add(pairs * 2 * lanes, 1, rest, lastLanes);
  return panels;
}

/** Splits the columns into panels of one vector. */
function dotPanels({ m, n, fma }: GemmSpec, lanes: number): ColumnPanels[] {
  const rest = n % lanes;
  const heights = fma ? [8, 4, 3, 2] : [4, 4, 2, 2];
  const panel = (column: number, count: number, lastLanes: number): ColumnPanels => {
    const height = Math.max(1, Math.min(m, heights[lastLanes - 1]!));
    return { column, count, vectors: 1, lastLanes, height };
  };
  const panels = [panel(0, (n - rest) / lanes, lanes), panel(n - rest, 1, Math.max(1, rest))];
  return panels.filter(({ count }, i) => count > 0 && (i === 0 || rest > 0));
}

function leastMultiple(x: number, y: number): number {
  return (x / greatestDivisor(x, y)) * y;
}

function greatestDivisor(x: number, y: number): number {
  return y === 0 ? x : greatestDivisor(y, x % y);
}
