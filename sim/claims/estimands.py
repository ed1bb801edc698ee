"""The estimands that a claim's file may name: what is counted in each pair, and what is made of the pairs.

`count` (of `sim.claims.counts`) makes one row per pair from a contrast; `statistic` makes a number of the pairs
(`sim.measures.intervals`). To add an estimand is to add a line here.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.claims import counts
from sim.claims.contrast import Contrast
from sim.claims.counts import CHOSEN, Window
from sim.measures.displacement import CHINESE, WESTERN
from sim.measures.harm import leakage, suppression
from sim.measures.intervals import Statistic, of_means, ratio
from sim.measures.recovery import median_time
from sim.measures.zones import CROSS_BORDER, ELSEWHERE, OUT_OF_REGION, OWN_COUNTRY, TARGET


class Estimand(NamedTuple):
    """words: of the number, for a card.   of: what the file must name with it, if anything.   gated: NDR's gate on suppression
    applies.   percent: shown in per cent.   spatial: asks for a target.   paired: compares; else the world with is read alone."""

    count: Callable[[Contrast, Window, str], pd.DataFrame]
    statistic: Statistic
    words: str
    of: str = ""
    gated: bool = False
    percent: bool = True
    spatial: bool = False
    paired: bool = True


def parts(*zones: str, of: str = "workers") -> Callable:
    """Change of a stock in some zones for each person removed from the target."""
    return lambda m: ratio(sum(m.get(f"{of}_change {zone}", _none(m)) for zone in zones), -m[f"workers_change {TARGET}"])


def relative(stock: str, label: str = "") -> Callable:
    """Change relative to the mean without: of one zone, pool or bloc, or of all."""

    def change(m: dict) -> np.ndarray:
        if label:
            return ratio(m[f"{stock}_change {label}"], m[f"{stock}_without {label}"])
        return ratio(*(sum(v for name, v in m.items() if name.startswith(f"{stock}_{kind} ")) for kind in ("change", "without")))

    return change


def level(m: dict, stock: str, label: str, kind: str = "with") -> np.ndarray:
    """A stock in the world with (or without)."""
    return m[f"{stock}_without {label}"] + (m[f"{stock}_change {label}"] if kind == "with" else 0.0)


def per(top: str, bottom: str) -> Callable:
    """Relative change of a quotient of two stocks of all pools."""

    def change(m: dict) -> np.ndarray:
        now, before = (ratio(level(m, top, "all", kind), level(m, bottom, "all", kind)) for kind in ("with", "without"))
        return ratio(now, before) - 1

    return change


def western_share(m: dict) -> np.ndarray:
    now, before = (ratio(level(m, "losses_usd", WESTERN, k), level(m, "losses_usd", "all", k)) for k in ("with", "without"))
    return now - before


def tdr(m: dict) -> np.ndarray:
    spared = m[f"losses_usd_change {CHINESE}"]
    return ratio(m["losses_usd_change all"] - spared, -spared)


def out_share(m: dict) -> np.ndarray:
    total = [sum(v for name, v in m.items() if name.startswith(f"workers_{kind} ")) for kind in ("change", "without")]
    far = f"workers_change {OUT_OF_REGION}", f"workers_without {OUT_OF_REGION}"
    change, without = (m.get(name, _none(m)) for name in far)
    return ratio(without + change, sum(total)) - ratio(without, total[1])


def away(m: dict) -> np.ndarray:
    """People held outside the target, against all who are held without."""
    change = sum(m.get(f"workers_change {zone}", _none(m)) for zone in ELSEWHERE)
    return ratio(change, sum(v for name, v in m.items() if name.startswith("workers_without ")))


def spread(sample: dict[str, np.ndarray]) -> np.ndarray:
    """Interquartile range over worlds of each world's own NDR."""
    gone = -sample[f"workers_change {TARGET}"]
    moved = sum(sample.get(f"workers_change {zone}", np.zeros_like(gone)) for zone in ELSEWHERE)
    low, high = np.nanquantile(ratio(moved, gone), [0.25, 0.75], axis=-1)
    return high - low


def median_return(sample: dict[str, np.ndarray]) -> np.ndarray:
    """Kaplan-Meier median of those that fell; along the last axis."""
    fell, months, back = (np.asarray(sample[name]) for name in ("fell", "months", "back"))
    flat = [a.reshape(-1, a.shape[-1]) for a in (fell, months, back)]
    medians = [median_time(m[f > 0], b[f > 0] > 0) for f, m, b in zip(*flat, strict=True)]
    return np.minimum(np.reshape(medians, fell.shape[:-1]), NEVER)


NEVER = 999.0  # months: stands for "not by the end of the window" in a median


def _none(m: dict) -> np.ndarray:
    return np.zeros_like(next(iter(m.values())))


