import { ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { History } from "../../training/history.ts";
import { BrailleCanvas } from "./braille-canvas.ts";
import { chart } from "./chart.ts";
import { plot } from "./plot.ts";

describe("BrailleCanvas", () => {
  it("sets each of the eight dots of a character", () => {
    const places = Array.from({ length: 8 }, (_, i) => [i % 2, i >> 1] as const);
    const characters = places.map(([x, y]) => {
      const canvas = new BrailleCanvas(1, 1);
      canvas.dot(x, y);
      return canvas.rows()[0];
    });
    expect(characters.join("")).toBe("⠁⠈⠂⠐⠄⠠⡀⢀");
  });

  it("draws lines, dashed ones too, and nothing beside itself", () => {
    const canvas = new BrailleCanvas(3, 2);
    canvas.line(-2, 0, 9, 0, [1, 0]);
    canvas.line(0, 7, 5, 7, [1, 1]);
    expect(canvas.rows()).toEqual(["⠉⠉⠉", "⡀⡀⡀"]);
  });

  it("keeps half of a line that is dashed so, whatever its slope", () => {
    for (const [x, y] of [
      [39, 0],
      [39, 39],
      [20, 39],
      [0, 39],
    ] as const) {
      for (const mirror of [false, true]) {
        const canvas = new BrailleCanvas(20, 10);
        canvas.line(0, mirror ? y : 0, x, mirror ? 0 : y, [2, 2]);
        const dots = canvas.rows().join("").split("").reduce((sum, each) => sum + (each.codePointAt(0)! - 0x2800).toString(2).replaceAll("0", "").length, 0); // prettier-ignore
        expect(dots).toBe(20);
      }
    }
  });
});

describe("chart", () => {
  it("draws curves between their least and largest value", () => {
    expect(chart({ up: [0, 1, 2, 3] }, { width: 20, height: 3, title: "T" }).split("\n")).toEqual([
      "T",
      "3 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⡠⠔⠒⠉",
      "  ┤⠀⠀⠀⠀⠀⣀⡠⠤⠔⠒⠊⠉",
      "0 ┤⣀⠤⠔⠊⠉",
      "  └─────────────────",
      "   ⠤⠤⠤⠤ up",
    ]);
  });

  it("takes the losses of many batches", () => {
    const losses = Array.from({ length: 300_000 }, (_, i) => i);
    expect(chart({ losses }, { width: 20, height: 2 })).toMatch(/^299,999 ┤.*\n {6}0 ┤/);
  });

  it("leaves gaps where values are not finite, and takes one value and equal ones", () => {
    const lines = chart({ a: [1, Number.NaN, 1, Infinity] }, { width: 20, height: 2 }).split("\n");
    expect(lines.slice(0, 2).join("").match(/[⠁-⣿]/g)).toHaveLength(2);
    expect(chart({ a: [5] }, { width: 20 })).toContain("5 ┤");
  });

  it("makes a straight line of exponential decay on a logarithmic axis", () => {
    const decay = Array.from({ length: 20 }, (_, i) => Math.exp(-i));
    const straight = Array.from({ length: 20 }, (_, i) => -i);
    const dots = (text: string): string => text.split("\n").slice(0, 10).map((line) => line.split("┤")[1]).join("\n"); // prettier-ignore
    const options = { width: 60 };
    const [a, b] = [chart({ y: decay }, { ...options, log: true }), chart({ y: straight }, options)];
    expect(dots(a).split("\n")[5]!.indexOf("⠀")).toBe(dots(b).split("\n")[5]!.indexOf("⠀"));
  });

  it("is as wide as it is told", () => {
    const lines = chart({ a: [1, 2], b: [2, 1] }, { width: 50, height: 4 }).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBe(50);
  });

  it("says what it expects", () => {
    expect(() => chart({ a: "x" } as never)).toThrow("chart: expected series to be lists of numbers by name");
    expect(() => chart({ a: [Number.NaN] })).toThrow("chart: expected a finite value, got none.");
    expect(() => chart({ a: [0, 1] }, { log: true })).toThrow(
      "chart: expected values > 0 for a logarithmic axis, got 0.",
    );
    expect(() => chart({ a: [1] }, { width: 5 })).toThrow(ValueError);
  });
});

describe("plot", () => {
  it("has a chart for each figure, training and validation together", () => {
    const text = plot(
      { history: { loss: [1, 0.5], valLoss: [1, 0.8], accuracy: [0.5, 0.9] } },
      { width: 40, height: 3 },
    );
    const [loss, accuracy] = text.split("\n\n");
    expect(loss!.split("\n")[0]).toBe("Loss");
    expect(loss).toContain("⠤⠤⠤⠤ training   ⠤⠄⠤⠄ validation");
    expect(accuracy!.split("\n")[0]).toBe("Accuracy");
    expect(() => plot(new History())).toThrow("plot: expected runs of at least one epoch");
  });
});
