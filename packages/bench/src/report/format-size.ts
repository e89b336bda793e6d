import type { BundleSize } from "../bundle-size.ts";

/** The size of what is called so, as a sentence. */
export function formatSize(name: string, { gzip, files }: BundleSize): string {
  return `Size of ${name}: ${(gzip / 1000).toFixed(1)} kB gzipped (${files} modules as built, not minified).`;
}
