import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dense } from "@tapegrad/nn";
import { ShapeError, tensor, ValueError } from "@tapegrad/tensor";
import domino from "domino";
import { afterAll, describe, expect, it, vi } from "vitest";
import { History } from "../training/history.ts";
import { summary } from "../summary/summary.ts";
import { seriesStyle } from "./drawing/series-style.ts";
import { htmlReport, reportHtml } from "./html-report.ts";
import { script, scriptHash } from "./page/script.ts";
import { style, styleHash } from "./page/style.ts";
import type { ReportRun } from "./report-run.ts";

const folder = mkdtempSync(join(tmpdir(), "report-"));
afterAll(() => rmSync(folder, { recursive: true }));

const figures = { loss: [0.9, 0.5, 0.25], accuracy: [0.5, 0.75, 0.8], valLoss: [1, 0.7, 0.6] };
const full = (name: string): ReportRun => ({
  name,
  history: { history: figures },
  configuration: { lr: 1e-3, data: { set: "digits", split: [0.8, 0.2] } },
  summary: summary(new Dense(4, 2), [4]),
  confusion: tensor([[5, 1], [0, 4]], { dtype: "int32" }), // prettier-ignore
  classes: ["cat", "dog"],
  initialActivations: [{ name: "hidden", mean: 0.25, std: 1 }],
  activations: [1, 2, 3].map((i) => [{ name: "hidden", mean: i, std: 2 * i, nearZero: i / 8, saturated: 0 }]),
});

/** The page as a document, whose tables and charts can be looked at. */
const parse = (page: string): Document => domino.createDocument(page, true);
const texts = (within: ParentNode, selector: string): string[] =>
  Array.from(within.querySelectorAll(selector)).map(({ textContent }) => textContent ?? "");
const tableRows = (within: ParentNode): string[][] =>
  Array.from(within.querySelectorAll("tr")).map((row) => texts(row, "th, td"));

