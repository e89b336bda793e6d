/** The version of tapegrad, whose packages are released together: what their manifests say. `scripts/write-version.mjs` writes it. */
export const version: string = "0.0.0";
