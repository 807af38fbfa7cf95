"""Process: the law that says what a step does to the product, with its parameters in the document's units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_serializer, model_validator

from .amounts import Amount, Spread
from .dimensions import measured, schema, told, unit_of
from .document import Document, mapping_schema
from .faults import Fault, Faults, did_you_mean, show, unknown_key
from .measure import Control
from .signature import Signature
from .units import Name

if TYPE_CHECKING:  # the laws need NumPy, and a document without any is read without it
    from twin.process.law import Effect, Parameter, ProcessLaw

EXAMPLE = {"law": "particles", "adders": "0.01 /cm2"}
HOW: tuple[Literal["sets", "adds", "removes"], ...] = ("sets", "adds", "removes")


class Process(Document):
    """The process law of a step, bound to its parameters.

    law:        the law's name
    model:      the law itself, its parameters in the units that it declares
    rejects_to: step of the same route for lots that the law rejects; None: they are counted and go on
    sets, adds, removes: characteristic that the law's result becomes, is added to, or is taken from
    noise:      standard deviation of the result from unit to unit; lot_noise: from lot to lot
    signature:  pattern over the unit;  control: run-to-run control of the law's first input
    """

    law: Name
    model: Any
    rejects_to: Name | None = Field(
        default=None, description="Step of the route for lots that the law rejects.", examples=["repair"]
    )
    sets: Name | None = Field(
        default=None, description="Characteristic that becomes what the law makes.", examples=["gate_cd"]
    )
    adds: Name | None = Field(
        default=None, description="Characteristic that what the law makes is added to.", examples=["film"]
    )
    removes: Name | None = Field(
        default=None, description="Characteristic that what the law makes is taken from.", examples=["film"]
    )
    noise: Spread = Field(
        default=Amount(0.0), description="Standard deviation from unit to unit.", examples=["0.3 nm"]
    )
    lot_noise: Spread = Field(
        default=Amount(0.0), description="Standard deviation from lot to lot.", examples=["0.2 nm"]
    )
    signature: Signature | None = Field(
        default=None, description="Pattern over the unit.", examples=[{"bowl": "0.5 nm", "ring": "0.2 nm"}]
    )
    control: Control | None = Field(
        default=None, description="Run-to-run control.", examples=[{"weight": 0.3}]
    )
    hidden: ClassVar[frozenset[str]] = frozenset({"model"})

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if isinstance(value, Process):
            return value
        if not isinstance(value, dict):
            raise ValueError(f"needs a law and its parameters such as {_flow(EXAMPLE)}, not {show(value)}")
        if "law" not in value:
            raise Faults([Fault(("law",), f"the key 'law' is missing; write for instance {_flow(EXAMPLE)}", "key")])
        law = _law_of(value["law"])
        own = cls.own_words()
        rest = {key: content for key, content in value.items() if key != "law" and key not in own}
        words = {"law": value["law"], "model": _bound(law, str(value["law"]), rest, own)}
        return words | {key: content for key, content in value.items() if key in own}

    @model_validator(mode="after")
    def _only_what_rejects_sends_elsewhere(self) -> Process:
        if self.rejects_to is not None and "rejects" not in self.effects:
            what = f"the law {show(self.law)} rejects no lot; leave rejects_to out"
            raise Faults([Fault(("rejects_to",), what, "key")])
        return self

    @model_validator(mode="after")
    def _one_place_for_what_it_makes(self) -> Process:
        given = [how for how in HOW if getattr(self, how) is not None]
        if len(given) > 1:
            what = f"a law makes one thing; leave {' or '.join(given[1:])} out"
            raise Faults([Fault((given[1],), what, "key")])
        if given and not self.model.MAKES:
            what = f"the law {show(self.law)} makes nothing that could be measured; leave {given[0]} out"
            raise Faults([Fault((given[0],), what, "key")])
        if self.model.MAKES and not given:
            what = f"the law {show(self.law)} makes a quantity in {self.model.MAKES}; say which characteristic it sets"
            raise Faults([Fault(("law",), f"{what}, such as 'sets: thickness'", "key")])
        if not given:
            for key in ("noise", "lot_noise", "signature", "control"):
                if key in self.model_fields_set:
                    what = f"the law {show(self.law)} makes nothing that could have it; leave {key} out"
                    raise Faults([Fault((key,), what, "key")])
        if self.control is not None and not self.model.inputs():
            what = f"the law {show(self.law)} has no input that could be moved; leave control out"
            raise Faults([Fault(("control",), what, "key")])
        return self

    @classmethod
    def own_words(cls) -> list[str]:
        """The words that belong to no law."""
        return [name for name in cls.model_fields if name not in {"law", "model"}]

    @property
    def how(self) -> Literal["sets", "adds", "removes"] | None:
        """What becomes of what the law makes; None where it makes nothing."""
        return next((how for how in HOW if getattr(self, how) is not None), None)

    @property
    def makes(self) -> str | None:
        """The characteristic that the law makes."""
        return None if self.how is None else str(getattr(self, self.how))

    @property
    def effects(self) -> frozenset[Effect]:
        """What the law does: `defects`, `waiting`, `rejects`."""
        from twin.process.law import effects_of

        return effects_of(self.model)

    @model_serializer
    def _in_words(self) -> dict[str, Any]:
        """Every parameter, those at their default too: another version of the law may have another."""
        from twin.process.law import parameters_of

        words: dict[str, Any] = {"law": self.law}
        for name, declared in parameters_of(type(self.model)).items():
            words[declared.word] = told(getattr(self.model, name), declared.unit, whole=declared.whole)
        for name in self.own_words():
            value, default = getattr(self, name), type(self).model_fields[name].default
            if value != default:
                words[name] = value.to_document() if isinstance(value, Document) else _told(value)
        return words

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """One mapping for each law that is installed."""
        from twin.process.law import parameters_of
        from twin.process.registry import law_class, law_names

        own = {name: schema["properties"][name] for name in cls.own_words()}
        ways = []
        for name in law_names():
            try:
                declared = parameters_of(law_class(name))
                ways.append(_law_schema(name, list(declared.values()), own))
            except (ValueError, LookupError):
                continue  # a package that cannot be used is told where a document names its law
        schema.clear()
        schema["anyOf"] = ways
        schema["description"] = f"A process law and its parameters, such as {_flow(EXAMPLE)}."


def _told(value: Any) -> Any:
    return str(value) if isinstance(value, Amount) else value


def _flow(words: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {content}" for key, content in words.items()) + "}"


def _law_of(name: Any) -> type[ProcessLaw]:
    """The law of that name, or the fault that there is none."""
    from twin.process.registry import GROUP, UnknownLawError, law_class

    if not isinstance(name, str):
        raise Faults([Fault(("law",), f"needs the name of a law such as 'particles', not {show(name)}")])
    try:
        return law_class(name)
    except UnknownLawError as unknown:
        nobody = f"twin has none and no installed package offers it (entry point group {GROUP!r})"
        what = f"unknown law {show(name)}: {nobody}; {did_you_mean(name, unknown.names)}"
        raise Faults([Fault(("law",), what)]) from None
    except ValueError as error:
        raise Faults([Fault(("law",), str(error))]) from None


def _bound(law: type[ProcessLaw], name: str, words: dict[str, Any], own: list[str]) -> ProcessLaw:
    """The law with a document's parameters; every fault of them at once."""
    from twin.process.law import effects_of, parameters_of

    declared = parameters_of(law)
    _check_units(name, declared)
    fields = {parameter.word: field for field, parameter in declared.items()}
    faults = [unknown_key((key,), [*fields, *own]) for key in words if key not in fields]
    meant = {fault.cure for fault in faults}
    values: dict[str, Any] = {}
    for word, field in fields.items():
        parameter = declared[field]
        if word not in words:
            if parameter.default is None and word not in meant:
                what = f"the law {show(name)} needs {word!r}; write for instance {_example(parameter)}"
                faults.append(Fault((word,), what, "key"))
            continue
        try:
            values[field] = _number(parameter, words[word])
        except ValueError as error:
            faults.append(Fault((word,), str(error)))
    if faults:
        raise Faults(faults)
    try:
        model = law(**values)
    except Exception as error:  # a user's law may raise anything
        raise ValueError(f"the law {show(name)}: {error}") from None
    try:
        effects_of(model)
    except ValueError as error:
        raise Faults([Fault(("law",), f"the law {show(name)} cannot be used: {error}")]) from None
    return model


def _check_units(name: str, declared: dict[str, Parameter]) -> None:
    """Refuse a law whose author wrote a unit that is none."""
    for parameter in declared.values():
        if parameter.unit not in {"", "share"}:
            try:
                unit_of(parameter.unit)
            except ValueError as error:
                what = f"the law {show(name)} cannot be used: its {parameter.word!r} has the unit {parameter.unit!r}"
                raise Faults([Fault(("law",), f"{what}; {error}")]) from None


def _number(parameter: Parameter, value: Any) -> float:
    number = measured(value, parameter.unit)
    fault = parameter.fault(number)
    if fault is not None:
        raise ValueError(fault)
    return int(number) if parameter.whole else number


def _example(parameter: Parameter) -> str:
    return f"'{parameter.word}: {told(1 if parameter.whole else 0.5, parameter.unit, whole=parameter.whole)}'"


def _law_schema(name: str, declared: list[Parameter], own: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of one law's mapping."""
    properties: dict[str, Any] = {"law": {"const": name}}
    properties |= {p.word: schema(p.unit) | {"description": p.meaning} for p in declared}
    properties |= own
    return mapping_schema(properties, ["law", *(p.word for p in declared if p.default is None)])
