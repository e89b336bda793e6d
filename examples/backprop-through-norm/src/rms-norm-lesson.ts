import { nn, noGrad } from "tapegrad";
import { compareWithLayer } from "./compare-with-layer.ts";
import type { Lesson } from "./lesson.ts";
import type { Problem } from "./problem.ts";
import { tapeGradients } from "./tape-gradients.ts";
import { compareTerms } from "./three-terms.ts";

/** RMSNorm: each sample divided by its root mean square. */
export function rmsNormLesson(lesson: Lesson, problem: Problem): void {
  lesson.title("RMSNorm");
  lesson.say(`RMSNorm keeps the scaling of LayerNorm and leaves the mean alone: each sample is divided by the root mean square of its
    features. No mean, no beta, and one term less in the backward pass.`);
  lesson.show(
    "square = Σ_c x² / C              [N, 1]   the mean square",
    "rrms   = (square + ε)^(−1/2)     [N, 1]   the reciprocal root mean square",
    "xhat   = x · rrms                [N, C]",
    "y      = gamma · xhat            [N, C]",
  );

  const { dy, eps } = problem;
  const x = problem.x.clone().requiresGrad_();
  const gamma = problem.gamma.clone().requiresGrad_();
  const C = x.shape[1]!;
  const overFeatures = { axis: 1, keepDims: true } as const;

  const square = x.square().sum(overFeatures).div(C);
  const rrms = square.add(eps).rsqrt();
  const xhat = x.mul(rrms);
  const y = gamma.mul(xhat);
  const auto = tapeGradients(y, { x, square, rrms, xhat, gamma }, dy);

  noGrad(() => {
    lesson.heading("Backward, piece by piece");
    lesson.step("dgamma", {
      why: "As before.",
      formula: "dgamma = Σₙ dy · xhat",
      manual: dy.mul(xhat).sum({ axis: 0 }),
      auto: auto.gamma,
    });
    const dxhat = dy.mul(gamma);
    lesson.step("dxhat", {
      why: "As before, and again the g of the formulas.",
      formula: "dxhat = dy · gamma",
      manual: dxhat,
      auto: auto.xhat,
    });
    const drrms = dxhat.mul(x).sum(overFeatures);
    lesson.step("drrms", {
      why: "One number for each sample scaled its features. The other factor is x itself: nothing was centred.",
      formula: "drrms = Σ_c dxhat · x",
      manual: drrms,
      auto: auto.rrms,
    });
    const dsquare = rrms.pow(3).mul(drrms).mul(-0.5);
    lesson.step("dsquare", {
      why: "The reciprocal root, for the third time.",
      formula: "dsquare = −½ · rrms³ · drrms",
      manual: dsquare,
      auto: auto.square,
    });
    lesson.step("dx", {
      why: "x was used twice: directly in xhat, and squared in the mean square.",
      formula: "dx = dxhat · rrms + dsquare · 2 · x / C",
      manual: dxhat.mul(rrms).add(x.mul(2).mul(dsquare).div(C)),
      auto: auto.x,
    });

    lesson.heading("The two terms of dx");
    lesson.say("No mean was subtracted, so there is no mean term; the other two are as they were.");
    lesson.show(
      "direct      rrms · g                  as if the root mean square were a constant",
      "deviation  −rrms · xhat · ⟨g · xhat⟩  what moving the root mean square takes back",
    );
    compareTerms(lesson, problem, { axis: 1, center: false });

    lesson.heading("The closed form");
    lesson.show("dx = rrms · (g − xhat · ⟨g · xhat⟩)");
    const inner = dxhat.sub(xhat.mul(dxhat.mul(xhat).mean(overFeatures)));
    lesson.compare([{ name: "dx, closed form", manual: rrms.mul(inner), auto: auto.x }]);
  });

  lesson.say("The layer of the library against our composition on the tape:");
  compareWithLayer(lesson, problem, new nn.RMSNorm(C, { eps, dtype: "float64" }), { y, auto });
}
