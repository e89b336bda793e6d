import { ValueError } from "@tapegrad/tensor";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";

/** The Debian package that holds the tests of ONNX. */
const debianPackage = "libonnx-testdata";
const variable = "TAPEGRAD_ONNX_DATA";

/** What of ONNX's tests is run: single operators and functions, models that PyTorch has written, and small models. */
export const testFolders = ["node", "pytorch-converted", "pytorch-operator", "simple"] as const;

/**
 * The folder of ONNX's tests, with the folders {@link testFolders} in it: that of the environment variable
 * `TAPEGRAD_ONNX_DATA`, or that of Debian's `libonnx-testdata`.
 *
 * @throws {ValueError} saying how to get the tests, when there are none
 */
export function locateOnnxTests(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment[variable];
  const folder = given === undefined || given === "" ? installedFolder() : given;
  const missing = testFolders.find((name) => folder === undefined || !existsSync(join(folder, name)));
  if (folder !== undefined && missing === undefined) return folder;
  const got = given ? `${variable}=${given} without ${missing}` : "none";
  throw new ValueError(
    `onnx: expected the tests of ONNX, got ${got}. Install them with "apt-get install ${debianPackage}", ` +
      `or set ${variable} to the folder onnx/backend/test/data of ONNX's sources.`,
  );
}

/** Where Debian's package has put the tests. */
function installedFolder(): string | undefined {
  const { stdout, status } = spawnSync("dpkg", ["-L", debianPackage], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const node = stdout.split("\n").find((path) => path.endsWith("/data/node"));
  return node && dirname(node);
}

/** The names of all tests of a folder, in order. */
export function listTests(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith("test_") && existsSync(join(folder, name, "model.onnx")))
    .map((name) => name.slice("test_".length))
    .toSorted();
}
