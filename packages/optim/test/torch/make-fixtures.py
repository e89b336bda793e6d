"""What PyTorch's optimizers and schedules do, as JSON: python3 make-fixtures.py > torch.json"""

import json
import math
import random

import torch
from torch.optim.lbfgs import _strong_wolfe

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
random.seed(7)
optim = torch.optim
schedules = optim.lr_scheduler


def listed(x):
    if isinstance(x, torch.Tensor):
        return x.tolist()
    if isinstance(x, (list, tuple)):
        return [listed(each) for each in x if each is not None]
    return x


def trajectory(name, options, ours, sparse=False, steps=8):
    """Two parameters with drawn gradients; the second has none in steps 1 and 4."""
    params = [torch.randn(4, 2), torch.randn(3)]
    first = listed(params)
    for p in params:
        p.requires_grad_()
    optimizer = getattr(optim, name)(params, **options)
    rows = []
    for step in range(steps):
        grads = [torch.randn(p.shape) for p in params]
        if sparse:  # some rows are not looked up
            grads = [g * (torch.rand(g.shape[0]) < 0.6).to(g.dtype).reshape(-1, *[1] * (g.dim() - 1)) for g in grads]
        if step in (1, 4):
            grads[1] = None
        if step == 5:
            for group in optimizer.param_groups:
                group["lr"] = options["lr"] / 2
        for p, g in zip(params, grads):
            p.grad = None if g is None else g.to_sparse(1) if sparse else g
        optimizer.step()
        rows.append({"grads": listed([[] if g is None else g for g in grads]), "after": listed(params)})
    state = [{key: listed(value) for key, value in optimizer.state[p].items()} for p in params]
    return {"name": name, "options": ours, "first": first, "steps": rows, "state": state}


trajectories = [
    trajectory("Rprop", {"lr": 0.02}, {"lr": 0.02}),
    trajectory(
        "Rprop",
        {"lr": 0.1, "etas": (0.4, 1.5), "step_sizes": (0.05, 0.2), "maximize": True},
        {"lr": 0.1, "etas": [0.4, 1.5], "stepSizes": [0.05, 0.2], "maximize": True},
    ),
    trajectory("ASGD", {"lr": 0.05}, {"lr": 0.05}),
    trajectory(
        "ASGD",
        {"lr": 0.1, "lambd": 0.2, "alpha": 0.6, "t0": 3, "weight_decay": 0.1, "maximize": True},
        {"lr": 0.1, "lambd": 0.2, "alpha": 0.6, "t0": 3, "weightDecay": 0.1, "maximize": True},
    ),
    trajectory("SparseAdam", {"lr": 0.05}, {"lr": 0.05}, sparse=True),
    trajectory(
        "SparseAdam",
        {"lr": 0.1, "betas": (0.7, 0.9), "eps": 1e-3, "maximize": True},
        {"lr": 0.1, "betas": [0.7, 0.9], "eps": 1e-3, "maximize": True},
        sparse=True,
    ),
]


def rosenbrock(x, y):
    return 100 * ((y[1:] - x[:-1] ** 2) ** 2).sum() + ((x[:-1] - 1) ** 2).sum()


def quartic(x, y):
    return (x**4).sum() / 4 + (x * y).sum() + ((x[1:] - y[:-1]) ** 2).sum() + (y**2).sum()


def cliff(x, y):
    """Falls at first, then rises like an exponential: first steps are far too long."""
    return torch.exp(3 * x).sum() + torch.exp(-y).sum() + (x - y).square().sum()


def waves(x, y):
    """Many valleys."""
    return (torch.sin(3 * x) + 0.1 * x**2).sum() + (torch.cos(5 * y) + 0.2 * y**2 + x * y).sum()


def corners(x, y):
    """Slopes that turn within a thousandth."""
    return torch.sqrt(x**2 + 1e-6).sum() + 3 * torch.sqrt((y - x / 2) ** 2 + 1e-6).sum()


