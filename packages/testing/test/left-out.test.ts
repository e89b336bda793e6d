import { describe, expect, it } from "vitest";

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const { leftOut } = (await import(new URL("../../../scripts/left-out.mjs", import.meta.url).href)) as {
  leftOut: (report: Report) => string | undefined;
};

const file = (name: string, ...statuses: string[]): Report["testResults"][number] => ({
  name,
  assertionResults: statuses.map((status) => ({ status })),
});
const onnx = "/home/me/tapegrad/packages/conformance/test/onnx.test.ts";
const browser = "C:\\tapegrad\\packages\\compile\\test\\browser.test.ts";

describe("the line about what was left out", () => {
  it.each<[string, Report["testResults"], string | undefined]>([
    ["nothing", [file(onnx, "passed", "passed"), file(browser, "passed")], undefined],
    ["what is no matter", [file("packages/nn/src/x.test.ts", "skipped")], undefined],
    ["what was not asked for", [], undefined],
    [
      "ONNX",
      [file(onnx, "skipped"), file(browser, "failed")],
      'Left out: the tests of ONNX. To run them too: "apt-get install libonnx-testdata", or see Set-up in CONTRIBUTING.md.',
    ],
    [
      "Fashion-MNIST",
      [file("/home/me/tapegrad/packages/datasets/src/mnist/debian.test.ts", "skipped")],
      'Left out: Fashion-MNIST. To run them too: "apt-get install dataset-fashion-mnist", or see Set-up in CONTRIBUTING.md.',
    ],
    [
      "both",
      [file(onnx, "pending"), file(browser, "skipped", "skipped")],
      "Left out: the tests of ONNX, and compiled code in a browser. To run them too: " +
        '"apt-get install libonnx-testdata chromium firefox-esr", or see Set-up in CONTRIBUTING.md.',
    ],
  ])("says %s", (_name, testResults, line) => {
    expect(leftOut({ testResults })).toBe(line);
  });
});
