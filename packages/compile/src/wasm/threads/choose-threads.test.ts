import { afterEach, describe, expect, it, vi } from "vitest";
import { chooseThreads } from "./choose-threads.ts";
import { mostThreads } from "./control-block.ts";
import { processors } from "./start-worker.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("chooseThreads", () => {
  it("takes what is asked for", () => {
    expect(chooseThreads(1, 1e12)).toBe(1);
    expect(chooseThreads(3, 1)).toBe(3);
    expect(chooseThreads(1000, 1)).toBe(mostThreads);
  });

  it("takes one where there is nothing to share", () => {
    expect(chooseThreads(3, 0)).toBe(1);
  });

  it("takes what the work pays for, and the machine has", () => {
    expect(chooseThreads("auto", 0)).toBe(1);
    expect(chooseThreads("auto", 1e5)).toBe(1);
    expect(chooseThreads("auto", 2e6)).toBe(Math.min(2, processors()));
    expect(chooseThreads("auto", 1e12)).toBe(Math.min(mostThreads, processors()));
  });

  it("takes one where threads cannot share memory", () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect(chooseThreads("auto", 1e12)).toBe(1);
    expect(chooseThreads(2, 1e12)).toBe(1);
  });

  it("takes one where there are no workers", () => {
    vi.stubGlobal("process", undefined);
    vi.stubGlobal("Worker", undefined);
    expect(chooseThreads(2, 1e12)).toBe(1);
  });

  it("takes one on a page that is not isolated", () => {
    vi.stubGlobal("process", undefined);
    vi.stubGlobal("Worker", vi.fn<() => void>());
    vi.stubGlobal("crossOriginIsolated", false);
    expect(chooseThreads(2, 1e12)).toBe(1);
    vi.stubGlobal("crossOriginIsolated", true);
    expect(chooseThreads(2, 1e12)).toBe(2);
  });

  it("asks the browser for its processors", () => {
    vi.stubGlobal("process", undefined);
    vi.stubGlobal("navigator", { hardwareConcurrency: 12 });
    expect(processors()).toBe(12);
    vi.stubGlobal("navigator", undefined);
    expect(processors()).toBe(1);
  });
});
