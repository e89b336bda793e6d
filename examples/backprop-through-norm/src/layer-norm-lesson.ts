import { nn, noGrad } from "tapegrad";
import { compareWithLayer } from "./compare-with-layer.ts";
import type { Lesson } from "./lesson.ts";
import type { Problem } from "./problem.ts";
import { tapeGradients } from "./tape-gradients.ts";
import { compareTerms } from "./three-terms.ts";

/** LayerNorm: statistics of each sample over its features. */
export function layerNormLesson(lesson: Lesson, problem: Problem): void {
  lesson.title("LayerNorm");
  lesson.say(`Now each sample (row) is standardized over its own C = 5 features. Samples do not feel each other, training and
    evaluation are the same, and a batch of one is fine. gamma and beta still belong to features, so they are broadcast over the
    batch while the statistics are taken along the other axis. That difference is all there is.`);
  lesson.show(
    "mean     = Σ_c x / C                [N, 1]   over the features, axis 1",
    "centred  = x − mean                 [N, C]",
    "variance = Σ_c centred² / C         [N, 1]",
    "rstd     = (variance + ε)^(−1/2)    [N, 1]",
    "xhat     = centred · rstd           [N, C]",
    "y        = gamma · xhat + beta      [N, C]",
  );

  const { dy, eps } = problem;
  const x = problem.x.clone().requiresGrad_();
  const gamma = problem.gamma.clone().requiresGrad_();
  const beta = problem.beta.clone().requiresGrad_();
  const C = x.shape[1]!;
  const overFeatures = { axis: 1, keepDims: true } as const;

  const mean = x.sum(overFeatures).div(C);
  const centred = x.sub(mean);
  const variance = centred.square().sum(overFeatures).div(C);
  const rstd = variance.add(eps).rsqrt();
  const xhat = centred.mul(rstd);
  const y = gamma.mul(xhat).add(beta);
  const auto = tapeGradients(y, { x, mean, centred, variance, rstd, xhat, gamma, beta }, dy);

  noGrad(() => {
    lesson.heading("Backward, piece by piece");
    lesson.step("dbeta", {
      why: "Parameters: broadcast over the batch forward, summed over the batch backward. Over axis 0, although the statistics use axis 1: mixing the two up is this norm's classic mistake.",
      formula: "dbeta = Σₙ dy",
      manual: dy.sum({ axis: 0 }),
      auto: auto.beta,
    });
    lesson.step("dgamma", {
      why: "The same, times the factor next to it.",
      formula: "dgamma = Σₙ dy · xhat",
      manual: dy.mul(xhat).sum({ axis: 0 }),
      auto: auto.gamma,
    });
    const dxhat = dy.mul(gamma);
    lesson.step("dxhat", {
      why: "In LayerNorm gamma differs within the group that is normalized, so it has to go in before any mean is taken: ⟨dy · gamma⟩ is not gamma · ⟨dy⟩.",
      formula: "dxhat = dy · gamma",
      manual: dxhat,
      auto: auto.xhat,
    });
    const drstd = dxhat.mul(centred).sum(overFeatures);
    lesson.step("drstd", {
      why: "One number for each sample scaled its C features.",
      formula: "drstd = Σ_c dxhat · centred",
      manual: drstd,
      auto: auto.rstd,
    });
    const dvariance = rstd.pow(3).mul(drstd).mul(-0.5);
    lesson.step("dvariance", {
      why: "The reciprocal root again.",
      formula: "dvariance = −½ · rstd³ · drstd",
      manual: dvariance,
      auto: auto.variance,
    });
    const dcentred = dxhat.mul(rstd).add(centred.mul(2).mul(dvariance).div(C));
    lesson.step("dcentred", {
      why: "Two uses, two terms.",
      formula: "dcentred = dxhat · rstd + dvariance · 2 · centred / C",
      manual: dcentred,
      auto: auto.centred,
    });
    const dmean = dcentred.sum(overFeatures).neg();
    lesson.step("dmean", {
      why: "Subtracted from every feature of the sample.",
      formula: "dmean = −Σ_c dcentred",
      manual: dmean,
      auto: auto.mean,
    });
    lesson.step("dx", {
      why: "Two uses again: in centred, and as one of C values in the mean.",
      formula: "dx = dcentred + dmean / C",
      manual: dcentred.add(dmean.div(C)),
      auto: auto.x,
    });

    lesson.heading("The three terms of dx");
    lesson.say("The terms are those of BatchNorm, with ⟨·⟩ now the mean over the features of a sample.");
    compareTerms(lesson, problem, { axis: 1, center: true });

    lesson.heading("The closed form");
    lesson.show("dx = rstd · (g − ⟨g⟩ − xhat · ⟨g · xhat⟩)");
    const inner = dxhat.sub(dxhat.mean(overFeatures)).sub(xhat.mul(dxhat.mul(xhat).mean(overFeatures)));
    lesson.compare([{ name: "dx, closed form", manual: rstd.mul(inner), auto: auto.x }]);
  });

  lesson.say("The layer of the library against our composition on the tape:");
  compareWithLayer(lesson, problem, new nn.LayerNorm(C, { eps, dtype: "float64" }), { y, auto });
}
