import { readFileSync } from "node:fs";
import { version } from "@tapegrad/tensor/internal";
import { expect, it } from "vitest";

it("tells the version of the manifests; node scripts/write-version.mjs writes it", () => {
  for (const name of ["tensor", "tapegrad"]) {
    const manifest = JSON.parse(readFileSync(new URL(`../../${name}/package.json`, import.meta.url), "utf8")) as object;
    expect(manifest, name).toMatchObject({ version });
  }
});