ESTIMANDS: dict[str, Estimand] = {
    "suppression": Estimand(counts.by_zone, of_means(suppression), "people held in the target", spatial=True),
    "ndr": Estimand(counts.by_zone, of_means(parts(*ELSEWHERE)), "of those removed, who reappear", gated=True, spatial=True),
    "ndr_own_country": Estimand(counts.by_zone, of_means(parts(OWN_COUNTRY)), "of those removed, who reappear in the country",
                                gated=True, spatial=True),
    "ndr_abroad": Estimand(counts.by_zone, of_means(parts(CROSS_BORDER, OUT_OF_REGION)), "of those removed, who reappear abroad",
                           gated=True, spatial=True),
    "own_less_abroad": Estimand(
        counts.by_zone, of_means(lambda m: parts(OWN_COUNTRY)(m) - parts(CROSS_BORDER, OUT_OF_REGION)(m)),
        "of those removed, who reappear in the country less who reappear abroad", gated=True, spatial=True),
    "ndr_spread": Estimand(counts.by_zone, spread, "interquartile range over worlds of who reappears", gated=True, spatial=True),
    "ndr_losses": Estimand(counts.by_zone, of_means(leakage), "of losses spared in the target, what is lost elsewhere",
                           gated=True, spatial=True),
    "relocation": Estimand(counts.by_channel, of_means(lambda m: ratio(m["relocation"], -m[f"workers_change {TARGET}"])),
                           "of those removed, who move elsewhere with their crew", gated=True, spatial=True),
    "worker_change": Estimand(counts.by_zone, of_means(relative("workers")), "people held, everywhere"),
    "elsewhere_change": Estimand(counts.by_zone, of_means(away), "people held outside the target", spatial=True),
    "end_ratio": Estimand(counts.by_zone, of_means(lambda m: 1 + relative("workers")(m)), "people held, with over without"),
    "out_share_change": Estimand(counts.by_zone, of_means(out_share), "share held out of the region (points)", spatial=True),
    "raids_change": Estimand(counts.by_zone, of_means(relative("raids")), "real raids"),
    "target_raids_change": Estimand(counts.by_zone, of_means(relative("raids", TARGET)), "real raids in the target",
                                    spatial=True),
    "announced_change": Estimand(counts.by_zone, of_means(relative("announced_raids")), "raids announced, staged ones included"),
    "official_excess": Estimand(
        counts.by_zone, of_means(lambda m: 1 - ratio(level(m, "raids", TARGET), level(m, "announced_raids", TARGET))),
        "of raids announced in the target, those that were not real", spatial=True, paired=False),
    "founded_change": Estimand(counts.founded, of_means(lambda m: ratio(m["founded_change"], m["founded_without"])),
                               "crews founded in the target"),
    "recruited_change": Estimand(
        counts.carried,
        of_means(lambda m: ratio(m[f"workers_change {TARGET}"] - m["carried_change"], m[f"workers_without {TARGET}"])),
        "people held in the target beyond those whom crews brought along", spatial=True),
    "country_change": Estimand(counts.in_country, of_means(lambda m: ratio(m["held_change"], m["held_without"])),
                               "people held in the country", of="a country of the region"),
    "place_share_change": Estimand(counts.on_border, of_means(lambda m: m["share_change"]),
                                   "share held in marked places (points)", of="a mark of the region's territories"),
    "return_months": Estimand(counts.return_times, median_return, "months until half are back, median", percent=False,
                              spatial=True),
    "loss_change": Estimand(counts.by_pool, of_means(relative("losses_usd", "all")), "victims' losses"),
    "western_loss_change": Estimand(counts.by_pool, of_means(relative("losses_usd", WESTERN)), "Western losses"),
    "chinese_loss_change": Estimand(counts.by_pool, of_means(relative("losses_usd", CHINESE)), "Chinese-speaking losses"),
    "western_share_change": Estimand(counts.by_pool, of_means(western_share), "Western share of losses (points)"),
    "chinese_less_total": Estimand(
        counts.by_pool, of_means(lambda m: relative("losses_usd", CHINESE)(m) - relative("losses_usd", "all")(m)),
        "change of Chinese-speaking losses less that of all losses"),
    "tdr": Estimand(counts.by_pool, of_means(tdr), "lost by others for each dollar Chinese speakers are spared"),
    "pool_loss_change": Estimand(counts.by_pool, of_means(relative("losses_usd", CHOSEN)), "losses of the pool",
                                 of="a victim pool"),
    "pool_victim_change": Estimand(counts.by_pool, of_means(relative("victims", CHOSEN)), "victims in the pool",
                                   of="a victim pool"),
    "loss_per_victim_change": Estimand(counts.by_pool, of_means(per("losses_usd", "victims")), "loss per victim"),
    "victims_per_worker_change": Estimand(counts.by_pool, of_means(per("victims", "effort_workers")), "victims per worker"),
    "pool_diversity_change": Estimand(counts.diversity, of_means(lambda m: m["pools_change"]), "effective number of victim pools",
                                      percent=False),
    "home_loss_change": Estimand(counts.at_home, of_means(lambda m: ratio(m["lost_change"], m["all_without"])),
                                 "losses caused by small cells at home, of all losses"),
    "pool_gradient": Estimand(counts.pool_gradient, of_means(lambda m: m["rho"]), "rank correlation of losses over pools",
                              of="a column of the region's pools", percent=False, paired=False),
    "destination_gap": Estimand(counts.destinations, of_means(lambda m: ratio(m["gap"], m["people"])),
                                "where crews go, against the mean of other places", of="a column of the region's territories",
                                percent=False, paired=False),
    "abruptness": Estimand(counts.abruptness, of_means(lambda m: ratio(m["step"], m["rise"])),
                           "largest rise of raids within a year, of the whole rise", paired=False),
}  # fmt: skip
