"""Write the queries of a BEIR folder as people mistype them: three BEIR folders.

    python -m benchmarks.noisy FOLDER OUTPUT [--seed 1]

``edits``: one mistake in one or two words of four letters or more: a letter too many, one missing,
another one, one of a neighbouring key (AZERTY), or two swapped. ``accents``: no accents.
``content``: content words only, without stop words and punctuation. The same seed gives the same
mistakes, whatever the order of the queries. A query that nothing is left of stays as it is.
Corpus and judgments are copied.
"""

from __future__ import annotations

import argparse
import json
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Final

from indexer.analysis.analyzer import iter_words
from indexer.analysis.normalize import fold
from indexer.analysis.stopwords import FRENCH_STOP_WORDS
from indexer.evaluation.dataset import CORPUS, QRELS, QUERIES

SHORTEST: Final = 4
"""Letters of a word that gets a mistake."""
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
ROWS: Final = ("azertyuiop", "qsdfghjklm", "wxcvbn")

Noise = Callable[[str, Random], str]


def edits(text: str, rng: Random) -> str:
    """Return the text with one mistake in one or two of its words."""
    words = [m for m in iter_words(text) if len(m.group()) >= SHORTEST and m.group().isalpha()]
    chosen = rng.sample(words, min(len(words), rng.choice((1, 2))))
    for word in sorted(chosen, key=lambda m: -m.start()):
        text = text[: word.start()] + mistyped(word.group(), rng) + text[word.end() :]
    return text


def accents(text: str, _rng: Random) -> str:
    """Return the text without accents, case and punctuation as they are."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def content(text: str, _rng: Random) -> str:
    """Return the words that are not stop words, as written."""
    words = (match.group() for match in iter_words(text))
    return " ".join(word for word in words if fold(word) not in FRENCH_STOP_WORDS) or text


NOISES: Final[Mapping[str, Noise]] = {"edits": edits, "accents": accents, "content": content}


def mistyped(word: str, rng: Random) -> str:
    """Return the word with one mistake; never the word itself."""
    while True:
        at = rng.randrange(len(word))
        wrong = rng.choice((_insert, _delete, _substitute, _neighbour, _transpose))(word, at, rng)
        if wrong != word:
            return wrong


def write_noisy(folder: Path, output: Path, *, seed: int) -> dict[str, int]:
    """Write one folder per noise and return how many queries each one changes."""
    lines = (folder / QUERIES).read_text(encoding="utf-8").splitlines()
    queries = [json.loads(line) for line in lines if line.strip()]
    changed = {}
    for name, noise in NOISES.items():
        noisy = [
            query | {"text": noise(query["text"], Random(f"{seed} {query['_id']}"))}  # noqa: S311
            for query in queries
        ]
        changed[name] = sum(old != new for old, new in zip(queries, noisy, strict=True))
        (output / name / QRELS).mkdir(parents=True, exist_ok=True)
        (output / name / QUERIES).write_text(
            "".join(json.dumps(query, ensure_ascii=False) + "\n" for query in noisy),
            encoding="utf-8",
        )
        for file in (folder / CORPUS, *sorted((folder / QRELS).glob("*.tsv"))):
            shutil.copyfile(file, output / name / file.relative_to(folder))
    return changed


def _insert(word: str, at: int, rng: Random) -> str:
    return word[:at] + rng.choice((word[at], rng.choice(LETTERS))) + word[at:]


def _delete(word: str, at: int, _rng: Random) -> str:
    return word[:at] + word[at + 1 :]


def _substitute(word: str, at: int, rng: Random) -> str:
    return word[:at] + rng.choice(LETTERS) + word[at + 1 :]


def _neighbour(word: str, at: int, rng: Random) -> str:
    letter = fold(word[at])
    row = next((row for row in ROWS if letter in row), letter)
    beside = row.find(letter) + rng.choice((-1, 1))
    return word[:at] + (row[beside : beside + 1] or letter) + word[at + 1 :]


def _transpose(word: str, at: int, _rng: Random) -> str:
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def main() -> None:
    """Write and print what changed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps(write_noisy(options.folder, options.output, seed=options.seed)))


if __name__ == "__main__":
    main()