describe("the report of one run", async () => {
  const page = await reportHtml(full("first <b>"), { title: "A & B" });
  const document = parse(page);

  it("has training and validation of a figure in one chart, and a table behind it", () => {
    const [loss, accuracy] = Array.from(document.querySelectorAll("figure.curves"));
    expect(texts(document, "figure.curves figcaption")).toEqual(["Loss (logarithmic)", "Accuracy"]);
    expect(texts(document, ".legend li")).toEqual(["training", "validation"]);
    expect(loss!.querySelectorAll('svg.plot > [aria-label="line"] path')).toHaveLength(2);
    expect(tableRows(loss!.querySelector("details")!)).toEqual([
      ["epoch", "training", "validation"],
      ["1", "0.9000", "1"],
      ["2", "0.5000", "0.7000"],
      ["3", "0.2500", "0.6000"],
    ]);
    expect(accuracy!.querySelectorAll('svg.plot > [aria-label="line"] path')).toHaveLength(1);
  });

  it.each([
    [
      [0.45, 0.15],
      ["0.2", "0.3", "0.4"],
    ],
    [
      [0.98, 0.91],
      ["0.92", "0.94", "0.96", "0.98"],
    ],
    [
      [2000, 0.5],
      ["1", "10", "100", "1000"],
    ],
  ])("marks a few round numbers on the axis of losses from %j", async (loss, ticks) => {
    const narrow = parse(await reportHtml({ name: "run", history: { history: { loss } } }, { title: "Losses" }));
    expect(texts(narrow, '.plot > [aria-label="y-axis tick label"] text').toReversed()).toEqual(ticks.toReversed());
  });

  it("has the confusion matrix, activations, network and configuration", () => {
    expect(texts(document, "h2")).toEqual([
      "Results",
      "Curves",
      "Which classes are confused",
      "How the activations moved",
      "Networks",
      "Configuration",
    ]);
    const all = Array.from(document.querySelectorAll("table")).map(tableRows);
    expect(all).toContainEqual([
      ["true class", "cat", "dog"],
      ["cat", "5", "1"],
      ["dog", "0", "4"],
    ]);
    expect(all).toContainEqual([
      ["epoch", "mean", "deviation", "near zero", "saturated"],
      ["0 (before training)", "0.2500", "1", "–", "–"],
      ["1", "1", "2", "12.5 %", "0.0 %"],
      ["2", "2", "4", "25.0 %", "0.0 %"],
      ["3", "3", "6", "37.5 %", "0.0 %"],
    ]);
    expect(all).toContainEqual([
      ["module", "class", "output shape", "parameters", "trainable", "FLOPs"],
      ["(whole network)", "Dense", "[1, 2]", "10", "10", "18"],
    ]);
    expect(all).toContainEqual([
      ["setting", "first <b>"],
      ["lr", "0.001"],
      ["data.set", "digits"],
      ["data.split", "[0.8,0.2]"],
    ]);
    expect(page).toContain("9 of 10 samples are classified rightly, 90.0 %.");
  });

  it("loads nothing, and lets run its own script alone", () => {
    expect(page).toContain(`default-src 'none'; style-src '${styleHash}'; script-src '${scriptHash}'`);
    expect(scriptHash).toBe(`sha256-${createHash("sha256").update(script).digest("base64")}`);
    expect(styleHash).toBe(`sha256-${createHash("sha256").update(style).digest("base64")}`);
    expect([texts(document, "script"), texts(document, "style")]).toEqual([[script], [style]]);
    expect(page).not.toMatch(/<(link|img|iframe)\b|src=|@import|url\((?!#)/);
    expect(page.match(/href="(?!#)[^"]*"/g) ?? []).toEqual([]);
    expect(page).not.toMatch(/\son\w+=/);
    expect(texts(document, "b")).toEqual([]);
    expect(page).not.toMatch(/\sstyle=/);
    expect(texts(document, "title, h1")).toEqual(["A & B", "A & B"]);
  });

  it("says what charts show, takes no identifier twice, and can be scrolled with the keyboard", () => {
    for (const svg of document.querySelectorAll("svg.plot")) {
      expect(svg.getAttribute("role")).toBe("img");
      expect(svg.getAttribute("aria-label")).not.toBe("");
      expect(svg.getAttribute("aria-description")).toMatch(/\d/);
    }
    const ids = Array.from(document.querySelectorAll("[id]")).map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids).toContain("epoch");
    expect(texts(document, "figure.curves clipPath").length).toBeGreaterThan(0);
    expect(document.querySelectorAll(".scroll:not([tabindex])")).toHaveLength(0);
    expect(document.querySelectorAll("details").length).toBe(5);
  });

  it("is the same page each time", async () => {
    expect(await reportHtml(full("first <b>"), { title: "A & B" })).toBe(page);
  });
});

describe("the report of several runs", async () => {
  const names = ["none", "BatchNorm", "LayerNorm"];
  const page = await reportHtml(names.map(full), {
    results: { caption: "Mean of two seeds", head: ["norm", "accuracy"], rows: [["none", "97 %"]] },
  });
  const document = parse(page);

  it("has a chart for each figure with a curve for each run", () => {
    expect(texts(document, "figure.curves figcaption")).toEqual([
      "Training loss (logarithmic)",
      "Validation loss (logarithmic)",
      "Accuracy",
    ]);
    expect(texts(document, ".legend li")).toEqual(names);
    for (const figure of document.querySelectorAll("figure.curves")) {
      const lines = Array.from(figure.querySelectorAll('svg.plot > [aria-label="line"] > g'));
      for (const look of ["stroke", "stroke-dasharray"]) {
        expect(new Set(lines.map((line) => line.getAttribute(look))).size).toBe(3);
      }
      const symbols = Array.from(figure.querySelectorAll('svg.plot > [aria-label="dot"]')).map(
        (dots) => dots.querySelector("path, circle")!.getAttribute("d") ?? "circle",
      );
      expect(new Set(symbols).size).toBe(3);
    }
  });

  it("has a panel of each layer for each run, and the table of results that was given", () => {
    expect(document.querySelectorAll(".panels figure")).toHaveLength(3);
    expect(tableRows(document.querySelector("table")!)).toEqual([["norm", "accuracy"], ["none", "97 %"]]); // prettier-ignore
    const heads = Array.from(document.querySelectorAll("table")).map((table) => tableRows(table)[0]);
    expect(heads).toContainEqual(["setting", ...names]);
  });
});

it("tells 280 curves apart without colour or with it", () => {
  const looks = Array.from({ length: 280 }, (_, i) => JSON.stringify(seriesStyle(i)));
  expect(new Set(looks).size).toBe(280);
  const plain = Array.from({ length: 35 }, (_, i) => `${seriesStyle(i).dash} ${seriesStyle(i).symbol}`);
  expect(new Set(plain).size).toBe(35);
});

describe("reportHtml", () => {
  it("takes a History, of one epoch too, runs of unequal length, and figures that are not finite", async () => {
    const history = new History();
    history.epoch.push(4);
    history.history["loss"] = [0.5];
    expect(tableRows(parse(await reportHtml(history)).querySelector("figure table")!)).toEqual([["epoch", "training"], ["5", "0.5000"]]); // prettier-ignore
    const page = await reportHtml([
      history,
      { history: { loss: [Number.NaN, Number.POSITIVE_INFINITY, 2] } },
      { name: "zero", history: { history: { loss: [0, 0] } } },
    ]);
    expect(tableRows(parse(page).querySelector("figure table")!)).toEqual([
      ["epoch", "run 1", "run 2", "zero"],
      ["1", "–", "NaN", "0"],
      ["2", "–", "Infinity", "0"],
      ["3", "–", "2", "–"],
      ["5", "0.5000", "–", "–"],
    ]);
    expect(page.match(/(d|x1|y1|transform)="[^"]*(NaN|Infinity|undefined)/g)).toBeNull();
  });

  it("draws in the document of a page, where there is one", async () => {
    const document = domino.createDocument();
    const made = vi.spyOn(document, "createElementNS");
    vi.stubGlobal("document", document);
    await reportHtml({ history: figures });
    vi.unstubAllGlobals();
    expect(made).toHaveBeenCalled();
  });

  it("says what it expects", async () => {
    await expect(reportHtml(5 as never)).rejects.toThrow(ValueError);
    await expect(reportHtml([])).rejects.toThrow("reportHtml: expected runs of at least one epoch, got no run.");
    await expect(reportHtml(new History())).rejects.toThrow("expected runs of at least one epoch, got none.");
    await expect(reportHtml({ history: figures }, { titel: "x" } as never)).rejects.toThrow('Did you mean "title"?');
    await expect(reportHtml({ ...full("a"), confusion: [[1, 2]] })).rejects.toThrow(ShapeError);
    await expect(reportHtml({ ...full("a"), classes: ["a"] })).rejects.toThrow("expected 2 classes");
    await expect(reportHtml({ history: { history: { loss: [1] } }, activations: [[], []] })).rejects.toThrow(
      ShapeError,
    );
    await expect(reportHtml({ history: { history: { loss: "1" } } } as never)).rejects.toThrow(ValueError);
  });
});

describe("htmlReport", () => {
  it("writes the page into a folder that it makes", async () => {
    const path = join(folder, "new", "report.html");
    await htmlReport({ history: figures }, path, { title: "Written" });
    expect(readFileSync(path, "utf8")).toBe(await reportHtml({ history: figures }, { title: "Written" }));
    expect(readdirSync(join(folder, "new"))).toEqual(["report.html"]);
  });

  it("leaves what was there when there is nothing to tell, and nothing half-written when it cannot write", async () => {
    const path = join(folder, "there.html");
    writeFileSync(path, "an earlier report");
    await expect(htmlReport(new History(), path)).rejects.toThrow("htmlReport: expected runs of at least one epoch");
    expect(readFileSync(path, "utf8")).toBe("an earlier report");
    const taken = join(folder, "taken", "report.html");
    mkdirSync(join(taken, "inside"), { recursive: true }); // a folder, where the file would stand
    await expect(htmlReport({ history: figures }, taken)).rejects.toThrow("htmlReport: expected to write");
    expect(readdirSync(join(folder, "taken"))).toEqual(["report.html"]);
  });

  it("says what it expects", async () => {
    await expect(htmlReport({ history: figures }, 5 as never)).rejects.toThrow(
      "htmlReport: expected path to be a text, got 5.",
    );
  });
});
