"""Values and gradients of torch.nn.functional.ctc_loss; writes ctc-fixtures.json. PyTorch's gradient holds behind a log-softmax only."""

import json
from pathlib import Path

import torch

torch.manual_seed(3)


def case(shape, targets, input_lengths, target_lengths, blank=0, zero_infinity=False):
    logits = torch.randn(shape, dtype=torch.float64).mul(1000).round().div(1000).requires_grad_()
    results = {}
    for reduction in ["none", "mean", "sum"]:
        logits.grad = None
        loss = torch.nn.functional.ctc_loss(
            logits.log_softmax(2),
            torch.tensor(targets),
            torch.tensor(input_lengths),
            torch.tensor(target_lengths),
            blank=blank,
            reduction=reduction,
            zero_infinity=zero_infinity,
        )
        # Weights that tell samples apart.
        weights = torch.arange(1, loss.numel() + 1, dtype=torch.float64).reshape(loss.shape)
        (loss * weights).sum().backward()
        results[reduction] = {"loss": loss.tolist(), "grad": logits.grad.flatten().tolist()}
    return {
        "logits": logits.tolist(),
        "targets": targets,
        "inputLengths": input_lengths,
        "targetLengths": target_lengths,
        "options": {"blank": blank, "zeroInfinity": zero_infinity},
        "results": results,
    }


cases = {
    "ragged, with repeats": case((6, 3, 4), [[1, 1, 2], [3, 0, 0], [2, 3, 1]], [6, 5, 3], [3, 1, 3]),
    "another blank": case((5, 2, 3), [[0, 1], [1, 1]], [5, 4], [2, 2], blank=2),
    "one too long, as 0": case((3, 2, 3), [[1, 1, 2], [1, 2, 1]], [3, 3], [3, 2], zero_infinity=True),
    "no symbols, one time": case((4, 2, 3), [[1], [2]], [4, 1], [0, 1]),
}
text = json.dumps(cases)
Path(__file__).with_name("ctc-fixtures.json").write_text(text + "\n")
