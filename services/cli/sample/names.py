"""French names of places that do not exist, for bodies that do not either."""

from collections.abc import Iterator
from itertools import count
from random import Random

_COUNTRIES = (
    "Val", "Pays", "Coteaux", "Plaine", "Rives", "Monts", "Bocage", "Terres", "Vallons", "Marais", "Plateau", "Bords",
)  # fmt: skip
_RIVERS = (
    "d’Orvenne", "de Lisance", "de la Vézière", "d’Aubrille", "du Tarsac", "de Malvaize", "d’Ébronne", "de la Courlise",
    "du Sorein-Bas", "de Saint-Aubrin", "d’Ancerolle", "de la Gourdonne", "du Brésan", "d’Oulmenne", "de Trévignac",
    "de la Flamière", "d’Ysarne", "du Mazerin", "de Bellombre", "de la Nivière", "d’Hautefrêne", "du Querroux",
)  # fmt: skip
_PLATFORMS = (
    "Aubrille", "Bellombre", "Courlise", "Deux-Rives", "Ébronne", "Flamière", "Gourdonne", "Hautefrêne", "Île-Haute",
    "Jonchère", "Lisance", "Malvaize", "Nivière", "Orvenne", "Pierre-Levée", "Querroux", "Roche-Blanche", "Sorein",
    "Tarsac", "Vézière", "Ysarne",
)  # fmt: skip

COMMENTS = (
    "Chiffres vérifiés par la direction",
    "Agence fermée trois semaines en été",
    "Forte demande après le salon « Habitat »",
    'Nouvelle équipe ; voir la note "moyens 2"',
    "Reprise d’activité, effectif complété",
    "Convention signée avec la préfecture, effet différé",
    "Deux agences regroupées\nà compter du trimestre",
)


def places(draw: Random) -> Iterator[str]:
    """Names all different, without end; numbered once every pair has served."""
    pairs = [f"{country} {river}" for country in _COUNTRIES for river in _RIVERS]
    draw.shuffle(pairs)
    yield from pairs
    for round_ in count(2):
        yield from (f"{pair} {round_}" for pair in pairs)


def platform_names() -> Iterator[str]:
    yield from _PLATFORMS
    for round_ in count(2):
        yield from (f"{name} {round_}" for name in _PLATFORMS)
