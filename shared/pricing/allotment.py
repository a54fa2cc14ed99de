"""Integer arithmetic of cents: rounding half-up, and sharing an amount out without losing one."""

from collections.abc import Mapping


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` (numerator ≥ 0, denominator > 0) to the nearest integer, halves upwards."""
    return (2 * numerator + denominator) // (2 * denominator)


def allot(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share `amount` (≥ 0) out in proportion to `weights` (≥ 0): the shares sum to it exactly.

    Largest remainder, ties by key, so that the order of the weights is without effect. No share exceeds its weight while
    `amount` does not exceed their sum. Raises ValueError when there is an amount but no weight to carry it.
    """
    whole = sum(weights.values())
    if whole == 0:
        if amount:
            raise ValueError("an amount cannot be shared out over nothing")
        return dict.fromkeys(weights, 0)
    shares = {key: amount * weight // whole for key, weight in weights.items()}
    left = amount - sum(shares.values())
    by_remainder = sorted(weights, key=lambda key: (-(amount * weights[key] % whole), key))
    for key in by_remainder[:left]:
        shares[key] += 1
    return shares
