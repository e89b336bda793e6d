import "@tapegrad/autograd";
import { vi } from "vitest";
import { compareRandomGraphs } from "./fuzz/compare-random-graphs.ts";

// Columns are streamed where they are so many and so long that no random graph would have any.
vi.mock("../src/wasm/loops/stream-limits.ts", () => ({
  streamLimits: { elements: 0, rows: 1, line: 1, distance: 0 },
}));
// So are rows left out that no index reaches.
vi.mock("../src/schedule/few-elements.ts", () => ({ fewElements: 0 }));
// And the smallest parts are computed where they are concatenated.
vi.mock("../src/wasm/memory/large-part.ts", () => ({ largePart: 0 }));

compareRandomGraphs("give the same eagerly and compiled where columns are streamed", 3);
