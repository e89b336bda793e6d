import type { NormName } from "../norms.ts";

/** How a norm's curve looks. Colours are those of Okabe and Ito; dashes tell curves apart without colour. */
export interface CurveStyle {
  /** A custom property of the style sheet, so that it can differ in light and dark. */
  readonly colour: string;
  readonly dash: string;
  /** What legends say. */
  readonly label: string;
}

export const curveStyles: { readonly [N in NormName]: CurveStyle } = {
  none: { colour: "var(--none)", dash: "2 3", label: "no norm" },
  BatchNorm: { colour: "var(--batch)", dash: "none", label: "BatchNorm" },
  LayerNorm: { colour: "var(--layer)", dash: "8 3", label: "LayerNorm" },
  RMSNorm: { colour: "var(--rms)", dash: "8 3 2 3", label: "RMSNorm" },
};
