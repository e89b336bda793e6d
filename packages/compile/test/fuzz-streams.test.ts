import "@tapegrad/autograd";
import { vi } from "vitest";
import { compareRandomGraphs } from "./fuzz/compare-random-graphs.ts";

// Columns are streamed from so many elements on that no random graph would have any.
vi.mock("../src/wasm/loops/least-streamed.ts", () => ({ leastStreamed: 0 }));

compareRandomGraphs("give the same eagerly and compiled where columns are streamed", 3);
