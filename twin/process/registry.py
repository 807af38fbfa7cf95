"""Where process laws are found: those of twin by name, those of other packages by entry point."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from twin.process.law import ProcessLaw, fault_of_class

GROUP = "twin.process"
"""The group of the entry points by which a package offers laws: `name = "module:Class"`."""
BUILT_IN = {
    "particles": "twin.process.particles:Particles",
    "spot_weld": "twin.process.spot_weld:SpotWeld",
    "oxidation": "twin.process.oxidation:Oxidation",
    "queue_oxide": "twin.process.queue_oxide:QueueOxide",
    "diffusion": "twin.process.diffusion:Diffusion",
    "implant": "twin.process.implant:Implant",
    "rtp": "twin.process.rtp:Rtp",
    "spin_coat": "twin.process.spin_coat:SpinCoat",
    "etch": "twin.process.etch:Etch",
    "deposition": "twin.process.deposition:Deposition",
    "ald": "twin.process.ald:Ald",
    "cmp": "twin.process.cmp:Cmp",
    "weld_nugget": "twin.process.weld_nugget:WeldNugget",
    "ecoat": "twin.process.ecoat:Ecoat",
    "bake": "twin.process.bake:Bake",
    "bolting": "twin.process.bolting:Bolting",
    "dispensing": "twin.process.dispensing:Dispensing",
    "wetting": "twin.process.battery:Wetting",
    "lithography": "twin.process.lithography:Lithography",
    "overlay": "twin.process.overlay:Overlay",
}


_offered: dict[str, type[ProcessLaw]] = {}
"""Laws that the running program offers, by name."""


def offer_law(name: str, law: type[ProcessLaw]) -> None:
    """Have documents that this program reads find a law; a package offers one by its entry point.

    raises ValueError for what is no law, and for a name that twin has itself
    """
    fault = fault_of_class(law)
    if fault is not None:
        raise ValueError(f"the law {name!r}, {law!r}, {fault}")
    if name in BUILT_IN:
        raise ValueError(f"twin has a law {name!r} itself; choose another name")
    _offered[name] = law


class UnknownLawError(LookupError):
    """No law of that name; `names` are those there are."""

    def __init__(self, name: str, names: list[str]) -> None:
        super().__init__(f"no law {name!r}")
        self.names = names


def law_class(name: str) -> type[ProcessLaw]:
    """The law of a name. Other packages are looked through only for names that twin does not have.

    raises UnknownLawError where nobody offers it, ValueError for an offer that is no law
    """
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        built_in: type[ProcessLaw] = getattr(import_module(module), attribute)
        return built_in
    if name in _offered:
        return _offered[name]
    offers = {offer.value: offer for offer in entry_points(group=GROUP, name=name)}
    if not offers:
        raise UnknownLawError(name, law_names())
    if len(offers) > 1:
        packages = " and ".join(sorted(_package(offer) for offer in offers.values()))
        raise ValueError(f"the law {name!r} is offered by {packages}; uninstall one, or rename its entry point")
    (offer,) = offers.values()
    try:
        found = offer.load()
    except Exception as error:  # importing a stranger's module may raise anything
        raise ValueError(
            f"the law {name!r} of {_package(offer)} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    fault = fault_of_class(found)
    if fault is not None:
        raise ValueError(f"the law {name!r} of {_package(offer)}, {offer.value}, {fault}")
    law: type[ProcessLaw] = found
    return law


def law_names() -> list[str]:
    """Every law that a document can name, twin's own first."""
    offered = {offer.name for offer in entry_points(group=GROUP)} | _offered.keys()
    return [*BUILT_IN, *sorted(offered - BUILT_IN.keys())]


def _package(offer: EntryPoint) -> str:
    return f"package {offer.dist.name!r}" if offer.dist is not None else f"module {offer.module!r}"
