import { nn, noGrad } from "tapegrad";
import { compareWithLayer } from "./compare-with-layer.ts";
import type { Lesson } from "./lesson.ts";
import type { Problem } from "./problem.ts";
import { tapeGradients } from "./tape-gradients.ts";
import { compareTerms } from "./three-terms.ts";

/** BatchNorm in training: statistics of each feature over the samples. */
export function batchNormLesson(lesson: Lesson, problem: Problem): void {
  lesson.title("BatchNorm");
  lesson.say(`Each feature (column) is standardized over the N = 8 samples of the batch, then scaled and shifted.
    The forward pass, cut into pieces so small that the derivative of each is known by heart:`);
  lesson.show(
    "mean     = Σₙ x / N                 [1, C]   over the batch, axis 0",
    "centred  = x − mean                 [N, C]",
    "variance = Σₙ centred² / N          [1, C]   biased: divided by N, not by N − 1",
    "rstd     = (variance + ε)^(−1/2)    [1, C]   the reciprocal standard deviation",
    "xhat     = centred · rstd           [N, C]",
    "y        = gamma · xhat + beta      [N, C]",
  );

  const { dy, eps } = problem;
  const x = problem.x.clone().requiresGrad_();
  const gamma = problem.gamma.clone().requiresGrad_();
  const beta = problem.beta.clone().requiresGrad_();
  const N = x.shape[0]!;
  const overBatch = { axis: 0, keepDims: true } as const;

  const mean = x.sum(overBatch).div(N);
  const centred = x.sub(mean);
  const variance = centred.square().sum(overBatch).div(N);
  const rstd = variance.add(eps).rsqrt();
  const xhat = centred.mul(rstd);
  const y = gamma.mul(xhat).add(beta);

  // The tape's answer for every piece; each table below holds ours against it.
  const named = { x, mean, centred, variance, rstd, xhat, gamma, beta };
  const auto = tapeGradients(y, named, dy);

  lesson.say(`The tape recorded these lines. Now we go through them from the last to the first. "dname" is the derivative of
    the loss by "name" and has its shape. Two rules do nearly all the work: what was broadcast forward is summed backward, and
    what was used in several places gets the sum of what comes back from each.`);

  noGrad(() => {
    lesson.heading("Backward through the scale and the shift");
    const dbeta = dy.sum({ axis: 0 });
    lesson.step("dbeta", {
      why: "beta was added to every sample: its one row was broadcast over the batch, so its gradient is a sum over the batch.",
      formula: "dbeta = Σₙ dy",
      manual: dbeta,
      auto: auto.beta,
    });
    const dgamma = dy.mul(xhat).sum({ axis: 0 });
    lesson.step("dgamma", {
      why: "gamma multiplied xhat and was broadcast as well: times the other factor, then the sum.",
      formula: "dgamma = Σₙ dy · xhat",
      manual: dgamma,
      auto: auto.gamma,
    });
    const dxhat = dy.mul(gamma);
    lesson.step("dxhat", {
      why: "The other factor of the same product. From here on this is the g of the formulas.",
      formula: "dxhat = dy · gamma",
      manual: dxhat,
      auto: auto.xhat,
    });

    lesson.heading("Backward through the deviation");
    const drstd = dxhat.mul(centred).sum(overBatch);
    lesson.step("drstd", {
      why: "One number for each feature scaled all N samples, so its gradient collects from all of them. Here the samples of a batch begin to feel each other.",
      formula: "drstd = Σₙ dxhat · centred",
      manual: drstd,
      auto: auto.rstd,
    });
    const dvariance = rstd.pow(3).mul(drstd).mul(-0.5);
    lesson.step("dvariance", {
      why: "d/dv (v + ε)^(−1/2) = −½ (v + ε)^(−3/2), which is −½ rstd³. Epsilon sits inside and needs no care of its own.",
      formula: "dvariance = −½ · rstd³ · drstd",
      manual: dvariance,
      auto: auto.variance,
    });

    lesson.heading("Backward through the centred values");
    const dcentred = dxhat.mul(rstd).add(centred.mul(2).mul(dvariance).div(N));
    lesson.step("dcentred", {
      why: "centred was used twice: directly in xhat, and squared inside the variance. Forgetting the second use is the classic mistake.",
      formula: "dcentred = dxhat · rstd + dvariance · 2 · centred / N",
      manual: dcentred,
      auto: auto.centred,
    });
    const dmean = dcentred.sum(overBatch).neg();
    lesson.step("dmean", {
      why: "The mean was subtracted from every sample: minus, and a sum. (The part through the variance cancels here, because centred values sum to zero.)",
      formula: "dmean = −Σₙ dcentred",
      manual: dmean,
      auto: auto.mean,
    });
    const dx = dcentred.add(dmean.div(N));
    lesson.step("dx", {
      why: "x, too, was used twice: in centred, and in the mean, where each sample counts 1/N.",
      formula: "dx = dcentred + dmean / N",
      manual: dx,
      auto: auto.x,
    });

    lesson.heading("The three terms of dx");
    lesson.say(`Multiplied out, dx is a sum of three terms, one for each way in which x reaches y. ⟨·⟩ is the mean over the batch.
      The tape gives each term by itself when we detach the statistics that the other terms go through.`);
    lesson.show(
      "direct     rstd · g                  as if mean and deviation were constants",
      "mean      −rstd · ⟨g⟩                what moving the mean takes back",
      "deviation −rstd · xhat · ⟨g · xhat⟩  what moving the deviation takes back",
    );
    compareTerms(lesson, problem, { axis: 0, center: true });

    lesson.heading("The closed form");
    lesson.say(
      "All of it in one line, which is what the library computes; mean and variance need no gradients of their own.",
    );
    lesson.show("dx = rstd · (g − ⟨g⟩ − xhat · ⟨g · xhat⟩)");
    const inner = dxhat.sub(dxhat.mean(overBatch)).sub(xhat.mul(dxhat.mul(xhat).mean(overBatch)));
    lesson.compare([{ name: "dx, closed form", manual: rstd.mul(inner), auto: auto.x }]);
  });

  lesson.say("And the layer of the library, which uses the closed form, against our composition on the tape:");
  compareWithLayer(lesson, problem, new nn.BatchNorm(5, { eps, dtype: "float64" }), { y, auto });
}
