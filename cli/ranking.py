"""`cordee ranking`: which weights rank, which did, and what lies between two of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from cli import context, render
from indexer.catalog.catalog import Catalog
from indexer.live_ranking import find_profile, served_profile
from indexer.retrieval.profiles import PROFILES, RankingProfile, profile_named
from schemas.settings import Settings

_BY: Final = "command line"
Key = Annotated[str, typer.Argument(help="NAME@VERSION, or NAME for its last version.")]


def list_profiles(data_dir: context.DataDir = None, *, as_json: context.AsJson = False) -> None:
    """List the profiles shipped and made here, and say which one is in service."""
    settings = context.load(data_dir)
    with context.catalog_of(settings) as catalog:
        served = _served(settings, catalog).version_name
        made = {each.key: each for each in catalog.rankings.profiles()}
        history = catalog.rankings.history()
    shipped = [p.version_name for p in PROFILES.values()]
    if as_json:
        context.print_json({
            "in_service": served,
            "shipped": shipped,
            "made": list(made.values()),
            "history": history,
        })
        return
    rows = [(_mark(key, served), key, "shipped", "", "", "") for key in shipped]
    rows += [
        (
            _mark(key, served),
            key,
            f"{each.made_at:%Y-%m-%d} from {each.dataset}",
            f"{each.before:.4f}",
            f"{each.after:.4f}",
            f"{each.p_value:.3f}",
        )
        for key, each in made.items()
    ]
    render.table(("", "profile", "made", "before", "after", "p"), rows)
    render.table(
        ("since", "profile", "by", "why"),
        [
            (f"{c.at:%Y-%m-%d %H:%M}", c.profile or "(of the settings)", c.by, c.reason)
            for c in history
        ],
        title="history",
    )


def show(key: Key, data_dir: context.DataDir = None, *, as_json: context.AsJson = False) -> None:
    """Show the weights of a profile."""
    profile = _find(key, data_dir)
    if as_json:
        context.print_json({"profile": profile.version_name, "weights": profile.weights()})
        return
    render.table(("weight", "value"), profile.weights().items(), title=profile.version_name)


def diff(
    first: Key,
    second: Key,
    data_dir: context.DataDir = None,
    *,
    as_json: context.AsJson = False,
) -> None:
    """Show the weights that differ between two profiles."""
    one, other = _find(first, data_dir), _find(second, data_dir)
    before, after = one.weights(), other.weights()
    differing: dict[str, Any] = {
        name: [before[name], after[name]] for name in before if before[name] != after[name]
    }
    if as_json:
        context.print_json(differing)
        return
    rows = [(name, *values) for name, values in differing.items()]
    render.table(("weight", one.version_name, other.version_name), rows)


def use(
    key: Key,
    data_dir: context.DataDir = None,
    *,
    reason: Annotated[str, typer.Option(help="Why, for the history.")] = "chosen by hand",
) -> None:
    """Put a profile in service; servers follow within two seconds, without a restart."""
    settings = context.load(data_dir)
    with context.catalog_of(settings) as catalog:
        profile = find_profile(key, catalog.rankings.profiles())
        catalog.rankings.use(profile.version_name, datetime.now(UTC), by=_BY, reason=reason)
    render.say(f"{profile.version_name} is in service.")


def rollback(data_dir: context.DataDir = None) -> None:
    """Put the profile in service that was before the present one."""
    settings = context.load(data_dir)
    with context.catalog_of(settings) as catalog:
        catalog.rankings.roll_back(datetime.now(UTC), by=_BY)
        served = _served(settings, catalog)
    render.say(f"{served.version_name} is in service.")


def _find(key: str, data_dir: Any) -> RankingProfile:
    with context.catalog_of(context.load(data_dir)) as catalog:
        return find_profile(key, catalog.rankings.profiles())


def _served(settings: Settings, catalog: Catalog) -> RankingProfile:
    return served_profile(profile_named(settings.search.profile), catalog.rankings)


def _mark(key: str, served: str) -> str:
    return "▶" if key == served else ""
