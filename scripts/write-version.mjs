// Writes the version that the manifests have into the source that tells programs of it: bundles have no manifests.

import { readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../packages/tensor/", import.meta.url);
const source = new URL("src/version.ts", folder);
const { version } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
writeFileSync(source, readFileSync(source, "utf8").replace(/"[^"]*"/, JSON.stringify(version)));
