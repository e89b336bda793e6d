import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageNames, packagesFolder } from "./source-files.ts";

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const { leftOut, needs } = (await import(new URL("../../../scripts/left-out.mjs", import.meta.url).href)) as {
  leftOut: (report: Report) => string | undefined;
  needs: readonly { readonly file: RegExp; readonly debian: string }[];
};

const file = (name: string, ...statuses: string[]): Report["testResults"][number] => ({
  name,
  assertionResults: statuses.map((status) => ({ status })),
});
const onnx = "/home/me/tapegrad/packages/conformance/test/onnx.test.ts";
const browser = "C:\\tapegrad\\packages\\compile\\test\\browser.test.ts";

const testFiles = packageNames.flatMap((name) =>
  ["src", "test"].flatMap((folder) => filesIn(join(packagesFolder, name, folder))),
);

/** The files of tests in a folder and those inside it, with what they say. */
function filesIn(folder: string): { readonly path: string; readonly text: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), "utf8") }));
}

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

  it("names a package once", () => {
    const all = needs.flatMap(({ debian }) => debian.split(" "));
    const files = testFiles.map(({ path }) => file(path, "skipped"));
    const [, named = ""] = /"apt-get install ([^"]*)"/.exec(leftOut({ testResults: files })!)!;
    expect(named.split(" ")).toEqual([...new Set(all)]);
  });

  it("has rows of files that leave something out, and one for each that asks for a browser", () => {
    const leaving = testFiles.filter(({ text }) => /skipIf\(/.test(text));
    const stale = needs.filter(({ file: row }) => !leaving.some(({ path }) => row.test(path)));
    expect(stale).toEqual([]);
    const asking = testFiles.filter(({ text }) => /skipIf\(isLeftOut\(/.test(text));
    const without = asking.filter(({ path }) => !needs.some(({ file: row }) => row.test(path)));
    // It also leaves out what only `pnpm test:engines` asks for, browsers or none.
    expect(without.map(({ path }) => path)).toEqual([
      join(packagesFolder, "compile", "test", "engines", "engines.test.ts"),
    ]);
  });
});
