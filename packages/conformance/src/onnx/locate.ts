import { ValueError } from "@tapegrad/tensor";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** The Debian package that holds the node tests of ONNX. */
const debianPackage = "libonnx-testdata";
const variable = "TAPEGRAD_ONNX_DATA";

/**
 * The folder of ONNX's node tests: that of the environment variable `TAPEGRAD_ONNX_DATA`, or that of Debian's
 * `libonnx-testdata`.
 *
 * @throws {ValueError} saying how to get the tests, when there are none
 */
export function locateNodeTests(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment[variable];
  const folder = given === undefined || given === "" ? installedFolder() : folderIn(given);
  if (folder !== undefined) return folder;
  const got = given ? `${variable}=${given} without test_abs/model.onnx` : "none";
  throw new ValueError(
    `onnx: expected ONNX's node tests, got ${got}. Install them with "apt-get install ${debianPackage}", ` +
      `or set ${variable} to the folder onnx/backend/test/data of ONNX's sources.`,
  );
}

/** The folder itself, or the one named `node` in it. */
function folderIn(folder: string): string | undefined {
  return [join(folder, "node"), folder].find((path) => existsSync(join(path, "test_abs", "model.onnx")));
}

/** Where Debian's package has put the tests. */
function installedFolder(): string | undefined {
  const { stdout, status } = spawnSync("dpkg", ["-L", debianPackage], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const folder = stdout.split("\n").find((path) => path.endsWith("/data/node"));
  return folder && folderIn(folder);
}

/** The names of all node tests of a folder, in order. */
export function listNodeTests(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith("test_") && existsSync(join(folder, name, "model.onnx")))
    .map((name) => name.slice("test_".length))
    .toSorted();
}
