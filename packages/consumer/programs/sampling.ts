// A policy gradient on a bandit and a reparameterised draw, eager and compiled.
import {
  categorical,
  compile,
  distributions,
  manualSeed,
  multinomial,
  nn,
  optim,
  tensor,
  type Tensor,
  where,
} from "tapegrad";

const { Bernoulli, Categorical, klDivergence, Normal, Uniform } = distributions;

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected ${what}`);
}

function bandit(compiled: boolean): number {
  manualSeed(1);
  const logits = new nn.Parameter(tensor([0, 0, 0]));
  const optimizer = new optim.Adam([logits], { lr: 0.1 });
  const step = (): Tensor => {
    const policy = new Categorical({ logits });
    const action = policy.sample([32]);
    const reward = where(action.eq(2), 1, 0);
    const loss = policy.logProb(action).mul(reward.sub(reward.mean())).mean().neg();
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return policy.probs.at(2).detach();
  };
  const run = compiled ? compile(step) : step;
  let best = 0;
  for (let i = 0; i < 100; i++) best = run().item();
  return best;
}

const [eager, compiled] = [bandit(false), bandit(true)];
check(eager > 0.9, `the best arm, got ${eager}`);
check(Math.abs(eager - compiled) < 1e-3, `one policy, got ${eager} and ${compiled}`);

const mean = tensor([0, 2], { requiresGrad: true });
const posterior = new Normal(mean, 0.5);
posterior.rsample([100]).mean().backward();
check(mean.grad !== undefined && Math.abs(mean.grad.sum().item() - 1) < 1e-5, "a gradient through the draw");
check(klDivergence(posterior, new Normal(0, 1)).at(1).item() > 2, "a divergence");
check(new Bernoulli({ probs: tensor(0.5) }).entropy().sub(Math.LN2).abs().item() < 1e-6, "the entropy of a coin");
check(new Uniform(0, 2).sample([3]).shape.length === 1, "a shape");

const shares = tensor([[1, 0, 3]]);
check(multinomial(shares, 2).sum().item() === 2, "both classes that are possible");
check(multinomial(shares, 9, { replacement: true }).shape[1] === 9, "nine draws");
check(categorical(tensor([0, -Infinity])).item() === 0, "what is not ruled out");

// @ts-expect-error one of both
const both = (): unknown => new Categorical({ logits: mean, probs: mean });
// @ts-expect-error distributions of one kind
const kinds = (): unknown => klDivergence(posterior, new Bernoulli({ probs: tensor(0.5) }));
check(typeof both === "function" && typeof kinds === "function", "two functions that are not called");
