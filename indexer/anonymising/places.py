"""Where somebody lives, and where they are on the web."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from indexer.analysis.normalize import fold
from indexer.anonymising.numbers import LIKELY, WHOLE
from indexer.anonymising.spans import Found
from schemas.sharing import FindingKind, FindingReason

_WAY: Final = (
    r"(?:rue|r\.|avenue|av\.?|boulevard|bd\.?|bld|bvd|place|pl\.|impasse|imp\.|all[ée]es?|chemin|"
    r"ch\.|route|rte|quai|cours|square|passage|venelle|ruelle|sentier|faubourg|fbg|esplanade|"
    r"promenade|rond-point|lotissement|lot\.|r[ée]sidence|r[ée]s\.|hameau|lieu-dit|lieudit|z\.?a\.?|"
    r"z\.?i\.?|cit[ée]|villa|clos|mail|parvis|montée|côte|traverse|voie)"
)
_NUMBER_WORD: Final = (
    r"(?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|"
    r"vingt|trente|quarante|cinquante|soixante|quatre-vingts?|cent|deux cents)"
)
_NUMBER: Final = (
    rf"(?:\d{{1,4}}|{_NUMBER_WORD}(?:[-\s](?:et[-\s])?{_NUMBER_WORD}){{0,4}})"
    r"(?:\s?(?:bis|ter|quater|[a-dA-D])\b)?"
)
_NAME: Final = (
    r"(?:(?:\s|-)*(?:(?:de|du|des|la|le|les|d'|d’|l'|l’|à|aux?|et|sur|en)\s?)*"
    r"[A-ZÀ-Ý0-9][\w'’.-]*)"
)
_TOWN_WORD: Final = r"[A-ZÀ-Ý][\w'’-]*"
_TOWN: Final = (
    rf"(?:F-?)?\d{{5}}(?:\s{_TOWN_WORD}"
    rf"(?:[\s-](?:{_TOWN_WORD}|sur|sous|les|en|lès|la|le|de|du|d'\w+)){{0,4}})?"
)
_STREET: Final = re.compile(
    rf"\b{_NUMBER},?\s+(?i:{_WAY})(?=\W)(?:{_NAME}){{1,6}}(?:\s?[,–-]?\s?(?:\n|{_TOWN}))*"
)
_NAMED_STREET: Final = re.compile(
    r"\b(?:rue|avenue|boulevard|impasse|allée|chemin|quai|venelle|ruelle|square|place|lieu-dit|"
    r"lieudit|hameau|résidence|lotissement)"
    rf"(?=\D{{4}})(?:{_NAME}){{1,5}}(?:\s?[,–-]?\s?{_TOWN})?"
)
_LOWER_STREET: Final = re.compile(
    rf"\b\d{{1,4}}\s?(?:bis|ter|quater)?,?\s+(?:{_WAY})\s+(?:(?:de|du|des|la|le|les|d'|l')\s?)*"
    rf"[\w'’-]{{3,}}(?:\s?[,–-]?\s?\d{{5}}(?:\s[\w'’-]+)?)?",
    re.IGNORECASE,
)
_TOWN_ALONE: Final = re.compile(
    r"(?<![\d.,])(?:0[1-9]|[1-8]\d|9[0-578])\d{3}\s[A-ZÀ-Ý][\w'’-]+(?:[\s-][A-ZÀ-Ý][\w'’-]*)*"
)
_BOX: Final = re.compile(r"\b(?:BP|CS|boîte postale)\s?n?°?\s?\d{2,6}\b", re.IGNORECASE)

_SITE: Final = re.compile(
    r"(?:https?://[^\s<>()«»\"]+|\bwww\.[^\s<>()«»\"]+|"
    r"(?<![@\w.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:fr|com|org|net|eu|bzh|io|co|shop|store|paris|be|ch|ca|info|biz|me|example|app|art)"
    r"(?:/[^\s<>()«»\"]*)?(?![\w@-]))",
    re.IGNORECASE,
)
_AT_HANDLE: Final = re.compile(r"(?<![\w.@])@[\w](?:[\w.-]*\w)?")
_NETWORK_WORD: Final = re.compile(
    r"\b(?:insta(?:gram)?|tiktok|facebook|twitter|linkedin|snap(?:chat)?|youtube|pseudo|compte|"
    r"profil|page)\b[^.!?\n@]{0,20}?\b(?:c'est|est|:|s'appelle|sous le nom de)\s+"
    r"(?:arobase\s+)?([\w.-]*[._\d][\w.-]*\w)",
    re.IGNORECASE,
)
_NETWORKS_LISTED: Final = """
instagram.com facebook.com fb.com fb.me tiktok.com linkedin.com youtube.com youtu.be
pinterest.com pinterest.fr twitter.com x.com threads.net snapchat.com t.me wa.me twitch.tv
etsy.com vinted.fr leboncoin.fr ulule.com kisskissbankbank.com leetchi.com malt.fr behance.net
linktr.ee airbnb.fr doctolib.fr tipeee.com patreon.com helloasso.com calendly.com
"""
_NETWORKS: Final = tuple(_NETWORKS_LISTED.split())
_PUBLIC_LISTED: Final = """
gouv.fr service-public.fr urssaf.fr bpifrance.fr inpi.fr insee.fr impots.fr ameli.fr caf.fr
francetravail.fr pole-emploi.fr cci.fr artisanat.fr cnil.fr legifrance.fr adie.org
initiative-france.fr banque-france.fr europa.eu wikipedia.org google.com google.fr canva.com
shopify.com stripe.com wordpress.com wordpress.org prestashop.com wix.com qonto.com shine.fr
net-entreprises.fr infogreffe.fr societe.com economie.gouv.fr guichet-entreprises.fr
secu-independants.fr lassuranceretraite.fr agefice.fr fifpl.fr moncompteformation.gouv.fr
travail-emploi.gouv.fr reseau-entreprendre.org bge.asso.fr micro-entrepreneur.fr mailchimp.com
brevo.com sumup.com paypal.com ovh.com ionos.fr gandi.net sacem.fr spre.fr afnic.fr
"""
_PUBLIC: Final = tuple(_PUBLIC_LISTED.split())


def find_addresses(text: str) -> Iterator[Found]:
    """Yield postal addresses: number and street, a named street, a postal code with its town."""
    for pattern, confidence in (
        (_STREET, LIKELY + 0.05),
        (_LOWER_STREET, LIKELY - 0.1),
        (_NAMED_STREET, LIKELY - 0.1),
        (_TOWN_ALONE, LIKELY - 0.1),
        (_BOX, LIKELY),
    ):
        for match in pattern.finditer(text):
            start, end = match.span()
            while end > start and text[end - 1] in " \n,.-–":
                end -= 1
            yield Found(
                start,
                end,
                FindingKind.ADDRESS,
                FindingReason.PATTERN,
                confidence,
                fold(text[start:end]),
            )


def find_web(text: str, names: Collection[str]) -> Iterator[Found]:
    """Yield sites and accounts that lead to somebody.

    Any site does but those of public bodies and of tools that everybody uses, which are found only
    when a name stands in them.

    Args:
        text: Of one turn.
        names: Folded words of the names of people and projects, 4 letters or more.
    """
    for match in _SITE.finditer(text):
        address = match[0].rstrip(".,;:!?")
        found = _site(address, names)
        if found is not None:
            end = match.start() + len(address)
            yield Found(match.start(), end, found, FindingReason.PATTERN, WHOLE, fold(address))
    for match in _AT_HANDLE.finditer(text):
        yield Found(*match.span(), FindingKind.HANDLE, FindingReason.PATTERN, WHOLE, fold(match[0]))
    for match in _NETWORK_WORD.finditer(text):
        yield Found(
            *match.span(1), FindingKind.HANDLE, FindingReason.INTRODUCED, LIKELY, fold(match[1])
        )


def _site(address: str, names: Collection[str]) -> FindingKind | None:
    host, _, path = re.sub(r"^https?://", "", address.lower()).partition("/")
    host = host.removeprefix("www.").partition(":")[0].partition("?")[0]
    if _is_under(host, _NETWORKS):
        # A shop or a page on a network has a path or a host of its own; the network itself has not.
        is_somebodys = bool(path.strip("/")) or host not in _NETWORKS
        return FindingKind.HANDLE if is_somebodys else None
    plain = re.sub(r"[^a-z0-9]", "", fold(address))
    if _is_under(host, _PUBLIC) and not any(name in plain for name in names):
        return None
    return FindingKind.URL


def _is_under(host: str, sites: Collection[str]) -> bool:
    return any(host == site or host.endswith(f".{site}") for site in sites)