def searches(fn, options, ours, steps):
    x = torch.tensor([-1.2, 0.7, 1.5, -0.3])
    y = torch.tensor([1.0, -0.8, 0.2, 0.4])
    first = listed([x, y])
    x.requires_grad_(), y.requires_grad_()
    optimizer = optim.LBFGS([x, y], **options)
    rows = []

    def closure():
        optimizer.zero_grad()
        loss = fn(x, y)
        loss.backward()
        return loss

    for _ in range(steps):
        loss = optimizer.step(closure)
        rows.append({"loss": loss.item(), "after": listed([x, y])})
    state = {key: listed(value) for key, value in optimizer.state[x].items() if key != "al"}
    return {"fn": fn.__name__, "options": ours, "first": first, "steps": rows, "state": state}


def searched(fn, steps, **options):
    names = {"max_iter": "maxIter", "max_eval": "maxEval", "history_size": "historySize", "line_search_fn": "lineSearchFn"}
    names |= {"tolerance_grad": "toleranceGrad", "tolerance_change": "toleranceChange", "lr": "lr"}
    return searches(fn, options, {names[key]: value for key, value in options.items()}, steps)


wolfe = {"line_search_fn": "strong_wolfe"}
search_rows = [
    searched(rosenbrock, 4, max_iter=3, **wolfe),
    searched(quartic, 4, max_iter=2, history_size=2, **wolfe),
    searched(quartic, 4, max_iter=3, lr=0.001, **wolfe),
    searched(cliff, 4, max_iter=2, lr=3, **wolfe),
    searched(cliff, 3, max_eval=4, lr=5, **wolfe),
    searched(waves, 4, max_iter=3, lr=2, **wolfe),
    searched(corners, 3, max_iter=3, **wolfe),
    searched(corners, 2, max_iter=4, lr=30, **wolfe),
    searched(quartic, 4, lr=0.1, max_iter=3),
    searched(quartic, 3, lr=0.3, max_iter=5, history_size=2),
    searched(quartic, 2, max_iter=50, tolerance_grad=0.1, **wolfe),
    searched(quartic, 2, lr=0.2, max_iter=50, tolerance_change=0.01),
    searched(rosenbrock, 2, lr=0.001, max_iter=5, tolerance_change=0.01),
    searched(waves, 3, lr=0.05, max_iter=4),
]


def line(waves, corner, quad, slope):
    """A function of one number, and its derivative."""

    def f(t):
        return sum(a * math.sin(b * t + c) for a, b, c in waves) + corner * abs(t - 1) + quad * t * t + slope * t

    def g(t):
        return (
            sum(a * b * math.cos(b * t + c) for a, b, c in waves)
            + math.copysign(corner, t - 1)
            + 2 * quad * t
            + slope
        )

    return f, g


def line_search(step, tolerance, noise=0, **terms):
    f, g = line(**terms)

    def at(_, t, __):
        return torch.tensor(f(float(t)) * (1 + noise * random.uniform(-1, 1))), torch.tensor([g(float(t))])

    loss, gradient, t, evaluations = _strong_wolfe(
        at,
        None,
        step,
        torch.ones(1),
        torch.tensor(f(0)),
        torch.tensor([g(0)]),
        torch.tensor(g(0)),
        tolerance_change=tolerance,
    )
    point = [float(t), float(loss), float(gradient)]
    return {**terms, "step": step, "tolerance": tolerance, "point": point, "evaluations": evaluations}


def drawn_line():
    def wave():
        return [round(random.uniform(-2, 2), 2), round(random.choice([1, 3, 10, 40]) * random.uniform(0.5, 1.5), 2), 1]

    terms = {
        "waves": [wave(), wave(), wave()],
        "corner": random.choice([0, 0, 0.5, 5]),
        "quad": round(random.uniform(0, 0.5), 2),
        "slope": round(random.uniform(-3, 0), 2),
    }
    return {**terms, "step": random.choice([0.01, 0.3, 1, 3, 20]), "tolerance": random.choice([1e-9, 0.01])}


def is_falling(step, tolerance, **terms):
    return line(**terms)[1](0) < -0.1


def is_steady(row, **each):
    """Whether rounding changes nothing but digits: of points that nearly coincide it decides the next step."""
    others = [line_search(**each, noise=1e-15) for _ in range(5)]
    gaps = [abs(a - b) for other in others for a, b in zip(row["point"], other["point"])]
    return all(other["evaluations"] == row["evaluations"] for other in others) and max(gaps) < 1e-9


