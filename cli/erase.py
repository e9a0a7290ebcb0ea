"""`cordee erase`: forget a person everywhere, and prove it."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli import context, render
from cli.intake import intake_of
from indexer.erasing.erase import RECEIPTS_DIR, ensure_stopped, erase, planned
from indexer.erasing.pending import erase_pending
from indexer.erasing.plan import Plan
from indexer.erasing.receipt import Receipt, public_key_of, verify
from schemas.errors import DamagedFileError, InvalidInputError
from schemas.ids import PersonId


def erase_person(  # noqa: PLR0913 - one parameter for each option
    person_id: Annotated[str | None, typer.Argument(help="Id of the person.")] = None,
    data_dir: context.DataDir = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and stop.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    again: Annotated[
        bool, typer.Option("--pending", help="Do again what an older copy has not been through.")
    ] = False,
    receipt: Annotated[
        Path | None, typer.Option("--verify", help="Check a receipt instead of erasing.")
    ] = None,
    as_json: context.AsJson = False,
) -> None:
    """Forget a person everywhere, with the service stopped; a signed receipt says what went."""
    settings = context.load(data_dir)
    if receipt is not None:
        found = _read(receipt)
        verify(found, public_key=public_key_of(settings.data_dir))
        render.say(f"The receipt {found.erasure.id} is genuine.")
        return
    if again:
        with intake_of(settings) as intake:
            receipts = erase_pending(intake, version=version("cordee"))
        render.say(f"{len(receipts)} people were erased again.")
        return
    if not person_id:
        raise InvalidInputError("Name the person by id, or a receipt with --verify.")
    who = PersonId(person_id)
    with intake_of(settings) as intake:
        ensure_stopped(intake)
        plan = planned(intake, who)
        if dry_run or not yes:
            _show(plan)
        if dry_run or not (yes or typer.confirm("Erase for good?")):
            return
        made = erase(intake, who, version=version("cordee"), say=render.say)
    if as_json:
        context.print_json(made)
        return
    _show_receipt(made, settings.data_dir / RECEIPTS_DIR / f"{made.erasure.id}.json")


def _show(plan: Plan) -> None:
    rows = [
        *(("removed", document_id) for document_id in plan.removed),
        *(("rewritten", document_id) for document_id in plan.rewritten),
        *(("still names the person", document_id) for document_id in plan.still_named),
    ]
    render.table(("document", "id"), rows)


def _show_receipt(made: Receipt, path: Path) -> None:
    erasure = made.erasure
    render.table(
        ("", ""),
        [
            *((f"rows of {table}", n) for table, n in erasure.rows.items()),
            ("documents removed", len(erasure.documents_removed)),
            ("documents rewritten", len(erasure.documents_rewritten)),
            ("files removed", len(erasure.blobs_removed)),
            ("receipt", str(path)),
        ],
    )
    if erasure.documents_still_named:
        render.say(
            "These files still name the person and cannot be rewritten; look at them, then delete "
            f"or replace them: {', '.join(erasure.documents_still_named)}"
        )


def _read(path: Path) -> Receipt:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Receipt)
    except (OSError, msgspec.DecodeError) as error:
        raise DamagedFileError(f"{path} is no receipt.") from error