drawn = [each for each in (drawn_line() for _ in range(1500)) if is_falling(**each)]
searched_lines = [(line_search(**each), each) for each in drawn]
# The interesting ones: those that take a while, and some others.
line_rows = [
    row
    for i, (row, each) in enumerate(searched_lines)
    if (row["evaluations"] > 4 or i % 40 == 0) and is_steady(row, **each)
][:120]


def two_groups():
    groups = [{"params": [torch.zeros(1)], "lr": 0.1}, {"params": [torch.zeros(1)], "lr": 0.05}]
    return optim.SGD(groups, lr=0.1, momentum=0.9)


def rates(optimizer):
    return [[group["lr"] for group in optimizer.param_groups], [group["momentum"] for group in optimizer.param_groups]]


def scheduled(name, make, positions=None, steps=24):
    optimizer = two_groups()
    schedule = make(optimizer)
    rows = [rates(optimizer)]
    for position in positions or [None] * steps:
        optimizer.step()
        schedule.step() if position is None else schedule.step(position)
        rows.append(rates(optimizer))
    return {"name": name, "positions": positions, "rates": rows}


def after_cosine(optimizer):
    """Five steps of a cosine, then SWALR, made at the start."""
    cosine = schedules.CosineAnnealingLR(optimizer, T_max=10)
    swa = optim.swa_utils.SWALR(optimizer, swa_lr=[0.02, 0.03], anneal_epochs=6)

    class Both:
        taken = 0

        def step(self):
            self.taken += 1
            (cosine if self.taken <= 5 else swa).step()

    return Both()


fractions = [0.25, 0.5, 1.75, 4.5, 4.999, 5.0, 5.5, 9.75, 14.5, 15.25, 33.5, 2.5]
schedule_rows = [
    scheduled("LambdaLR", lambda o: schedules.LambdaLR(o, lambda t: 1 / (1 + 0.3 * t))),
    scheduled("LambdaLR per group", lambda o: schedules.LambdaLR(o, [lambda t: t / 10, lambda t: 0.95**t])),
    scheduled("MultiplicativeLR", lambda o: schedules.MultiplicativeLR(o, lambda t: 0.9 if t % 3 else 1.1)),
    scheduled(
        "MultiplicativeLR per group", lambda o: schedules.MultiplicativeLR(o, [lambda t: 0.95, lambda t: 1 - 1 / (t + 3)])
    ),
    scheduled("SWALR", lambda o: optim.swa_utils.SWALR(o, swa_lr=0.02)),
    scheduled("SWALR linear", lambda o: optim.swa_utils.SWALR(o, swa_lr=0.02, anneal_epochs=7, anneal_strategy="linear")),
    scheduled("SWALR at once", lambda o: optim.swa_utils.SWALR(o, swa_lr=0.02, anneal_epochs=0), steps=3),
    scheduled("SWALR after a cosine", after_cosine),
    scheduled(
        "CosineAnnealingWarmRestarts", lambda o: schedules.CosineAnnealingWarmRestarts(o, 5, eta_min=0.01), fractions
    ),
    scheduled(
        "CosineAnnealingWarmRestarts longer each time",
        lambda o: schedules.CosineAnnealingWarmRestarts(o, 5, T_mult=2),
        fractions,
    ),
    scheduled(
        "CyclicLR with a function of the cycle",
        lambda o: schedules.CyclicLR(o, 0.01, [0.1, 0.2], step_size_up=3, scale_fn=lambda x: 1 / x),
    ),
    scheduled(
        "CyclicLR with a function of the step",
        lambda o: schedules.CyclicLR(
            o,
            0.01,
            [0.1, 0.2],
            step_size_up=3,
            step_size_down=2,
            scale_fn=lambda x: math.exp(-x / 9),
            scale_mode="iterations",
            base_momentum=[0.7, 0.8],
            max_momentum=[0.9, 0.95],
        ),
    ),
    scheduled(
        "OneCycleLR",
        lambda o: schedules.OneCycleLR(
            o, [0.1, 0.2], total_steps=25, base_momentum=[0.7, 0.8], max_momentum=[0.9, 0.95]
        ),
    ),
]

fixtures = {"torch": torch.__version__, "trajectories": trajectories, "searches": search_rows, "lines": line_rows, "schedules": schedule_rows}
print(json.dumps(fixtures, separators=(",", ":")))
